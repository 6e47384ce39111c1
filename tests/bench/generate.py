#!/usr/bin/env python3
"""Makes the benchmark's data and definitions, the same ones each time.

    generate.py w1 [customers]            customers.parquet and segments.json
    generate.py w2 [customers] [events]   events.parquet (by time), events_sorted.parquet (by customer and time),
                                          events_customers.parquet (who has any) and conditions.json

They are written to the folder that the variable SEGUE_DATA names, or `data`.
"""
import sys, os, json, random
import numpy as np, pyarrow as pa, pyarrow.parquet as pq
D = os.environ.get("SEGUE_DATA", "data"); os.makedirs(D, exist_ok=True)
NOW_DAY = 20454                      # 2026-01-01 as days since epoch
NOW_MS = NOW_DAY * 86400_000
PFX = ["San ", "New ", "Port ", "Saint ", "Lake ", "North ", "South ", "Fort ", "Mount ", "El "]
SYL = ["ka", "ro", "mi", "ta", "len", "vor", "sha", "du", "pel", "no", "ri", "gan", "bu", "tes", "wick", "ham"]
PLANS = ["free", "basic", "pro", "enterprise"]
TYPES = ["view", "click", "search", "order", "add_to_cart", "email_open", "email_click", "login", "logout",
         "refund", "support", "share", "review", "wishlist", "signup", "push_open", "coupon", "return", "chat", "survey"]

def zipf_p(n, s):
    p = 1.0 / np.arange(1, n + 1) ** s
    return p / p.sum()

def names():
    r = random.Random(7)
    countries = [a + b for a in "ABCDEFGHIJ" for b in "RSTUVW"][:60]
    r.shuffle(countries)
    cities, seen = [], set()
    while len(cities) < 5000:
        base = "".join(r.choice(SYL) for _ in range(r.randint(2, 4))).capitalize()
        c = (r.choice(PFX) if r.random() < 0.3 else "") + base
        if c not in seen: seen.add(c); cities.append(c)
    cats = [f"cat_{i:03d}" for i in range(200)]
    return countries, cities, cats

def atom_pool(countries, cities):
    """A limited pool of atoms, grouped by column with a popularity weight."""
    r = random.Random(11); P = []
    def add(w, *atoms): P.append((w, list(atoms)))
    ops = ["ge", "gt", "lt", "le"]
    add(3, *[dict(k="cmp", col="age", op=o, v=v) for v in (18, 21, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70) for o in ops])
    add(3, *[dict(k="cmp", col="income", op=o, v=float(v)) for v in (10000, 20000, 25000, 30000, 40000, 50000, 60000, 75000, 90000, 100000, 125000, 150000, 200000, 300000) for o in ("ge", "lt")])
    add(3, *[dict(k="in", col="country", vals=[countries[i]]) for i in range(30)],
           *[dict(k="in", col="country", vals=sorted(r.sample(countries, r.randint(2, 12)))) for _ in range(25)])
    add(2, *[dict(k="in", col="city", vals=[cities[i]]) for i in range(0, 60)],
           *[dict(k="in", col="city", vals=sorted(r.sample(cities[:800], r.randint(2, 20)))) for _ in range(25)],
           *[dict(k="prefix", col="city", p=p) for p in PFX[:8]])
    add(2, *[dict(k="in", col="plan", vals=[p]) for p in PLANS], dict(k="in", col="plan", vals=["pro", "enterprise"]), dict(k="in", col="plan", vals=["basic", "pro"]))
    add(2, *[dict(k="cmp", col="signup_date", op=o, v=NOW_DAY - d) for d in range(30, 2880, 60) for o in ("ge", "lt")])
    add(3, *[dict(k="cmp", col="last_seen", op=o, v=NOW_MS - d * 86400_000) for d in (1, 2, 3, 7, 10, 14, 21, 30, 45, 60, 90, 120, 180, 270, 365, 540) for o in ("ge", "lt")])
    add(1.5, dict(k="bool", col="email_consent"))
    add(1.5, *[dict(k="cmp", col="nps", op=o, v=v) for v in range(1, 11) for o in ("ge", "lt")])
    add(1.5, *[dict(k="cmp", col="score", op=o, v=round(v, 3)) for v in (0.05, .1, .15, .2, .25, .3, .4, .5, .6, .7, .75, .8, .85, .9, .95, .98) for o in ("gt", "le")])
    add(1.5, *[dict(k="has", col="interests", bit=b) for b in range(32)])
    add(0.7, *[dict(k="null", col=c) for c in ("age", "income", "nps")])
    return P

def segments(n=1000):
    countries, cities, _ = names()
    r = random.Random(13); P = atom_pool(countries, cities); W = [w for w, _ in P]
    atoms, idx, segs = [], {}, []
    def atom():
        a = r.choice(r.choices(P, W)[0][1]); key = json.dumps(a, sort_keys=True)
        if key not in idx: idx[key] = len(atoms); atoms.append(a)
        return {"op": "atom", "id": idx[key]}
    def tree(k, top="and"):
        if k == 1:
            a = atom(); return {"op": "not", "arg": a} if r.random() < 0.15 else a
        parts, left = [], k
        while left > 0:
            s = min(left, r.choice((1, 1, 1, 2, 3))); s = min(s, k - 1)
            parts.append(s); left -= s
        t = {"op": top, "args": [tree(s, "or" if top == "and" else "and") for s in parts]}
        return {"op": "not", "arg": t} if r.random() < 0.08 else t
    for _ in range(n): segs.append(tree(r.randint(2, 6), r.choices(("and", "or"), (3, 1))[0]))
    json.dump({"atoms": atoms, "segments": segs}, open(f"{D}/segments.json", "w"))
    print("segments", len(segs), "distinct atoms", len(atoms))

def w1(n):
    g = np.random.default_rng(42); countries, cities, _ = names()
    chunk, w = 1_000_000, None
    for lo in range(0, n, chunk):
        m = min(chunk, n - lo)
        age = np.clip(np.where(g.random(m) < .7, g.normal(34, 9, m), g.normal(58, 11, m)), 16, 99).astype(np.int16)
        inc = np.round(np.clip(g.lognormal(10.7, .6, m), 0, 20e6), 2)
        # ids grow with sign-up time, with ~60 days of noise
        day = np.clip((np.arange(lo, lo + m) / n) ** .7 * 2922 + g.normal(0, 20, m), 0, 2921).astype(np.int32)
        seen = NOW_MS - np.minimum((g.exponential(90, m) * 86400_000).astype(np.int64), (2922 - day).astype(np.int64) * 86400_000)
        it = np.zeros(m, np.uint32)
        for b, p in enumerate(zipf_p(32, .8) * 4): it |= (g.random(m) < p).astype(np.uint32) << np.uint32(b)
        t = pa.table({
            "id": pa.array(np.arange(lo, lo + m, dtype=np.int64) + 100000),
            "age": pa.array(age, mask=g.random(m) < .05),
            "income": pa.array(inc, mask=g.random(m) < .10),
            "country": pa.DictionaryArray.from_arrays(pa.array(g.choice(60, m, p=zipf_p(60, 1.1)).astype(np.int32)), countries),
            "city": pa.DictionaryArray.from_arrays(pa.array(g.choice(5000, m, p=zipf_p(5000, .9)).astype(np.int32)), cities),
            "plan": pa.DictionaryArray.from_arrays(pa.array(g.choice(4, m, p=[.62, .22, .12, .04]).astype(np.int32)), PLANS),
            "signup_date": pa.array(NOW_DAY - 2922 + day, type=pa.int32()).cast(pa.date32()),
            "last_seen": pa.array(seen).cast(pa.timestamp("ms")),
            "email_consent": pa.array(g.random(m) < .61),
            "nps": pa.array(g.choice(11, m, p=np.array([4, 1, 1, 2, 2, 6, 6, 12, 20, 22, 24]) / 100).astype(np.int8), mask=g.random(m) < .55),
            "score": pa.array(g.beta(2, 3, m)),
            "interests": pa.array(it.astype(np.int64)),
        })
        for c in ("country", "city", "plan"): t = t.set_column(t.schema.get_field_index(c), c, t[c].cast(pa.string()))
        w = w or pq.ParquetWriter(f"{D}/customers.parquet", t.schema, compression="zstd", compression_level=1)
        w.write_table(t, row_group_size=500_000)
    w.close(); segments()
    print(os.path.getsize(f"{D}/customers.parquet") / 1e6, "MB")

def conditions(n=100):
    r = random.Random(17); aggs, idx, conds = [], {}, []
    def agg(**a):
        key = json.dumps(a, sort_keys=True)
        if key not in idx: idx[key] = len(aggs); aggs.append(a)
        return idx[key]
    W = (7, 14, 30, 60, 90, 180, 365, None)
    for i in range(n):
        f = r.choices(("sum", "count", "countcat", "notwithin", "lastage", "avg", "distinct", "max"), (4, 3, 3, 2, 3, 2, 2, 1))[0]
        if i < 8: f = ("sum", "count", "countcat", "lastage", "avg", "distinct", "notwithin", "max")[i]
        t = r.choice(TYPES[:8]); w = r.choice(W); w2 = r.choice((7, 14, 30, 60))
        cs = [f"cat_{x:03d}" for x in sorted(r.sample(range(200), r.randint(3, 20)))]
        T = lambda a, op, v: dict(agg=a, op=op, v=v)
        if f == "sum": c = [T(agg(fn="sum", types=["order"], cats=None, win=w), "ge", r.choice((50, 100, 200, 500, 1000)))]
        elif f == "count": c = [T(agg(fn="count", types=[t], cats=None, win=w), "ge", r.choice((1, 2, 3, 5, 10)))]
        elif f == "countcat": c = [T(agg(fn="count", types=["view"], cats=cs, win=w), "ge", r.choice((1, 2, 3, 5))),
                                   T(agg(fn="count", types=["order"], cats=None, win=w2), "eq", 0)]
        elif f == "notwithin": c = [T(agg(fn="count", types=[t], cats=None, win=w), "ge", 1), T(agg(fn="count", types=["order"], cats=None, win=w2), "eq", 0)]
        elif f == "lastage": c = [T(agg(fn="last", types=[t], cats=None, win=None), "lt", NOW_MS - r.choice((7, 14, 30, 60, 90, 180)) * 86400_000)]
        elif f == "avg": c = [T(agg(fn="avg", types=["order"], cats=None, win=w), "ge", r.choice((20, 40, 60, 80)))]
        elif f == "distinct": c = [T(agg(fn="distinct", types=[r.choice(("view", "order", "click"))], cats=None, win=r.choice((30, 90, 365))), "ge", r.choice((2, 3, 5, 8)))]
        else: c = [T(agg(fn="max", types=["order"], cats=None, win=w), "ge", r.choice((50, 100, 200)))]
        conds.append(c)
    json.dump({"now_ms": NOW_MS, "types": TYPES, "aggs": aggs, "conditions": conds}, open(f"{D}/conditions.json", "w"))
    print("conditions", n, "distinct aggregates", len(aggs))

def w2(nc, ne):
    g = np.random.default_rng(43); _, _, cats = names()
    wgt = g.lognormal(0, 1.1, nc); cum = np.cumsum(wgt / wgt.sum())
    pt = zipf_p(20, 1.2); chunk = 5_000_000; w = None; parts = []
    for lo in range(0, ne, chunk):
        m = min(chunk, ne - lo)
        cid = np.minimum(np.searchsorted(cum, g.random(m)), nc - 1).astype(np.int32)
        u = np.sort((lo + g.random(m) * m) / ne)
        at = NOW_MS - 730 * 86400_000 + (u ** .8 * 730 * 86400_000).astype(np.int64)
        ty = g.choice(20, m, p=pt).astype(np.int8)
        amt = np.where(np.isin(ty, (3, 9, 17)), np.round(g.lognormal(3.6, .8, m), 2), 0.0)
        cat = g.choice(200, m, p=zipf_p(200, .9)).astype(np.int16)
        parts.append((cid, at, ty, amt, cat))
    cid, at, ty, amt, cat = (np.concatenate([p[i] for p in parts]) for i in range(5)); del parts
    def write(name, o):
        w = None
        for lo in range(0, ne, chunk):
            s = slice(lo, lo + chunk) if o is None else o[lo:lo + chunk]
            t = pa.table({"customer_id": pa.array(cid[s].astype(np.int64) + 100000), "at": pa.array(at[s]).cast(pa.timestamp("ms")),
                "type": pa.DictionaryArray.from_arrays(pa.array(ty[s].astype(np.int32)), TYPES),
                "amount": pa.array(amt[s]),
                "category": pa.DictionaryArray.from_arrays(pa.array(cat[s].astype(np.int32)), cats)})
            for c in ("type", "category"): t = t.set_column(t.schema.get_field_index(c), c, t[c].cast(pa.string()))
            w = w or pq.ParquetWriter(f"{D}/{name}", t.schema, compression="zstd", compression_level=1)
            w.write_table(t, row_group_size=1_000_000)
        w.close(); print(name, os.path.getsize(f"{D}/{name}") / 1e6, "MB")
    pq.write_table(pa.table({"customer_id": pa.array(np.unique(cid).astype(np.int64) + 100000)}), f"{D}/events_customers.parquet")
    write("events.parquet", None)
    write("events_sorted.parquet", np.argsort(cid, kind="stable"))
    conditions()

if __name__ == "__main__":
    a = sys.argv[1:]
    if a[0] == "w1": w1(int(a[1]) if len(a) > 1 else 10_000_000)
    elif a[0] == "w2": w2(int(a[1]) if len(a) > 1 else 1_000_000, int(a[2]) if len(a) > 2 else 50_000_000)
    elif a[0] == "defs": segments(); conditions()
