"""What tracing adds for the API server: counted there, by verb, resource and controller."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from typing import Any

Counts = Counter[tuple[str, str, str]]

#: Interleaved pairs of runs, without and with tracing.
PAIRS = 5
CPU_LIMIT = 1.1


@dataclass(frozen=True)
class Claim:
    """One claim, whether it was kept, and the figures that show it."""

    text: str
    kept: bool
    figures: str

    def row(self) -> str:
        return f"{'ok' if self.kept else 'NOT KEPT':<9}{self.text}\n         {self.figures}"


def one_run(pods: int, tracing: bool, *options: str) -> dict[str, Any]:
    """`tests.benchmarks.one_run` in a process of its own.

    Raises:
        RuntimeError: it failed; its errors are the message.
    """
    command = [sys.executable, "-m", "tests.benchmarks.one_run", "--until-eof", "--pods", str(pods)]
    tail, ours = os.pipe()  # closed at our end, whatever that is: then it ends too
    try:
        done = subprocess.run(
            [*command, *options, "--tracing", "on" if tracing else "off"],
            stdin=tail,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        os.close(tail)
        os.close(ours)
    if done.returncode:
        raise RuntimeError(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def requests_of(run: dict[str, Any]) -> Counts:
    return Counter({(verb, resource, user): count for verb, resource, user, count in run["requests"]})


def without_status(counts: Counts) -> Counts:
    """Writes of spec and metadata: all but those of `/status`."""
    return Counter({key: count for key, count in counts.items() if not key[1].endswith("/status")})


def status_writes(counts: Counts) -> int:
    return sum(count for key, count in counts.items() if key[1].endswith("/status"))


def one_by_one() -> Claim:
    """50 pods on a schedule that leaves nothing to chance: each when all is quiet."""
    runs = [requests_of(one_run(50, tracing, "--one-by-one", "--speed", "10")) for tracing in (False, True)]
    off, on = runs
    differing = {key: (off[key], on[key]) for key in off | on if off[key] != on[key]}
    figures = f"{off.total():,} without, {on.total():,} with, {on.total() - off.total():,} requests added"
    text = "50 pods, one by one: requests equal by verb, resource and controller"
    return Claim(text, not differing, figures if not differing else f"{figures}; differing: {differing}")


def thousand() -> list[Claim]:
    """1,000 pods at once, in interleaved pairs."""
    runs = [one_run(1000, tracing) for _ in range(PAIRS) for tracing in (False, True)]
    off, on = runs[::2], runs[1::2]
    return [_whole(on), _writes_equal(off, on), _status_spread(off, on), _cpu(off, on)]


def _whole(on: list[dict[str, Any]]) -> Claim:
    kept = all(
        run["traces"] == 1
        and run["orphans"] == run["dropped"] == 0
        and run["ready"] == 1000
        and run["root_closed"] >= run["last_pod_closed"]
        for run in on
    )
    last = on[-1]
    after = last["root_closed"] - last["last_pod_closed"]
    figures = (
        f"{last['spans']:,} spans, {last['traces']} trace, {last['orphans']} orphans, "
        f"{last['dropped']} dropped; root closed {after / 1e6:.1f} ms after the last pod; "
        f"{last['seconds']:.1f} s, peak {last['peak_mib']:.0f} MiB with the API server"
    )
    return Claim("1,000 pods: one trace, 0 orphans, 0 dropped, root closes after the last pod", kept, figures)


def _writes_equal(off: list[dict[str, Any]], on: list[dict[str, Any]]) -> Claim:
    counts = [without_status(requests_of(run)) for run in (*off, *on)]
    kept = all(each == counts[0] for each in counts)
    return Claim("1,000 pods: spec and metadata writes equal", kept, f"{counts[0].total():,} in every run")


def _status_spread(off: list[dict[str, Any]], on: list[dict[str, Any]]) -> Claim:
    """Status writes coalesce by chance; the spread is that of the runs without tracing."""
    before = sorted(status_writes(requests_of(run)) for run in off)
    after = sorted(status_writes(requests_of(run)) for run in on)
    spread = before[-1] - before[0]
    kept = after[0] <= before[-1] + spread and before[0] - spread <= after[-1]
    figures = f"without {before}, with tracing {after}"
    return Claim("1,000 pods: status writes within the spread of the runs without tracing", kept, figures)


def _cpu(off: list[dict[str, Any]], on: list[dict[str, Any]]) -> Claim:
    pairs = zip(off, on, strict=True)
    ratios = sorted(after["cpu_seconds"] / before["cpu_seconds"] for before, after in pairs)
    ratio = statistics.median(ratios)
    per_pod = statistics.median(
        after["cpu_seconds"] - before["cpu_seconds"] for before, after in zip(off, on, strict=True)
    )
    figures = f"{ratio:.3f}, of {[round(each, 3) for each in ratios]}; {per_pod:.2f} ms of CPU a pod added"
    return Claim(
        f"1,000 pods: CPU time with / without at most {CPU_LIMIT} (median)", ratio <= CPU_LIMIT, figures
    )
