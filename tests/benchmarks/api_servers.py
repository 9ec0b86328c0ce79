"""The embedded API server beside a real one: the same client, the same objects, in turns.

`python -m tests.benchmarks.api_servers` prints the table. It needs Linux, and the real server's programs,
which `make test-cluster` builds.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.rounds import Round
from tests.cluster.control_plane import ControlPlane
from tests.cluster.processes import Server
from tests.conformance.http_client import ApiServer
from tests.embedded.demo.command import command, environment

MIB = 1024


@dataclass
class Side:
    """One of the two: how to reach it, its processes, and what was measured."""

    name: str
    server: ApiServer
    processes: dict[str, int]
    seconds: dict[str, list[float]] = field(default_factory=dict)
    memory: list[dict[str, float]] = field(default_factory=list)

    def measure(self, number: int, objects: int) -> None:
        """One round; memory is looked at while its objects are there."""
        with Round(self.server, number, objects) as begun:
            for name, taken in begun.run():
                self.seconds.setdefault(name, []).append(taken)
            self.memory.append(self.resident())

    def resident(self) -> dict[str, float]:
        """MiB of each process, now."""
        return {name: _resident(pid) for name, pid in self.processes.items()}


def _resident(pid: int) -> float:
    found = re.search(r"^VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    assert found is not None
    return int(found[1]) / MIB


@contextmanager
def real(directory: Path) -> Iterator[Side]:
    """etcd and kube-apiserver over HTTPS; the controller-manager beside them is not counted."""
    with ControlPlane(directory) as plane:
        pids = {server.name: server.pid for server in (plane.etcd, plane.api_server)}
        yield Side("real", ApiServer(plane.url, plane.token, plane.ca), pids)


@contextmanager
def embedded(directory: Path) -> Iterator[Side]:
    """`traceutil cluster` in a process of its own, over plain HTTP."""
    kubeconfig = directory / "kubeconfig"
    run = command("cluster", "--kubeconfig", kubeconfig)
    with Server("embedded", run, directory, ready=kubeconfig.exists, environ=environment()) as process:
        config = json.loads(kubeconfig.read_text())
        url, token = config["clusters"][0]["cluster"]["server"], config["users"][0]["user"]["token"]
        yield Side("embedded", ApiServer(url, token, None), {"traceutil cluster": process.pid})


def table(sides: tuple[Side, Side]) -> str:
    """Milliseconds, medians of the rounds; the ratio is the median of the rounds' ratios."""
    ours, theirs = sides
    lines = [f"{'milliseconds (median of rounds)':<44} {'embedded':>9} {'real':>9} {'ratio':>7}"]
    for name, seconds in ours.seconds.items():
        pairs = list(zip(seconds, theirs.seconds[name], strict=True))
        ratio = statistics.median(one / other for one, other in pairs)
        middle = [statistics.median(each) * 1000 for each in zip(*pairs, strict=True)]
        lines.append(f"{name:<44} {middle[0]:>9.2f} {middle[1]:>9.2f} {ratio:>7.2f}")
    return "\n".join(lines)


def memory(side: Side, at: int, when: str) -> str:
    """The sum, and of what."""
    parts = side.memory[at]
    told = ", ".join(f"{name} {mib:.0f}" for name, mib in parts.items())
    return f"{side.name}, {when}: {sum(parts.values()):.0f} MiB ({told})"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.api_servers", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--objects", type=int, default=200)
    options = parser.parse_args()
    with ExitStack() as stack:
        folders = [Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(2)]
        sides = (stack.enter_context(embedded(folders[0])), stack.enter_context(real(folders[1])))
        for side in sides:
            side.memory.append(side.resident())
        for number in range(options.rounds):
            for side in sides if number % 2 else sides[::-1]:
                side.measure(number, options.objects)
        print(table(sides))
        for side in sides:
            print(memory(side, 0, "just started"))
            print(memory(side, -1, f"with {options.objects} pods, after all rounds"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
