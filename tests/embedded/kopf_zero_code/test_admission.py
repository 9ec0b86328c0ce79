"""Admission handlers: an API server's reviews, sent to kopf's own webhook server over HTTP."""

from __future__ import annotations

import base64
import http.client
import json
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.embedded.kopf_operators.operators import GROUP, PLURAL, VERSION, Api
from tests.embedded.kopf_zero_code.process import running
from tests.embedded.kopf_zero_code.seen import attributes, named, tree
from tests.unit.core.receivers import Received

pytestmark = pytest.mark.slow

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
CARRIED = {"tracing.k8s.io/traceparent": f"00-{TRACE}-{SPAN}-01"}


def database(name: str, annotations: dict[str, str] | None = None, **spec: Any) -> dict[str, Any]:
    metadata = {"name": name, "namespace": "default", "annotations": annotations or {}}
    return {"apiVersion": f"{GROUP}/{VERSION}", "kind": "Database", "metadata": metadata, "spec": spec}


class Webhook:
    """kopf's webhook server, as an API server sees it."""

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]

    def is_up(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False

    def review(self, handler: str, operation: str, obj: Any, old: Any = None) -> dict[str, Any]:
        """The response to an AdmissionReview (admission.k8s.io/v1)."""
        request = {
            "uid": "705ab4f5-6393-11e8-b7cc-42010a800002",
            "resource": {"group": GROUP, "version": VERSION, "resource": PLURAL},
            "operation": operation,
            "userInfo": {"username": "user"},
            "object": obj,
            "oldObject": old,
            "dryRun": False,
        }
        review = {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(
                "POST", f"/{handler}", json.dumps(review), {"Content-Type": "application/json"}
            )
            return dict(json.loads(connection.getresponse().read())["response"])
        finally:
            connection.close()


def test_reviews_that_did_something_are_traced(api: Api, collector: Received, tmp_path: Path) -> None:
    """A mutation under the context that the new object carries; a refusal in a trace of its own."""
    webhook = Webhook()
    with running(api, tmp_path, "admission", collector, {"WEBHOOK_PORT": str(webhook.port)}, webhook.is_up):
        filled = webhook.review("fill_in", "CREATE", database("carried", CARRIED))
        webhook.review("fill_in", "CREATE", database("complete", CARRIED, size=5))
        webhook.review("refuse", "CREATE", database("small", size=5))
        stored = database("large", CARRIED, size=5)
        stored["metadata"]["uid"] = "7f3a"
        refused = webhook.review("refuse", "UPDATE", {**stored, "spec": {"size": 101}}, stored)

    assert [{"op": "add", "path": "/spec/size", "value": 1}] == json.loads(base64.b64decode(filled["patch"]))
    assert {"message": "larger than any disk", "code": 422} == refused["status"]
    expected = (
        "shop.fill_in [admission of create] (orphan)\n"  # of whoever wrote the object
        "shop.refuse [admission of update] failed: larger than any disk"
    )
    assert expected == tree(collector)
    (mutation,), (refusal,) = named(collector, "shop.fill_in"), named(collector, "shop.refuse")
    assert (TRACE, SPAN) == (mutation.trace_id.hex(), mutation.parent_span_id.hex())
    assert "carried" == attributes(mutation)["traceutil.object.name"]
    assert [(TRACE, SPAN)] == [(link.trace_id.hex(), link.span_id.hex()) for link in refusal.links]
