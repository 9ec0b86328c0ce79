"""Deletion is a change of desired state like any other."""

from __future__ import annotations

import pytest

from tests.unit.core.exported import reason
from tests.unit.core.objects import (
    UID,
    Object,
    at,
    database,
    ns,
    pod,
    record_of,
    unreached,
    with_record,
)
from traceutil import derive
from traceutil.testing import CapturedSpans, capture_spans


def test_deletion_closes_what_was_open(captured_spans: CapturedSpans) -> None:
    """As deleted, at the deletion's start: deletionTimestamp minus the grace period."""
    live = with_record(pod(), record_of(pod()))
    captured_spans.tracer.end_if_reached(unreached(live))
    captured_spans.advance(12)
    dying = with_record(
        pod(generation=2, deletionTimestamp=at(40), deletionGracePeriodSeconds=30), record_of(pod())
    )
    for _ in range(2):
        captured_spans.tracer.end_if_reached(dying)
    span = captured_spans.one("Pod")
    assert (reason(span), span.end_time) == ("deleted", ns(10))


def test_a_derived_span_that_was_open_is_deleted_too(captured_spans: CapturedSpans) -> None:
    captured_spans.tracer.end_if_reached(unreached(pod()))
    captured_spans.tracer.end_if_reached(pod(deletionTimestamp=at(0)))
    assert reason(captured_spans.one("Pod")) == "deleted"


def test_a_restored_copys_record_is_not_closed_by_deletion(captured_spans: CapturedSpans) -> None:
    """It never held for this object."""
    captured_spans.advance(200)
    copied = with_record(pod(creationTimestamp=at(100), deletionTimestamp=at(200)), record_of(pod()))
    captured_spans.tracer.end_if_reached(copied)
    assert len(captured_spans) == 0


CONTROLLED = [{"kind": "ReplicaSet", "name": "web-6d4", "uid": "u", "controller": True}]


@pytest.mark.parametrize(
    ("owners", "setting", "expected"),
    [
        pytest.param([], False, ["deleted", "reached"], id="of an object on its own"),
        pytest.param(CONTROLLED, False, ["deleted"], id="not of an object with a controlling owner"),
        pytest.param(CONTROLLED, True, ["deleted", "reached"], id="of an owned object, where that is set"),
    ],
)
def test_the_derived_trace_of_a_deletion_has_a_root(
    owners: list[Object], setting: bool, expected: list[str]
) -> None:
    """From the deletion's start until it is gone, linked to the span of the object."""
    with capture_spans(export_owned_deletions=setting) as spans:
        live = with_record(pod(ownerReferences=owners), record_of(pod()))
        spans.tracer.end_if_reached(unreached(live))
        dying = with_record(pod(ownerReferences=owners, deletionTimestamp=at(2)), record_of(pod()))
        spans.advance(5)
        spans.tracer.end_if_reached(dying, deleted=True)
        found = spans.all("Pod")
    assert expected == [reason(span) for span in found]
    if len(found) > 1:
        assert found[1].context is not None
        assert found[1].context.trace_id == derive.object_ids(UID, "deletion").trace_id
        assert (found[1].start_time, found[1].end_time) == (ns(2), ns(5))


def test_what_was_never_seen_open_still_has_a_trace_of_its_deletion(captured_spans: CapturedSpans) -> None:
    """Whoever worked on it while it was terminating is no orphan."""
    captured_spans.tracer.end_if_reached(database(deletionTimestamp=at(0)), deleted=True)
    span = captured_spans.one("Database")
    assert dict(span.attributes or {})["traceutil.change"] == "deletion"
