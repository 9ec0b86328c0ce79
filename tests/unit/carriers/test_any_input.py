"""Whatever stands on an object: reading never raises, and what one dialect holds never spoils another."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.trace import SpanContext, TraceFlags, TraceState

from tests.unit.carriers.test_propagator import B3_LIKE
from tests.unit.carriers.vectors import CONTEXT, SPELLED, TRACEPARENT, seen
from traceutil.carriers import DEFAULT_READ, Carrier, read_context
from traceutil.carriers.propagator import Propagator

CARRIERS: tuple[Carrier, ...] = (*DEFAULT_READ, Propagator(B3_LIKE, "b3"))
KEYS = sorted(key for carrier in CARRIERS for key in carrier.keys)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=6,
)
nearly = st.builds(
    lambda good, at, junk: good[:at] + junk + good[at + 1 :],
    st.sampled_from([value for spelled in SPELLED.values() for value in spelled.values()]),
    st.integers(0, 60),
    st.text(max_size=2),
)
huge = st.builds(lambda unit: unit * (300 * 1024 // len(unit)), st.sampled_from(["0", "{", "a=1,", "é"]))
values = json_values | st.binary() | nearly | huge
contexts = st.builds(
    lambda trace, span, flags, state: SpanContext(
        trace, span, True, TraceFlags(flags), TraceState(list(state.items()))
    ),
    st.integers(1, 2**128 - 1),
    st.integers(1, 2**64 - 1),
    st.integers(0, 255),
    st.dictionaries(st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True), st.just("v"), max_size=3),
)


@given(
    annotations=st.dictionaries(st.sampled_from(KEYS), values),
    status=json_values | st.just({"spanContext": 1}),
)
def test_reading_never_raises_and_finds_valid_contexts_only(annotations: dict[str, Any], status: Any) -> None:
    found = read_context(annotations, status, CARRIERS, lambda name: None)
    assert found is None or (found.is_valid and found.is_remote)


@given(annotations=json_values | st.binary(), status=json_values)
def test_annotations_of_any_type_never_raise(annotations: Any, status: Any) -> None:
    assert read_context(annotations, status, CARRIERS) is None


@pytest.mark.parametrize("carrier", DEFAULT_READ, ids=lambda carrier: carrier.name)
@pytest.mark.parametrize(
    "value",
    [
        pytest.param("x" * 300 * 1024, id="300 KiB"),
        pytest.param(TRACEPARENT.encode(), id="bytes"),
        pytest.param({"traceparent": TRACEPARENT}, id="a map"),
        pytest.param([TRACEPARENT], id="a list"),
        pytest.param(55, id="a number"),
        pytest.param("\ud800" * 55, id="half a surrogate pair"),
    ],
)
def test_a_bad_value_is_counted_once_and_yields_nothing(carrier: Carrier, value: Any) -> None:
    malformed: list[str] = []
    annotations = dict.fromkeys(carrier.keys, value)
    assert read_context(annotations, {}, on_malformed=malformed.append) is None
    assert [carrier.name] == malformed


@given(bad=values, name=st.sampled_from(list(SPELLED)[:-1]))
def test_a_bad_value_leaves_the_other_dialects_alone(bad: Any, name: str) -> None:
    annotations = dict.fromkeys(SPELLED[name], bad) | SPELLED["jaeger"]
    found = read_context(annotations, {})
    assert found is not None
    if not isinstance(bad, str):
        assert seen(CONTEXT) == seen(found)


@pytest.mark.parametrize("carrier", CARRIERS, ids=lambda carrier: carrier.name)
@given(context=contexts)
def test_what_is_written_is_read_again(carrier: Carrier, context: SpanContext) -> None:
    """Ids and the sampled bit survive every dialect; flags and trace state where it has a place for them."""
    annotations: dict[str, str] = {"team": "web"}
    carrier.write(context, annotations)
    found = read_context(annotations, {}, (carrier,))
    assert found is not None
    assert (context.trace_id, context.span_id) == (found.trace_id, found.span_id)
    assert context.trace_flags.sampled == found.trace_flags.sampled
    if carrier.name not in {"jaeger", "b3"}:
        assert context.trace_flags == found.trace_flags
    if carrier.name in {"w3c", "bare", "operatortrace", "tekton", "agent-sandbox"}:
        assert seen(context) == seen(found)


@pytest.mark.parametrize("carrier", CARRIERS, ids=lambda carrier: carrier.name)
@given(context=contexts)
def test_writing_twice_writes_the_same_bytes_under_its_own_keys(
    carrier: Carrier, context: SpanContext
) -> None:
    once: dict[str, str] = {"team": "web"}
    carrier.write(context, once)
    twice = dict(once)
    carrier.write(context, twice)
    assert once == twice
    assert set(once) <= {"team", *carrier.keys}
    expected = "web"
    assert expected == once["team"]
