"""Which requests carry context, and which are sent as they are."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.unit.core.objects import deployment
from traceutil import encode, start_span_from_object
from traceutil.integrations.clients.carry import Read, carries, with_context
from traceutil.integrations.clients.seen import Write
from traceutil.integrations.clients.target import target_of
from traceutil.places import OPT_OUT
from traceutil.testing import CapturedSpans, capture_spans

TRACEPARENT = "tracing.k8s.io/traceparent"
PATH = "/apis/apps/v1/namespaces/a/deployments"
ALL, ONE = target_of(PATH), target_of(f"{PATH}/b")
POST, PUT, PATCH = (Write(method, ALL if method == "POST" else ONE) for method in ("POST", "PUT", "PATCH"))


def at(path: str, method: str = "POST") -> Write:
    return Write(method, target_of(path))


@pytest.mark.parametrize(
    ("write", "expected"),
    [
        pytest.param(POST, True, id="a creation"),
        pytest.param(PUT, True, id="a replacement"),
        pytest.param(PATCH, True, id="a patch"),
        pytest.param(at("/api/v1/namespaces/a/pods/b/binding"), True, id="a Binding"),
        pytest.param(at("/api/v1/namespaces/a/pods/b/eviction"), False, id="no eviction"),
        pytest.param(at(f"{PATH}/b/scale", "PUT"), False, id="no scale: it drops annotations"),
        pytest.param(at("/api/v1/namespaces/a/events"), False, id="no Event"),
        pytest.param(at("/apis/events.k8s.io/v1/namespaces/a/events"), False, id="no Event of the new group"),
        pytest.param(at("/apis/coordination.k8s.io/v1/namespaces/a/leases"), False, id="no Lease"),
        pytest.param(at("/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"), False, id="no review"),
        pytest.param(at("/apis/authentication.k8s.io/v1/tokenreviews"), False, id="no review of a token"),
        pytest.param(at("/api/v1/namespaces/a/serviceaccounts/b/token"), False, id="no token"),
        pytest.param(Write("PUT", target_of(f"{PATH}/b/status"), status_only=True), False, id="no status"),
        pytest.param(Write("POST", ALL, dry_run=True), False, id="no dry run"),
        pytest.param(Write("DELETE", ONE), False, id="no deletion"),
    ],
)
def test_carries(write: Write, expected: bool) -> None:
    assert expected is carries(write)


def child(replicas: int = 1, **annotations: str) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": "b"} | ({"annotations": annotations} if annotations else {})
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata,
        "spec": {"replicas": replicas},
    }


LIVE = Read(child(1, **{TRACEPARENT: "theirs"}))
FOREIGN = copy.deepcopy(LIVE.live)
assert FOREIGN is not None
FOREIGN["metadata"]["managedFields"] = [
    {
        "manager": "other",
        "operation": "Apply",
        "fieldsV1": {"f:metadata": {"f:annotations": {f"f:{TRACEPARENT}": {}}}},
    }
]


@pytest.mark.parametrize(
    ("write", "body", "read", "manager", "expected"),
    [
        pytest.param(POST, child(), None, "", ["ours"], id="a creation takes the context"),
        pytest.param(POST, child(a="b"), None, "", ["b", "ours"], id="beside what its writer says"),
        pytest.param(
            POST, child(**{TRACEPARENT: "x"}), None, "", ["x"], id="unless its writer encoded by hand"
        ),
        pytest.param(POST, child(**{OPT_OUT: "disabled"}), None, "", ["disabled"], id="unless it opts out"),
        pytest.param(PATCH, child(2), None, "", [], id="a write to what was not read is sent as it is"),
        pytest.param(PATCH, child(2), LIVE, "", ["ours"], id="a change of what was read takes it"),
        pytest.param(PUT, child(2), LIVE, "", ["ours"], id="so does a replacement"),
        pytest.param(PATCH, child(1), LIVE, "", ["theirs"], id="a no-op keeps what is there"),
        pytest.param(PATCH, {"metadata": {"labels": {}}}, LIVE, "", [], id="labels are no desired state"),
        pytest.param(PATCH, child(), Read(None), "a", ["ours"], id="an apply that creates, as was seen"),
        pytest.param(PATCH, child(), None, "a", [], id="an apply that nobody knows of"),
        pytest.param(PATCH, child(2), LIVE, "a", ["ours"], id="an apply that changes what was read"),
        pytest.param(PATCH, child(2), Read(FOREIGN), "a", [], id="not where another manager owns the key"),
        pytest.param(PUT, child(), Read(None), "", [], id="a replacement of nothing"),
    ],
)
def test_with_context(write: Write, body: Any, read: Read | None, manager: str, expected: list[str]) -> None:
    """The annotations that are sent; the caller's object stays as it was."""
    before = copy.deepcopy(body)
    with capture_spans() as captured, start_span_from_object(deployment(), "test.Work"):
        sent = with_context(captured.tracer, write, body, read, manager=manager)
    assert before == body
    values = dict(sent["metadata"].get("annotations") or {}).values()
    assert expected == ["ours" if value.startswith("00-") else value for value in values]
    assert {**before, "metadata": sent["metadata"]} == sent


def test_a_binding_takes_the_time(captured_spans: CapturedSpans) -> None:
    """Into a Binding goes when it was scheduled, also where a typed client leaves its kind out."""
    write = at("/api/v1/namespaces/a/pods/b/binding")
    body = {"metadata": {"name": "b"}, "target": {"kind": "Node", "name": "n"}}
    with start_span_from_object(deployment(), "test.Work"):
        sent = with_context(captured_spans.tracer, write, body, None)
    stamp = {encode.SCHEDULED_AT: str(captured_spans.clock())}
    assert {"metadata": {"name": "b", "annotations": stamp}, "target": body["target"]} == sent
