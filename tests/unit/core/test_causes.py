"""Several causes of one reconcile: links, de-duplicated by trace, bounded, the rest counted."""

from __future__ import annotations

import pytest
from opentelemetry.trace import Link, SpanContext, TraceFlags

from tests.unit.core.objects import database, deployment, record_of, with_record
from traceutil import Causes
from traceutil.semconv import LINK, LINKS_DROPPED
from traceutil.testing import CapturedSpans, capture_spans


def context(trace_id: int, span_id: int = 1) -> SpanContext:
    return SpanContext(trace_id, span_id, True, TraceFlags(1))


@pytest.mark.parametrize(
    ("added", "expected", "dropped"),
    [
        pytest.param([], [], 0, id="none"),
        pytest.param([context(1), context(2)], [1, 2], 0, id="two traces"),
        pytest.param([context(1), context(1, 2), context(1, 3)], [1], 0, id="one trace, three times"),
        pytest.param([context(0), context(1, 0)], [], 0, id="what names no span"),
        pytest.param([context(n) for n in range(1, 6)], [1, 2, 3], 2, id="beyond the bound"),
        pytest.param(
            [context(n % 4 + 1) for n in range(40)], [1, 2, 3], 10, id="the same beyond the bound again"
        ),
    ],
)
def test_causes_are_kept(added: list[SpanContext], expected: list[int], dropped: int) -> None:
    causes = Causes(max_links=3)
    for each in added:
        causes.add(each)
    assert (expected, dropped) == ([each.trace_id for each in causes], causes.dropped)
    assert len(causes) == len(expected)
    assert [(link.attributes or {})[LINK] for link in causes.links()] == ["cause"] * len(expected)


def test_their_times_are_kept_also_of_those_without_a_context() -> None:
    """Oldest and newest, in Unix ns."""
    causes = Causes()
    for at in (7, 5, 9, None):
        causes.add(context(0), at)
    assert (causes.oldest, causes.newest, len(causes)) == (5, 9, 0)
    assert (Causes().oldest, Causes().newest) == (None, None)


def test_one_reconcile_can_stand_for_another() -> None:
    """Its causes are taken over, with what was dropped."""
    one, two = Causes(max_links=2), Causes(max_links=2)
    one.add(context(1), 5)
    for trace_id, at in ((1, 3), (2, 9), (3, 1)):
        two.add(context(trace_id), at)
    one.merge(two)
    assert ([each.trace_id for each in one], one.oldest, one.newest, one.dropped) == ([1, 2], 1, 9, 1)


def test_causes_never_change_the_parent(captured_spans: CapturedSpans) -> None:
    """They are links of the span."""
    causes = Causes()
    causes.add(context(7))
    web = with_record(deployment(), record_of(deployment()))
    with captured_spans.tracer.start_span_from_object(web, "test.Work", causes=causes):
        pass
    span = captured_spans.one("test.Work")
    assert span.parent is not None
    assert (span.parent.span_id, [link.context.trace_id for link in span.links]) == (0xB1, [7])


def test_causes_that_were_left_out_are_counted_on_the_span(captured_spans: CapturedSpans) -> None:
    causes = Causes(max_links=2)
    for trace_id in range(1, 6):
        causes.add(context(trace_id))
    with captured_spans.tracer.start_span_from_object(database(), "test.Work", causes=causes):
        pass
    assert dict(captured_spans.one("test.Work").attributes or {})[LINKS_DROPPED] == 3


def test_links_of_a_span_are_bounded_and_the_rest_is_counted() -> None:
    """One a trace; also where they are given as links."""
    links = [Link(context(trace_id % 5 + 1)) for trace_id in range(10)]
    with capture_spans(max_links=3) as spans:
        with spans.tracer.start_span_from_object(database(), "test.Work", causes=links):
            pass
        span = spans.one("test.Work")
    assert len({link.context.trace_id for link in span.links}) == len(span.links) == 3
    assert dict(span.attributes or {})[LINKS_DROPPED] == 2
