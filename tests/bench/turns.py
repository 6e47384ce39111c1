"""Segue and DuckDB asked in turn, for the scripts beside this one."""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import time

import duckdb


def arguments(description, customers):
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--segue", required=True)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--customers", type=int, default=customers)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args()


def take_turns(given, ask):
    """Runs the project in the folder and `ask(database)`, which gives counts by segment, in turn; tells medians and their ratio.

    Stops where the counts differ.
    """
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
        theirs = ask(database)
        times["duckdb"].append(time.perf_counter() - start)
        if ours != theirs:
            sys.exit(f"the counts differ: {ours} and {theirs}")
    medians = {side: statistics.median(measured) for side, measured in times.items()}
    print(f"{ours}")
    print(f"segue {medians['segue']:.2f} s, duckdb {medians['duckdb']:.2f} s: {medians['duckdb'] / medians['segue']:.1f} times")
