from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from opentelemetry.trace import StatusCode

from tests.unit.core.exported import reason
from tests.unit.core.objects import (
    UID,
    Object,
    at,
    database,
    deployment,
    ns,
    owner_of_spec,
    pod,
    reached,
    record_of,
    replica_set,
    stored,
    unreached,
    with_record,
    with_status,
)
from tests.unit.core.writing import patch_to
from traceutil import derive
from traceutil.change import change_id
from traceutil.record import KEY
from traceutil.semconv import MESSAGE, REASON
from traceutil.testing import CapturedSpans, capture_spans

WEB = record_of(deployment())
FAILED_CONDITIONS = [
    {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "too slow"}
]


def test_a_span_closes_when_actual_equals_desired(captured_spans: CapturedSpans) -> None:
    """With the ids of the record, from its start to now, its reason, and the resource of its kind."""
    live = with_record(deployment(), replace(WEB, parent_id=0xC1))
    assert not captured_spans.tracer.end_if_reached(unreached(live))
    captured_spans.advance(3)
    assert captured_spans.tracer.end_if_reached(reached(live))
    span = captured_spans.one("Deployment")
    assert span.context is not None
    assert span.parent is not None
    assert (span.context.trace_id, span.context.span_id, span.parent.span_id) == (0xA1, 0xB1, 0xC1)
    assert (span.start_time, span.end_time, reason(span)) == (ns(0), ns(3), "reached")
    assert dict(span.resource.attributes) == {"service.name": "deployment"}
    assert dict(span.attributes or {})["traceutil.emitter"] == "test"


def test_it_is_exported_once(captured_spans: CapturedSpans) -> None:
    """However often the object is seen."""
    live = with_record(deployment(), WEB)
    for _ in range(3):
        captured_spans.tracer.end_if_reached(unreached(live))
        captured_spans.tracer.end_if_reached(reached(live))
    assert len(captured_spans) == 1


def test_a_failure_carries_statuss_own_words(captured_spans: CapturedSpans) -> None:
    live = with_record(deployment(), WEB)
    captured_spans.tracer.end_if_reached(unreached(live))
    captured_spans.tracer.end_if_reached(with_status(live, conditions=FAILED_CONDITIONS))
    span = captured_spans.one("Deployment")
    attributes = dict(span.attributes or {})
    assert attributes[REASON] == "failed"
    assert attributes[MESSAGE] == "ProgressDeadlineExceeded: too slow"
    assert attributes["error.type"] == "ProgressDeadlineExceeded"
    assert span.status.status_code is StatusCode.ERROR


PROGRESSING = [{"type": "Progressing", "status": "True", "lastUpdateTime": at(20)}]


def with_deadline(seconds: int) -> Object:
    obj = deployment()
    obj["spec"]["progressDeadlineSeconds"] = seconds
    return obj


JOB = stored("Job", "batch/v1", "once", {"activeDeadlineSeconds": 40})


@pytest.mark.parametrize(
    ("obj", "fields", "due", "expected"),
    [
        pytest.param(unreached(pod()), {}, 600, "overdue", id="without a deadline: ten minutes"),
        pytest.param(unreached(pod()), {"deadline": 30.0}, 30, "overdue", id="a deadline of its own"),
        pytest.param(
            with_status(with_deadline(60), conditions=PROGRESSING),
            {},
            80,
            "failed",
            id="a Deployment's counts from its last progress, and its passing is a failure",
        ),
        pytest.param(
            unreached(with_deadline(60)), {}, 60, "failed", id="a Deployment without progress: from its start"
        ),
        pytest.param(
            with_status(with_deadline(60), conditions=PROGRESSING),
            {"deadline": 30.0},
            30,
            "overdue",
            id="a Deployment opened with a deadline of its own: whichever is first",
        ),
        pytest.param(
            with_status(JOB, active=1),
            {},
            40,
            "failed",
            id="a Job's activeDeadlineSeconds count from its start",
        ),
        pytest.param(database(), {}, 600, "overdue", id="a custom resource that says nothing about itself"),
    ],
)
def test_a_span_is_overdue(
    captured_spans: CapturedSpans, obj: Object, fields: dict[str, Any], due: float, expected: str
) -> None:
    """Not before, and its end is exactly that moment, however late somebody looks."""
    live = with_record(obj, record_of(obj, **fields))
    captured_spans.advance(due - 0.001)
    assert captured_spans.tracer.end_if_reached(live).due == ns(due)
    assert len(captured_spans) == 0
    captured_spans.advance(17)
    captured_spans.tracer.end_if_reached(live)
    span = captured_spans.one(obj["kind"])
    assert (reason(span), span.end_time) == (expected, ns(due))


def test_deadlines_can_be_set_by_kind() -> None:
    with capture_spans(deadlines={"Pod": 5.0}) as spans:
        live = with_record(pod(), record_of(pod()))
        assert spans.tracer.end_if_reached(unreached(live)).due == ns(5)


def test_who_is_not_the_closer_does_not_close(captured_spans: CapturedSpans) -> None:
    """Neither the span nor the mark."""
    live = with_record(pod(), record_of(pod(), closer="kubelet"))
    captured_spans.tracer.end_if_reached(unreached(live))
    patch = patch_to(reached(live))
    captured_spans.tracer.end_if_reached(live, patch=patch)
    captured_spans.tracer.end_if_reached(reached(live))
    assert (KEY in patch["metadata"].get("annotations", {}), len(captured_spans)) == (False, 0)


def test_a_predecessor_closes_when_its_successor_is_seen_stored(captured_spans: CapturedSpans) -> None:
    """Superseded, at the new start, linked to what superseded it."""
    live = unreached(with_record(deployment(), WEB))
    captured_spans.tracer.end_if_reached(live)
    captured_spans.advance(4)
    body: Object = {"spec": {"replicas": 5}}
    captured_spans.tracer.trace_until_reached(body, live=live)
    after = unreached(deployment(5, generation=2, annotations=body["metadata"]["annotations"]))
    for _ in range(2):
        captured_spans.tracer.end_if_reached(after)
    span = captured_spans.one("Deployment")
    assert (reason(span), span.end_time) == ("superseded", ns(4))
    assert [(link.attributes or {})["traceutil.link"] for link in span.links] == ["superseded_by"]


def test_a_change_without_context_supersedes_too(captured_spans: CapturedSpans) -> None:
    """`kubectl edit` leaves the old record on the object: it closes, and the derived span links it."""
    live = with_record(deployment(managedFields=[owner_of_spec(0)]), WEB)
    captured_spans.tracer.end_if_reached(unreached(live))
    captured_spans.advance(9)
    edited = with_record(deployment(5, generation=2, managedFields=[owner_of_spec(8)]), WEB)
    captured_spans.tracer.end_if_reached(unreached(edited))
    old = captured_spans.one("Deployment")
    assert (reason(old), old.end_time) == ("superseded", ns(8))
    captured_spans.tracer.end_if_reached(reached(edited))
    new = captured_spans.all("Deployment")[-1]
    assert new.context is not None
    assert (new.context.trace_id, new.context.span_id) == derive.object_ids(UID, change_id(edited))
    assert [link.context.span_id for link in new.links] == [WEB.span_id]


def test_a_change_without_context_after_another_supersedes_it(captured_spans: CapturedSpans) -> None:
    """Two edits, none of which brought a record: both spans are exported."""
    for second, size in ((0, 1), (5, 2)):
        captured_spans.tracer.end_if_reached(unreached(database(size, managedFields=[owner_of_spec(second)])))
        captured_spans.advance(6)
    captured_spans.tracer.end_if_reached(reached(database(2, managedFields=[owner_of_spec(5)]), 12))
    assert [reason(span) for span in captured_spans.all("Database")] == ["superseded", "reached"]


def test_a_change_after_the_end_supersedes_nothing(captured_spans: CapturedSpans) -> None:
    ended = replace(WEB, end=ns(2), reason="reached")
    captured_spans.advance(9)
    edited = with_record(deployment(5, generation=2, managedFields=[owner_of_spec(8)]), ended)
    captured_spans.tracer.end_if_reached(unreached(edited))
    assert len(captured_spans) == 0


@pytest.mark.parametrize(
    ("handled", "expected"),
    [
        pytest.param("succeeded", "reached", id="its handler succeeded"),
        pytest.param("failed", "failed", id="its handler failed for good"),
    ],
)
def test_a_status_that_cannot_tell_closes_with_its_handler(
    captured_spans: CapturedSpans, handled: Any, expected: str
) -> None:
    obj = database()
    captured_spans.tracer.end_if_reached(obj)
    assert len(captured_spans) == 0
    captured_spans.tracer.end_if_reached(obj, handled=handled)
    assert reason(captured_spans.one("Database")) == expected


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        pytest.param("done", ["failed"], id="that it will not run again is no recovery"),
        pytest.param("succeeded", ["failed", "recovered"], id="that it succeeded after all is one"),
    ],
)
def test_after_a_failure_the_handlers_word(
    captured_spans: CapturedSpans, then: Any, expected: list[str]
) -> None:
    obj = database()
    for handled in (None, "failed", then):
        captured_spans.tracer.end_if_reached(obj, handled=handled)
    assert expected == [reason(span) for span in captured_spans.all("Database")]


def test_a_status_that_can_tell_does_not_close_with_its_handler(captured_spans: CapturedSpans) -> None:
    captured_spans.tracer.end_if_reached(unreached(database()), handled="succeeded")
    assert len(captured_spans) == 0


def test_a_scale_while_it_is_open_moves_the_target(captured_spans: CapturedSpans) -> None:
    """By an autoscaler, through /scale: an event of the span, which does not close as superseded."""
    live = with_record(deployment(2), WEB)
    patch = patch_to(unreached(live))
    captured_spans.tracer.end_if_reached(live, patch=patch)
    entries = [owner_of_spec(0), owner_of_spec(7, "hpa", subresource="scale")]
    scaled = deployment(4, generation=2, managedFields=entries, annotations=patch["metadata"]["annotations"])
    captured_spans.tracer.end_if_reached(unreached(scaled))
    captured_spans.advance(9)
    captured_spans.tracer.end_if_reached(reached(scaled))
    span = captured_spans.one("Deployment")
    assert reason(span) == "reached"
    event = span.events[0]
    expected = {"traceutil.replicas.from": 2, "traceutil.replicas.to": 4}
    assert (event.name, event.timestamp, dict(event.attributes or {})) == ("scaled", ns(7), expected)


def test_malformed_records_are_counted_and_the_derived_span_closes(captured_spans: CapturedSpans) -> None:
    obj = pod(annotations={KEY: "{"})
    captured_spans.tracer.end_if_reached(unreached(obj))
    captured_spans.tracer.end_if_reached(reached(obj))
    assert captured_spans.tracer.health.snapshot()["malformed", "object-span"] >= 1
    assert reason(captured_spans.one("Pod")) == "reached"


def test_with_writing_off_nothing_rides_and_spans_go_on() -> None:
    with capture_spans(writing=False) as spans:
        live = with_record(replica_set(), record_of(replica_set()))
        spans.tracer.end_if_reached(unreached(live))
        patch = patch_to(reached(live))
        spans.tracer.end_if_reached(live, patch=patch)
        spans.tracer.end_if_reached(reached(live))
        assert "annotations" not in patch["metadata"]
        assert reason(spans.one("ReplicaSet")) == "reached"


def test_a_record_that_would_pass_the_limit_does_not_ride(captured_spans: CapturedSpans) -> None:
    """256 KiB: the caller's write would be refused."""
    live = with_record(deployment(), WEB, big="x" * (256 * 1024 - 600))
    live["metadata"]["annotations"]["fill"] = "x" * 400
    patch = patch_to(unreached(live))
    captured_spans.tracer.end_if_reached(live, patch=patch)
    assert "annotations" not in patch["metadata"]
    assert captured_spans.tracer.health.total("oversized") == 1


def test_a_derived_start_says_how_well_it_is_known(captured_spans: CapturedSpans) -> None:
    """The server stores whole seconds; a recorded start is exact."""
    for obj, expected in ((pod(), 1.0), (with_record(pod(uid="u"), record_of(pod())), None)):
        captured_spans.tracer.end_if_reached(unreached(obj))
        captured_spans.tracer.end_if_reached(reached(obj))
        found = dict(captured_spans.all("Pod")[-1].attributes or {})
        assert expected == found.get("traceutil.start_resolution")
