"""`make soak`: a hundred random kills, and 5,000 pods. Exit code 1 where a promise is not kept."""

from __future__ import annotations

import argparse
import secrets
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator

from demo.apiserver import ClusterThread
from operators.workloads import node_specs
from tests.benchmarks.requests import Claim, one_run
from tests.crashes.promises import lost_with_their_object
from tests.crashes.random_kills import SETTINGS, kill_at_random
from tests.crashes.ward import Place, Ward
from traceutil.cli.progress import Progress

#: Seconds for a hundred kills' Deployments to come to rest.
PATIENCE = 180.0
#: Children in one trace (`Settings.max_children`).
BOUND = 1_000


def kills(count: int, seed: int, tell: Callable[[str], None]) -> Iterator[Claim]:
    """Random kills of four processes; every promise of docs/crashes.md is checked afterwards."""
    begun = time.perf_counter()
    with (
        ClusterThread() as cluster,
        Ward(Place(cluster.kubeconfig, "default", tuple(node_specs(3))), SETTINGS) as ward,
    ):
        kill_at_random(ward, count, seed, tell)
        tell(f"{count} kills are over; waiting for rest")
        found, evidence = ward.settle(PATIENCE), ward.evidence()
        killed = Counter(ward.deaths)
    spans = {each.span for each in evidence.deliveries}
    took, repeats = time.perf_counter() - begun, len(evidence.deliveries) - len(spans)
    figures = (
        f"{', '.join(f'{name} {times}' for name, times in sorted(killed.items()))}; "
        f"{len(evidence.objects)} objects, {len(spans):,} spans, {repeats:,} repeats, "
        f"{len(lost_with_their_object(evidence))} lost with their pod, {took:.0f} s"
    )
    yield Claim(f"{count} random kills, seed {seed}: reached, joined, exported", found == [], figures)
    yield from (Claim(each, False, f"seed {seed}") for each in found)


def pods(count: int, tell: Callable[[str], None]) -> Iterator[Claim]:
    """One Deployment of so many pods."""
    tell(f"{count:,} pods: this takes some minutes")
    run = one_run(count, True)
    traces = 1 + (-(-count // BOUND) if count > BOUND else 0)
    linked = (run["traces"], run["joined"]) == (traces, traces)
    yield Claim(
        f"{count:,} pods: all ready, every trace linked",
        run["ready"] == count and linked,
        f"{run['ready']:,} ready, {run['traces']} traces, {run['joined']} linked, {run['spans']:,} spans",
    )
    yield Claim(
        f"{count:,} pods: nothing lost",
        (run["dropped"], run["orphans"]) == (0, 0),
        f"{run['dropped']} dropped, {run['orphans']} orphans",
    )
    yield Claim(
        f"{count:,} pods: peak memory and time (one process: API server, controllers, tracing)",
        True,
        f"{run['peak_mib']:,.0f} MiB, {run['seconds']:.0f} s, of them {run['cpu_seconds']:.0f} s of CPU",
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--only", choices=["kills", "pods"], action="append")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--pods", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    args = parser.parse_args()
    chosen, kept = args.only or ["kills", "pods"], True
    print(f"seed {args.seed}", flush=True)
    with Progress() as progress:
        parts = {
            "kills": lambda: kills(args.kills, args.seed, progress.update),
            "pods": lambda: pods(args.pods, progress.update),
        }
        for name in chosen:
            for claim in parts[name]():
                progress.clear()
                print(claim.row(), flush=True)
                kept = kept and claim.kept
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
