"""OTLP JSON lines: what is written can be read back; what cannot be read names its line."""

from __future__ import annotations

import json

import pytest

from traceutil.view.otlp import from_lines, to_lines
from traceutil.view.spans import EventData, LinkData, SpanData

from .stories import STORIES

FULL = SpanData(
    trace_id="0af7651916cd43dd8448eb211c80319c",
    span_id="b7ad6b7169203331",
    parent_id="00f067aa0ba902b7",
    name="kubelet.PullImage",
    service="kubelet",
    start=1_790_000_000_000_000_001,
    end=1_790_000_000_000_000_999,
    status="error",
    status_message="manifest unknown",
    kind="consumer",
    attributes={"text": "é\n", "int": 2**62, "float": 0.5, "bool": False, "list": ("a", "b")},
    links=(LinkData("1" * 32, "2" * 16, {"traceutil.link": "drift"}),),
    events=(EventData("exception", 1_790_000_000_000_000_500, {"exception.type": "OSError"}),),
    resource={"service.name": "kubelet", "telemetry.sdk.name": "opentelemetry"},
)


def test_every_field_survives_the_round_trip() -> None:
    """Nothing that a view draws from is lost in a file."""
    assert list(from_lines(to_lines([FULL]))) == [FULL]


@pytest.mark.parametrize("story", sorted(STORIES))
def test_every_story_survives_the_round_trip(story: str) -> None:
    """Whole traces come back, whatever lines they were split into."""
    spans = STORIES[story]().spans
    back = {s.span_id: s for s in from_lines(to_lines(spans))}
    assert len(spans) == len(back)
    assert all(back[s.span_id].attributes == s.attributes and back[s.span_id].end == s.end for s in spans)


def test_the_encoding_is_that_of_the_specification() -> None:
    """Ids in hex, 64-bit integers as strings, enums as numbers, one request per line."""
    (line,) = to_lines([FULL])
    (resource_spans,) = json.loads(line)["resourceSpans"]
    (span,) = resource_spans["scopeSpans"][0]["spans"]
    assert (
        span["traceId"], span["startTimeUnixNano"], span["kind"],
    ) == ("0af7651916cd43dd8448eb211c80319c", "1790000000000000001", 5)  # fmt: skip
    assert span["status"] == {"code": 2, "message": "manifest unknown"}
    assert {"key": "int", "value": {"intValue": str(2**62)}} in span["attributes"]
    assert {"key": "service.name", "value": {"stringValue": "kubelet"}} in resource_spans["resource"][
        "attributes"
    ]


def test_enums_by_name_and_numbers_as_numbers_are_read_too() -> None:
    """Older exporters wrote them so."""
    span = {"traceId": "A" * 32, "spanId": "b" * 16, "name": "x", "kind": "SPAN_KIND_CLIENT",
            "startTimeUnixNano": 5, "endTimeUnixNano": 3, "status": {"code": "STATUS_CODE_OK"}}  # fmt: skip
    line = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]})
    (read,) = from_lines(["", line])
    assert (read.kind, read.status, read.trace_id, read.parent_id) == ("client", "ok", "a" * 32, None)
    assert (read.start, read.end) == (5, 5), "an end before the start is clamped"


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        pytest.param("{", "Expecting property name", id="not JSON"),
        pytest.param("[]", "no resourceSpans", id="not an object"),
        pytest.param('{"resourceLogs": []}', "no resourceSpans", id="logs"),
        pytest.param('{"resourceSpans": 5}', "not iterable", id="a number where a list belongs"),
        pytest.param('{"resourceSpans": [5]}', "no attribute", id="a number where an object belongs"),
        pytest.param(
            '{"resourceSpans": [{"scopeSpans": [{"spans": [{}]}]}]}', "traceId", id="a span without id"
        ),
        pytest.param(
            '{"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "xyz"}]}]}]}',
            "32 hex",
            id="an id that is none",
        ),
        pytest.param("[" * 100_000, "not an OTLP", id="nested without end"),
    ],
)
def test_a_bad_file_names_its_line(line: str, complaint: str) -> None:
    """A ValueError that a command line can print as it is."""
    with pytest.raises(
        ValueError, match=rf"^line 2 is not an OTLP JSON trace export: .*{complaint}|^line 2 is {complaint}"
    ):
        list(from_lines([next(to_lines([FULL])), line]))
