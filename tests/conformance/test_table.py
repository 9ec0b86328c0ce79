"""Objects as a Table, which is what kubectl prints."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.conformance.http_client import TABLE, Client
from tests.conformance.objects import apps, bind, config, core, deployment, pod


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


def _container(state: str, *, ready: bool = False, restarts: int = 0, **of_state: Any) -> Any:
    status = {"name": "app", "ready": ready, "restartCount": restarts, "image": "", "imageID": ""}
    return status | {"state": {state: of_state}}


RUNNING = _container("running", ready=True)
CRASHED = _container("terminated", exitCode=3)
READY = [{"type": "Ready", "status": "True"}]
PODS = [
    pytest.param({"phase": "Running", "containerStatuses": [RUNNING]}, ["1/1", "Running", "0"], id="it runs"),
    pytest.param(
        {"phase": "Pending", "containerStatuses": [_container("waiting", reason="ImagePullBackOff")]},
        ["0/1", "ImagePullBackOff", "0"],
        id="its container waits for a reason",
    ),
    pytest.param(
        {
            "phase": "Running",
            "containerStatuses": [_container("waiting", reason="CrashLoopBackOff", restarts=4)],
        },
        ["0/1", "CrashLoopBackOff", "4"],
        id="it crashes again and again",
    ),
    pytest.param(
        {"phase": "Failed", "containerStatuses": [CRASHED]},
        ["0/1", "ExitCode:3", "0"],
        id="its container ended without a word",
    ),
    pytest.param(
        {
            "phase": "Succeeded",
            "containerStatuses": [_container("terminated", exitCode=0, reason="Completed")],
        },
        ["0/1", "Completed", "0"],
        id="it is done",
    ),
    pytest.param(
        {"phase": "Failed", "reason": "Evicted"}, ["0/1", "Evicted", "0"], id="the kubelet says why it failed"
    ),
    pytest.param(
        {"phase": "Pending", "initContainerStatuses": [_container("running") | {"name": "init"}]},
        ["0/1", "Init:0/1", "0"],
        id="it is being initialized",
    ),
    pytest.param(
        {
            "phase": "Pending",
            "initContainerStatuses": [
                _container("waiting", reason="CrashLoopBackOff", restarts=2) | {"name": "init"}
            ],
        },
        ["0/1", "Init:CrashLoopBackOff", "2"],
        id="its init container crashes",
    ),
    pytest.param(
        {
            "phase": "Running",
            "conditions": READY,
            "initContainerStatuses": [_container("terminated", exitCode=0, restarts=3) | {"name": "init"}],
            "containerStatuses": [RUNNING],
        },
        ["1/1", "Running", "0"],
        id="restarts of what is done do not count",
    ),
]


@pytest.mark.parametrize(("status", "cells"), PODS)
def test_pod(client: Client, namespace: str, status: Any, cells: list[str]) -> None:
    """Ready, status and restarts as kubectl shows them."""
    init = [{"name": "init", "image": "registry.example/init:1"}]
    client.post(core(namespace, "pods"), pod(initContainers=init))
    path = core(namespace, "pods", "web")
    client.merge(f"{path}/status", {"status": status})
    assert cells == client.get(path, accept=TABLE).body["rows"][0]["cells"][1:4]


def test_pod_that_is_going(client: Client, namespace: str) -> None:
    """Terminating, until its node has ended it."""
    client.post(core(namespace, "pods"), pod())
    bind(client, namespace, "web")
    client.delete(core(namespace, "pods", "web"))
    table = client.get(core(namespace, "pods", "web"), accept=TABLE).body
    assert "Terminating" == table["rows"][0]["cells"][2]
    client.delete(core(namespace, "pods", "web"), gracePeriodSeconds=0)


NOW = "2020-01-01T00:00:00Z"
JOBS = [
    pytest.param({}, ["Running", "0/1", ""], id="it has not begun"),
    pytest.param(
        {"startTime": NOW, "active": 0, "conditions": [{"type": "Suspended", "status": "True"}]},
        ["Suspended", "0/1"],
        id="it is suspended",
    ),
]


@pytest.mark.parametrize(("status", "cells"), JOBS)
def test_job(client: Client, namespace: str, status: Any, cells: list[str]) -> None:
    """Status, completions and duration of a Job."""
    jobs = f"/apis/batch/v1/namespaces/{namespace}/jobs"
    template = {"spec": pod()["spec"] | {"restartPolicy": "Never"}}
    client.post(jobs, {"metadata": {"name": "web"}, "spec": {"template": template}})
    assert 200 == client.merge(f"{jobs}/web/status", {"status": status}).code
    assert cells == client.get(f"{jobs}/web", accept=TABLE).body["rows"][0]["cells"][1 : len(cells) + 1]
