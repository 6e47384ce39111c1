"""Sequences of events of a million customers and more, by Segue and by DuckDB in turn, from the same Parquet files.

    python tests/bench/sequences.py --segue target/release/segue --folder sequences [--customers 2000000] [--threads 2]

makes the data if they are not there (ten events a customer), runs both sides in turn, holds their counts against one another,
and tells the medians and their ratio. Needs the packages of requirements.txt beside it.
"""

import duckdb
import turns

RULES = """customers {
  key id : id
}
events actions by customer_id at time {
  what     : text
  category : text
}
segment left_cart { any actions where what is "cart" followed by no actions within 3 days where what is "purchase" }
segment funnel {
  any actions where what is "view"
    followed by actions within 30 days with the same category where what is "cart"
    followed by actions within 30 days with the same category where what is "purchase"
}
segment returned { number of actions where what is "view" followed by actions within 60 days with the same category >= 2 }
"""

SETTINGS = """[project]
name = "sequences"
as_of = "2026-01-01"
[data]
customers = "customers.parquet"
actions = "actions.parquet"
"""

QUESTIONS = {
    "left_cart": """
SELECT count(DISTINCT a.customer_id) FROM actions a
WHERE a.what = 'cart' AND a.time + INTERVAL 3 DAY <= TIMESTAMP '2026-01-01' AND NOT EXISTS (
  SELECT 1 FROM actions b WHERE b.customer_id = a.customer_id AND b.what = 'purchase' AND b.time > a.time AND b.time < a.time + INTERVAL 3 DAY)
""",
    "funnel": """
SELECT count(DISTINCT a.customer_id) FROM actions a WHERE a.what = 'view' AND EXISTS (
  SELECT 1 FROM actions b WHERE b.customer_id = a.customer_id AND b.category = a.category AND b.what = 'cart'
    AND b.time > a.time AND b.time < a.time + INTERVAL 30 DAY AND EXISTS (
      SELECT 1 FROM actions c WHERE c.customer_id = b.customer_id AND c.category = b.category AND c.what = 'purchase'
        AND c.time > b.time AND c.time < b.time + INTERVAL 30 DAY))
""",
    "returned": """
SELECT count(*) FROM (SELECT a.customer_id FROM actions a WHERE a.what = 'view' AND EXISTS (
  SELECT 1 FROM actions b WHERE b.customer_id = a.customer_id AND b.category = a.category
    AND b.time > a.time AND b.time < a.time + INTERVAL 60 DAY) GROUP BY a.customer_id HAVING count(*) >= 2)
""",
}


def make(folder, customers):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rules.segue").write_text(RULES)
    (folder / "segue.toml").write_text(SETTINGS)
    if (folder / "actions.parquet").exists():
        return
    duckdb.sql(f"COPY (SELECT i AS id FROM range({customers}) AS t(i)) TO '{folder / 'customers.parquet'}' (FORMAT parquet)")
    duckdb.sql(
        f"""COPY (SELECT hash(i || 'a') % {customers} AS customer_id,
              TIMESTAMP '2025-01-01' + INTERVAL (hash(i || 'b') % 31536000) SECOND AS time,
              ['view', 'view', 'view', 'view', 'cart', 'cart', 'purchase', 'share'][(1 + hash(i || 'c') % 8)::BIGINT] AS what,
              'cat_' || (hash(i || 'd') % 8) AS category
            FROM range({10 * customers}) AS t(i)) TO '{folder / 'actions.parquet'}' (FORMAT parquet)"""
    )


def main():
    given = turns.arguments(__doc__, 2_000_000)
    make(given.folder, given.customers)

    def ask(database):
        database.execute(f"CREATE OR REPLACE VIEW actions AS SELECT * FROM '{given.folder / 'actions.parquet'}'")
        return {name: database.execute(query).fetchone()[0] for name, query in QUESTIONS.items()}

    turns.take_turns(given, ask)


if __name__ == "__main__":
    main()
