"""What Jaeger's query API answers, read: against what was sent to it, and in forms of other clients."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traceutil.view.jaeger import from_answer, warnings
from traceutil.view.spans import EventData, LinkData, SpanData

from .recorded import STORIES, answer, exported

TRACE, OTHER = "0af7651916cd43dd8448eb211c80319c", "1" * 32
SPAN, PARENT = "b7ad6b7169203331", "00f067aa0ba902b7"


def _as_jaeger_keeps_it(span: SpanData) -> SpanData:
    """Microseconds; links without attributes."""
    start = span.start // 1000 * 1000
    return replace(
        span,
        start=start,
        end=start + (span.end - span.start) // 1000 * 1000,
        links=tuple(LinkData(link.trace_id, link.span_id) for link in span.links),
        events=tuple(replace(event, time=event.time // 1000 * 1000) for event in span.events),
    )


@pytest.mark.parametrize("story", STORIES)
def test_a_real_answer_holds_what_was_sent(story: str) -> None:
    """Every span of the story is read back: parents, links, events, status, types of attributes."""
    sent = {span.span_id: _as_jaeger_keeps_it(span) for span in exported(story)}

    assert sent == {span.span_id: span for span in from_answer(answer(story))}


def _answer(**span: Any) -> dict[str, Any]:
    whole = {"traceID": TRACE, "spanID": SPAN, "operationName": "Get", "startTime": 5, "duration": 2, **span}
    process = {"serviceName": "shop", "tags": [{"key": "host", "type": "string", "value": "a"}]}
    return {
        "data": [{"traceID": TRACE, "spans": [{"processID": "p1", **whole}], "processes": {"p1": process}}]
    }


PLAIN = SpanData(
    TRACE, SPAN, None, "Get", "shop", 5_000, 7_000, resource={"service.name": "shop", "host": "a"}
)


def _reference(kind: str, trace: str = TRACE, span: str = PARENT) -> dict[str, str]:
    return {"refType": kind, "traceID": trace, "spanID": span}


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        pytest.param({}, PLAIN, id="a span with nothing more is a root"),
        pytest.param(
            {"references": [_reference("CHILD_OF")]},
            replace(PLAIN, parent_id=PARENT),
            id="a CHILD_OF within the trace is the parent",
        ),
        pytest.param(
            {"references": [_reference("FOLLOWS_FROM"), _reference("CHILD_OF", span="c" * 16)]},
            replace(PLAIN, parent_id="c" * 16, links=(LinkData(TRACE, PARENT),)),
            id="a CHILD_OF goes before a FOLLOWS_FROM, which is a link then",
        ),
        pytest.param(
            {"references": [_reference("FOLLOWS_FROM")]},
            replace(PLAIN, parent_id=PARENT),
            id="a FOLLOWS_FROM within the trace is the parent where there is no other",
        ),
        pytest.param(
            {"references": [_reference("CHILD_OF", OTHER), _reference("FOLLOWS_FROM", OTHER)]},
            replace(PLAIN, links=(LinkData(OTHER, PARENT), LinkData(OTHER, PARENT))),
            id="whatever names another trace is a link",
        ),
        pytest.param(
            {"parentSpanID": PARENT}, replace(PLAIN, parent_id=PARENT), id="the parent of old answers"
        ),
        pytest.param(
            {"spanID": "7ad6b7169203331", "traceID": "7651916cd43dd8448eb211c80319c"},
            replace(PLAIN, trace_id="0007651916cd43dd8448eb211c80319c", span_id="07ad6b7169203331"),
            id="ids of old clients have no zeros in front",
        ),
        pytest.param(
            {"tags": [{"key": "error", "type": "bool", "value": True}]},
            replace(PLAIN, status="error"),
            id="the tag error of OpenTracing is a status",
        ),
        pytest.param(
            {"tags": [{"key": "span.kind", "type": "string", "value": "server"}]},
            replace(PLAIN, kind="server"),
            id="the kind",
        ),
        pytest.param(
            {
                "tags": [
                    {"key": "big", "type": "int64", "value": "9007199254740993"},
                    {"key": "part", "type": "float64", "value": 1},
                    {"key": "list", "type": "string", "value": '["a","b"]'},
                    {"key": "text", "type": "string", "value": "[not a list"},
                ]
            },
            replace(
                PLAIN,
                attributes={"big": 9007199254740993, "part": 1.0, "list": ("a", "b"), "text": "[not a list"},
            ),
            id="types of values",
        ),
        pytest.param(
            {
                "logs": [
                    {"timestamp": 6, "fields": [{"key": "event", "value": "seen"}, {"key": "n", "value": 1}]}
                ]
            },
            replace(PLAIN, events=(EventData("seen", 6_000, {"n": 1}),)),
            id="a log is an event",
        ),
        pytest.param(
            {"processID": "p9", "process": {"serviceName": "here", "tags": None}},
            replace(PLAIN, service="here", resource={"service.name": "here"}),
            id="a process may stand in the span",
        ),
    ],
)
def test_forms(span: dict[str, Any], expected: SpanData) -> None:
    """Forms that Jaeger's API and its older clients use."""
    assert [expected] == from_answer(_answer(**span))


@pytest.mark.parametrize("nothing", [None, []])
def test_nothing_was_found(nothing: Any) -> None:
    """Jaeger says null where there is no trace."""
    assert [] == from_answer({"data": nothing, "errors": None})


def test_warnings_are_told_once() -> None:
    """Of the trace and of its spans."""
    found = _answer(warnings=["clock skew", "duplicate id"])
    found["data"][0]["warnings"] = ["clock skew"]

    assert ["clock skew", "duplicate id"] == warnings(found)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        pytest.param([], "it has no data", id="a list"),
        pytest.param({"result": {}}, "it has no data", id="an answer of another API"),
        pytest.param(
            {"data": [{"spans": [{"traceID": TRACE}]}]}, "'spanID' is missing", id="a span without id"
        ),
        pytest.param(_answer(spanID="zz"), "'zz' is not an id of 16 hex digits", id="an id that is none"),
        pytest.param(_answer(startTime="now"), "invalid literal", id="a time in words"),
        pytest.param(_answer(tags=[3]), "not subscriptable", id="a tag that is a number"),
    ],
)
def test_what_is_no_answer(bad: Any, said: str) -> None:
    """Told in one line."""
    with pytest.raises(ValueError, match=said):
        from_answer(bad)


KEYS = (
    "data",
    "spans",
    "traceID",
    "spanID",
    "references",
    "tags",
    "logs",
    "processes",
    "key",
    "value",
    "warnings",
    "type",
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.sampled_from(KEYS), each, max_size=4),
    max_leaves=12,
)


@given(_JSON)
def test_any_input_is_read_or_refused(value: Any) -> None:
    """No other error than ValueError leaves the reader."""
    try:
        from_answer({"data": [value]})
        warnings({"data": [value]})
    except ValueError:
        pass
