#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes statistics_golden.json: means, deviations, t intervals and verdicts of paired differences,
by numpy and scipy, with the rules of dyt/compare/verdict.h written out a second time.

    pip install numpy scipy && python3 scripts/golden/compare_statistics_golden.py
"""
import json
import math
import pathlib

import numpy as np
from scipy import stats

MOST_SEEDS = 1000


def interval(mean, std, n, level):
    half = stats.t.ppf(0.5 + level / 2, n - 1) * std / math.sqrt(n)
    return [mean - half, mean + half]


def decide(mean, std, n, margin):
    low, high = interval(mean, std, n, 0.95)
    if low > 0:
        return "better"
    if high < 0:
        return "worse"
    low, high = interval(mean, std, n, 0.90)
    return "matches" if -margin < low and high < margin else "undecided"


def seeds_to_decide(mean, std, n, margin):
    for count in range(n + 1, MOST_SEEDS + 1):
        if decide(mean, std, count, margin) != "undecided":
            return count
    return None


def case(differences, margin):
    n = len(differences)
    mean, std = float(np.mean(differences)), float(np.std(differences, ddof=1))
    verdict = decide(mean, std, n, margin)
    interval90 = interval(mean, std, n, 0.90)
    return {
        "differences": differences, "margin": margin, "mean": mean, "std": std,
        "interval95": interval(mean, std, n, 0.95), "interval90": interval90, "verdict": verdict,
        "within_margin": bool(-margin < interval90[0] and interval90[1] < margin),
        "seeds_to_decide":
            seeds_to_decide(mean, std, n, margin) if verdict == "undecided" else None,
    }


def main():
    random = np.random.default_rng(20)
    cases = []
    for n in (2, 3, 5, 5, 5, 10, 31):
        for center, spread, margin in ((0, 0.3, 1), (0, 1.2, 1), (-1.2, 0.9, 1), (2, 0.5, 1),
                                       (0.4, 0.1, 1), (-0.4, 0.15, 0.5), (0.9, 1.0, 1),
                                       (0, 3, 0.5)):
            values = np.round(random.normal(center, spread, n), 4)
            cases.append(case([float(value) for value in values], float(margin)))
    # At the margin itself neither rule ever holds: more than 1000.
    cases.append(case([-0.99, 0.99, 3.0, -3.0, 0.0], 0.05))
    quantiles = [{"probability": p, "degrees": d, "value": float(stats.t.ppf(p, d))}
                 for p in (0.95, 0.975, 0.9995) for d in (1, 2, 4, 9, 99, 999)]
    values = sorted(float(v) for v in np.round(random.normal(0, 1, 17), 6))
    percentiles = [{"q": q, "value": float(np.quantile(values, q))}
                   for q in (0, 0.025, 0.5, 0.61, 0.975, 1)]
    golden = {"cases": cases, "t_quantiles": quantiles, "sorted_values": values,
              "quantiles": percentiles}
    path = pathlib.Path(__file__).parents[2] / "tests/compare/statistics_golden.json"
    path.write_text(json.dumps(golden, indent=1) + "\n")
    counts = {}
    for item in cases:
        counts[item["verdict"]] = counts.get(item["verdict"], 0) + 1
    print(path, counts)


if __name__ == "__main__":
    main()
