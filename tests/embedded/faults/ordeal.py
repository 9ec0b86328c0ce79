"""A rollout among faults, and what is left to say about it: the same for the embedded and the real server."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from demo.stage import StoryFailed
from demo.stories.objects import NEWER, deployment, set_image
from demo.target import Target
from operators.workloads.clock import Clock
from tests.embedded.faults.plans import PLANS
from tests.embedded.faults.proxy import Plan, Proxy, no_trouble, proxy
from tests.embedded.faults.scene import PATIENCE, Scene, scene
from traceutil.view.spans import SpanData
from traceutil.view.tree import Trace, build

#: Seconds without a write that mean rest.
REST = 1.0
#: Requests that one trouble may cost beyond itself: it is tried again, and what it changed is looked at.
COST = 6

Place = Callable[[Clock], AbstractAsyncContextManager[Target]]


@dataclass(frozen=True)
class Outcome:
    """`roots` by trace; `orphans` and `changed` (exported twice, not alike) by name; `troubles` were made."""

    roots: list[list[tuple[str, str]]]
    linked: bool
    orphans: list[str]
    changed: list[str]
    troubles: bool
    rests: bool
    bounded: bool


#: Two changes, each a trace with one closed root, the second linked to the first.
GOOD = Outcome([[("Deployment", "reached")]] * 2, True, [], [], troubles=True, rests=True, bounded=True)


async def outcomes(place: Place, clock: Callable[[], Clock], at_once: int) -> dict[str, Outcome]:
    """Of each plan, several at once: they wait more than they compute."""
    usual, _, _ = await _played(place, clock(), no_trouble)
    turn = asyncio.Semaphore(at_once)

    async def one(name: str, plan: Callable[[], Plan]) -> Outcome:
        async with turn:
            try:
                between, spans, at_rest = await _played(place, clock(), plan())
            except StoryFailed as error:
                error.add_note(f"among these troubles: {name}")
                raise
        most = 1.5 * usual.total + COST * between.made.total()
        return _outcome(spans, between, at_rest=at_rest, bounded=between.total <= most)

    async with asyncio.TaskGroup() as group:
        playing = {name: group.create_task(one(name, plan)) for name, plan in PLANS.items()}
    return {name: task.result() for name, task in playing.items()}


async def _played(place: Place, clock: Clock, plan: Plan) -> tuple[Proxy, list[SpanData], bool]:
    """The proxy, all spans, and whether the controllers came to rest."""
    async with (
        proxy(plan) as between,
        place(clock) as target,
        scene(target, clock, through=between.through) as played,
    ):
        await played.play(_roll_out(played))
        at_rest = await rests(between)
        return between, played.spans, at_rest


async def _roll_out(played: Scene) -> None:
    """A Deployment of three; when it is reached, another image."""
    await played.stage.create(deployment("web", 3), closer="deployment")
    await played.stage.settled()
    await played.stage.change(await played.stage.get("Deployment", "web"), set_image(NEWER))
    await played.stage.settled()


async def rests(between: Proxy, longest: float = PATIENCE) -> bool:
    """Whether the controllers cease to write: REST seconds without one, at last."""
    loop = asyncio.get_running_loop()
    end = loop.time() + longest
    while loop.time() < end:
        before = between.writes
        await asyncio.sleep(REST)
        if between.writes == before:
            return True
    return False


def _outcome(spans: list[SpanData], between: Proxy, *, at_rest: bool, bounded: bool) -> Outcome:
    traces = build(spans)
    return Outcome(
        roots=[[(root.span.name, _reason(root.span)) for root in trace.roots] for trace in traces],
        linked=_linked(traces),
        orphans=[node.span.name for trace in traces for node in trace.orphans],
        changed=_changed(spans),
        troubles=bool(between.made),
        rests=at_rest,
        bounded=bounded,
    )


def _reason(span: SpanData) -> str:
    return str(span.attributes.get("traceutil.reason"))


def _linked(traces: list[Trace]) -> bool:
    """Whether each trace after the first is linked to the one before."""
    return all(
        before.trace_id in {link.trace_id for link in trace.links()}
        for before, trace in itertools.pairwise(traces)
    )


def _changed(spans: list[SpanData]) -> list[str]:
    """Names of spans that were exported more than once, and not the same each time."""
    versions: dict[tuple[str, str], set[str]] = {}
    for span in spans:
        versions.setdefault((span.trace_id, span.span_id), set()).add(repr(span))
    return sorted({span.name for span in spans if len(versions[span.trace_id, span.span_id]) > 1})
