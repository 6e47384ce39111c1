"""Conditions on sums and averages of money, worked out in whole cents: where an engine that adds floats counts otherwise.

Money is exact in Segue, and an average is rounded half to even at four decimals. A sum of floats, or an average of them, may lie
on the other side of a threshold. `judge` works a condition out by Segue's rule from the file of events and says how many customers
meet it, for how many floats may decide otherwise, and who is the first of them. Engines that read events in no order add them in
any, and may decide otherwise for whoever is closer to the threshold than so many roundings.
"""

import functools
import json

import numpy as np
import pyarrow.parquet as pq

DAY = 86_400_000


@functools.cache
def events(data):
    """Customer's number, time in milliseconds, type and amount in cents of each event."""
    table = pq.read_table(data / "events_sorted.parquet", columns=["customer_id", "at", "type", "amount"])
    customers, owner = np.unique(table["customer_id"].to_numpy(), return_inverse=True)
    types = table["type"].combine_chunks().dictionary_encode()
    amounts = table["amount"].to_numpy()
    at = table["at"].to_numpy().astype("datetime64[ms]").astype(np.int64)
    names = types.dictionary.to_pylist()
    return customers, owner, at, types.indices.to_numpy(), names, amounts, np.round(amounts * 100).astype(np.int64)


@functools.cache
def judge(data, number):
    """How many customers meet a condition exactly, for how many floats may decide otherwise, added in some order, and the first
    of those with what each finds, one for whom they do decide otherwise in the order of time if there is one; `None` where the condition is not one comparison of a sum or an average."""
    definitions = json.loads((data / "conditions.json").read_text())
    tests = definitions["conditions"][number]
    if len(tests) != 1 or definitions["aggs"][tests[0]["agg"]]["fn"] not in ("sum", "avg"):
        return None
    test, asked = tests[0], definitions["aggs"][tests[0]["agg"]]
    customers, owner, at, types, names, amounts, cents = events(data)
    now = definitions["now_ms"]
    counted = np.isin(types, [names.index(name) for name in asked["types"]]) & (at < now)
    if asked["win"] is not None:
        counted &= at >= now - asked["win"] * DAY
    owner, amounts, cents = owner[counted], amounts[counted], cents[counted]
    size = len(customers)
    rows = np.bincount(owner, minlength=size)
    floats = np.bincount(owner, weights=amounts, minlength=size)
    whole = np.zeros(size, dtype=np.int64)
    np.add.at(whole, owner, cents)
    if asked["fn"] == "sum":
        exact, rounded = whole >= test["v"] * 100, floats >= test["v"]
        shown = lambda at: (f"{whole[at] / 100:.2f}", repr(float(floats[at])))
    else:
        some = np.maximum(rows, 1)
        # Ten-thousandths, rounded half to even.
        units, rest = np.divmod(whole * 100, some)
        units += (2 * rest > some) | ((2 * rest == some) & (units % 2 == 1))
        exact, rounded = (rows > 0) & (units >= test["v"] * 10_000), (rows > 0) & (floats / some >= test["v"])
        shown = lambda at: (f"{units[at] / 10_000:.4f}", repr(float(floats[at] / some[at])))
    # Each addition is wrong by at most half of the last place of a sum that is at most the whole (Higham, "Accuracy and
    # Stability of Numerical Algorithms", 2nd edition, 4.2), and a division by as much of its result.
    found = floats if asked["fn"] == "sum" else floats / np.maximum(rows, 1)
    close = (rows > 0) & (np.abs(found - test["v"]) <= (rows + 1) * 2.0**-52 * abs(test["v"]))
    differ = exact != rounded
    others = np.flatnonzero(differ | close)
    first = None
    if len(others):
        shown_first = np.flatnonzero(differ)[:1] if differ.any() else others[:1]
        mine, theirs = shown(shown_first[0])
        first = f"customer {customers[shown_first[0]]}: exactly {mine}, as floats {theirs}, against {test['v']}"
    return int(exact.sum()), len(others), first
