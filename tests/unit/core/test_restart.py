"""After a start: what closed shortly before is exported again, the same; older ones never."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.core.exported import essence, restarted
from tests.unit.core.objects import (
    Object,
    database,
    deployment,
    ns,
    pod,
    reached,
    record_of,
    replica_set,
    unreached,
    with_record,
)
from tests.unit.core.writing import write
from traceutil.testing import CapturedSpans, FixedClock

SET = record_of(replica_set())


ENDED = replace(SET, end=ns(5), reason="reached")


def test_after_a_restart_what_closed_within_the_window_is_exported_again(
    captured_spans: CapturedSpans,
) -> None:
    """The same: ids, times and links stand in the record."""
    live = with_record(deployment(), replace(record_of(deployment()), parent_id=7))
    captured_spans.tracer.end_if_reached(unreached(live))
    captured_spans.advance(4)
    patch = write(live, reached(live, 4)["status"])
    captured_spans.tracer.end_if_reached(live, patch=patch)
    after = reached(live, 4)
    after["metadata"]["annotations"] |= patch["metadata"]["annotations"]
    captured_spans.tracer.end_if_reached(after)
    successor = restarted(6)
    successor.tracer.end_if_reached(after)
    assert len(successor) == 1
    assert essence(successor) == essence(captured_spans)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        pytest.param(7.9, 1, id="closed within three seconds before the start: again"),
        pytest.param(8.1, 0, id="closed before that: never again"),
        pytest.param(60, 0, id="closed a minute before: never again"),
    ],
)
def test_the_window_of_a_restart(start: float, expected: int) -> None:
    successor = restarted(start)
    for _ in range(3):
        successor.tracer.end_if_reached(reached(with_record(replica_set(), ENDED)))
    assert len(successor) == expected


def test_the_window_is_a_setting() -> None:
    spans = CapturedSpans(clock=FixedClock(ns(60)), window=120.0)
    spans.tracer.end_if_reached(reached(with_record(replica_set(), ENDED)))
    assert len(spans) == 1


def test_what_a_predecessor_superseded_is_exported_again_within_the_window() -> None:
    record = replace(SET, start=ns(5), prev=replace(SET, span_id=0xB0))
    for start, expected in ((6, 1), (30, 0)):
        successor = restarted(start)
        successor.tracer.end_if_reached(unreached(with_record(replica_set(), record)))
        assert len(successor) == expected, start


@pytest.mark.parametrize(
    ("turned", "start", "end"),
    [
        pytest.param(8, 9, 8, id="status remembers a second within the window: exported, with that end"),
        pytest.param(8, 60, None, id="status remembers a second long ago: not exported"),
    ],
)
def test_a_kind_without_a_mark_is_closed_as_its_status_remembers(
    turned: float, start: float, end: float | None
) -> None:
    """A custom resource that is reached at the first look after a restart."""
    successor = restarted(start)
    live = reached(with_record(database(), record_of(database())), turned)
    for _ in range(3):
        successor.tracer.end_if_reached(live)
        successor.advance(2)
    assert [span.end_time for span in successor] == ([] if end is None else [ns(end)])


@pytest.mark.parametrize(
    "obj",
    [
        pytest.param(reached(deployment()), id="a Deployment without a record"),
        pytest.param(reached(database()), id="a custom resource without a record"),
        pytest.param(reached(replica_set()), id="a ReplicaSet, whose status does not remember"),
        pytest.param(unreached(database()), id="a custom resource that is long overdue"),
        pytest.param(pod(), id="a pod that never got a status"),
    ],
)
def test_what_was_there_before_us_is_not_exported(obj: Object) -> None:
    """An object of yesterday, closed or overdue before this process began."""
    successor = restarted(86_400)
    for _ in range(3):
        successor.tracer.end_if_reached(obj)
    assert len(successor) == 0
