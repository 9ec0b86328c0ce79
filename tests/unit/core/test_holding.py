"""What ends inside work leaves the process after the work: a kill leaves no span without its parent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.core.objects import pod, reached, record_of, replica_set, with_record
from traceutil.testing import CapturedSpans
from traceutil.work import HELD_AT_MOST, HELD_FOR

STAGES = [f"kubelet.Stage{number}" for number in range(3)]


def names(spans: CapturedSpans) -> list[str]:
    return [span.name for span in spans]


@pytest.mark.parametrize("only_if_work", [True, False], ids=["kept if it is work", "always kept"])
def test_stages_follow_the_work_that_they_are_in(captured_spans: CapturedSpans, only_if_work: bool) -> None:
    """Work that is known for long: until its end nothing is exported, then it goes first."""
    tracer = captured_spans.tracer
    with tracer.start_span_from_object(pod(), "kubelet.SyncPod", only_if_work=only_if_work):
        tracer.work_done()
        for name in STAGES:
            with tracer.start_span_from_object(pod(), name):
                captured_spans.advance(1)
        assert [] == names(captured_spans)
    assert ["kubelet.SyncPod", *STAGES] == names(captured_spans)


def test_stages_of_nested_work_follow_the_outermost(captured_spans: CapturedSpans) -> None:
    """Each after the one that it is in."""
    tracer = captured_spans.tracer
    with tracer.start_span_from_object(pod(), "outer", only_if_work=True):
        captured_spans.advance(1)
        with tracer.start_span_from_object(pod(), "inner", only_if_work=True):
            captured_spans.advance(1)
            with tracer.start_span_from_object(pod(), "stage"):
                tracer.work_done()
        assert [] == names(captured_spans)
    assert ["outer", "inner", "stage"] == names(captured_spans)


def test_nested_work_that_was_none_vanishes_alone(captured_spans: CapturedSpans) -> None:
    """With its stages; the work around it stays."""
    tracer = captured_spans.tracer
    with tracer.start_span_from_object(pod(), "outer", only_if_work=True):
        tracer.work_done()
        with (
            tracer.start_span_from_object(pod(), "inner", only_if_work=True),
            tracer.start_span_from_object(pod(), "stage"),
        ):
            pass
    assert ["outer"] == names(captured_spans)


def test_an_object_span_waits_for_no_work(captured_spans: CapturedSpans) -> None:
    """Closed inside a reconcile that does nothing else, it is exported at once: it is no part of it."""
    live = reached(with_record(replica_set(), replace(record_of(replica_set()), parent_id=7)))
    tracer = captured_spans.tracer
    with tracer.start_span_from_object(live, "replicaset.Look", only_if_work=True):
        tracer.end_if_reached(live)
        assert ["ReplicaSet"] == names(captured_spans)
    assert ["ReplicaSet"] == names(captured_spans)


def test_many_stages_do_not_wait(captured_spans: CapturedSpans) -> None:
    """Work of very many stages holds a bounded number; from then on each goes as it ends."""
    tracer = captured_spans.tracer
    with tracer.start_span_from_object(pod(), "daemon.Work", only_if_work=True):
        tracer.work_done()
        for count, expected in ((HELD_AT_MOST, 0), (1, HELD_AT_MOST + 1), (1, HELD_AT_MOST + 2)):
            for _ in range(count):
                with tracer.start_span_from_object(pod(), "daemon.Stage"):
                    captured_spans.advance(0.001)
            assert expected == len(captured_spans)


def test_stages_of_very_long_work_do_not_wait(captured_spans: CapturedSpans) -> None:
    """A handler that never ends is seen all the same."""
    tracer = captured_spans.tracer
    with tracer.start_span_from_object(pod(), "daemon.Work", only_if_work=True):
        tracer.work_done()
        with tracer.start_span_from_object(pod(), "first"):
            pass
        captured_spans.advance(HELD_FOR / 1e9 + 1)
        with tracer.start_span_from_object(pod(), "second"):
            pass
        assert ["first", "second"] == names(captured_spans)
