#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fits the tables of dyt/kernels/internal/function_tables.h: f on 16 intervals, one polynomial each.

Usage: python scripts/fit/function_tables.py > dyt/kernels/internal/function_tables.h   (numpy, mpmath)

The intervals are those of a = |u| in which a + offset has the same four bits: two low exponent bits and two
high mantissa bits. They are narrow near 0 and wider outwards, four octaves of a + offset in all; the offset
has no more than two mantissa bits, so that each interval starts where the bits change. In an interval
f(u) = c0 + r*(c1 + r*(c2 + ...)), r = a - midpoint. The midpoint is a float near the middle where f is almost
a float itself, so that c0 carries no error of its own; in the first interval it is 0, and c0 too. From the
clamp on f is 1.
"""
import struct
import sys

import mpmath
import numpy as np

mpmath.mp.dps = 40
ENTRIES = 16


def erf_slope(a):
    return 2 / mpmath.sqrt(mpmath.pi) * mpmath.exp(-a * a)


# name: f, offset, clamp, degree, what the first interval leaves out (erf is a + a*p(a) there); nothing for
# slopes, which are even and whose error counts against their maximum
TABLES = {
    "Tanh": (mpmath.tanh, 0.625, 9.3, 5, 0),
    "TanhShort": (mpmath.tanh, 0.625, 9.3, 4, 0),
    "TanhBFloat16": (mpmath.tanh, 0.3125, 4.6, 2, 0),
    "TanhFloat16": (mpmath.tanh, 0.375, 5.6, 3, 0),
    "Erf": (mpmath.erf, 0.3125, 4.2, 5, 1),
    "ErfShort": (mpmath.erf, 0.3125, 4.2, 4, 1),
    "ErfSlope": (erf_slope, 0.3125, 4.2, 5, None),
    "ErfSlopeShort": (erf_slope, 0.3125, 4.2, 4, None),
    "ErfBFloat16": (mpmath.erf, 0.1875, 2.8, 2, 1),
    "ErfFloat16": (mpmath.erf, 0.21875, 3.25, 3, 1),
}


def intervals(offset):
    """(entry, low, high) from 0 outwards."""
    _, exponent = np.frexp(offset)
    edges = [np.ldexp(0.5, exponent + octave) * (1 + quarter / 4) for octave in range(6) for quarter in range(4)]
    edges = [edge for edge in edges if edge >= offset][: ENTRIES + 1]
    for low, high in zip(edges, edges[1:]):
        bits = struct.unpack("I", struct.pack("f", low))[0]
        yield bits >> 21 & 15, low - offset, high - offset


def to_float(value):
    return struct.unpack("f", struct.pack("f", float(value)))[0]


def midpoint(f, low, high):
    """The float near the middle whose f is nearest to a float."""
    middle = np.float32((low + high) / 2)
    best, best_error = middle, 1.0
    for _ in range(2000):
        exact = f(mpmath.mpf(float(middle)))
        rounded = mpmath.mpf(to_float(exact))
        ulp = mpmath.mpf(float(np.spacing(np.float32(to_float(exact)))))
        error = abs((exact - rounded) / ulp)
        if error < best_error:
            best, best_error = middle, error
        if best_error < 1e-3:
            break
        middle = np.nextafter(middle, np.float32(high))
    return float(best)


def solve(powers, points, target, weight):
    """Least maximum of weight * |sum c_p points^p - target|, by reweighted least squares."""
    columns = np.stack([points**p for p in powers], axis=1) * weight[:, None]
    scale = np.abs(columns).max(axis=0)
    share = np.full(len(points), 1.0)
    best, best_error = None, np.inf
    for _ in range(60):
        root = np.sqrt(share)
        found = np.linalg.lstsq(columns / scale * root[:, None], target * weight * root, rcond=None)[0] / scale
        error = np.abs(columns @ found - target * weight)
        if error.max() < best_error:
            best, best_error = found, error.max()
        share *= error + error.max() * 1e-3
        share /= share.max()
    return best


def fit(f, low, high, centre, c0, powers, fixed, relative=True):
    """Coefficients by power, each rounded to a float in turn, the rest fitted anew around it."""
    angle = np.cos(np.pi * (np.arange(160) + 0.5) / 160)
    x = (low + high) / 2 + (high - low) / 2 * angle
    points = x - centre
    exact = np.array([float(f(mpmath.mpf(v)) - mpmath.mpf(c0)) for v in x])
    weight = 1 / np.array([float(f(mpmath.mpf(v))) for v in x]) if relative else np.ones(len(x))
    known = dict(fixed)
    for p in powers:
        left = [q for q in powers if q not in known]
        target = exact - sum(c * points**q for q, c in known.items())
        known[p] = to_float(solve(left, points, target, weight)[0])
    return known


def reaching_one(r, c0, coefficients):
    """c0 moved by less than the polynomial's error, so that in fp32 f(clamp) is 1 and the slope there 0."""
    value = 0.0
    for power in sorted(coefficients, reverse=True):
        value = to_float(value * to_float(r) + coefficients[power])
    return to_float(1 - value * to_float(r))


def table(f, offset, clamp, degree, self_share):
    """[midpoints, c0, c1, ...], each of 16 floats."""
    rows = [[0.0] * ENTRIES for _ in range(degree + 2)]
    for entry, low, high in intervals(offset):
        if self_share is None:
            high = min(high, clamp)
            centre = 0.0 if low == 0 else midpoint(f, low, high)
            c0 = to_float(f(mpmath.mpf(centre)))
            if low < clamp:
                coefficients = fit(f, low, high, centre, c0, list(range(1, degree + 1)), {}, relative=False)
            else:
                c0, coefficients = 0.0, {}
        elif low == 0:  # small numbers keep their relative accuracy
            centre, c0 = 0.0, 0.0
            slope = to_float(f(mpmath.mpf("1e-30")) / mpmath.mpf("1e-30") - self_share)
            powers = [3, 5] if degree > 4 else list(range(2, degree + 1))
            coefficients = fit(lambda a: f(a) - self_share * a, high / 64, high, centre, c0, powers, {1: slope})
        elif low >= clamp:
            centre, c0, coefficients = low, 1.0, {}
        else:
            high = min(high, clamp)
            centre = midpoint(f, low, high)
            c0 = to_float(f(mpmath.mpf(centre)))
            coefficients = fit(f, low, high, centre, c0, list(range(1, degree + 1)), {})
            if high == clamp:
                c0 = reaching_one(clamp - centre, c0, coefficients)
        rows[0][entry], rows[1][entry] = centre, c0
        for p, c in coefficients.items():
            rows[p + 1][entry] = c
    return rows


def main():
    print("// SPDX-License-Identifier: Apache-2.0")
    print("// Written by scripts/fit/function_tables.py: see there for what the numbers mean.")
    print("#pragma once\n\nnamespace dyt::kernels::internal {\n")
    print("template <int kDegree>\nstruct FunctionTable {")
    print("  float offset, clamp, second;              // where a + offset enters the second interval")
    print("  alignas(64) float rows[kDegree + 2][16];  // midpoints, c0, c1, ...; columns: intervals\n};\n")
    print("// clang-format off")
    for name, (f, offset, clamp, degree, self_share) in TABLES.items():
        print(f"fitting {name}", file=sys.stderr)
        second = offset + min(high for _, _, high in intervals(offset))
        print(f"inline constexpr FunctionTable<{degree}> k{name} = {{{offset}f, {clamp}f, {second}f, {{")
        for row in table(f, offset, clamp, degree, self_share):
            print("    {" + ", ".join(f"{value.hex()}f" for value in row) + "},")
        print("}};\n")
    print("// clang-format on\n\n}  // namespace dyt::kernels::internal")


if __name__ == "__main__":
    main()
