"""The public test tool: captured spans, fixed ids, a clock that the test moves."""

from __future__ import annotations

import threading
import time

import pytest

from tests.unit.core.objects import Object, deployment, ns
from traceutil import current_tracer, start_span_from_object, trace_until_reached, work_done
from traceutil.sdk import setup
from traceutil.testing import CapturedSpans, RunningClock, capture_spans
from traceutil.times import SECOND


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


def work(name: str = "test.Work") -> None:
    """What the code under test does."""
    with start_span_from_object(deployment(), name):
        pass


def test_threads_without_a_context_of_their_own_are_captured(captured_spans: CapturedSpans) -> None:
    """An operator under test runs in a thread, as kopf's own test runner has it."""
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert captured_spans.tree() == "test.Work"


def test_after_the_block_threads_are_not_captured() -> None:
    """Nested blocks: the inner one first, then the outer one, then what was there before."""
    seen = []

    def look() -> None:
        thread = threading.Thread(target=lambda: seen.append(current_tracer()))
        thread.start()
        thread.join()

    look()
    with capture_spans() as outer:
        with capture_spans() as inner:
            look()
        look()
    look()
    assert seen == [seen[0], inner.tracer, outer.tracer, seen[0]]


def test_what_sets_up_the_sdk_is_captured_all_the_same(captured_spans: CapturedSpans) -> None:
    """An operator's start-up handler may do so, in its thread."""

    def operator() -> None:
        with setup("operator", exporters=[], environ={}):
            work()

    thread = threading.Thread(target=operator)
    thread.start()
    thread.join()
    assert captured_spans.tree() == "test.Work"


def test_nothing_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has OpenTelemetry off, or sampled, in his shell has the same trees as everybody."""
    for name, value in {
        "OTEL_SDK_DISABLED": "true",
        "OTEL_TRACES_SAMPLER": "always_off",
        "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT": "1",
        "TRACEUTIL_ENABLED": "false",
        "TRACEUTIL_RATIO": "0",
    }.items():
        monkeypatch.setenv(name, value)
    with capture_spans() as spans:
        work()
    assert spans.tree("k8s.deployment.name", "k8s.namespace.name") == (
        "test.Work k8s.deployment.name=web k8s.namespace.name=default"
    )


def test_a_span_that_another_thread_exports_is_waited_for(captured_spans: CapturedSpans) -> None:
    """It returns what it has waited for."""
    thread = threading.Timer(0.01, work)
    thread.start()
    assert captured_spans.wait_for("test.Work") == captured_spans.all("test.Work")
    thread.join()


def test_a_span_that_does_not_come_is_told_with_what_came(captured_spans: CapturedSpans) -> None:
    work()
    with pytest.raises(AssertionError) as caught:
        captured_spans.wait_for("test.Work", count=2, timeout=0.01)
    assert str(caught.value) == "1 of 2 spans named 'test.Work' after 0.01 s, in:\ntest.Work"


def test_the_message_says_that_there_is_nothing(captured_spans: CapturedSpans) -> None:
    with pytest.raises(AssertionError, match=r"no span was exported: was there work, and did it end\?"):
        captured_spans.one("test.Work")


def test_the_tree_tells_attributes_when_asked_to(captured_spans: CapturedSpans) -> None:
    """Those that a span has."""
    with start_span_from_object(deployment(), "test.Outer", attributes={"color": "red", "size": 3}):
        work("test.Inner")
    assert captured_spans.tree("size", "color") == "test.Outer size=3 color=red\n  test.Inner"


def test_a_running_clock_runs_and_can_be_moved_on() -> None:
    clock = RunningClock()
    before = time.time_ns()
    clock.advance(60)
    ahead = clock() - before
    assert 60 * SECOND <= ahead < 120 * SECOND


def test_real_time_is_that_of_the_machine() -> None:
    before = time.time_ns()
    with capture_spans(real_time=True) as spans:
        work()
    span = spans.one("test.Work")
    assert before <= span.start_time <= span.end_time <= time.time_ns()


@pytest.mark.captured_spans("db", deadline=5.0)
def test_the_marker_has_the_settings_of_the_fixture(captured_spans: CapturedSpans) -> None:
    """Those of this test alone; see the next."""
    settings = captured_spans.tracer.settings
    assert (settings.component, settings.deadline) == ("db", 5.0)


def test_without_a_marker_the_settings_are_the_defaults(captured_spans: CapturedSpans) -> None:
    settings = captured_spans.tracer.settings
    assert (settings.component, settings.deadline) == ("test", 600.0)


def test_trees_that_differ_say_where() -> None:
    """Line by line, in their surroundings."""
    with capture_spans() as spans, start_span_from_object(deployment(), "test.Outer"):
        for number in range(9):
            work(f"test.Inner{number}")
    assert spans.tree().differences(spans.tree().replace("Inner7", "Other")) == [
        "  …",
        "    test.Inner5",
        "    test.Inner6",
        "-   test.Other",
        "+   test.Inner7",
        "    test.Inner8",
    ]
