"""Counts the instructions that the engine takes for two small fixed cases, and fails where they have become more.

    python3 tests/bench/instructions.py path/to/segue-bench-instructions
    python3 tests/bench/instructions.py path/to/segue-bench-instructions --accept "why the counts are others now"

Needs valgrind. The counts are compared with those in instructions.json: more than 5% above them is an error. Who makes something slower on
purpose writes the new counts and the reason with --accept; who makes something quicker does so too, so that it stays quick.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
RECORD = HERE / "instructions.json"
ALLOWED = 1.05


def count(binary, case):
    """Instructions within the engine, and what the case gave."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            "valgrind", "--tool=callgrind", "--toggle-collect=*counted*", f"--callgrind-out-file={folder}/out", binary, case,
        ]
        done = subprocess.run(command, capture_output=True, text=True)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode or not found or found.group(1) == "0":
        sys.exit(f"{case}: valgrind gave no count\n{done.stderr[-2000:]}")
    return int(found.group(1)), int(done.stdout)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("binary", help="the cases, built in release")
    options.add_argument("--accept", metavar="NOTE", help="write the counts as those to compare with, and why they are others now")
    arguments = options.parse_args()
    if arguments.accept is not None and not arguments.accept.strip():
        options.error("--accept wants the reason")
    record = json.loads(RECORD.read_text()) if RECORD.exists() else {"version": 1, "note": "", "cases": {}}
    worse = []
    for case in ("segments", "events"):
        instructions, answer = count(arguments.binary, case)
        before = record["cases"].get(case)
        if before and not arguments.accept:
            ratio = instructions / before["instructions"]
            print(f"{case}: {instructions:,} instructions, {ratio:.3f} of what is recorded")
            if answer != before["answer"]:
                worse.append(f"{case} gives {answer}, and {before['answer']} is recorded: it is not the same case")
            elif ratio > ALLOWED:
                worse.append(f"{case} takes {ratio:.3f} times the instructions that are recorded")
        else:
            print(f"{case}: {instructions:,} instructions")
        record["cases"][case] = {"instructions": instructions, "answer": answer}
    if arguments.accept:
        record["note"] = arguments.accept.strip()
        RECORD.write_text(json.dumps(record, indent=1) + "\n")
    if worse:
        sys.exit("\n".join(worse))


if __name__ == "__main__":
    main()
