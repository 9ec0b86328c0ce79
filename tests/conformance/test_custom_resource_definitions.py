"""Definitions: they are established, serve versions, and take their objects with them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.conformance.http_client import Client
from tests.conformance.objects import CRDS, GROUP, custom, custom_object, definition, established


@pytest.fixture
def gadgets(client: Client, namespace: str) -> Iterator[str]:
    """A definition of this test's own, with two versions."""
    crd = definition("gadgets", "Gadget", versions=("v1", "v2"))
    established(client, crd)
    yield custom(namespace, "gadgets")
    client.delete(f"{CRDS}/gadgets.{GROUP}")
    client.wait_gone(f"{CRDS}/gadgets.{GROUP}")


def test_status(client: Client, gadgets: str) -> None:
    """An established definition tells its names and its stored version."""
    status = client.get(f"{CRDS}/gadgets.{GROUP}").body["status"]
    names = status["acceptedNames"]
    assert ("gadget", "GadgetList") == (names["singular"], names["listKind"])
    assert ["v1"] == status["storedVersions"]
    assert {"NamesAccepted", "Established"} == {
        c["type"] for c in status["conditions"] if c["status"] == "True"
    }


def test_versions(client: Client, gadgets: str) -> None:
    """An object written in one version is read in the other."""
    client.post(gadgets, custom_object("Gadget", spec={"x": 1}))
    other = f"{gadgets.replace('/v1/', '/v2/')}/a"
    assert (f"{GROUP}/v2", {"x": 1}) == tuple(client.get(other).body[key] for key in ("apiVersion", "spec"))
    written = client.merge(other, {"spec": {"x": 2}})
    assert f"{GROUP}/v2" == written.body["apiVersion"]
    assert (f"{GROUP}/v1", {"x": 2}) == tuple(
        client.get(f"{gadgets}/a").body[key] for key in ("apiVersion", "spec")
    )


def test_put_needs_a_version(client: Client, gadgets: str) -> None:
    """A custom resource is not replaced unconditionally: 422."""
    client.post(gadgets, custom_object("Gadget"))
    assert 422 == client.put(f"{gadgets}/a", custom_object("Gadget", spec={"x": 1})).code


def test_kind_is_required(client: Client, gadgets: str) -> None:
    """A custom resource states its kind: 400."""
    assert 400 == client.post(gadgets, {"metadata": {"name": "a"}}).code


def test_deletion(client: Client, namespace: str) -> None:
    """Deleting a definition deletes its objects, ends their watches, and closes their address."""
    crd = definition("trinkets", "Trinket")
    established(client, crd)
    path = custom(namespace, "trinkets")
    start = client.post(path, custom_object("Trinket")).version
    with client.watch(path, resourceVersion=start) as events:
        client.delete(f"{CRDS}/{crd['metadata']['name']}")
        assert [("DELETED", "a")] == events.names(1)
        assert "" == events.next()[0]
    client.wait_gone(f"{CRDS}/{crd['metadata']['name']}")
    client.wait_gone(path)


def _broken(**spec: Any) -> dict[str, Any]:
    crd = definition("broken", "Broken")
    crd["spec"] |= spec
    return crd


BROKEN = [
    pytest.param(_broken(group="another.example"), "metadata.name", id="a name that is not plural.group"),
    pytest.param(_broken(scope="Galaxy"), "spec.scope", id="a scope that does not exist"),
    pytest.param(_broken(versions=[]), "spec.versions", id="no versions"),
]


@pytest.mark.parametrize(("crd", "field"), BROKEN)
def test_invalid(client: Client, crd: dict[str, Any], field: str) -> None:
    """422 names the field."""
    refused = client.post(CRDS, crd)
    assert 422 == refused.code
    assert field in [cause["field"] for cause in refused.body["details"]["causes"]]
