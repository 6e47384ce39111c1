"""Ranks, top lists and figures over ten million customers, by Segue and by DuckDB in turn, from the same Parquet file.

    python tests/bench/ranks.py --segue target/release/segue --folder /tmp/ranks [--customers 10000000] [--threads 2]

makes the data if they are not there, runs both sides in turn, holds their counts against one another, and tells the medians and
their ratio. Needs the packages of requirements.txt beside it.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import time

import duckdb

RULES = """customers {
  key id    : id
  income    : number?
  last_seen : datetime?
  score     : number?
}
trait by_income = quintile of income
trait by_score  = quintile of score
trait by_day    = decile of last_seen
segment best_of_all { by_income >= 4   and by_score >= 4   and by_day >= 8 }
segment above       { score > average of score over customers + deviation of score over customers }
segment best        { customer in top 1000 by score }
segment gold        { customer in top 10% by income }
"""

SETTINGS = """[project]
name = "ranks"
as_of = "2026-01-01"
[data]
customers = "customers.parquet"
"""

RANKS = """
WITH ranked AS (SELECT income, score, last_seen,
  1 + 5 * (rank() OVER (ORDER BY income NULLS LAST) - 1) // count(income) OVER () AS by_income,
  1 + 5 * (rank() OVER (ORDER BY score NULLS LAST) - 1) // count(score) OVER () AS by_score,
  1 + 10 * (rank() OVER (ORDER BY last_seen NULLS LAST) - 1) // count(last_seen) OVER () AS by_day,
  row_number() OVER (ORDER BY score DESC NULLS LAST, id) AS place,
  row_number() OVER (ORDER BY income DESC NULLS LAST, id) AS income_place, count(income) OVER () AS n
  FROM '{file}')
SELECT count(*) FILTER (by_income >= 4 AND by_score >= 4 AND by_day >= 8
                        AND income IS NOT NULL AND score IS NOT NULL AND last_seen IS NOT NULL),
       (SELECT count(*) FROM '{file}' WHERE score > (SELECT avg(score) + stddev_pop(score) FROM '{file}')),
       count(*) FILTER (place <= 1000), count(*) FILTER (income_place <= ceil(n / 10)) FROM ranked
"""


def make(folder, customers):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rules.segue").write_text(RULES)
    (folder / "segue.toml").write_text(SETTINGS)
    file = folder / "customers.parquet"
    if not file.exists():
        duckdb.sql(
            f"""COPY (SELECT i AS id,
                  CASE WHEN hash(i, 1) % 10 > 0 THEN round(exp(hash(i, 2) % 1000000 / 150000.0) * 1000, 2) END AS income,
                  TIMESTAMP '2020-01-01' + INTERVAL (hash(i, 3) % 189000000) SECOND AS last_seen,
                  (hash(i, 4) % 100000) / 1000.0 AS score
                FROM range({customers}) AS t(i)) TO '{file}' (FORMAT parquet)"""
        )
    return file


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--segue", required=True)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--customers", type=int, default=10_000_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    file = make(given.folder, given.customers)
    database = duckdb.connect()
    database.execute(f"SET threads = {given.threads}")
    times = {"segue": [], "duckdb": []}
    for _ in range(given.rounds):
        start = time.perf_counter()
        ran = subprocess.run(
            [given.segue, "run", given.folder, "--json", "--threads", str(given.threads)],
            check=True, capture_output=True, text=True,
        )
        times["segue"].append(time.perf_counter() - start)
        ours = {segment["name"]: segment["count"] for segment in json.loads(ran.stdout)["segments"]}
        start = time.perf_counter()
        theirs = database.execute(RANKS.format(file=file)).fetchone()
        times["duckdb"].append(time.perf_counter() - start)
        if tuple(ours[name] for name in ("best_of_all", "above", "best", "gold")) != theirs:
            sys.exit(f"the counts differ: {ours} and {theirs}")
    medians = {side: statistics.median(measured) for side, measured in times.items()}
    print(f"segue {medians['segue']:.2f} s, duckdb {medians['duckdb']:.2f} s: {medians['duckdb'] / medians['segue']:.1f} times")


if __name__ == "__main__":
    main()
