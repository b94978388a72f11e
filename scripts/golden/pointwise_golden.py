#!/usr/bin/env python3
"""Golden numbers of the point-wise functions, by mpmath with 60 digits.

Usage: python scripts/golden/pointwise_golden.py > tests/kernels/golden/pointwise.csv

One line a point: function, the type u is a number of (float numbers serve both types), u as a hexadecimal
float, f(u) and f'(u) with 25 digits. f' below the smallest double is written as 0.
"""
import random
import struct

from mpmath import cosh, erf, exp, mp, mpf, nstr, pi, sqrt, tanh

mp.dps = 60
TINIEST = mpf(10) ** -330
# f far out: (at -inf, at +inf). exp of a number with 40 digits before the point would take mpmath for ever.
LIMITS = {"tanh": (-1, 1), "erf": (-1, 1), "sigmoid": (0, 1)}


def isru_slope(u):
    return (1 + u * u) ** (-mpf(3) / 2)


FUNCTIONS = {
    "tanh": (tanh, lambda u: 1 / cosh(u) ** 2),
    "erf": (erf, lambda u: 2 / sqrt(pi) * exp(-u * u)),
    "isru": (lambda u: u / sqrt(1 + u * u), isru_slope),
    "linear_clip": (lambda u: max(mpf(-1), min(mpf(1), u)), lambda u: mpf(abs(u) <= 1)),
    "sigmoid": (lambda u: 1 / (1 + exp(-u)), lambda u: 1 / (4 * cosh(u / 2) ** 2)),
}
# Where implementations change their formula, where results become 1, where slopes leave the normal range.
EDGES = [2.0**-26, 2.0**-18, 2.0**-12, 0.25, 0.5, 0.625, 1.0, 3.9192, 4.0, 5.8636, 8.5, 9.0109, 9.3, 13.0,
         19.0616, 26.5, 44.3, 340.0, 4096.0, 9.4e7]
HUGE = {"float": [1.8e19, 3.4e38], "double": [1.3e154, 1.7e308]}
SMALLEST = {"float": [2.0**-149, 2.0**-140, 2.0**-126], "double": [5e-324, 1e-310, 2.0**-1022]}


def to_float(value):
    return struct.unpack("f", struct.pack("f", value))[0]


def arguments(kind):
    rng = random.Random(f"pointwise {kind}")
    points = EDGES + HUGE[kind] + SMALLEST[kind]
    points += [rng.uniform(0, 3) for _ in range(30)]
    points += [rng.uniform(3, 12 if kind == "float" else 27) for _ in range(15)]
    points += [10 ** rng.uniform(-9, 1) for _ in range(20)]
    if kind == "float":
        points = [to_float(value) for value in points]
    return [value * rng.choice([-1, 1]) for value in points]


def slope_text(function, u):
    if function in LIMITS and abs(u) > 1e4:
        return "0"
    slope = FUNCTIONS[function][1](mpf(u))
    return nstr(slope, 25) if slope > TINIEST else "0"


def value_text(function, u):
    if function in LIMITS and abs(u) > 1e4:
        return nstr(mpf(LIMITS[function][u > 0]), 25)
    return nstr(FUNCTIONS[function][0](mpf(u)), 25)


def main():
    print("function,type,u,value,slope")
    for function in FUNCTIONS:
        for kind in ("float", "double"):
            for u in arguments(kind):
                print(f"{function},{kind},{u.hex()},{value_text(function, u)},{slope_text(function, u)}")


if __name__ == "__main__":
    main()
