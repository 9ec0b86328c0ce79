from __future__ import annotations

import pytest
from opentelemetry.trace import SpanContext, TraceFlags, TraceState

from traceutil.carriers.base import Malformed
from traceutil.carriers.w3c import CARRIER, W3C, format_traceparent, parse_traceparent

T = "0af7651916cd43dd8448eb211c80319c"
S = "b7ad6b7169203331"
GOOD = f"00-{T}-{S}-01"


@pytest.mark.parametrize(
    ("value", "flags"),
    [
        pytest.param(GOOD, 1, id="version 00, sampled"),
        pytest.param(f"00-{T}-{S}-00", 0, id="version 00, not sampled"),
        pytest.param(f"00-{T}-{S}-03", 3, id="the random bit beside the sampled bit is kept"),
        pytest.param(f"00-{T}-{S}-ff", 255, id="bits that nobody has defined are kept"),
        pytest.param(f"01-{T}-{S}-01", 1, id="a later version of the same length"),
        pytest.param(f"cc-{T}-{S}-01-What-ever", 1, id="a later version with more fields"),
    ],
)
def test_a_traceparent_is_read(value: str, flags: int) -> None:
    found = parse_traceparent(value)
    assert (int(T, 16), int(S, 16), flags) == (found.trace_id, found.span_id, found.trace_flags)
    assert found.is_remote
    assert isinstance(found.trace_flags, TraceFlags)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("", id="empty"),
        pytest.param(f"ff-{T}-{S}-01", id="version ff is forbidden"),
        pytest.param(f"00-{'0' * 32}-{S}-01", id="a trace id of zeros"),
        pytest.param(f"00-{T}-{'0' * 16}-01", id="a span id of zeros"),
        pytest.param(f"00-{T.upper()}-{S}-01", id="an upper-case trace id"),
        pytest.param(f"00-{T}-{S.upper()}-01", id="an upper-case span id"),
        pytest.param(f"00-{T}-{S}-0A", id="upper-case flags"),
        pytest.param(f"0A-{T}-{S}-01", id="an upper-case version"),
        pytest.param(f"00-{T}-{S}-01-", id="version 00 with something behind"),
        pytest.param(f"00-{T}-{S}-01\n", id="version 00 with a line end"),
        pytest.param(f" 00-{T}-{S}-01", id="version 00 with a blank before"),
        pytest.param(f"00-{T}-{S}-1", id="flags cut short"),
        pytest.param(f"00_{T}-{S}-01", id="no dash after the version"),
        pytest.param(f"00-{T}{S[:1]}-{S[1:]}-01", id="a dash one place too late"),
        pytest.param(f"01-{T}{S[:1]}-{S[1:]}-01", id="a dash too late in a later version"),
        pytest.param(f"01-{T}-{S}-01x", id="a later version without a dash after the flags"),
        pytest.param("01-" + T + "-" + S + "-01-" + "x" * 1000, id="a later version beyond all reason"),
        pytest.param(f"00-{T[:-2]}_1-{S}-01", id="an underscore, which int() would take"),
        pytest.param(f"00-0x{T[2:]}-{S}-01", id="0x, which int() would take"),
        pytest.param(f"00- {T[1:]}-{S}-01", id="a blank, which int() would take"),
        pytest.param(f"00-{T[:-1]}٣-{S}-01", id="a digit of another script, which int() would take"),
        pytest.param("-" * 55, id="nothing but dashes"),
        pytest.param("x" * 300_000, id="300 kB"),
    ],
)
def test_what_is_no_traceparent_is_malformed(value: str) -> None:
    with pytest.raises(Malformed):
        parse_traceparent(value)


@pytest.mark.parametrize("flags", [0, 1, 2, 3, 255])
def test_a_traceparent_is_written_with_all_its_flags(flags: int) -> None:
    context = SpanContext(int(T, 16), int(S, 16), False, TraceFlags(flags))
    assert f"00-{T}-{S}-{flags:02x}" == format_traceparent(context)


def test_small_ids_are_padded_with_zeros() -> None:
    assert f"00-{'0' * 31}1-{'0' * 15}2-00" == format_traceparent(SpanContext(1, 2, False))


@pytest.mark.parametrize(
    ("tracestate", "expected"),
    [
        pytest.param("a=1,b=2", "a=1,b=2", id="a good tracestate comes along"),
        pytest.param("A=1", "", id="a bad tracestate is dropped, the traceparent stays"),
        pytest.param("x" * 300_000, "", id="an endless tracestate is dropped unread"),
        pytest.param(7, "", id="a tracestate that is a number is dropped"),
        pytest.param(None, "", id="a null tracestate is none"),
    ],
)
def test_tracestate_never_invalidates_a_context(tracestate: object, expected: str) -> None:
    annotations = {"tracing.k8s.io/traceparent": GOOD, "tracing.k8s.io/tracestate": tracestate}
    found = CARRIER.read(annotations, {})
    assert found is not None
    assert expected == found.trace_state.to_header()


def test_a_tracestate_alone_is_no_context() -> None:
    """W3C: a tracestate without a valid traceparent is ignored."""
    assert CARRIER.read({"tracing.k8s.io/tracestate": "a=1"}, {}) is None


def test_writing_a_context_without_state_removes_the_state_of_the_last_one() -> None:
    """A tracestate belongs to one traceparent, and other annotations are left alone."""
    annotations = {"tracing.k8s.io/tracestate": "a=1", "team": "web"}
    CARRIER.write(SpanContext(int(T, 16), int(S, 16), False, TraceFlags(1)), annotations)
    expected = {"tracing.k8s.io/traceparent": GOOD, "team": "web"}
    assert expected == annotations


def test_the_prefix_is_configurable() -> None:
    """The same dialect under another prefix owns other keys and leaves the default ones alone."""
    annotations: dict[str, str] = {}
    state = TraceState([("a", "1")])
    W3C("example.com/").write(SpanContext(int(T, 16), int(S, 16), False, TraceFlags(1), state), annotations)
    expected = {"example.com/traceparent": GOOD, "example.com/tracestate": "a=1"}
    assert expected == annotations
    assert CARRIER.read(annotations, {}) is None
