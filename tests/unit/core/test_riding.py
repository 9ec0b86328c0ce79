"""The end rides on a status write that is made anyway."""

from __future__ import annotations

import copy

import pytest

from tests.unit.core.exported import reason
from tests.unit.core.objects import (
    database,
    deployment,
    ns,
    reached,
    record_of,
    unreached,
    with_record,
)
from tests.unit.core.writing import accepted, patch_to, record_in
from traceutil.change import spec_hash
from traceutil.record import KEY
from traceutil.testing import CapturedSpans

WEB = record_of(deployment())


def test_the_end_rides_on_the_status_write(captured_spans: CapturedSpans) -> None:
    """And the hash of the stored spec; exported when the server's answer shows it stored."""
    live = unreached(with_record(deployment(), WEB))
    captured_spans.tracer.end_if_reached(live)
    captured_spans.advance(3)
    patch = patch_to(reached(live), live["metadata"]["resourceVersion"])
    assert captured_spans.tracer.end_if_reached(live, patch=patch)
    assert len(captured_spans) == 0
    record = record_in(patch)
    assert (record.end, record.reason, record.spec) == (ns(3), "reached", spec_hash(live))
    captured_spans.advance(1)
    captured_spans.tracer.end_if_reached(accepted(live, patch))
    assert captured_spans.one("Deployment").end_time == ns(3)


def test_the_stored_specs_hash_rides_while_it_is_open(captured_spans: CapturedSpans) -> None:
    """So that annotation edits, which move a Deployment's generation, do not end holding."""
    live = with_record(deployment(), WEB)
    patch = patch_to(unreached(live))
    captured_spans.tracer.end_if_reached(live, patch=patch)
    assert (record_in(patch).spec, record_in(patch).end) == (spec_hash(live), None)


def test_a_refused_write_undoes_the_end(captured_spans: CapturedSpans) -> None:
    """409: nothing was exported; the next write closes it, later."""
    live = unreached(with_record(deployment(), WEB))
    captured_spans.tracer.end_if_reached(live)
    captured_spans.tracer.end_if_reached(live, patch=patch_to(reached(live), "2"))
    captured_spans.advance(5)
    newer = unreached(live)
    captured_spans.tracer.end_if_reached(newer)
    assert len(captured_spans) == 0
    patch = patch_to(reached(newer), "3")
    captured_spans.tracer.end_if_reached(newer, patch=patch)
    captured_spans.tracer.end_if_reached(accepted(newer, patch))
    assert captured_spans.one("Deployment").end_time == ns(5)


def test_without_a_resource_version_nothing_rides(captured_spans: CapturedSpans) -> None:
    """A ride once overwrote a user's newer context: counted, and closed when that status is seen stored."""
    live = unreached(with_record(deployment(), WEB))
    captured_spans.tracer.end_if_reached(live)
    patch = patch_to(reached(live), None)
    before = copy.deepcopy(patch)
    captured_spans.tracer.end_if_reached(live, patch=patch)
    assert (patch, len(captured_spans)) == (before, 0)
    assert captured_spans.tracer.health.total("unversioned") == 1
    captured_spans.tracer.end_if_reached(reached(live))
    assert reason(captured_spans.one("Deployment")) == "reached"


@pytest.mark.parametrize("annotations", [None, 5, {}], ids=["null", "a number", "empty"])
def test_annotations_of_any_shape_take_the_record(captured_spans: CapturedSpans, annotations: object) -> None:
    live = with_record(deployment(), WEB)
    patch = patch_to(unreached(live))
    patch["metadata"]["annotations"] = annotations
    captured_spans.tracer.end_if_reached(live, patch=patch)
    assert record_in(patch).span_id == WEB.span_id


def test_a_custom_resource_keeps_no_mark(captured_spans: CapturedSpans) -> None:
    """Its /status drops annotations: the patch stays as it is, and the span closes once it is stored."""
    obj = database()
    live = with_record(obj, record_of(obj))
    captured_spans.tracer.end_if_reached(unreached(live))
    patch = patch_to(reached(live))
    captured_spans.tracer.end_if_reached(live, patch=patch)
    assert KEY not in patch["metadata"].get("annotations", {})
    assert len(captured_spans) == 0
    for _ in range(2):
        captured_spans.tracer.end_if_reached(reached(live))
    assert reason(captured_spans.one("Database")) == "reached"
