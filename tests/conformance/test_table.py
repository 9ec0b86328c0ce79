"""Objects as a Table, which is what kubectl prints."""

from __future__ import annotations

import re

from tests.conformance.http_client import TABLE, Client
from tests.conformance.objects import apps, config, core, deployment, pod


def test_list(client: Client, namespace: str) -> None:
    """A list is a Table with a row per object, and the object's metadata in it."""
    client.post(core(namespace, "pods"), pod())
    table = client.get(core(namespace, "pods"), accept=TABLE).body
    columns = [column["name"] for column in table["columnDefinitions"]]
    row = table["rows"][0]
    assert ("Table", "meta.k8s.io/v1") == (table["kind"], table["apiVersion"])
    assert ["Name", "Ready", "Status", "Restarts", "Age"] == columns[:5]
    assert ["web", "0/1", "Pending"] == row["cells"][:3]
    assert ("PartialObjectMetadata", "web") == (row["object"]["kind"], row["object"]["metadata"]["name"])
    assert "resourceVersion" in table["metadata"]


def test_one_object(client: Client, namespace: str) -> None:
    """So is a single object; includeObject=Object puts it in whole."""
    client.post(apps(namespace, "deployments"), deployment())
    table = client.get(apps(namespace, "deployments", "web"), accept=TABLE, includeObject="Object").body
    assert ["web", "0/2"] == table["rows"][0]["cells"][:2]
    assert 2 == table["rows"][0]["object"]["spec"]["replicas"]


def test_age(client: Client, namespace: str) -> None:
    """Ages are told as kubectl prints them."""
    client.post(core(namespace, "configmaps"), config("a"))
    table = client.get(core(namespace, "configmaps", "a"), accept=TABLE).body
    assert re.fullmatch(r"\d+s", table["rows"][0]["cells"][2])


def test_watch(client: Client, namespace: str) -> None:
    """The events of a watch are Tables of one row."""
    path = core(namespace, "configmaps")
    start = client.get(path).version
    with client.watch(path, resourceVersion=start, accept=TABLE) as events:
        client.post(path, config("a"))
        kind, table = events.next()
    assert ("ADDED", "Table", "a") == (kind, table["kind"], table["rows"][0]["cells"][0])


def test_fallback(client: Client, namespace: str) -> None:
    """kubectl asks for a Table, and for plain JSON where there is none."""
    accept = f"{TABLE},application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json"
    assert "Table" == client.get(core(namespace, "configmaps"), accept=accept).body["kind"]
