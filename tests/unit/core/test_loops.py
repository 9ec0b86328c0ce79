"""Tracing never makes a controller reconcile again: counted at the API server."""

from __future__ import annotations

import copy
import http.client
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from demo.apiserver import ClusterThread
from tests.unit.core.objects import Object
from traceutil.testing import CapturedSpans, capture_spans

SETS = "/apis/apps/v1/namespaces/default/replicasets"


class Client:
    """One kept connection to the API server."""

    def __init__(self, cluster: ClusterThread) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(cluster.url).netloc)
        self._token = cluster.kubeconfig()["users"][0]["user"]["token"]

    def send(self, method: str, path: str, body: Object | None = None, kind: str = "json") -> Object:
        headers = {"Content-Type": f"application/{kind}", "Authorization": f"Bearer {self._token}"}
        self._connection.request(method, path, None if body is None else json.dumps(body), headers)
        response = self._connection.getresponse()
        answer: Object = json.loads(response.read())
        assert response.status < 300, answer
        return answer


@pytest.fixture
def api(embedded_cluster: ClusterThread) -> Client:
    return Client(embedded_cluster)


def desired(name: str = "child") -> Object:
    """As a controller builds it, each time anew."""
    labels = {"app": "web"}
    pod = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "main", "image": "web:1"}]}}
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {"name": name, "labels": labels},
        "spec": {"replicas": 1, "selector": {"matchLabels": labels}, "template": pod},
    }


def merge_patch(api: Client, body: Object, live: Object) -> Object:
    return api.send(
        "PATCH", f"{SETS}/child", {"metadata": body["metadata"], "spec": body["spec"]}, "merge-patch+json"
    )


def put(api: Client, body: Object, live: Object) -> Object:
    return api.send("PUT", f"{SETS}/child", body)


def apply(api: Client, body: Object, live: Object) -> Object:
    return api.send("PATCH", f"{SETS}/child?fieldManager=me&force=true", body, "apply-patch+yaml")


def sent_by_put(live: Object) -> Object:
    """Read, set to what is desired, sent back."""
    body = copy.deepcopy(live)
    wanted = desired()
    body["spec"]["replicas"] = wanted["spec"]["replicas"]
    body["metadata"]["labels"] = wanted["metadata"]["labels"]
    return body


@pytest.mark.parametrize(
    ("write", "build"),
    [
        pytest.param(merge_patch, lambda live: desired(), id="merge patch"),
        pytest.param(put, sent_by_put, id="PUT"),
        pytest.param(apply, lambda live: desired(), id="server-side apply"),
    ],
)
@pytest.mark.parametrize("verb", ["encode_context_into_object", "trace_until_reached"])
def test_1000_reconciles_of_an_unchanged_child_bump_no_resource_version(
    api: Client,
    embedded_cluster: ClusterThread,
    write: Callable[[Client, Object, Object], Object],
    build: Callable[[Object], Object],
    verb: str,
) -> None:
    """And export nothing. (The first reconcile creates it; the second may make it a manager.)"""
    owner = api.send("POST", SETS, desired("owner"))
    with capture_spans() as spans:
        first = desired()
        with spans.tracer.start_span_from_object(owner, "test.Create", only_if_work=True):
            getattr(spans.tracer, verb)(first)
            live = api.send("POST", f"{SETS}?fieldManager=me", first)
        live = reconcile(spans, api, owner, live, write, build, verb)
        changes, version = sum(embedded_cluster.cluster.changes.values()), live["metadata"]["resourceVersion"]
        spans.clear()
        for _ in range(1000):
            spans.advance(1)
            live = reconcile(spans, api, owner, live, write, build, verb)
        assert live["metadata"]["resourceVersion"] == version
        assert sum(embedded_cluster.cluster.changes.values()) == changes
        assert len(spans) == 0


def reconcile(
    spans: CapturedSpans,
    api: Client,
    owner: Object,
    live: Object,
    write: Callable[[Client, Object, Object], Object],
    build: Callable[[Object], Object],
    verb: str,
) -> Object:
    with spans.tracer.start_span_from_object(owner, "test.Reconcile", only_if_work=True):
        body = build(live)
        getattr(spans.tracer, verb)(body, live=live)
        return write(api, body, live)


def test_without_live_the_same_intent_names_the_same_span(api: Client) -> None:
    """A blind merge patch from the same object writes the same context: still no bump."""
    owner = api.send("POST", SETS, desired("owner"))
    live = api.send("POST", SETS, desired())
    versions = set()
    with capture_spans() as spans:
        for _ in range(5):
            spans.advance(1)
            with spans.tracer.start_span_from_object(owner, "test.Reconcile", only_if_work=True):
                body = desired()
                spans.tracer.encode_context_into_object(body)
                live = merge_patch(api, body, live)
            versions.add(live["metadata"]["resourceVersion"])
    assert len(versions) == 1


def fields_of(controller: str, live: Object) -> Object:
    """Each of the two desires another field of the child."""
    return {"spec": {"replicas": 3}} if controller == "a" else {"spec": {"minReadySeconds": 5}}


@pytest.mark.parametrize("verb", ["encode_context_into_object", "trace_until_reached"])
@pytest.mark.parametrize("with_live", [True, False], ids=["with live=", "blind"])
def test_two_controllers_that_both_write_the_annotation_come_to_rest(
    api: Client, verb: str, with_live: bool
) -> None:
    """Each reconciles when the child changed: with live= they are at rest after each has written once.

    Blind, each names its own span in a new context: the annotation would go to and fro for ever, so what is
    counted is that `live=` is the cure.
    """
    owners = {name: api.send("POST", SETS, desired(name)) for name in ("a", "b")}
    live = api.send("POST", SETS, desired())
    tracers = {name: CapturedSpans(name).tracer for name in owners}
    seen: dict[str, Any] = dict.fromkeys(owners)
    reconciles = 0
    while reconciles < 40:
        due = [name for name in owners if seen[name] != live["metadata"]["resourceVersion"]]
        if not due:
            break
        name = due[0]
        seen[name] = live["metadata"]["resourceVersion"]
        reconciles += 1
        body = fields_of(name, live)
        with tracers[name].start_span_from_object(owners[name], f"{name}.Reconcile", only_if_work=True):
            getattr(tracers[name], verb)(body, **({"live": live} if with_live else {}))
        live = api.send("PATCH", f"{SETS}/child", body, "merge-patch+json")
    assert (reconciles < 40) == with_live
    assert not with_live or reconciles <= 6
