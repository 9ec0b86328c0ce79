"""A change came while the closer was away, or during an episode: what it interrupted is exported."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.core.exported import reason, restarted
from tests.unit.core.objects import Object, database, ns, pod, reached, record_of, replica_set, with_status
from tests.unit.core.objects import with_record as carrying
from traceutil import derive
from traceutil.record import Record
from traceutil.testing import CapturedSpans, FixedClock

FIRST = record_of(replica_set(), parent_id=7)
SECOND = replace(FIRST, span_id=0xB2, generation=2, start=ns(6))
THIRD = replace(FIRST, span_id=0xB3, generation=3, start=ns(9))
SIGNED = {"spec": "0123456789abcdef", "replicas": 2}
ENDED = replace(FIRST, end=ns(5), reason="reached")
EPISODE = derive.episode_ids(ENDED.span_id, ns(5))
CHILD = record_of(pod(), trace_id=EPISODE.trace_id, span_id=0xC1, parent_id=EPISODE.span_id, start=ns(8))


def seen_at(generation: int, observed: int | None, record: Record) -> Object:
    status = {} if observed is None else {"observedGeneration": observed}
    return with_status(carrying(replica_set(generation=generation), record), **status)


@pytest.mark.parametrize(
    ("obj", "expected"),
    [
        pytest.param(
            seen_at(2, 1, replace(SECOND, prev=FIRST)),
            [(0xB1, ns(6))],
            id="nobody has reported on the change: nobody has exported what it superseded",
        ),
        pytest.param(
            with_status(seen_at(2, 2, replace(SECOND, prev=FIRST))),
            [],
            id="somebody has: it was exported then, and is not again",
        ),
        pytest.param(
            seen_at(3, 1, replace(THIRD, prev=replace(SECOND, prev=FIRST))),
            [(0xB2, ns(9)), (0xB1, ns(6))],
            id="two changes came meanwhile",
        ),
        pytest.param(
            seen_at(3, 2, replace(THIRD, prev=replace(SECOND, **SIGNED, prev=FIRST))),
            [(0xB2, ns(9))],
            id="the one before was signed, so what it superseded was exported",
        ),
        pytest.param(
            seen_at(3, 3, replace(THIRD, **SIGNED, prev=replace(SECOND, prev=FIRST))),
            [],
            id="the last was signed, so all was exported",
        ),
        pytest.param(
            with_status(
                carrying(
                    database(generation=2),
                    replace(record_of(database()), start=ns(6), prev=record_of(database())),
                ),
                observedGeneration=1,
            ),
            [],
            id="a custom resource, on which nobody signs",
        ),
    ],
)
def test_what_was_superseded_while_nobody_ran(obj: Object, expected: list[tuple[int, int]]) -> None:
    """Is exported by the first who comes, ten minutes later, and once."""
    successor = restarted(600)
    for _ in range(2):
        successor.tracer.end_if_reached(obj)
    found = [span for span in successor if reason(span) == "superseded"]
    assert expected == [(span.context.span_id, span.end_time) for span in found]


def test_an_object_without_status_was_reported_on_by_nobody() -> None:
    """Its owner was away from the beginning."""
    obj = carrying(replica_set(generation=2), replace(SECOND, prev=FIRST))
    successor = restarted(600)
    successor.tracer.end_if_reached(obj)
    assert ["superseded"] == [reason(span) for span in successor]


def changed(prev: Record | None) -> Object:
    return seen_at(2, 1, replace(SECOND, start=ns(9), prev=prev))


def test_an_episode_that_a_change_interrupted_is_recalled_from_its_children() -> None:
    """The predecessor made a pod anew and was killed; before anybody came, the user changed the number."""
    successor = restarted(600)
    for _ in range(2):
        successor.tracer.end_if_reached(changed(ENDED), children=lambda: [carrying(pod(), CHILD)])
    assert [(EPISODE.span_id, ns(8), ns(9), "superseded")] == [
        (span.context.span_id, span.start_time, span.end_time, reason(span)) for span in successor
    ]


def healed(spans: CapturedSpans) -> Object:
    """The child that was made when one was missing."""
    child = pod()
    live = reached(carrying(replica_set(), ENDED))
    with spans.tracer.start_span_from_object(live, "test.Heal", only_if_work=True):
        spans.tracer.trace_until_reached(child, closer="kubelet")
        spans.tracer.work_done()
    return child


@pytest.mark.parametrize(
    "prev",
    [None, ENDED],
    ids=["its end was long ago: the change does not tell of it", "which has just ended"],
)
def test_an_episode_that_a_change_interrupted(prev: Record | None) -> None:
    """Work was done, and the change came before a status write could say so: the work has its parent."""
    spans = CapturedSpans(clock=FixedClock(ns(8)))
    child = healed(spans)
    spans.advance(2)
    for _ in range(2):
        spans.tracer.end_if_reached(changed(prev), children=lambda: [child])
    work, *others = list(spans)
    (episode,) = [span for span in others if span.context.trace_id == work.context.trace_id]
    assert work.parent is not None
    assert (work.parent.span_id, ns(9), "superseded") == (
        episode.context.span_id,
        episode.end_time,
        reason(episode),
    )


def test_an_interrupted_episode_is_the_same_from_the_successor() -> None:
    """It is killed after the export, and its successor exports once more."""
    first = CapturedSpans(clock=FixedClock(ns(8)))
    child = healed(first)
    first.advance(2)
    successor = restarted(10)
    for each in (first, successor):
        each.tracer.end_if_reached(changed(ENDED), children=lambda: [child])
    expected = [(EPISODE.span_id, ns(8), ns(9), [(ENDED.trace_id, ENDED.span_id)])]
    assert expected == drifted(first)
    assert expected == drifted(successor)


def drifted(spans: CapturedSpans) -> list[tuple[int, int | None, int | None, list[tuple[int, int]]]]:
    return [
        (
            span.context.span_id,
            span.start_time,
            span.end_time,
            [(link.context.trace_id, link.context.span_id) for link in span.links],
        )
        for span in spans
        if span.context.span_id == EPISODE.span_id
    ]
