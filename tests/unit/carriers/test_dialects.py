from __future__ import annotations

import json
from typing import Any

import pytest
from opentelemetry.trace import SpanContext, TraceFlags

from tests.unit.carriers.vectors import CONTEXT, OTHER_TRACEPARENT, SPELLED, TRACEPARENT, context, seen
from traceutil.carriers import DEFAULT_READ, Malformed, by_name
from traceutil.carriers.multigres import Multigres, written_at
from traceutil.carriers.opencensus import format_binary, parse_binary
from traceutil.carriers.tekton import Run, Tekton

AZURE = "operatortrace.azure.microsoft.com/"
T, S = TRACEPARENT[3:35], TRACEPARENT[36:52]
IN_MAP = json.dumps({"traceparent": TRACEPARENT})


def read(name: str, annotations: dict[str, Any], status: dict[str, Any] | None = None) -> SpanContext | None:
    (carrier,) = by_name(name)
    return carrier.read(annotations, status or {})


@pytest.mark.parametrize("name", SPELLED)
def test_every_dialect_is_read(name: str) -> None:
    assert seen(CONTEXT) == seen(read(name, SPELLED[name]))


@pytest.mark.parametrize("carrier", DEFAULT_READ, ids=lambda carrier: carrier.name)
def test_a_dialect_that_is_absent_is_none(carrier: Any) -> None:
    assert carrier.read({"team": "web"}, {"replicas": 3}) is None


@pytest.mark.parametrize("carrier", DEFAULT_READ, ids=lambda carrier: carrier.name)
def test_an_annotation_set_to_null_is_absent(carrier: Any) -> None:
    """A merge patch deletes a key by null."""
    assert carrier.read(dict.fromkeys(carrier.keys), {}) is None


@pytest.mark.parametrize(
    ("name", "annotations", "expected"),
    [
        pytest.param(
            "operatortrace",
            {AZURE + "trace-id": T, AZURE + "span-id": S, AZURE + "trace-id-time": "2025-01-01T00:00:00Z"},
            TRACEPARENT,
            id="operatortrace: the older pair of ids, sampled",
        ),
        pytest.param(
            "operatortrace",
            {"operatortrace.io/trace-id": T, "operatortrace.io/span-id": S},
            TRACEPARENT,
            id="operatortrace: the pair under its first domain",
        ),
        pytest.param(
            "operatortrace",
            {AZURE + "traceparent": OTHER_TRACEPARENT, AZURE + "trace-id": T, AZURE + "span-id": S},
            OTHER_TRACEPARENT,
            id="operatortrace: the newer key goes before the older pair",
        ),
        pytest.param(
            "tekton",
            {
                "tekton.dev/pipelinerunSpanContext": json.dumps({"traceparent": OTHER_TRACEPARENT}),
                "tekton.dev/taskrunSpanContext": IN_MAP,
            },
            TRACEPARENT,
            id="tekton: the TaskRun's own key goes before the one copied from its PipelineRun",
        ),
        pytest.param(
            "tekton",
            {"tekton.dev/taskrunSpanContext": "{", "tekton.dev/pipelinerunSpanContext": IN_MAP},
            TRACEPARENT,
            id="tekton: a malformed key does not hide the next",
        ),
        pytest.param(
            "tekton", {"tekton.dev/customrunSpanContext": IN_MAP}, TRACEPARENT, id="tekton: CustomRun"
        ),
        pytest.param(
            "jaeger",
            {"uber-trace-id": "a3ce929d0e0e4736:f067aa0ba902b7:0:1"},
            "00-0000000000000000a3ce929d0e0e4736-00f067aa0ba902b7-01",
            id="jaeger: ids of 64 bits without leading zeros",
        ),
        pytest.param(
            "jaeger", {"uber-trace-id": f"{T}%3A{S}%3a0%3A1"}, TRACEPARENT, id="jaeger: url-encoded colons"
        ),
        pytest.param(
            "jaeger",
            {"uber-trace-id": f"{T}:{S}:00f067aa0ba902b7:1"},
            TRACEPARENT,
            id="jaeger: the parent's id is ignored",
        ),
        pytest.param(
            "jaeger", {"uber-trace-id": f"{T}:{S}:0:3"}, TRACEPARENT, id="jaeger: debug beside sampled"
        ),
        pytest.param(
            "jaeger", {"uber-trace-id": f"{T}:{S}:0:2"}, TRACEPARENT, id="jaeger: debug implies sampled"
        ),
        pytest.param(
            "jaeger",
            {"uber-trace-id": f"{T}:{S}:0:8"},
            f"00-{T}-{S}-00",
            id="jaeger: firehose is not sampled",
        ),
        pytest.param(
            "opencensus",
            {"trace.kubernetes.io/context": "AABjROGocPwPcoDVO/6sY/W7AQEeSJ1a4rHPAgA="},
            "00-6344e1a870fc0f7280d53bfeac63f5bb-011e489d5ae2b1cf-00",
            id="opencensus: the vector published with KEP-0034",
        ),
    ],
)
def test_known_spellings(name: str, annotations: dict[str, str], expected: str) -> None:
    assert seen(context(expected)) == seen(read(name, annotations))


def test_tekton_is_read_from_the_copy_in_status() -> None:
    """A run whose root the controller itself made has its context in status alone."""
    assert seen(CONTEXT) == seen(read("tekton", {}, {"spanContext": {"traceparent": TRACEPARENT}}))


def test_a_json_map_may_bring_a_tracestate() -> None:
    value = json.dumps({"traceparent": TRACEPARENT, "tracestate": "a=1"})
    expected = seen(context(TRACEPARENT, a="1"))
    assert expected == seen(read("agent-sandbox", {"opentelemetry.io/trace-context": value}))


@pytest.mark.parametrize("value", ["{}", '{"b3": "0"}', ""])
def test_an_empty_map_is_no_context_and_no_fault(value: str) -> None:
    """Tekton writes an empty map when its own tracing is off."""
    assert read("tekton", {"tekton.dev/taskrunSpanContext": value}) is None
    assert read("agent-sandbox", {"opentelemetry.io/trace-context": value}) is None


@pytest.mark.parametrize(
    ("name", "annotations"),
    [
        pytest.param("operatortrace", {AZURE + "trace-id": T}, id="operatortrace: half a pair"),
        pytest.param(
            "operatortrace", {AZURE + "trace-id": T[1:], AZURE + "span-id": S}, id="operatortrace: a short id"
        ),
        pytest.param("tekton", {"tekton.dev/taskrunSpanContext": TRACEPARENT}, id="tekton: no JSON"),
        pytest.param("tekton", {"tekton.dev/taskrunSpanContext": "[1]"}, id="tekton: a JSON list"),
        pytest.param(
            "tekton",
            {"tekton.dev/taskrunSpanContext": IN_MAP + " " * (1024 - len(IN_MAP))},
            id="tekton: 1024 bytes",
        ),
        pytest.param(
            "agent-sandbox", {"opentelemetry.io/trace-context": "[" * 60_000}, id="agent-sandbox: nested deep"
        ),
        pytest.param("jaeger", {"uber-trace-id": f"{T}:{S}:0"}, id="jaeger: three fields"),
        pytest.param("jaeger", {"uber-trace-id": f"{T}:0:0:1"}, id="jaeger: a span id of zero"),
        pytest.param("jaeger", {"uber-trace-id": f"{T}0:{S}:0:1"}, id="jaeger: a trace id of 33 digits"),
        pytest.param("jaeger", {"uber-trace-id": f"{T}:{S}:0:"}, id="jaeger: no flags"),
        pytest.param("opencensus", {"trace.kubernetes.io/context": "%%%"}, id="opencensus: no base64"),
        pytest.param("opencensus", {"trace.kubernetes.io/context": "AAAA"}, id="opencensus: cut short"),
        pytest.param("opencensus", {"trace.kubernetes.io/context": "AQ=="}, id="opencensus: version 1"),
    ],
)
def test_what_claims_to_be_a_context_and_is_none_is_malformed(name: str, annotations: dict[str, str]) -> None:
    with pytest.raises(Malformed):
        read(name, annotations)


@pytest.mark.parametrize("run", ["pipelinerun", "taskrun", "customrun"])
def test_tekton_is_written_for_one_kind_of_run(run: Run) -> None:
    annotations: dict[str, str] = {}
    Tekton(run).write(CONTEXT, annotations)
    assert {f"tekton.dev/{run}SpanContext": f'{{"traceparent":"{TRACEPARENT}"}}'} == annotations


def test_tekton_leaves_out_a_tracestate_that_would_pass_its_limit() -> None:
    annotations: dict[str, str] = {}
    Tekton().write(context(TRACEPARENT, **{f"k{n}": "v" * 200 for n in range(6)}), annotations)
    assert {"tekton.dev/pipelinerunSpanContext": f'{{"traceparent":"{TRACEPARENT}"}}'} == annotations


def test_multigres_notes_when_it_wrote_and_keeps_that_while_the_context_stays() -> None:
    """Writing the same intent twice must write the same bytes, or a controller would reconcile for ever."""
    annotations: dict[str, str] = {}
    Multigres(lambda: 1_760_000_000_999_999_999).write(CONTEXT, annotations)
    Multigres(lambda: 1_760_000_060_000_000_000).write(CONTEXT, annotations)
    assert SPELLED["multigres"] == annotations
    expected = 1_760_000_000_000_000_000
    assert expected == written_at(annotations)


@pytest.mark.parametrize("value", [None, 5, "", "soon", "-1", "1" * 13, "٣"])
def test_a_time_that_is_none_is_not_known(value: object) -> None:
    assert written_at({"multigres.com/traceparent-ts": value}) is None


def test_opencensus_stops_at_a_field_that_it_does_not_know() -> None:
    """The encoding is open to new fields at the end."""
    assert seen(CONTEXT) == seen(parse_binary(format_binary(CONTEXT) + b"\x07unknown"))


def test_opencensus_options_may_be_missing() -> None:
    found = parse_binary(format_binary(CONTEXT)[:-2])
    assert TraceFlags(0) == found.trace_flags
