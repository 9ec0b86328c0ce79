"""One Deployment, rolled out again and again at a share of a half: which of its traces are there, whole."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from operators.workloads import CONTROLLERS
from operators.workloads.tracing import Tracer
from tests.embedded.workloads.manifests import deployment, image_patch
from tests.embedded.workloads.world import World
from tests.unit.core.test_link_chains import LEFT, TAKEN, Ids, told
from traceutil import derive
from traceutil.carriers.w3c import W3C
from traceutil.change import change_id
from traceutil.record import KEY, Record
from traceutil.sdk import setup

RATIO = 0.5
OBJECTS = {"Deployment", "ReplicaSet", "Pod"}


class Four:
    """The four controllers, each with a pipeline of its own: nothing but the cluster is shared."""

    def __init__(self, world: World, **settings: Any) -> None:
        self._clock = world.clock.now
        self._settings = settings
        self.exporters: dict[str, InMemorySpanExporter] = {}

    def tracers(self, component: str) -> Tracer:
        exporter = self.exporters[component] = InMemorySpanExporter()
        telemetry = setup(
            component,
            exporters=[],
            processors=[SimpleSpanProcessor(exporter)],
            set_global=False,
            environ={"TRACEUTIL_RATIO": str(RATIO)},
        )
        return telemetry.tracer(clock=self._clock, **self._settings)

    def spans(self, trace_id: int) -> list[tuple[str, ReadableSpan]]:
        """The spans of a trace, each with the controller that sent it."""
        return [
            (component, span)
            for component, exporter in self.exporters.items()
            for span in exporter.get_finished_spans()
            if span.context.trace_id == trace_id
        ]

    async def whole(self, world: World, trace_ids: Iterable[int]) -> None:
        """Wait until these traces reach from the Deployment to its pods, and all four have worked in them.

        A write is seen before its answer is: whoever ends the controllers then ends them before they export.
        """

        async def are_whole() -> bool:
            found = [self.spans(each) for each in trace_ids]
            return all(
                set(self.exporters) == {component for component, _ in spans}
                and OBJECTS <= {span.name for _, span in spans}
                for spans in found
            )

        await world.until(are_whole)


async def rolled_out(world: World, four: Four, first: int) -> list[int]:
    """Create it with a user's context, change it three times without: the trace ids."""
    sent = deployment(1)
    user = setup("user", exporters=[], set_global=False, environ={"TRACEUTIL_RATIO": str(RATIO)})
    user.tracer(ids=Ids([first]), clock=world.clock.now).trace_until_reached(sent, closer="deployment")
    await world.user.create(sent)
    traces = [first]
    await ended(world, four)
    for image in ("web:2", "web:1", "web:2"):
        changed = await world.user.patch("Deployment", "default", "web", image_patch(image))
        traces.append(derive.object_ids(changed["metadata"]["uid"], change_id(changed)).trace_id)
        await ended(world, four)
    return traces


async def ended(world: World, four: Four) -> None:
    """Reached, and the record says so: whatever was to be exported has been."""
    await world.reached(replicas=1)

    async def closed() -> bool:
        found = await world.get("Deployment", "web")
        return '"end":' in found["metadata"]["annotations"][KEY]

    await world.until(closed)


@pytest.mark.parametrize("first", [pytest.param(TAKEN, id="taken"), pytest.param(LEFT, id="left")])
async def test_a_chain_of_rollouts(world: World, first: int) -> None:
    """The first by its trace id, each next one by its own or for the sake of the one before: all four
    controllers agree, and what is there is there from the Deployment to its pods."""
    four = Four(world)
    async with world.controllers(tracers=four.tracers):
        traces = await rolled_out(world, four, first)
        decisions = told(traces, RATIO)
        sampled = zip(traces, decisions, strict=True)
        await four.whole(world, [trace_id for trace_id, decision in sampled if decision != "no"])
    assert decisions[0] == ("ratio" if first == TAKEN else "no")
    assert decisions[1] != "no" or first == LEFT
    for trace_id, decision in zip(traces, decisions, strict=True):
        found = four.spans(trace_id)
        kinds = Counter(span.name for _, span in found if span.name in OBJECTS)
        if decision == "no":
            assert [] == [span.name for _, span in found]
        else:
            assert OBJECTS == set(kinds)
            assert 1 == kinds["Deployment"]
            assert set(four.exporters) == {component for component, _ in found}
            states = {span.context.trace_state.to_header() for _, span in found}
            assert {"traceutil=l:1" if decision == "link" else ""} == states


@pytest.mark.parametrize(
    ("believed", "trace_id", "claimed", "there"),
    [
        pytest.param((), LEFT, 1, False, id="a stranger who claims 01 forces nothing"),
        pytest.param((), TAKEN, 0, True, id="a stranger who claims 00 hides nothing"),
        pytest.param(("test",), LEFT, 1, True, id="a friend's 01 is obeyed, by all, down to the pods"),
        pytest.param(("test",), TAKEN, 0, False, id="a friend's 00 is obeyed too"),
    ],
)
async def test_whose_flags_are_believed(
    world: World, believed: tuple[str, ...], trace_id: int, claimed: int, there: bool
) -> None:
    """Four processes that believe each other, and whom else? The ids are continued in any case."""
    ours = {f"traceutil-{name}" for name in CONTROLLERS}
    four = Four(world, trust=ours.union(believed))
    sent = deployment(1)
    record = Record(
        trace_id, 0xB1, 0, claimed, "/apps/Deployment/default/web", world.clock.now(), 1, "deployment"
    )
    W3C().write(record.context, sent["metadata"].setdefault("annotations", {}))
    sent["metadata"]["annotations"][KEY] = record.dumps()
    async with world.controllers(tracers=four.tracers):
        created = await world.user.create(sent)
        await ended(world, four)
        await four.whole(world, [trace_id] if there else [])
        pods = await world.pods()
    assert ["test"] == [entry["manager"] for entry in created["metadata"]["managedFields"]]
    assert [(f"{trace_id:032x}", there)] == [
        (pod["trace"], pod["flags"] == "01")
        for pod in (json.loads(each["metadata"]["annotations"][KEY]) for each in pods)
    ]
    found = four.spans(trace_id)
    assert (set(four.exporters) if there else set()) == {component for component, _ in found}
    assert (OBJECTS if there else set()) == {span.name for _, span in found} & OBJECTS
