"""Lists: their shape, their slices, and the version that they show."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.http_client import Client, Reply
from tests.conformance.objects import config, core, custom, custom_object, definition, established

NAMES = ["a", "b", "c", "d", "e"]


@pytest.fixture
def path(client: Client, namespace: str) -> str:
    for name in NAMES:
        client.post(core(namespace, "secrets"), {"metadata": {"name": name, "labels": {"mine": ""}}})
    return core(namespace, "secrets")


def _names(reply: Reply) -> list[str]:
    return [item["metadata"]["name"] for item in reply.body["items"]]


def test_shape(client: Client, path: str) -> None:
    """A list says its kind and version; items of built-in kinds leave theirs out."""
    found = client.get(path).body
    assert ("SecretList", "v1") == (found["kind"], found["apiVersion"])
    assert not {"kind", "apiVersion"} & found["items"][0].keys()
    assert int(found["metadata"]["resourceVersion"]) >= int(found["items"][-1]["metadata"]["resourceVersion"])


def test_custom_shape(client: Client, namespace: str) -> None:
    """Items of custom resources keep kind and version."""
    established(client, definition("plains", "Plain"))
    client.post(custom(namespace, "plains"), custom_object("Plain"))
    found = client.get(custom(namespace, "plains")).body
    assert ("PlainList", "Plain") == (found["kind"], found["items"][0]["kind"])


def test_empty(client: Client, namespace: str) -> None:
    assert [] == client.get(core(namespace, "secrets")).body["items"]


def test_all_namespaces(client: Client, path: str) -> None:
    """Without a namespace in the URL, the objects of all namespaces are listed."""
    namespace = path.split("/")[4]
    found = client.get("/api/v1/secrets", labelSelector="mine").body["items"]
    assert NAMES == [i["metadata"]["name"] for i in found if namespace == i["metadata"]["namespace"]]


def test_pages(client: Client, path: str) -> None:
    """limit and continue walk through all objects, once each, telling how many remain."""
    seen: list[str] = []
    remaining: list[Any] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = client.get(path, **query)
        seen += _names(page)
        remaining.append(page.body["metadata"].get("remainingItemCount"))
        if "continue" not in page.body["metadata"]:
            break
        query["continue"] = page.body["metadata"]["continue"]
    assert NAMES == seen
    assert [3, 1, None] == remaining


def test_pages_are_of_one_version(client: Client, path: str) -> None:
    """What is written between two pages is not seen; both tell the same resourceVersion."""
    first = client.get(path, limit=2)
    client.delete(f"{path}/d")
    client.post(path, {"metadata": {"name": "c2"}})
    second = client.get(path, **{"continue": first.body["metadata"]["continue"]})
    assert ["c", "d", "e"] == _names(second)
    assert first.version == second.version


def test_unreadable_token(client: Client, path: str) -> None:
    assert 400 == client.get(path, **{"continue": "nonsense"}).code


def test_exact_version(client: Client, path: str) -> None:
    """resourceVersionMatch=Exact shows the past."""
    version = client.get(path).version
    client.delete(f"{path}/a")
    past = client.get(path, resourceVersion=version, resourceVersionMatch="Exact")
    assert (NAMES, version) == (_names(past), past.version)
    assert NAMES[1:] == _names(client.get(path))


def test_not_older_than(client: Client, path: str) -> None:
    """NotOlderThan shows that version or a later one; "0" any."""
    version = client.get(path).version
    found = client.get(path, resourceVersion=version, resourceVersionMatch="NotOlderThan")
    assert (NAMES, True) == (_names(found), int(found.version) >= int(version))
    assert 200 == client.get(path, resourceVersion="0").code


BAD = [
    pytest.param({"resourceVersionMatch": "Exact"}, id="a match without a version"),
    pytest.param({"resourceVersionMatch": "Exact", "resourceVersion": "0"}, id="exactly any version"),
    pytest.param({"resourceVersionMatch": "Nearly", "resourceVersion": "1"}, id="a match that is none"),
]


@pytest.mark.parametrize("query", BAD)
def test_bad_versions(client: Client, path: str, query: dict[str, str]) -> None:
    """Options that contradict themselves are 422."""
    assert 422 == client.get(path, **query).code


def test_unreadable_version(client: Client, path: str) -> None:
    """A version that is no number is refused; the code differs between kube-apiserver's storage layers."""
    assert client.get(path, resourceVersion="new").code in (400, 422, 500)


def test_metadata_only(client: Client, path: str) -> None:
    """as=PartialObjectMetadataList leaves everything but metadata out."""
    accept = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"
    found = client.get(path, accept=accept).body
    assert "PartialObjectMetadataList" == found["kind"]
    assert {"kind", "apiVersion", "metadata"} == found["items"][0].keys()


def test_deleted_between(client: Client, namespace: str, path: str) -> None:
    """A list after a deletion has a version after it."""
    before = client.get(path).version
    client.delete(core(namespace, "secrets", "a"))
    client.post(core(namespace, "configmaps"), config("other"))
    assert int(client.get(path).version) > int(before)
