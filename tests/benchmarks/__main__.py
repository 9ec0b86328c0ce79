"""`make bench`: the table of figures, all counted in this run. Exit code 1 where one is out of bounds."""

from __future__ import annotations

import argparse
import asyncio
import platform
import sys

from tests.benchmarks import clients, noops, requests, verbs
from tests.benchmarks.measure import HEADER

PARTS = ["verbs", "clients", "noops", "requests", "thousand"]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--only", choices=PARTS, action="append")
    chosen = parser.parse_args().only or PARTS
    kept = True
    print(f"Python {platform.python_version()} on {platform.machine()}\n")
    for part, measured in (("verbs", verbs.run), ("clients", clients.run)):
        if part in chosen:
            print(HEADER)
            for ratio in measured():
                print(ratio.row(), flush=True)
                kept = kept and ratio.kept
            print()
    for name, measure in (
        ("noops", lambda: asyncio.run(noops.run())),
        ("requests", lambda: [requests.one_by_one()]),
        ("thousand", requests.thousand),
    ):
        for claim in measure() if name in chosen else ():
            print(claim.row(), flush=True)
            kept = kept and claim.kept
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
