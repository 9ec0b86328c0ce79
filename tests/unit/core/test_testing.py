"""The public test tool: captured spans, fixed ids, a clock that the test moves."""

from __future__ import annotations

import pytest

from tests.unit.core.objects import Object, deployment, ns
from traceutil import start_span_from_object, trace_until_reached, work_done
from traceutil.testing import CapturedSpans, capture_spans


def test_the_tree_is_drawn_as_text(captured_spans: CapturedSpans) -> None:
    """Children indented below their parents, in the order of their start."""
    with start_span_from_object(deployment(), "test.Outer"):
        for name in ("test.First", "test.Second"):
            captured_spans.advance(1)
            with start_span_from_object(deployment(), name):
                pass
    assert captured_spans.tree() == "test.Outer\n  test.First\n  test.Second"
    captured_spans.clear()
    assert (captured_spans.tree(), len(captured_spans)) == ("", 0)


def test_one_span_is_found_by_name(captured_spans: CapturedSpans) -> None:
    """None, or several, is an assertion that draws what there is."""
    with start_span_from_object(deployment(), "test.Work"):
        pass
    assert captured_spans.one("test.Work").name == "test.Work"
    with pytest.raises(AssertionError, match=r"0 spans named 'test.Other' instead of one, in:\ntest.Work"):
        captured_spans.one("test.Other")
    with start_span_from_object(deployment(), "test.Work"):
        pass
    with pytest.raises(AssertionError, match=r"2 spans named 'test\.Work'"):
        captured_spans.one("test.Work")
    assert len(captured_spans.all("test.Work")) == 2


def test_ids_and_times_are_the_same_in_every_run() -> None:
    def run() -> list[object]:
        with capture_spans() as spans:
            with start_span_from_object(deployment(uid=""), "test.Work"):
                spans.advance(1.5)
            return [(span.context, span.start_time, span.end_time) for span in spans]

    assert run() == run()


def test_an_object_can_be_driven_to_where_it_is_reached(captured_spans: CapturedSpans) -> None:
    """Status fields are set as their owner would, and the object is looked at."""
    obj: Object = deployment(2)
    trace_until_reached(obj)
    counts = {"replicas": 2, "updatedReplicas": 2, "readyReplicas": 2}
    assert not captured_spans.drive(obj, **counts, availableReplicas=1)
    captured_spans.advance(3)
    available = [{"type": "Available", "status": "True"}]
    assert captured_spans.drive(obj, **counts, availableReplicas=2, conditions=available)
    span = captured_spans.one("Deployment")
    assert (span.start_time, span.end_time) == (ns(0), ns(3))


def test_settings_are_passed_on() -> None:
    with capture_spans("db", deadline=5.0) as spans:
        assert (spans.tracer.settings.component, spans.tracer.settings.deadline) == ("db", 5.0)


def test_captured_spans_are_of_the_block_alone() -> None:
    """The verbs go on with what was current before."""
    with capture_spans() as outer:
        with capture_spans() as inner, start_span_from_object(deployment(), "test.Work", only_if_work=True):
            work_done()
        with start_span_from_object(deployment(), "test.Other"):
            pass
    assert (inner.tree(), outer.tree()) == ("test.Work", "test.Other")
