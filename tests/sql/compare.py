"""Hold the grocery example's segments against SQL written by hand for DuckDB, household by household.

    python tests/sql/compare.py --segue target/release/segue

runs `segue run examples/grocery` and the blocks of grocery.sql at each moment, and ends with status 1 if a count or a membership
differs. Needs the packages of requirements.txt beside it.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import zoneinfo
from datetime import datetime

import duckdb

HERE = pathlib.Path(__file__).resolve().parent
PROJECT = HERE.parent.parent / "examples" / "grocery"
ZONE = "America/New_York"
MOMENTS = ["2018-01-01", "2017-10-01", "2017-07-15T12:00"]
RAW = {
    "raw_households": "households",
    "raw_transactions": "transactions",
    "raw_products": "products",
    "raw_campaigns": "campaigns",
    "raw_campaign_descriptions": "campaign_descriptions",
    "raw_redemptions": "redemptions",
}


def blocks():
    """The file's blocks in order: (kind, name, query); the kind of a segment of another table's rows is the table's name."""
    text = (HERE / "grocery.sql").read_text()
    parts = re.split(r"^-- (step|segment|partition|table \w+) (\w+)\n", text, flags=re.MULTILINE)[1:]
    for kind, name, body in zip(parts[0::3], parts[1::3], parts[2::3]):
        query, _, _ = body.partition(";")
        yield kind, name, query


def by_sql(moment):
    """Answers of the queries: {segment: keys}, {partition: {part: keys}}; `name of table` for those of another table's rows."""
    instant = datetime.fromisoformat(moment).replace(tzinfo=zoneinfo.ZoneInfo(ZONE))
    database = duckdb.connect()
    database.execute("SET enable_progress_bar = false")
    database.execute(f"SET TimeZone = '{ZONE}'")
    database.execute("SET VARIABLE as_of = ?::TIMESTAMPTZ", [instant.isoformat()])
    for table, file in RAW.items():
        database.execute(f"CREATE VIEW {table} AS SELECT * FROM read_parquet('{PROJECT / 'data' / file}.parquet')")
    segments, partitions = {}, {}
    for kind, name, query in blocks():
        database.execute(f'CREATE TABLE "{name}" AS {query}')
        if kind == "segment":
            rows = database.execute(f'SELECT household_id FROM "{name}"').fetchall()
            keys = [str(key) for (key,) in rows]
            if len(keys) != len(set(keys)):
                sys.exit(f"{name}: the query gives a household twice")
            segments[name] = set(keys)
        elif kind.startswith("table "):
            rows = database.execute(f'SELECT key FROM "{name}"').fetchall()
            segments[f"{name} of {kind.removeprefix('table ')}"] = {str(key) for (key,) in rows}
        elif kind == "partition":
            parts = partitions.setdefault(name, {})
            for key, part in database.execute(f'SELECT household_id, part FROM "{name}"').fetchall():
                parts.setdefault(part, set()).add(str(key))
    return segments, partitions


def rows_of(file):
    """All rows of a Parquet file."""
    return duckdb.execute(f"SELECT * FROM read_parquet('{file}')").fetchall()


def by_segue(binary, engine, moment):
    """Segue's summary, and the members it wrote: {name: keys}; a partition's part is `partition.part`."""
    with tempfile.TemporaryDirectory() as folder:
        command = [binary, "run", str(PROJECT), "--as-of", moment, "--json", "--out", folder, "--engine", engine]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)} ended with status {done.returncode}:\n{done.stderr}")
        members = {}
        out = pathlib.Path(folder)
        for key, name in rows_of(out / "segments.parquet"):
            members.setdefault(name, set()).add(str(key))
        for file in sorted((out / "partitions").glob("*.parquet")):
            for key, part in rows_of(file):
                members.setdefault(f"{file.stem}.{part}", set()).add(str(key))
        for file in sorted((out / "tables").glob("*.parquet")):
            for key, name in rows_of(file):
                members.setdefault(f"{name} of {file.stem}", set()).add(str(key))
        return json.loads(done.stdout), members


def differences(summary, members, segments, partitions):
    """One line for each difference."""
    found = []
    counts = {segment["name"]: segment["count"] for segment in summary["segments"]}
    for table in summary.get("tables", []):
        counts |= {f"{segment['name']} of {table['name']}": segment["count"] for segment in table["segments"]}
    if counts.keys() != segments.keys():
        found.append(f"segments in one place only: {sorted(counts.keys() ^ segments.keys())}")
    wanted = {name: keys for name, keys in segments.items() if name in counts}
    for partition in summary["partitions"]:
        if partition["name"] not in partitions:
            found.append(f"{partition['name']}: there is no query for this partition")
            continue
        # A copy: the answers are held against both engines.
        parts = dict(partitions[partition["name"]])
        for part in partition["parts"]:
            name = f"{partition['name']}.{part['name']}"
            counts[name] = part["count"]
            wanted[name] = parts.pop(part["name"], set())
        found += [f"{partition['name']}: no part is called {part}" for part in parts]
    for name, keys in wanted.items():
        if counts[name] != len(keys):
            found.append(f"{name}: segue counts {counts[name]}, SQL {len(keys)}")
        got = members.get(name, set())
        for side, extra in (("segue only", got - keys), ("SQL only", keys - got)):
            if extra:
                found.append(f"{name}: {len(extra)} in {side}, such as {sorted(extra)[:5]}")
    return found


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--segue", required=True, help="the segue program to test")
    options.add_argument("--engine", action="append", help="engine to run; both by default")
    arguments = options.parse_args()
    failed = False
    for moment in MOMENTS:
        segments, partitions = by_sql(moment)
        for engine in arguments.engine or ["jit", "interpreter"]:
            summary, members = by_segue(arguments.segue, engine, moment)
            found = differences(summary, members, segments, partitions)
            failed |= bool(found)
            parts = sum(len(partition["parts"]) for partition in summary["partitions"])
            print(f"{moment} {engine}: {len(segments)} segments and {parts} parts, {len(found)} differences")
            for line in found:
                print(f"  {line}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
