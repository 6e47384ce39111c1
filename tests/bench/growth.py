"""How much longer Segue takes where there is more to do.

    .venv/bin/python tests/bench/growth.py                               # 10 million customers, 50 million events, and a tenth
    .venv/bin/python tests/bench/growth.py --customers 1000000 --events 5000000

Two workers hold the data and a tenth of them, and are asked in turn: 50 times as many segments of the same customers, ten times
as many customers, ten times as many events of ten times as many customers. A row says how many times the time of less work more work takes.
"""

import argparse
import pathlib
import statistics
import sys

import run

# What is asked with less and with more: the data (0 a tenth, 1 all), the question and how many definitions.
ROWS = [
    ("50 times the segments: 20 and 1000, customers", (1, "w1_counts", 20), (1, "w1_counts", 1000)),
    ("10 times the customers: 200 segments", (0, "w1_counts", 200), (1, "w1_counts", 200)),
    ("10 times the customers: 1000 segments", (0, "w1_counts", 1000), (1, "w1_counts", 1000)),
    ("10 times the events: 20 conditions", (0, "w2_counts", 20), (1, "w2_counts", 20)),
    ("10 times the events: 100 conditions", (0, "w2_counts", 100), (1, "w2_counts", 100)),
]


def workers(arguments, workload):
    """A worker with a tenth of a workload's data and one with all of them."""
    started = []
    for part in (10, 1):
        sizes = argparse.Namespace(**vars(arguments))
        sizes.customers, sizes.events = arguments.customers // part, arguments.events // part
        sizes.data = (arguments.data / f"{sizes.customers}-{sizes.events}").resolve()
        sizes.data.mkdir(parents=True, exist_ok=True)
        run.make_data(sizes, workload)
        worker = run.start(sizes, ["segue"])["segue"]
        answer = worker.ask(cmd="load", what=workload)
        if "err" in answer:
            sys.exit(answer["err"])
        started.append(worker)
    return started


def ask(worker, what, count):
    answer = worker.ask(cmd="run", what=what, n=count, opt=None)
    if "err" in answer:
        sys.exit(answer["err"])
    return answer["t"]


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    run.add_sizes(options)
    arguments = options.parse_args()
    arguments.modes = []
    arguments.segue = arguments.segue or run.build_worker()
    print("| growth | less, median ms | more, median ms | times |")
    print("|---|---:|---:|---:|")
    for workload in ("w1", "w2"):
        pair = workers(arguments, workload)
        for name, (few, *less), (many, *more) in ROWS:
            if not less[0].startswith(workload):
                continue
            times = [(ask(pair[few], *less), ask(pair[many], *more)) for _ in range(arguments.repeats)]
            small, large = (statistics.median(column) for column in zip(*times))
            print(f"| {name} | {small * 1e3:.1f} | {large * 1e3:.1f} | {large / small:.2f} |", flush=True)
        for worker in pair:
            worker.close()


if __name__ == "__main__":
    main()
