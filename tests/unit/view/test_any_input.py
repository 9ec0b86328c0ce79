"""Spans come from files and from other people's programs: whatever they hold, they are drawn."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from traceutil import semconv
from traceutil.view.document import document
from traceutil.view.fold import Expand
from traceutil.view.otlp import from_lines, to_lines
from traceutil.view.result import Result
from traceutil.view.spans import LinkData, SpanData
from traceutil.view.terminal import waterfall

KEYS = [value for name, value in vars(semconv).items() if name.isupper() and isinstance(value, str)]
KEYS += ["k8s.pod.name", "k8s.deployment.name"]
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.sampled_from(
    ["object", "work", "reached", "failed", "superseded", "deletion", "Pod", "drift"]
)  # fmt: skip
VALUES = SCALARS | st.lists(SCALARS, max_size=2) | st.dictionaries(st.text(max_size=3), SCALARS, max_size=2)
ATTRIBUTES = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=8)
IDS = st.sampled_from(["0" * 15 + digit for digit in "12345"])
TRACES = st.sampled_from(["0" * 31 + digit for digit in "12"])
NAMES = st.sampled_from(["Pod", "Deployment", "kubelet.SyncPod", "kubelet.PullImage", "", ".", "\x1b[2J"])
SPANS = st.builds(
    SpanData,
    trace_id=TRACES,
    span_id=IDS,
    parent_id=st.none() | IDS,
    name=NAMES,
    service=st.sampled_from(["kubelet", "deployment", ""]),
    start=st.integers(0, 10**12),
    end=st.integers(0, 10**19),
    status=st.sampled_from(["unset", "ok", "error"]),
    status_message=st.text(max_size=20),
    attributes=ATTRIBUTES,
    links=st.lists(st.builds(LinkData, TRACES, IDS, ATTRIBUTES), max_size=2).map(tuple),
)
EXPAND = st.sampled_from(["all", "critical"]) | st.integers(-1, 3)


@settings(max_examples=300, deadline=None)
@given(st.lists(SPANS, max_size=8), EXPAND, st.integers(0, 200))
def test_anything_is_drawn(spans: list[SpanData], expand: Expand, width: int) -> None:
    """Never raises, never wider than asked for, no escape reaches the terminal."""
    drawn = waterfall(Result("x", True, "reached", 1.0, spans), expand=expand, width=width)
    assert "\x1b" not in drawn
    drawing = [line for line in drawn.splitlines() if line.startswith(("┃", " "))]
    assert max(width, 80) >= max((len(line) for line in drawing), default=0)


@settings(max_examples=100, deadline=None)
@given(st.lists(SPANS, max_size=4))
def test_anything_can_be_exported(spans: list[SpanData]) -> None:
    """Both forms are JSON, and the lines can be read back."""
    json.dumps(document(Result("x", True, "reached", 1.0, spans)))
    assert sorted(s.span_id for s in spans) == sorted(s.span_id for s in from_lines(to_lines(spans)))


OTLP_KEYS = st.sampled_from(
    ["resourceSpans", "scopeSpans", "spans", "resource", "attributes", "key", "value", "traceId", "spanId",
     "status", "links", "arrayValue", "values", "intValue", "startTimeUnixNano"]
)  # fmt: skip
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(OTLP_KEYS, inner, max_size=4),
)


def complaint(line: str) -> str | None:
    try:
        list(from_lines([line]))
    except ValueError as error:
        return str(error)
    return None


@settings(max_examples=200, deadline=None)
@given(st.lists(JSON, max_size=2))
def test_any_json_is_read_or_refused_with_its_line(values: list[Any]) -> None:
    """A ValueError that names the line, nothing else."""
    nested = {"resourceSpans": [{"scopeSpans": [{"spans": values}]}]}
    for value in (nested, {"resourceSpans": values}, *values):
        said = complaint(json.dumps(value))
        assert said is None or said.startswith("line 1 ")
