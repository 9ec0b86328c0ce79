"""One Deployment on the embedded cluster, with or without tracing, in a process of its own; JSON on stdout.

python -m tests.benchmarks.one_run --pods 1000 --tracing on
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import signal
import threading
import time
from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from demo.collect import Ended
from demo.run import PODS_PER_NODE
from demo.stage import Stage, controllers, is_ready, user
from demo.stories.objects import deployment
from demo.target import Target, embedded
from operators.workloads.clock import Clock
from operators.workloads.garbage import collect_less
from operators.workloads.kubelet.nodes import node_specs
from operators.workloads.kubelet.simulated import SimulatedRuntime
from traceutil.desired import desired_state_reached
from traceutil.sdk import setup
from traceutil.tracer import ObjectTracer

#: Who asks in order to measure; not part of what is measured.
OBSERVER = "user"


async def run(pods: int, tracing: bool, speed: float, one_by_one: bool) -> dict[str, Any]:
    """Converge to `pods` pods; at once, or one after the other, each when all is quiet."""
    clock, tally = Clock(speed=speed), Tally()
    telemetry = setup("user", exporters=[tally], set_global=False, environ={})

    def tracer(name: str) -> ObjectTracer:
        return telemetry.tracer(name, clock=clock.now, enabled=tracing)

    nodes = node_specs(max(3, -(-pods // PODS_PER_NODE)))
    runtime = SimulatedRuntime(clock, seed=1)
    async with (
        embedded(clock, 1) as target,
        controllers(target, tracers=tracer, clock=clock, nodes=nodes, runtime=runtime),
        user(target) as client,
    ):
        patience = max(600.0, pods / 5)
        stage = Stage(
            client, tracer("user"), clock, target.namespace, pods, Ended(), lambda _: None, patience
        )
        collect_less()
        before, cpu, begun = Counter(target.requests()), time.process_time(), time.perf_counter()
        await _converge(stage, target, pods, one_by_one)
        cpu, taken = time.process_time() - cpu, time.perf_counter() - begun
        requests = Counter(target.requests()) - before
        ready = sum(is_ready(pod) for pod in await stage.pods())
    return {
        "pods": pods,
        "tracing": tracing,
        "ready": ready,
        "cpu_seconds": cpu,
        "seconds": taken,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "requests": [[*key, count] for key, count in sorted(requests.items()) if key[2] != OBSERVER],
        "dropped": telemetry.shutdown(),
        **tally.figures(),
    }


async def _converge(stage: Stage, target: Target, pods: int, one_by_one: bool) -> None:
    await stage.create(deployment("web", 1 if one_by_one else pods), closer="deployment")
    await _reached(stage, target)
    for count in range(2, pods + 1) if one_by_one else ():
        live = await stage.get("Deployment", "web")
        await stage.change(live, partial(dict.update, replicas=count))
        await _reached(stage, target)


class Seen(NamedTuple):
    """What is kept of a span: little, since the keeping is measured too."""

    trace: int
    span: int
    parent: int
    name: str
    end: int


class Tally(SpanExporter):
    """Counts spans as they arrive behind the queue."""

    def __init__(self) -> None:
        self.spans: list[Seen] = []
        self._linked: dict[int, set[int]] = {}

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        for span in spans:
            parent = span.parent.span_id if span.parent else 0
            if not parent:
                others = {link.context.trace_id for link in span.links}
                self._linked.setdefault(span.context.trace_id, set()).update(others)
            self.spans.append(
                Seen(span.context.trace_id, span.context.span_id, parent, span.name, span.end_time or 0)
            )
        return SpanExportResult.SUCCESS

    def figures(self) -> dict[str, int]:
        """How many came, how many without their parent, and when root and last pod closed (Unix ns)."""
        known = {span.span for span in self.spans}
        return {
            "traces": len({span.trace for span in self.spans}),
            "joined": self._joined(),
            "spans": len(self.spans),
            "orphans": sum(span.parent != 0 and span.parent not in known for span in self.spans),
            "root_closed": max((span.end for span in self.spans if not span.parent), default=0),
            "last_pod_closed": max((span.end for span in self.spans if span.name == "Pod"), default=0),
        }

    def _joined(self) -> int:
        """How many traces hang together by the links of their roots, either way, with that of the first."""
        joined: set[int] = set()
        found = set(list(self._linked)[:1])
        while found:
            joined |= found
            near = set().union(*(self._linked[each] for each in joined))
            near |= {each for each, others in self._linked.items() if others & joined}
            found = (near & self._linked.keys()) - joined
        return len(joined)


async def _reached(stage: Stage, target: Target) -> None:
    """Reached, and nobody asks for anything any more: requests of the controllers have come to rest."""

    async def at_rest() -> bool:
        if not desired_state_reached(await stage.get("Deployment", "web")):
            return False
        asked = _of_controllers(target)
        await asyncio.sleep(0.05)
        return asked == _of_controllers(target)

    await stage.until("the Deployment to be reached", at_rest)


def _of_controllers(target: Target) -> int:
    return sum(count for key, count in target.requests().items() if key[2] != OBSERVER)


def _die_at_eof() -> None:
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pods", type=int, default=50)
    parser.add_argument("--tracing", choices=["on", "off"], default="on")
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--one-by-one", action="store_true")
    parser.add_argument("--until-eof", action="store_true", help="die when stdin ends, as its writer has")
    args = parser.parse_args()
    if args.until_eof:
        threading.Thread(target=_die_at_eof, daemon=True).start()
    print(json.dumps(asyncio.run(run(args.pods, args.tracing == "on", args.speed, args.one_by_one))))


if __name__ == "__main__":
    main()
