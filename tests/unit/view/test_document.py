"""The JSON document, and the converter from the SDK's spans."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Link, SpanKind, Status, StatusCode

from traceutil.view.convert import from_readable_span
from traceutil.view.document import document
from traceutil.view.result import Result

from .asked import ASKED
from .stories import deployment, orphaned, rollout


def test_the_document_has_the_fields_that_were_promised() -> None:
    """One document, JSON-ready, requests by verb, resource and controller."""
    made = deployment()
    counted = {("create", "pods", "replicaset"): 3, ("create", "bindings", "scheduler"): 3}
    result = Result("deployment", True, "reached", 12.07, made.spans, api_requests=counted)
    answer = json.loads(json.dumps(document(result)))
    assert tuple(
        answer[key] for key in ("scenario", "reached", "duration_seconds", "orphans", "dropped")
    ) == ("deployment", True, 12.07, 0, 0)
    assert {"verb": "create", "resource": "pods", "controller": "replicaset", "count": 3} in answer[
        "api_requests"
    ]
    (trace,) = answer["traces"]
    root = next(s for s in trace["spans"] if s["span_id"] == trace["root"])
    assert (
        root["name"], root["service"], root["parent_id"], root["status"],
    ) == ("Deployment", "deployment", None, "unset")  # fmt: skip
    assert len(made.spans) == len(trace["spans"])
    assert "requests_added" not in answer, "not counted, not claimed"


def test_linked_traces_stand_in_order_with_their_links() -> None:
    """What was superseded comes first."""
    old, new = document(rollout())["traces"]
    root = next(s for s in new["spans"] if s["span_id"] == new["root"])
    assert [(old["trace_id"], old["root"])] == [(k["trace_id"], k["span_id"]) for k in root["links"]]


def test_orphans_are_counted_and_included() -> None:
    """Nothing that was exported is left out."""
    made = orphaned()
    answer = document(made)
    assert (answer["orphans"], answer["dropped"]) == (6, 1)
    assert len(made.spans) == len(answer["traces"][0]["spans"])


@pytest.mark.parametrize(
    ("reached", "state", "expected"),
    [(True, "reached", 0), (True, "recovered", 0), (False, "failed", 1), (False, "in progress", 3)],
)
def test_exit_codes(reached: bool, state: str, expected: int) -> None:
    """The answer's state, as the process will report it."""
    assert expected == Result("x", reached, state, 1.0, ()).exit_code


def test_a_span_of_the_sdk_is_converted_whole() -> None:
    """Ids, times, status, links and events of a real ReadableSpan."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider(resource=Resource({"service.name": "kubelet"}))
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracer = provider.get_tracer("test")
    with tracer.start_as_current_span("other") as other:
        pass
    parent = tracer.start_span("Pod", start_time=1_000)
    links = [Link(other.get_span_context(), {"traceutil.link": "cause"})]
    with tracer.start_as_current_span("kubelet.SyncPod", links=links, kind=SpanKind.CONSUMER) as work:
        work.add_event("retry", {"n": 1}, timestamp=1_500)
        work.set_status(Status(StatusCode.ERROR, "no"))
    parent.end(end_time=2_000)
    _, work_data, parent_data = (from_readable_span(s) for s in exporter.get_finished_spans())
    assert (
        parent_data.parent_id, parent_data.start, parent_data.end, parent_data.service,
    ) == (None, 1_000, 2_000, "kubelet")  # fmt: skip
    assert (work_data.status, work_data.status_message, work_data.kind) == ("error", "no", "consumer")
    assert format(other.get_span_context().trace_id, "032x") == work_data.links[0].trace_id
    assert (
        work_data.events[0].name, work_data.events[0].time, work_data.events[0].attributes,
    ) == ("retry", 1_500, {"n": 1})  # fmt: skip


def test_the_focus_is_what_was_asked_for() -> None:
    """Its own path and sentence, and what stands above it; the path covers it without a gap."""
    made = ASKED["pod-under-release"]()
    focus = document(made)["focus"]
    spans = {span.span_id: span for span in made.spans}
    pod = spans[str(made.subject)]
    stretches = [(each["start_unix_nano"], each["end_unix_nano"]) for each in focus["critical_path"]]

    assert (pod.trace_id, pod.span_id, pod.start, pod.end) == tuple(
        focus[key] for key in ("trace_id", "span_id", "start_unix_nano", "end_unix_nano")
    )
    assert ["Release", "Deployment", "ReplicaSet"] == [spans[each].name for each in focus["above"]]
    assert [
        (pod.start, *(start for start, _ in stretches[1:])),
        (*(end for _, end in stretches[:-1]), pod.end),
    ] == [tuple(each) for each in zip(*stretches, strict=True)]
    assert {
        "label": "kubelet.PullImage",
        "share": 0.8659,
        "duration_seconds": 10.27,
        "waiting": None,
    } == focus["shares"][0]
    assert focus["why"].startswith("87 % of it was kubelet.PullImage on node-2 (10.27 s, 460 MiB")


def test_the_focus_of_a_root_is_its_trace() -> None:
    """Where nothing was asked for there is none."""
    made = deployment()
    root = made.spans[0].span_id

    assert [] == document(replace(made, subject=root))["focus"]["above"]
    assert "focus" not in document(made)
