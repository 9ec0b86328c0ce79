"""Is a new trace sampled? The ratio's decision, a link's, and how a link's is told from it."""

from __future__ import annotations

import re

import pytest
from opentelemetry.trace import SpanContext, TraceFlags, TraceState

from traceutil.decision import decide, derived_context, disbelieved, episode_context, is_marked, marked
from traceutil.derive import Ids

IN, OUT = 1, 2**64 - 1  # trace ids that a ratio of a half takes, and does not
#: W3C Trace Context, 3.3.1.3.2: a value, as its grammar has it.
VALUE = re.compile(r"[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]")


def linked(flags: int, state: str = "") -> SpanContext:
    return SpanContext(0xA1, 0xB1, True, TraceFlags(flags), TraceState.from_header([state]))


@pytest.mark.parametrize(
    ("trace_id", "links", "flags", "state"),
    [
        pytest.param(IN, [], 1, "", id="the ratio takes it"),
        pytest.param(OUT, [], 0, "", id="the ratio does not, and there is no link"),
        pytest.param(OUT, [linked(1)], 1, "traceutil=l:1", id="what it is linked to was sampled"),
        pytest.param(OUT, [linked(3)], 1, "traceutil=l:1", id="the random bit does not matter"),
        pytest.param(OUT, [linked(0)], 0, "", id="what it is linked to was not"),
        pytest.param(IN, [linked(0)], 1, "", id="the ratio takes it, whatever it is linked to"),
        pytest.param(IN, [linked(1)], 1, "", id="the ratio's decision is its own, and so counts further"),
        pytest.param(OUT, [linked(1, "traceutil=l:1")], 0, "", id="a link's decision crosses no second link"),
        pytest.param(OUT, [linked(1, "traceutil=x:2;l:1")], 0, "", id="beside a sub-key of a later version"),
        pytest.param(
            OUT, [linked(1, "traceutil=l:0")], 1, "traceutil=l:1", id="another value of the sub-key"
        ),
        pytest.param(OUT, [linked(1, "other=l:1")], 1, "traceutil=l:1", id="another's entry is not ours"),
        pytest.param(OUT, [linked(0), linked(1)], 1, "traceutil=l:1", id="one of several links suffices"),
        pytest.param(OUT, [SpanContext(0, 0, True, TraceFlags(1))], 0, "", id="a link to nothing is none"),
    ],
)
def test_a_new_trace_at_a_ratio_of_a_half(
    trace_id: int, links: list[SpanContext], flags: int, state: str
) -> None:
    found, found_state = decide(trace_id, 0.5, links)
    assert (flags, state) == (found, found_state.to_header())


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        pytest.param("", "traceutil=l:1", id="alone"),
        pytest.param("a=1,b=2", "traceutil=l:1,a=1,b=2", id="before others: the newest entry is left-most"),
        pytest.param("a=1,traceutil=x:2", "traceutil=l:1,a=1", id="once"),
        pytest.param("ot=th:c", "traceutil=l:1", id="without a threshold that is true no more"),
        pytest.param("ot=th:c;rv:0123", "traceutil=l:1,ot=rv:0123", id="the random value stays"),
        pytest.param(
            ",".join(f"k{n}=v" for n in range(32)),
            ",".join(["traceutil=l:1", *(f"k{n}=v" for n in range(31))]),
            id="the oldest of 32 entries makes room",
        ),
    ],
)  # fmt: skip
def test_a_decision_because_of_a_link_is_said_in_tracestate(state: str, expected: str) -> None:
    """And what is written can be read again."""
    found = marked(TraceState.from_header([state]))
    assert expected == found.to_header()
    assert is_marked(TraceState.from_header([expected]))
    assert VALUE.fullmatch(found["traceutil"])


@pytest.mark.parametrize(
    ("trace_id", "of", "flags", "state"),
    [
        pytest.param(OUT, linked(1), 1, "traceutil=l:1", id="of a sampled span: for its sake"),
        pytest.param(IN, linked(1), 1, "", id="of a sampled span, and the ratio takes it anyway"),
        pytest.param(OUT, linked(1, "traceutil=l:1"), 0, "", id="of one sampled for a link: by the ratio"),
        pytest.param(IN, linked(1, "traceutil=l:1"), 1, "", id="of one sampled for a link, which it takes"),
        pytest.param(IN, linked(0), 0, "", id="of an unsampled one: never, it would be a loose end"),
    ],
)
def test_an_episode_of_drift(trace_id: int, of: SpanContext, flags: int, state: str) -> None:
    found = episode_context(Ids(trace_id, 7), 0.5, of)
    assert (flags, state) == (found.trace_flags, found.trace_state.to_header())


@pytest.mark.parametrize(
    ("trace_id", "claimed", "flags"),
    [
        pytest.param(OUT, 1, 0, id="who claims 01 forces nothing"),
        pytest.param(IN, 0, 1, id="who claims 00 hides nothing"),
    ],
)
def test_flags_that_are_not_believed(trace_id: int, claimed: int, flags: int) -> None:
    """The ids are continued, the ratio decides, and whatever is linked to it decides for itself."""
    found = disbelieved(SpanContext(trace_id, 7, True, TraceFlags(claimed)), 0.5)
    assert (trace_id, 7, flags) == (found.trace_id, found.span_id, found.trace_flags)
    assert (0, TraceState()) == decide(OUT, 0.5, [found])


def test_what_is_not_shown_is_never_sampled() -> None:
    """Whatever ratio and links say."""
    assert not derived_context(Ids(IN, 7), 1.0, [linked(1)], shown=False).trace_flags.sampled
