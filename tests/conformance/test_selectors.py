"""Label and field selectors in lists."""

from __future__ import annotations

import pytest

from tests.conformance.http_client import Client
from tests.conformance.objects import bind, config, core, pod

OBJECTS = {
    "red": {"colour": "red", "size": "1"},
    "blue": {"colour": "blue"},
    "plain": {"plain": ""},
}

LABELS = [
    pytest.param("colour=red", "red", id="equals"),
    pytest.param("colour==red", "red", id="equals, written twice"),
    pytest.param("colour!=red,mine", "blue plain", id="differs, or is absent"),
    pytest.param("colour in (red, blue)", "blue red", id="one of"),
    pytest.param("colour notin (red),mine", "blue plain", id="none of, or absent"),
    pytest.param("colour", "blue red", id="is there"),
    pytest.param("!colour,mine", "plain", id="is not there"),
    pytest.param("plain=", "plain", id="is empty"),
    pytest.param("colour=red,size=2", "", id="all must hold"),
]


@pytest.fixture
def objects(client: Client, namespace: str) -> str:
    for name, labels in OBJECTS.items():
        client.post(core(namespace, "configmaps"), config(name, labels | {"mine": ""}))
    return core(namespace, "configmaps")


@pytest.mark.parametrize(("selector", "names"), LABELS)
def test_labels(client: Client, objects: str, selector: str, names: str) -> None:
    found = client.get(objects, labelSelector=selector).body["items"]
    assert names.split() == [item["metadata"]["name"] for item in found]


def test_names(client: Client, objects: str) -> None:
    """metadata.name selects one object."""
    found = client.get(objects, fieldSelector="metadata.name=red").body["items"]
    assert ["red"] == [item["metadata"]["name"] for item in found]


def test_namespace_field(client: Client, namespace: str, objects: str) -> None:
    """metadata.namespace selects over all namespaces."""
    found = client.get(
        "/api/v1/configmaps", fieldSelector=f"metadata.namespace={namespace}", labelSelector="mine"
    )
    assert ["blue", "plain", "red"] == [item["metadata"]["name"] for item in found.body["items"]]


PODS = [
    pytest.param("spec.nodeName=node-1", "bound", id="on a node"),
    pytest.param("spec.nodeName=", "free", id="on no node"),
    pytest.param("spec.nodeName!=node-1", "free", id="not on that node"),
    pytest.param("status.phase=Pending", "bound free", id="by phase"),
    pytest.param("status.phase!=Pending", "", id="by another phase"),
]


@pytest.mark.parametrize(("selector", "names"), PODS)
def test_pod_fields(client: Client, namespace: str, selector: str, names: str) -> None:
    for name in ("bound", "free"):
        client.post(core(namespace, "pods"), pod(name))
    bind(client, namespace, "bound")
    found = client.get(core(namespace, "pods"), fieldSelector=selector).body["items"]
    assert names.split() == [item["metadata"]["name"] for item in found]
    client.delete(core(namespace, "pods", "bound"), gracePeriodSeconds=0)


BAD = [
    pytest.param({"fieldSelector": "spec.containers=x"}, id="a field that the kind does not offer"),
    pytest.param({"fieldSelector": "nonsense"}, id="a field selector without operator"),
    pytest.param({"labelSelector": "a in b"}, id="a set without parentheses"),
    pytest.param({"labelSelector": ",,"}, id="only commas"),
]


@pytest.mark.parametrize("query", BAD)
def test_bad_selectors(client: Client, namespace: str, query: dict[str, str]) -> None:
    """What cannot be read, or selected by, is 400."""
    assert 400 == client.get(core(namespace, "pods"), **query).code
