"""Ranks, top lists and figures over ten million customers, by Segue and by DuckDB in turn, from the same Parquet file.

    python tests/bench/ranks.py --segue target/release/segue --folder ranks [--customers 10000000] [--threads 2]

makes the data if they are not there, runs both sides in turn, holds their counts against one another, and tells the medians and
their ratio. Needs the packages of requirements.txt beside it.
"""

import duckdb
import turns

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
    given = turns.arguments(__doc__, 10_000_000)
    file = make(given.folder, given.customers)
    names = ("best_of_all", "above", "best", "gold")
    turns.take_turns(given, lambda database: dict(zip(names, database.execute(RANKS.format(file=file)).fetchone())))


if __name__ == "__main__":
    main()
