"""Writes tests/expectations/ranks.json: ranks, ties, top shares and figures of many small bases, and who is in a stable share.

Percentiles, averages and deviations are numpy's, shares are made with hashlib; groups and top lists are counted here, in whole
numbers, by the words of rules 13 and 16. Run it from the project's folder, with numpy 2 at hand:

    python3 tests/expectations/ranks.py

The file is kept in the project.
"""

import hashlib
import json
import random
from fractions import Fraction
from math import ceil
from pathlib import Path

import numpy

FILE = Path(__file__).resolve().parent / "ranks.json"
GROUPS = {"quintile": 5, "decile": 10, "percentile": 100}
TOPS = [1, 3, 10]
SHARES = ["10%", "25%", "33.3%", "100%"]
PERCENTILES = [0, 10, 37.5, 90, 100]


def share(text):
    return Fraction(text.rstrip("%")) / 100


def base(chance, size):
    """Customers by key with a value in halves, many of them equal, some missing."""
    spread = chance.choice([1, 3, 10, 1000])
    keys = chance.sample(range(1, 3 * size + 2), size)
    return {str(key): None if chance.random() < 0.15 else chance.randint(-spread, spread) / 2 for key in keys}


def ranked(values):
    """Keys from the greatest value down, equals by key."""
    known = [(value, int(key)) for key, value in values.items() if value is not None]
    return [str(key) for value, key in sorted(known, key=lambda one: (-one[0], one[1]))]


def case(chance, size):
    values = base(chance, size)
    known = [value for value in values.values() if value is not None]
    n = len(known)
    smaller = {key: sum(other < value for other in known) for key, value in values.items() if value is not None}
    order = ranked(values)
    found = {
        "values": values,
        "groups": {name: {key: 1 + k * less // n for key, less in smaller.items()} for name, k in GROUPS.items()},
        "top": {str(top): sorted(order[:top]) for top in TOPS},
        "top_share": {text: sorted(order[: ceil(share(text) * n)]) for text in SHARES},
        # gold: top 10%, silver: next 30%
        "silver": sorted(order[ceil(share("10%") * n) : ceil(share("40%") * n)]),
    }
    if known:
        found["average"] = float(numpy.mean(known))
        found["deviation"] = float(numpy.std(known))
        found["percentiles"] = {str(p): float(numpy.percentile(known, p)) for p in PERCENTILES}
    return found


def in_share(salt, key, start, end):
    """Rule 16: the first eight bytes of md5 as a big-endian number, held against shares of 2^64 in whole numbers."""
    dealt = int.from_bytes(hashlib.md5(f"{salt}:share:{key}".encode()).digest()[:8], "big")
    return start * 2**64 <= dealt < end * 2**64


def main():
    chance = random.Random(20_261_123)
    sizes = [0, 1, 2, 3, 4, 5, 7, 10, 11, 20, 33, 60]
    cases = [case(chance, size) for size in sizes for _ in range(4)]
    keys = [str(key) for key in range(1, 301)] + ["ann", "Zoë", "a:b", "007", "-3"]
    bounds = [("0%", "10%"), ("10%", "45.5%"), ("45.5%", "100%"), ("0%", "100%"), ("33.33333333%", "66.66666667%")]
    shares = [
        {"salt": salt, "from": start, "to": end, "keys": [key for key in keys if in_share(salt, key, share(start), share(end))]}
        for salt in ["checkout test", "été 2026", "a:b"]
        for start, end in bounds
    ]
    FILE.write_text(json.dumps({"cases": cases, "keys": keys, "shares": shares}, ensure_ascii=False, indent=None) + "\n")


main()
