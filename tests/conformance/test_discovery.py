"""Discovery: what clients learn before they do anything."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conformance.http_client import Client
from tests.conformance.objects import GROUP, definition, established

AGGREGATED = "application/json;v=v2;g=apidiscovery.k8s.io;as=APIGroupDiscoveryList"


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/livez"])
def test_health(client: Client, path: str) -> None:
    found = client.get(path)
    assert (200, "ok") == (found.code, found.body)


def test_version(client: Client) -> None:
    found = client.get("/version").body
    assert "1" == found["major"]
    assert found["gitVersion"].startswith("v1.")


def test_core(client: Client) -> None:
    """/api names v1, /api/v1 its resources."""
    assert ["v1"] == client.get("/api").body["versions"]
    listed = {r["name"]: r for r in client.get("/api/v1").body["resources"]}
    assert ("Pod", True, ["po"]) == tuple(listed["pods"][key] for key in ("kind", "namespaced", "shortNames"))
    assert {"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"} == set(
        listed["pods"]["verbs"]
    )
    assert ["create"] == listed["pods/binding"]["verbs"]
    assert "namespaces/status" in listed


def test_groups(client: Client) -> None:
    """/apis lists groups with their preferred versions."""
    groups = {group["name"]: group for group in client.get("/apis").body["groups"]}
    assert "apps/v1" == groups["apps"]["preferredVersion"]["groupVersion"]
    assert "APIGroup" == client.get("/apis/apps").body["kind"]


def test_scale(client: Client) -> None:
    """The scale subresource is of autoscaling/v1, whatever it scales."""
    listed = {r["name"]: r for r in client.get("/apis/apps/v1").body["resources"]}
    scale = listed["deployments/scale"]
    assert ("autoscaling", "v1", "Scale") == tuple(scale[key] for key in ("group", "version", "kind"))


def test_custom_resources_appear(client: Client) -> None:
    """What a definition adds is discovered."""
    established(client, definition("plains", "Plain"))

    def listed(reply: Any) -> bool:
        return reply.code == 200 and any(r["name"] == "plains" for r in reply.body["resources"])

    client.wait(f"/apis/{GROUP}/v1", listed)


@pytest.mark.parametrize(("path", "resource"), [("/api", "pods"), ("/apis", "deployments")])
def test_aggregated(client: Client, path: str, resource: str) -> None:
    """Asked for by Accept, one document tells everything."""
    found = client.get(path, accept=f"{AGGREGATED},application/json")
    assert "APIGroupDiscoveryList" == found.body["kind"]
    assert "g=apidiscovery.k8s.io" in found.content_type.replace(" ", "")
    names = {r["resource"] for item in found.body["items"] for v in item["versions"] for r in v["resources"]}
    assert resource in names


def test_access_review(client: Client) -> None:
    """A client may ask whether it may."""
    review = {"spec": {"resourceAttributes": {"verb": "list", "resource": "pods"}}}
    found = client.post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review)
    assert (201, True) == (found.code, found.body["status"]["allowed"])


def test_openapi_leaves_validation_to_the_server(client: Client) -> None:
    """The OpenAPI document of a group says that a PATCH takes fieldValidation, which kubectl looks for."""
    index = client.get("/openapi/v3")
    assert index.content_type.startswith("text/plain")
    where = json.loads(index.body)["paths"]["apis/apps/v1"]["serverRelativeURL"]
    found = client.get(where).body["paths"]["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"][
        "patch"
    ]
    assert "fieldValidation" in [parameter["name"] for parameter in found["parameters"]]
    assert {"group": "apps", "version": "v1", "kind": "Deployment"} == found[
        "x-kubernetes-group-version-kind"
    ]
