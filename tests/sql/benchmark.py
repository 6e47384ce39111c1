"""Time the grocery example, from files to counts, beside the same questions asked of DuckDB by hand-written SQL.

    python tests/sql/benchmark.py --segue target/release/segue [--rounds 5] [--json FILE]

Every side runs once in each round, in turn, so that whatever else the machine does falls on all of them; medians and the
ratios between them are printed as a Markdown table. Segue is timed as a process: start, checking, reading, code generation and
all. DuckDB is timed from an open connection to the last count, without the start of Python, in a process of its own: a process
that is started counts the memory of the one that started it as its own peak, so this one has to stay small. Needs the packages
of requirements.txt beside it.
"""

import argparse
import json
import multiprocessing
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import time

from compare import MOMENTS, PROJECT, by_sql

THREADS = 2


def segue(binary, *options):
    """Seconds and peak memory in MiB of a run."""
    command = [binary, "run", str(PROJECT), "--as-of", MOMENTS[0], "--json", *options]
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    taken = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with status {process.returncode}")
    return taken, usage.ru_maxrss / 1024


def serve_sql(pipe):
    """The other process: for each message that comes, the seconds of all queries and this process's peak memory in MiB."""
    import duckdb

    duckdb.execute(f"SET threads = {THREADS}")
    while pipe.recv():
        started = time.perf_counter()
        by_sql(MOMENTS[0])
        taken = time.perf_counter() - started
        pipe.send((taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def sql(pipe):
    """Seconds of all queries and the peak memory of their process in MiB."""
    pipe.send(True)
    return pipe.recv()


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--segue", required=True, help="the segue program to time")
    options.add_argument("--rounds", type=int, default=5, help="how often each side runs")
    options.add_argument("--json", type=pathlib.Path, help="a file for the figures")
    arguments = options.parse_args()
    processes = multiprocessing.get_context("spawn")
    pipe, theirs = processes.Pipe()
    processes.Process(target=serve_sql, args=(theirs,), daemon=True).start()
    # Its end is its alone, so that nobody waits for an answer of a process that ended.
    theirs.close()
    sides = {
        "segue, jit": lambda: segue(arguments.segue, "--threads", str(THREADS)),
        "segue, jit, one thread": lambda: segue(arguments.segue, "--threads", "1"),
        "segue, interpreter": lambda: segue(arguments.segue, "--engine", "interpreter"),
        "DuckDB": lambda: sql(pipe),
    }
    figures = {name: [] for name in sides}
    for side in sides.values():
        side()
    for _ in range(arguments.rounds):
        for name, side in sides.items():
            figures[name].append(side())
    table = []
    for name, runs in figures.items():
        table.append(
            {
                "side": name,
                "seconds": statistics.median(taken for taken, _ in runs),
                "peak_mib": statistics.median(peak for _, peak in runs),
            }
        )
    base = table[0]["seconds"]
    print(f"grocery as of {MOMENTS[0]}, medians of {arguments.rounds} interleaved rounds, {THREADS} threads\n")
    print("| side | seconds | times the first | peak memory |")
    print("|---|---:|---:|---:|")
    for row in table:
        row["ratio"] = row["seconds"] / base
        print(f"| {row['side']} | {row['seconds']:.2f} | {row['ratio']:.2f} | {row['peak_mib']:.0f} MiB |")
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nThe process that started them needs {own:.0f} MiB; a peak of Segue's below that would not show.")
    pipe.send(False)
    if arguments.json:
        arguments.json.write_text(json.dumps({"version": 1, "rounds": arguments.rounds, "sides": table}, indent=1) + "\n")


if __name__ == "__main__":
    main()
