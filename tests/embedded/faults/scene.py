"""Four controllers at work on a cluster, embedded or real, with what a test wants in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from opentelemetry.sdk.trace.export import SpanExporter

from demo.collect import Collector, Ended
from demo.stage import Stage, controllers, played, user
from demo.stories.objects import BIG, IMAGE, MISSING, NEWER, NEWEST
from demo.target import Target
from operators.workloads import Connection, Image, Registry, SimulatedRuntime, node_specs
from operators.workloads.clock import Clock
from traceutil.sdk import Telemetry, setup
from traceutil.tracer import ObjectTracer
from traceutil.view.spans import SpanData
from traceutil.view.tree import Trace, build

IMAGES = {name: Image() for name in (IMAGE, NEWER, NEWEST, BIG)} | {MISSING: Image(missing=True)}
#: Real seconds that a story may take among faults.
PATIENCE = 120.0


@dataclass(frozen=True)
class Scene:
    """`stage` is the user's; `telemetry` everybody's."""

    stage: Stage
    telemetry: Telemetry
    collector: Collector
    clock: Clock
    running: asyncio.Task[None]

    async def play(self, story: Awaitable[None]) -> None:
        """Until its end; fails with what ended the controllers before."""
        await played(story, self.running)

    def tracer(self, component: str) -> ObjectTracer:
        return self.telemetry.tracer(component, clock=self.clock.now)

    @property
    def spans(self) -> list[SpanData]:
        self.telemetry.flush()
        return self.collector.spans

    @property
    def traces(self) -> list[Trace]:
        return build(self.spans)


@asynccontextmanager
async def scene(
    target: Target,
    clock: Clock,
    *,
    through: Callable[[Connection], Connection] = lambda connection: connection,
    exporters: Sequence[SpanExporter] = (),
    replicas: int = 3,
) -> AsyncIterator[Scene]:
    """Ready, until the block ends. The controllers reach the cluster `through` what the test says."""
    collector, ended = Collector(), Ended()
    telemetry = setup(
        "user", exporters=[collector, *exporters], processors=[ended], set_global=False, environ={}
    )
    runtime = SimulatedRuntime(clock, Registry(IMAGES), seed=1)
    nodes = [replace(node, labels=target.node_labels) for node in node_specs(2, prefix=target.node_prefix)]

    def tracer(component: str) -> ObjectTracer:
        return telemetry.tracer(component, clock=clock.now)

    between = replace(target, connection=lambda name: through(target.connection(name)))
    async with (
        controllers(between, tracers=tracer, clock=clock, nodes=nodes, runtime=runtime) as running,
        user(target) as client,
    ):
        stage = Stage(
            client, tracer("user"), clock, target.namespace, replicas, ended,
            lambda _: None, PATIENCE, target.node_labels,
        )  # fmt: skip
        yield Scene(stage, telemetry, collector, clock, running)
    telemetry.shutdown()
