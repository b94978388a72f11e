#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Golden numbers of the point-wise functions, by mpmath with 60 digits.

Usage: python scripts/golden/pointwise_golden.py > tests/kernels/golden/pointwise.csv

One line a point: function, the type u is a number of (float numbers serve both types), u as a hexadecimal
float, f(u), f'(u) and f''(u) with 22 digits. What is below the smallest double is written as 0; f' and f'' are
the inner ones at kinks, and 0 at 0 where they are infinite.
"""
import math
import random
import struct

from mpmath import atan, cbrt, cos, cosh, e, erf, exp, expm1, log1p, mp, mpf, nstr, pi, sin, sqrt, tanh

mp.dps = 60
TINIEST = mpf(10) ** -330
# From here on exp would take mpmath for ever, and functions made of it equal their limits in 22 digits.
FAR = 1e7
FROM_EXP = {"tanh", "erf", "sigmoid", "expsign", "exproot"}


def odd(value, slope, curvature):
    """From f, f', f'' of a = |u| to those of u."""
    def at(u):
        a = abs(u)
        sign = 1 if u > 0 else -1
        return sign * value(a), slope(a), sign * curvature(a)
    return at


def clipped(edge, value, slope, curvature):
    inside = odd(value, slope, curvature)
    return lambda u: inside(u) if abs(u) <= edge else (mpf(1 if u > 0 else -1), mpf(0), mpf(0))


def sigmoid(u):
    slope = 1 / (4 * cosh(u / 2) ** 2)
    return 1 / (1 + exp(-u)), slope, -slope * tanh(u / 2)


def root(a):
    return sqrt(1 + a * a)


def logs(a):
    return 1 + log1p(a)


FUNCTIONS = {
    "tanh": odd(tanh, lambda a: 1 / cosh(a) ** 2, lambda a: -2 * tanh(a) / cosh(a) ** 2),
    "erf": odd(erf, lambda a: 2 / sqrt(pi) * exp(-a * a), lambda a: -4 * a / sqrt(pi) * exp(-a * a)),
    "isru": odd(lambda a: a / root(a), lambda a: root(a) ** -3, lambda a: -3 * a * root(a) ** -5),
    "linear_clip": clipped(1, lambda a: a, lambda a: mpf(1), lambda a: mpf(0)),
    "sigmoid": sigmoid,
    "arctan": odd(lambda a: 2 / pi * atan(a), lambda a: 2 / pi / (1 + a * a),
                  lambda a: -4 / pi * a / (1 + a * a) ** 2),
    "satursin": clipped(pi / 2, sin, cos, lambda a: -sin(a)),
    "smoothsign": odd(lambda a: a / (1 + a), lambda a: (1 + a) ** -2, lambda a: -2 * (1 + a) ** -3),
    "relsign": odd(lambda a: a / (1 + root(a)), lambda a: 1 / (root(a) * (1 + root(a))),
                   lambda a: -a * (1 + 2 * root(a)) / (root(a) ** 3 * (1 + root(a)) ** 2)),
    "expsign": odd(lambda a: -expm1(-a), lambda a: exp(-a), lambda a: -exp(-a)),
    "exproot": odd(lambda a: -expm1(-sqrt(a)), lambda a: exp(-sqrt(a)) / (2 * sqrt(a)),
                   lambda a: -exp(-sqrt(a)) * (1 + sqrt(a)) / (4 * a * sqrt(a))),
    "cubsign": odd(lambda a: a**3 / (1 + a**3), lambda a: 3 * a**2 / (1 + a**3) ** 2,
                   lambda a: 6 * a * (1 - 2 * a**3) / (1 + a**3) ** 3),
    "saturlog": odd(lambda a: log1p(a) / logs(a), lambda a: 1 / ((1 + a) * logs(a) ** 2),
                    lambda a: -(logs(a) + 2) / ((1 + a) ** 2 * logs(a) ** 3)),
    "logsign_clip": clipped(e - 1, log1p, lambda a: 1 / (1 + a), lambda a: -((1 + a) ** -2)),
    "logquad_clip": clipped(sqrt(e - 1), lambda a: log1p(a * a), lambda a: 2 * a / (1 + a * a),
                            lambda a: 2 * (1 - a * a) / (1 + a * a) ** 2),
    "power23_clip": clipped(1, lambda a: cbrt(a) ** 2, lambda a: 2 / (3 * cbrt(a)),
                            lambda a: -2 / (9 * a * cbrt(a))),
}
# Where implementations change their formula, where results become 1, where slopes leave the normal range.
EDGES = [2.0**-26, 2.0**-18, 2.0**-12, 0.25, 0.5, 0.625, 1.0, 3.9192, 4.0, 5.8636, 8.5, 9.0109, 9.3, 13.0,
         17.33, 19.0616, 26.5, 44.3, 340.0, 4096.0, 1.2e7, 9.4e7]
KINKS = [1.0, float(sqrt(e - 1)), float(pi / 2), float(e - 1)]
HUGE = {"float": [1.8e19, 3.4e38], "double": [1.3e154, 1.7e308]}
SMALLEST = {"float": [2.0**-149, 2.0**-140, 2.0**-126], "double": [5e-324, 1e-310, 2.0**-1022]}


def to_float(value):
    return struct.unpack("f", struct.pack("f", value))[0]


def around(kind, value):
    """The numbers of that type next to value: the nearest one and its neighbours."""
    if kind == "double":
        return [math.nextafter(value, 0), value, math.nextafter(value, 9)]
    bits = struct.unpack("I", struct.pack("f", value))[0]
    return [struct.unpack("f", struct.pack("I", bits + step))[0] for step in (-1, 0, 1)]


def arguments(kind):
    rng = random.Random(f"pointwise {kind}")
    points = EDGES + HUGE[kind] + SMALLEST[kind]
    points += [rng.uniform(0, 3) for _ in range(25)]
    points += [rng.uniform(3, 12 if kind == "float" else 27) for _ in range(10)]
    points += [10 ** rng.uniform(-9, 1) for _ in range(15)]
    if kind == "float":
        points = [to_float(value) for value in points]
    points += [near for kink in KINKS for near in around(kind, kink)]
    return [value * rng.choice([-1, 1]) for value in points]


def numbers(function, u):
    if function in FROM_EXP and abs(u) >= FAR:
        low = 0 if function == "sigmoid" else -1
        return mpf(1 if u > 0 else low), mpf(0), mpf(0)
    return FUNCTIONS[function](mpf(u))


def text(number):
    return nstr(number, 22) if abs(number) > TINIEST else "0"


def main():
    print("function,type,u,value,slope,curvature")
    for function in FUNCTIONS:
        for kind in ("float", "double"):
            for u in arguments(kind):
                print(",".join([function, kind, u.hex(), *map(text, numbers(function, u))]))


if __name__ == "__main__":
    main()
