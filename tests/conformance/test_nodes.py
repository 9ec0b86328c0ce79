"""Nodes: admission keeps pods away until the kubelet reports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from tests.conformance.http_client import Client

NODES = "/api/v1/nodes"
NOT_READY = {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}
OTHER = {"key": "example.com/gpu", "effect": "NoSchedule"}


@pytest.fixture
def name(client: Client) -> Iterator[str]:
    """Of a Node, which is deleted afterwards."""
    name = f"conformance-{uuid4().hex[:8]}"
    yield name
    client.delete(f"{NODES}/{name}")


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        pytest.param([], [NOT_READY], id="a Node without taints gets one"),
        pytest.param([OTHER], [OTHER, NOT_READY], id="it comes after those that are there"),
        pytest.param([NOT_READY], [NOT_READY], id="one that is there is not added again"),
    ],
)
def test_not_ready(client: Client, name: str, sent: list[Any], stored: list[Any]) -> None:
    """A new Node is tainted as not ready."""
    made = client.post(NODES, {"metadata": {"name": name}, "spec": {"taints": sent}})
    assert stored == made.body["spec"]["taints"]


def test_taint_is_lifted(client: Client, name: str) -> None:
    """The kubelet removes the taint, and admission does not put it back."""
    client.post(NODES, {"metadata": {"name": name}})
    client.merge(f"{NODES}/{name}", {"spec": {"taints": None}})
    client.merge(f"{NODES}/{name}/status", {"status": {"conditions": [{"type": "Ready", "status": "True"}]}})
    assert {} == client.get(f"{NODES}/{name}").body["spec"]


def test_status_begins_empty(client: Client, name: str) -> None:
    """The status of a new Node has its parts, with nothing in them."""
    made = client.post(NODES, {"metadata": {"name": name}}).body["status"]
    assert {"daemonEndpoints", "nodeInfo"} == set(made)
    assert {"kubeletEndpoint": {"Port": 0}} == made["daemonEndpoints"]
    assert {""} == set(made["nodeInfo"].values())
