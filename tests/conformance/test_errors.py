"""Refusals that do not depend on the object: codes, reasons and the shape of the Status body."""

from __future__ import annotations

import pytest

from tests.conformance.http_client import Client
from tests.conformance.objects import apps, config, core, deployment


def test_not_found(client: Client, namespace: str) -> None:
    """404 is a Status that names the object."""
    missing = client.get(apps(namespace, "deployments", "web"))
    assert {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": 'deployments.apps "web" not found',
        "reason": "NotFound",
        "details": {"name": "web", "group": "apps", "kind": "deployments"},
        "code": 404,
    } == missing.body


UNKNOWN = [
    pytest.param("/apis/apps/v1/namespaces/default/toasters", id="a resource that the group does not have"),
    pytest.param("/apis/toast.example/v1/toasters", id="a group that is not served"),
    pytest.param("/apis/apps/v9/deployments", id="a version that is not served"),
    pytest.param(
        "/api/v1/namespaces/default/configmaps/a/status", id="a subresource that the kind does not have"
    ),
    pytest.param("/nothing/here", id="no API at all"),
]


@pytest.mark.parametrize("path", UNKNOWN)
def test_unknown_address(client: Client, path: str) -> None:
    """An address that leads nowhere is 404."""
    assert 404 == client.get(path).code


def test_method_not_allowed(client: Client, namespace: str) -> None:
    """A method that the address does not have is 405."""
    refused = client.request("PUT", core(namespace, "configmaps"), config("a"))
    assert (405, "MethodNotAllowed") == (refused.code, refused.reason)


BAD_BODIES = [
    pytest.param(b"{", id="no JSON"),
    pytest.param(b"[]", id="no object"),
    pytest.param(b'{"kind":"Secret","apiVersion":"v1","metadata":{"name":"a"}}', id="another kind"),
    pytest.param(b'{"kind":"ConfigMap","apiVersion":"v2","metadata":{"name":"a"}}', id="another version"),
    pytest.param(b'{"metadata":{"name":"a","namespace":"elsewhere"}}', id="another namespace"),
    pytest.param(b'{"metadata":{"name":"a","labels":{"k":1}}}', id="a label that is a number"),
    pytest.param(b'{"metadata":{"name":"a","annotations":["x"]}}', id="annotations that are a list"),
    pytest.param(b'{"metadata":[]}', id="metadata that is a list"),
]


@pytest.mark.parametrize("body", BAD_BODIES)
def test_bad_request(client: Client, namespace: str, body: bytes) -> None:
    """A body that cannot be read, or speaks of something else than the URL, is 400."""
    refused = client.post(core(namespace, "configmaps"), body)
    assert (400, "BadRequest", "Status") == (refused.code, refused.reason, refused.body["kind"])


def test_name_differs_from_url(client: Client, namespace: str) -> None:
    """PUT of an object under another name's URL is 400."""
    client.post(core(namespace, "configmaps"), config("a"))
    assert 400 == client.put(core(namespace, "configmaps", "a"), config("b")).code


def test_unsupported_media_type(client: Client, namespace: str) -> None:
    """A patch that is plain JSON is 415; so is a POST in no known format, which is told what is taken."""
    client.post(apps(namespace, "deployments"), deployment())
    patched = client.request("PATCH", apps(namespace, "deployments", "web"), {"spec": {}})
    posted = client.request("POST", apps(namespace, "deployments"), {}, content_type="application/x-own")
    assert [(415, "UnsupportedMediaType")] * 2 == [(each.code, each.reason) for each in (patched, posted)]
    assert "415: Unsupported Media Type" == patched.body["message"]
    assert "application/json" in posted.body["message"]


def test_not_acceptable(client: Client) -> None:
    """An Accept header that names nothing that is served is 406."""
    assert 406 == client.get("/api/v1/namespaces", accept="text/html").code


def test_query_numbers(client: Client) -> None:
    """A limit that is no number is 400."""
    assert 400 == client.get("/api/v1/namespaces", limit="many").code


NOWHERE = [
    pytest.param("/api/v1/nothings", True, id="in the core group"),
    pytest.param("/apis/apps/v1/namespaces/default/deployments/web/nothing", True, id="below an object"),
    pytest.param("/api/v1/namespaces/default/nodes", True, id="a cluster's resource in a namespace"),
    pytest.param("/apis/nothing.example/v1/nothings", False, id="in a group that there is not"),
    pytest.param("/nothing", False, id="beside the API"),
]


@pytest.mark.parametrize(("path", "has_status"), NOWHERE)
def test_an_address_that_leads_nowhere(client: Client, path: str, has_status: bool) -> None:
    """404, told by a Status in the groups that every cluster has, else in plain text."""
    refused = client.get(path)
    message = "the server could not find the requested resource"
    said = refused.body["message"] if has_status else refused.body
    assert (404, message if has_status else "404 page not found\n") == (refused.code, said)
