"""The `tracestate` of a record: it travels on, and says how the trace was sampled."""

from __future__ import annotations

from dataclasses import replace

import pytest
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, TraceState, set_span_in_context

from tests.unit.core.objects import TRACEPARENT, deployment, record_of, replica_set, with_record
from tests.unit.core.writing import new, opened, record_in
from traceutil.record import loads
from traceutil.testing import CapturedSpans

WEB = record_of(deployment())
TRACESTATE = TRACEPARENT.replace("traceparent", "tracestate")
LONG = ",".join(f"k{n}=" + "v" * 100 for n in range(6))


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        pytest.param("traceutil=l:1,a=b", "traceutil=l:1,a=b", id="as it stands"),
        pytest.param("", "", id="none"),
        pytest.param("no state at all", "", id="against the grammar: dropped, the record stays"),
        pytest.param("a=1,a=2", "", id="a key twice: dropped"),
        pytest.param(LONG, "", id="more than 512 characters: dropped"),
        pytest.param(f"{LONG},traceutil=l:1", "traceutil=l:1", id="more than 512: all but our own entry"),
    ],
)
def test_a_state_is_read(state: str, expected: str) -> None:
    found = loads(replace(WEB, state=state).dumps())
    assert replace(WEB, state=expected) == found
    assert expected == found.context.trace_state.to_header()


def test_a_callers_state_goes_down_the_tree(captured_spans: CapturedSpans) -> None:
    """Whoever passes traceparent on passes tracestate on (W3C Trace Context): record, carrier, child."""
    state = TraceState([("ot", "th:c"), ("traceutil", "l:1")])
    caller = SpanContext(0xCA11, 0xE4, True, TraceFlags(1), state)
    sent = new(deployment())
    captured_spans.tracer.trace_until_reached(sent, context=set_span_in_context(NonRecordingSpan(caller)))
    child = opened(captured_spans, with_record(deployment(), record_in(sent)), new(replica_set()))
    expected = "ot=th:c,traceutil=l:1"
    assert [expected] * 3 == [record_in(sent).state, sent["metadata"]["annotations"][TRACESTATE], child.state]
