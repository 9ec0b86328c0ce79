"""Run one story and show its trace."""

from __future__ import annotations

import asyncio
import math
import shutil
import sys
from collections.abc import Callable, Container, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import fill
from typing import Literal

from opentelemetry.sdk.trace.export import SpanExporter

from demo.apart import Apart, apart
from demo.collect import Collector, Ended
from demo.crew import Part
from demo.stage import Interrupted, Stage, StoryFailed, controllers, played, user
from demo.stories import Story
from demo.target import Target, current, embedded
from operators.workloads.client import Client
from operators.workloads.clock import Clock
from operators.workloads.garbage import collect_less
from operators.workloads.kubelet.nodes import NodeSpec, node_specs
from operators.workloads.kubelet.simulated import SimulatedRuntime
from operators.workloads.names import CONTROLLERS
from traceutil import semconv
from traceutil.cli.answer import show
from traceutil.cli.errors import BadInput, ExitCode
from traceutil.cli.logs import EXPORTERS, configure
from traceutil.cli.options import otlp_endpoint
from traceutil.cli.progress import Progress
from traceutil.sdk import Telemetry, otlp_exporter, setup
from traceutil.times import SECOND
from traceutil.tracer import ObjectTracer
from traceutil.view.otlp import to_lines
from traceutil.view.result import Result
from traceutil.view.spans import SpanData
from traceutil.view.tree import build

NODES = 3
PODS_PER_NODE = 100
#: Real seconds that a story may take, beyond a share for each replica.
PATIENCE = 90.0


@dataclass(frozen=True)
class Options:
    """How a story is run."""

    cluster: Literal["embedded", "current"] = "embedded"
    replicas: int | None = None
    seed: int = 1
    speed: float | None = None
    tracing: bool = True
    otlp: str | None = None
    kubeconfig: Path | None = None
    context: str | None = None


def main(
    story: Story,
    options: Options,
    *,
    export: Path | None,
    expand: Literal["critical", "all"],
    output: Literal["text", "json", "html"],
    color: Literal["auto", "always", "never"],
    verbose: int,
) -> int:
    """The command `traceutil demo`; returns its exit code.

    Raises:
        BadInput: a cluster that cannot be used.
    """
    configure(verbosity=verbose, hushed=() if verbose else (*EXPORTERS, "traceutil.exporting"))
    collect_less()
    with Progress() as progress:
        try:
            result = asyncio.run(perform(story, options, progress.update))
        except StoryFailed as error:
            progress.clear()
            print(f"traceutil: {story.name}: {error}", file=sys.stderr)
            return ExitCode.IN_PROGRESS
        except Interrupted:
            return ExitCode.INTERRUPTED
    if export is not None:
        export.write_text("".join(f"{line}\n" for line in to_lines(result.spans)), encoding="utf-8")
    if result.dropped and options.otlp:
        lost = f"{result.dropped} spans did not reach {options.otlp}"
        print(f"traceutil: {lost}; is a collector listening there? (-v tells more)", file=sys.stderr)
    if output == "text":
        columns = shutil.get_terminal_size((100, 24)).columns
        print(fill(story.told, max(20, min(100, columns))), end="\n\n")
    return show(result, output, color, expand=expand)


async def perform(
    story: Story, options: Options = Options(), progress: Callable[[str], None] = lambda _: None
) -> Result:
    """Play the story from an empty cluster to its end.

    Raises:
        StoryFailed: it did not come to its end in time.
        Interrupted: SIGINT or SIGTERM came first.
        BadInput: the cluster, or its clock, cannot be used.
    """
    clock = Clock(speed=_speed(story, options))
    collector, ended = Collector(), Ended()
    telemetry = _telemetry(collector, ended, options)
    start = clock.now()
    async with _place(clock, options) as target:
        processes = None
        if story.apart:
            processes = await _play_apart(story, options, target, clock, telemetry, progress)
        else:
            await _play(story, options, target, clock, telemetry, ended, progress)
        requests = target.requests()
    lost = telemetry.shutdown(report=False)
    elapsed = (clock.now() - start) / SECOND
    spans = [*collector.spans, *(processes.receiver.spans if processes else ())]
    result = _result(story, spans, elapsed, lost, clock.speed, dict(requests))
    return result if processes is None else processes.told(result)


async def _play(
    story: Story,
    options: Options,
    target: Target,
    clock: Clock,
    telemetry: Telemetry,
    ended: Ended,
    progress: Callable[[str], None],
) -> None:
    def tracer(component: str) -> ObjectTracer:
        return telemetry.tracer(component, clock=clock.now, enabled=options.tracing)

    replicas = options.replicas or story.replicas
    nodes = _nodes(target, replicas)
    runtime = SimulatedRuntime(clock, story.registry, seed=options.seed)
    for number, images in story.cached.items():
        runtime.preload(nodes[number - 1].name, *images)
    async with (
        controllers(target, tracers=tracer, clock=clock, nodes=nodes, runtime=runtime) as running,
        user(target) as client,
    ):
        stage = _stage(client, tracer("user"), clock, target, replicas, ended, progress)
        await played(story.play(stage), running)


async def _play_apart(
    story: Story,
    options: Options,
    target: Target,
    clock: Clock,
    telemetry: Telemetry,
    progress: Callable[[str], None],
) -> Apart:
    """The same with each controller in a process of its own."""
    replicas = options.replicas or story.replicas
    roles = [
        Part(
            name,
            target.connection(name),
            (options.otlp,) if options.otlp else (),
            tuple(_nodes(target, replicas)),
            None if target.namespaces is None else tuple(target.namespaces),
            story.registry,
            options.seed,
        )
        for name in CONTROLLERS
    ]
    progress("starting four processes")
    tracer = telemetry.tracer("user", clock=clock.now)
    async with apart(clock, roles) as processes, user(target) as client:
        stage = _stage(client, tracer, clock, target, replicas, processes.receiver, progress)
        stage.crash = processes.crash
        watching = asyncio.create_task(processes.watch())
        try:
            await played(story.play(stage), watching)
        finally:
            watching.cancel()
        await processes.stop()
    return processes


def _stage(
    client: Client,
    tracer: ObjectTracer,
    clock: Clock,
    target: Target,
    replicas: int,
    ended: Container[int],
    progress: Callable[[str], None],
) -> Stage:
    return Stage(
        client,
        tracer,
        clock,
        target.namespace,
        replicas,
        ended,
        progress,
        patience=PATIENCE + replicas / 10,
        node_labels=target.node_labels,
    )


def _place(clock: Clock, options: Options) -> AbstractAsyncContextManager[Target]:
    if options.cluster == "embedded":
        return embedded(clock, options.seed)
    return current(options.kubeconfig, options.context)


def _nodes(target: Target, replicas: int) -> list[NodeSpec]:
    count = max(NODES, math.ceil(replicas / PODS_PER_NODE))
    found = node_specs(count, prefix=target.node_prefix)
    return [replace(node, labels=target.node_labels) for node in found]


def _speed(story: Story, options: Options) -> float:
    """Only a cluster of our own shares our clock, and only within this process."""
    if story.apart and options.speed not in (None, 1.0):
        raise BadInput(f"--speed: {story.name} goes by this machine's clock; leave --speed out")
    if options.cluster == "embedded":
        return options.speed or story.speed
    if options.speed not in (None, 1.0):
        raise BadInput("--speed: the clock of --cluster current cannot be sped up; leave --speed out")
    return 1.0


def _telemetry(collector: Collector, ended: Ended, options: Options) -> Telemetry:
    exporters: list[SpanExporter] = [collector]
    if options.otlp:
        endpoint, protocol = otlp_endpoint(options.otlp)
        exporters.append(otlp_exporter(endpoint, protocol or "http/protobuf"))
    return setup("user", exporters=exporters, processors=[ended], set_global=False, environ={})


def _result(
    story: Story,
    spans: Sequence[SpanData],
    elapsed: float,
    lost: int,
    speed: float,
    requests: dict[tuple[str, str, str], int],
) -> Result:
    traces = build(spans)
    last = traces[-1].main.span if traces else None
    state = str(last.attributes.get(semconv.REASON, "in progress")) if last else "in progress"
    if traces:
        roots = [trace.main.span for trace in traces]
        elapsed = (max(root.end for root in roots) - min(root.start for root in roots)) / SECOND
    notes = ["container runtime simulated"]
    if speed != 1:
        notes.append(f"time compressed: {speed:g} seconds of the story in one of yours")
    return Result(
        scenario=story.name,
        reached=state in ("reached", "recovered"),
        state=state,
        duration_seconds=elapsed,
        spans=spans,
        dropped=lost,
        api_requests=requests,
        notes=notes,
    )


__all__ = ["Options", "Target", "main", "perform"]
