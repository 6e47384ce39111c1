"""Runs Segue beside Polars, ClickHouse, DuckDB and DataFusion on the same data and the same definitions.

    python -m venv .venv && .venv/bin/pip install -r tests/bench/requirements.txt
    .venv/bin/python tests/bench/run.py                                  # 10 million customers, 50 million events
    .venv/bin/python tests/bench/run.py --customers 1000000 --events 5000000

Makes the data where they are missing, builds Segue's worker, loads the data into every engine and then asks all of them in turn,
so that whatever else the machine does falls on each. Medians and ratios are printed as Markdown and, with --json, written as JSON.
Every count is compared: a difference is printed and ends the run with status 1, unless it is one of sums or averages of money
that were added as floats, and an exact count is Segue's: then a customer is shown for whom floats decide otherwise (money.py). Time is that of one question, from its definition
to the counts: for Segue planning, code generation and evaluation; `check`, the time to read and check its rule files, is beside it.
"""

import argparse
import json
import os
import pathlib
import platform
import select
import statistics
import subprocess
import sys

import money

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TIMEOUT = 600

# By workload: what is asked, of how many definitions, and of whom: engine and the option it is fastest with. Who is not asked
# took more than a minute, or, as ClickHouse for bitmaps of 1000, refuses so long a question. Events in a file are sorted by customer (disk) or by time (unsorted).
QUESTIONS = {
    "w1": [
        ("w1_counts", 20, [("polars", "shared,stream"), ("clickhouse", "shared"), ("duckdb", None), ("datafusion", None)]),
        ("w1_counts", 200, [("polars", "shared,stream"), ("clickhouse", "shared"), ("duckdb", None)]),
        ("w1_counts", 1000, [("polars", "shared,stream"), ("clickhouse", "shared")]),
        ("w1_bitmaps", 1000, [("polars", "shared")]),
        ("w1_disk", 20, [("polars", "stream"), ("clickhouse", "shared"), ("duckdb", None)]),
        ("w1_disk", 200, [("polars", "stream"), ("clickhouse", "shared")]),
        ("w1_prepared", 200, []),
    ],
    "w2": [
        ("w2_counts", 20, [("clickhouse", None), ("clickhouse", "mergetree"), ("polars", "stream"), ("duckdb", None)]),
        ("w2_counts", 100, [("clickhouse", None), ("clickhouse", "mergetree"), ("polars", "stream")]),
        ("w2_disk", 20, [("clickhouse", None), ("polars", "stream")]),
        ("w2_disk", 100, [("clickhouse", None), ("polars", "stream")]),
        ("w2_unsorted", 20, [("clickhouse", None), ("polars", "stream")]),
        ("w2_unsorted", 100, [("clickhouse", None), ("polars", "stream")]),
    ],
    "w3": [
        ("w3_prepared", 1000, [("polars", "shared,stream"), ("clickhouse", "shared")]),
    ],
}
# Asked of processes that have done nothing before, for their peak of memory: workload, question, definitions, and of whom.
ALONE = [("w1", "w1_disk", 1000, [("polars", "shared,stream"), ("clickhouse", "shared")])]
# Questions about customers and events together are two questions to a peer: nine of ten definitions are about customers.
PARTS = {"polars": (("w1_counts", "shared,stream"), ("w2_counts", "stream")), "clickhouse": (("w1_counts", "shared"), ("w2_counts", None))}
# Other ways in which Segue works, and the environment in which its worker does: generated code wherever there is a choice, the
# same with no code kept and with all of it kept, no generated code at all, customer by customer, and with fewer instructions of
# the processor.
MODES = ["code", "cold", "warm", "static", "interpreter", "avx2", "portable"]
# Who is asked besides: Segue with another option.
BESIDES = {"w1_prepared": "disk"}


class Worker:
    """A process that answers one line of JSON with another."""

    def __init__(self, name, command, environment):
        self.name = name
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, **environment}
        )
        self.version = self.read().get("version", "?")

    def read(self):
        ready, _, _ = select.select([self.process.stdout], [], [], TIMEOUT)
        if not ready:
            self.process.kill()
            return {"err": f"no answer in {TIMEOUT} seconds"}
        line = self.process.stdout.readline()
        return json.loads(line) if line else {"err": "the process ended"}

    def ask(self, **question):
        if self.process.poll() is not None:
            return {"err": "the process ended"}
        self.process.stdin.write(json.dumps(question).encode() + b"\n")
        self.process.stdin.flush()
        return self.read()

    def ask_both(self, count):
        """The answer to two questions, one after the other."""
        answers = []
        for (what, option), share in zip(PARTS[self.name], (count - count // 10, count // 10)):
            answers.append(self.ask(cmd="run", what=what, n=share, opt=option))
            if "err" in answers[-1]:
                return answers[-1]
        one, other = answers
        peak = max(one.get("peak_mb") or 0, other.get("peak_mb") or 0)
        return {"t": one["t"] + other["t"], "peak_mb": peak, "res": [*one["res"], *other["res"]]}

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()


def make_data(arguments, workload):
    """Makes what is missing of a workload's data."""
    if workload == "w3":
        return make_data(arguments, "w1") or make_data(arguments, "w2")
    wanted = {"w1": "customers.parquet", "w2": "events_sorted.parquet"}[workload]
    if not (arguments.data / wanted).exists():
        sizes = {"w1": [arguments.customers], "w2": [max(arguments.customers // 10, 1), arguments.events]}[workload]
        subprocess.run(
            [sys.executable, HERE / "generate.py", workload, *map(str, sizes)],
            env={**os.environ, "SEGUE_DATA": str(arguments.data)},
            check=True,
            stdout=sys.stderr,
        )


def build_worker():
    """Builds Segue's worker and gives its path."""
    command = ["cargo", "build", "--release", "--package", "segue-bench", "--message-format", "json"]
    built = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True)
    messages = [json.loads(line) for line in built.stdout.splitlines()]
    executables = {message["target"]["name"]: message["executable"] for message in messages if message.get("executable")}
    return executables["segue-bench-worker"]


def start(arguments, names):
    environment = {"SEGUE_DATA": str(arguments.data), "THREADS": str(arguments.threads)}
    workers = {}
    for name in names:
        command = [arguments.segue] if name.startswith("segue") else [sys.executable, HERE / "peers" / "worker.py", name]
        extra = {"DF_VIEW": "1"} if name == "datafusion" else {}
        if name in arguments.modes:
            command, extra = [arguments.segue], {"SEGUE_MODE": name.removeprefix("segue ")}
        workers[name] = Worker(name, command, {**environment, **extra})
    return workers


def ask_all(workers, what, count, askers, repeats):
    """Asks everybody in turn; gives a row for each, and the differences found."""
    rows = {asker: {"name": asker[0], "option": asker[1], "times": [], "peak_mb": 0} for asker in askers}
    expected, differences = None, []
    for _ in range(repeats):
        for name, option in askers:
            row = rows[name, option]
            if "error" in row:
                continue
            both = what.startswith("w3") and name in PARTS
            answer = workers[name].ask_both(count) if both else workers[name].ask(cmd="run", what=what, n=count, opt=option)
            if "err" in answer:
                row["error"] = answer["err"][:200]
                continue
            row["times"].append(answer["t"])
            row["peak_mb"] = max(row["peak_mb"], answer.get("peak_mb") or 0)
            row["check"] = answer.get("check")
            counts = answer["res"]
            if not isinstance(counts, list):
                continue
            if expected is None:
                expected = (name, counts)
            elif counts != expected[1]:
                wrong = [at for at, (one, other) in enumerate(zip(counts, expected[1])) if one != other]
                differences += [(what, count, name, at, counts[at], expected[1][at]) for at in wrong]
    return list(rows.values()), sorted(set(differences))


class Fresh:
    """Workers that have done nothing before: each time one is asked for, the last one is ended and another started."""

    def __init__(self, arguments, versions):
        self.arguments, self.versions, self.last = arguments, versions, None

    def __getitem__(self, name):
        self.close()
        self.last = start(self.arguments, [name])[name]
        self.versions[name] = self.last.version
        return self.last

    def close(self):
        if self.last:
            self.last.close()
            self.last = None


def explained(data, difference):
    """Prints a difference, and whether floats are its reason; gives whether they are."""
    what, count, name, number, theirs, mine = difference
    # Of segue's own, and of conditions on customers, all are exact.
    # The conditions on events come after those on customers.
    number -= count - count // 10 if what.startswith("w3") else 0
    of_events = not what.startswith("w1") and number >= 0 and not name.startswith("segue")
    found = money.judge(data, number) if of_events else None
    told = f"{what} {count}, definition {number}: {name} counts {theirs}, segue {mine}"
    if found and found[0] == mine and abs(theirs - mine) <= found[1]:
        print(f"{told}. Exact is {mine}; floats may decide otherwise for {found[1]}, such as {found[2]}", file=sys.stderr)
        return True
    print(f"DIFFERENCE {told}" + (f", exact is {found[0]}" if found else ""), file=sys.stderr)
    return False


def shown(row):
    """An engine, and what it was asked where that is not its only way."""
    told = row["option"] and (row["name"] == "segue" or row["option"] == "mergetree")
    return f"{row['name']}, {row['option']}" if told else row["name"]


def report(what, count, rows):
    """Prints a table; gives it as data."""
    for row in rows:
        if row["times"]:
            row["median"] = statistics.median(row["times"])
    peers = [row["median"] for row in rows if "median" in row and not row["name"].startswith("segue")]
    # Where there are none, the question is what another way of asking Segue would take.
    besides = [row["median"] for row in rows if "median" in row and row["name"] == "segue" and row["option"]]
    best = min(peers or besides, default=None)
    print(f"\n### {what}, {count} definitions\n")
    print("| engine | median ms | least ms | best peer's time / this | peak MB | check ms |")
    print("|---|---:|---:|---:|---:|---:|")
    for row in sorted(rows, key=lambda row: row.get("median", float("inf"))):
        if "median" not in row:
            print(f"| {shown(row)} | {row.get('error', '')} | | | | |")
            continue
        row["ratio"] = best / row["median"] if best else None
        ratio = f"{row['ratio']:.2f}" if best else ""
        check = f"{row['check'] * 1e3:.1f}" if row.get("check") is not None else ""
        least = min(row["times"]) * 1e3
        print(f"| {shown(row)} | {row['median'] * 1e3:.1f} | {least:.1f} | {ratio} | {row['peak_mb']} | {check} |", flush=True)
    return {"what": what, "definitions": count, "rows": rows}


def wanted(arguments, question):
    """Whether a question is among those that were asked for; all are if none is named."""
    return not arguments.asked or question in arguments.asked.split(",")


def add_sizes(options):
    """Options of every command here: data, their size, threads, rounds, Segue's worker."""
    options.add_argument("--data", type=pathlib.Path, default=ROOT / "target" / "bench", help="where the data are kept")
    options.add_argument("--customers", type=int, default=10_000_000)
    options.add_argument("--events", type=int, default=50_000_000)
    options.add_argument("--threads", type=int, default=2, help="threads of every engine")
    options.add_argument("--repeats", type=int, default=5)
    options.add_argument("--segue", type=pathlib.Path, help="Segue's worker; built if left out")


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_sizes(options)
    options.add_argument("--only", choices=sorted(QUESTIONS), help="one workload: w1 customers, w2 events, w3 both")
    options.add_argument("--asked", default="", help="only these questions, with commas, such as w1_counts,w2_unsorted,w1_disk_alone")
    options.add_argument("--peers", default="polars,clickhouse,duckdb,datafusion", help="which of them, with commas")
    options.add_argument("--modes", default="", help=f"ways in which Segue is asked besides, with commas: {', '.join(MODES)}")
    options.add_argument("--json", type=pathlib.Path, help="a file for the figures")
    arguments = options.parse_args()
    peers = [name for name in arguments.peers.split(",") if name]
    arguments.modes = [f"segue {mode}" for mode in arguments.modes.split(",") if mode]
    if unknown := [name for name in arguments.modes if name.removeprefix("segue ") not in MODES]:
        options.error(f"there is no mode {unknown[0].removeprefix('segue ')}: {', '.join(MODES)}")
    arguments.data = (arguments.data / f"{arguments.customers}-{arguments.events}").resolve()
    arguments.data.mkdir(parents=True, exist_ok=True)
    arguments.segue = arguments.segue or build_worker()
    tables, differences, versions = [], [], {}
    for workload in [arguments.only] if arguments.only else sorted(QUESTIONS):
        make_data(arguments, workload)
        asked = {name for _, _, askers in QUESTIONS[workload] for name, _ in askers if name in peers}
        workers = start(arguments, ["segue", *arguments.modes, *sorted(asked)])
        for worker in workers.values():
            versions[worker.name] = worker.version
            parts = ["w1", "w2"] if workload == "w3" and worker.name in PARTS else [workload]
            loads = [("load", part) for part in parts] if workload != "w3" or worker.name in PARTS else []
            # One prepares for all of Segue's.
            if worker.name == "segue" and any(what.endswith("prepared") for what, _, _ in QUESTIONS[workload]):
                loads.append(("prepare", workload))
            answers = [worker.ask(cmd=command, what=part) for command, part in loads]
            failed = [answer["err"] for answer in answers if "err" in answer]
            print(f"{worker.name} {worker.version}: {failed or 'loaded'}", file=sys.stderr, flush=True)
        for what, count, askers in QUESTIONS[workload]:
            if not wanted(arguments, what):
                continue
            own = [("segue", None), *([("segue", BESIDES[what])] if what in BESIDES else [])]
            askers = [*own, *[(mode, None) for mode in arguments.modes], *[(name, option) for name, option in askers if name in peers]]
            rows, found = ask_all(workers, what, count, askers, arguments.repeats)
            tables.append(report(what, count, rows))
            differences += found
        for worker in workers.values():
            worker.close()
        for owner, what, count, askers in ALONE:
            if owner != workload or not wanted(arguments, what + "_alone"):
                continue
            askers = [("segue", None), *[(name, option) for name, option in askers if name in peers]]
            fresh = Fresh(arguments, versions)
            rows, found = ask_all(fresh, what, count, askers, 1)
            fresh.close()
            tables.append(report(f"{what}, each in a process of its own", count, rows))
            differences += found
    differences = [difference for difference in differences if not explained(arguments.data, difference)]
    if arguments.json:
        figures = {
            "version": 1,
            "machine": platform.platform(),
            "threads": arguments.threads,
            "customers": arguments.customers,
            "events": arguments.events,
            "versions": versions,
            "tables": tables,
        }
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n")
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
