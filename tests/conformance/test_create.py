"""Creating objects: what the server fills in, and what it refuses."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.conformance.http_client import Client
from tests.conformance.objects import (
    apps,
    config,
    core,
    custom_object,
    definition,
    deployment,
    established,
    pod,
)

UID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def test_identity(client: Client, namespace: str) -> None:
    """A new object gets a uid, a creation time in whole seconds, a version and its namespace."""
    made = client.post(core(namespace, "configmaps"), config("a"))
    metadata = made.body["metadata"]
    assert 201 == made.code
    assert UID.fullmatch(metadata["uid"])
    assert SECONDS.fullmatch(metadata["creationTimestamp"])
    assert int(metadata["resourceVersion"]) > 0
    assert namespace == metadata["namespace"]


def test_server_fields_are_the_servers(client: Client, namespace: str) -> None:
    """A uid, a generation or a deletion time that the client sends counts for nothing."""
    sent = deployment()
    sent["metadata"] |= {"uid": "mine", "generation": 7, "deletionTimestamp": "2020-01-01T00:00:00Z"}
    made = client.post(apps(namespace, "deployments"), sent).body["metadata"]
    assert "mine" != made["uid"]
    assert 1 == made["generation"]
    assert "deletionTimestamp" not in made


def test_generation_of_a_kind_that_counts_none(client: Client, namespace: str) -> None:
    """What the client sends is kept, and never moves."""
    sent = config("a")
    sent["metadata"]["generation"] = 7
    made = client.post(core(namespace, "configmaps"), sent)
    changed = client.merge(core(namespace, "configmaps", "a"), {"data": {"key": "other"}})
    assert [7, 7] == [reply.body["metadata"]["generation"] for reply in (made, changed)]


def test_status_is_dropped(client: Client, namespace: str) -> None:
    """The status of a new Deployment is empty, whatever the client sends."""
    made = client.post(apps(namespace, "deployments"), deployment() | {"status": {"replicas": 9}})
    assert {} == made.body["status"]


def test_generate_name(client: Client, namespace: str) -> None:
    """generateName gets five characters without vowels, and another five the next time."""
    made = [
        client.post(core(namespace, "configmaps"), {"metadata": {"generateName": "job-"}}) for _ in range(2)
    ]
    names = [reply.body["metadata"]["name"] for reply in made]
    assert all(re.fullmatch(r"job-[bcdfghjklmnpqrstvwxz2456789]{5}", name) for name in names)
    assert names[0] != names[1]
    assert "job-" == made[0].body["metadata"]["generateName"]


def test_long_generate_name(client: Client, namespace: str) -> None:
    """A long prefix is cut, so that the name has 63 characters."""
    made = client.post(core(namespace, "configmaps"), {"metadata": {"generateName": "x" * 80}})
    assert 63 == len(made.body["metadata"]["name"])


def test_already_exists(client: Client, namespace: str) -> None:
    """A second object of the same name is refused with 409 AlreadyExists, naming it."""
    client.post(core(namespace, "configmaps"), config("a"))
    again = client.post(core(namespace, "configmaps"), config("a"))
    assert (409, "AlreadyExists") == (again.code, again.reason)
    assert 'configmaps "a" already exists' == again.body["message"]
    assert {"name": "a", "kind": "configmaps"} == again.body["details"]


def test_workload_defaults(client: Client, namespace: str) -> None:
    """A Deployment is stored with the defaults of its kind."""
    sent = deployment()
    del sent["spec"]["replicas"]
    spec = client.post(apps(namespace, "deployments"), sent).body["spec"]
    assert 1 == spec["replicas"]
    assert 600 == spec["progressDeadlineSeconds"]
    assert {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}} == spec[
        "strategy"
    ]
    assert 30 == spec["template"]["spec"]["terminationGracePeriodSeconds"]


def test_pod_defaults(client: Client, namespace: str) -> None:
    """A Pod begins as Pending, of the lowest quality of service, in generation 1."""
    made = client.post(core(namespace, "pods"), pod()).body
    assert ("Pending", "BestEffort") == (made["status"]["phase"], made["status"]["qosClass"])
    assert 1 == made["metadata"]["generation"]


def test_service_gets_an_address(client: Client, namespace: str) -> None:
    """Every Service gets a cluster IP of its own; a headless one gets none."""
    spec = {"ports": [{"port": 80}], "selector": {"app": "web"}}
    addresses = [
        client.post(core(namespace, "services"), {"metadata": {"name": name}, "spec": spec}).body["spec"][
            "clusterIP"
        ]
        for name in ("a", "b")
    ]
    headless = client.post(
        core(namespace, "services"), {"metadata": {"name": "c"}, "spec": spec | {"clusterIP": "None"}}
    )
    assert 2 == len(set(addresses))
    assert ["None"] == headless.body["spec"]["clusterIPs"]


def _annotated(size: int) -> dict[str, Any]:
    sent = config("a")
    sent["metadata"]["annotations"] = {"example.com/big": "x" * (size - len("example.com/big"))}
    return sent


def test_annotations_up_to_the_limit(client: Client, namespace: str) -> None:
    """256 KiB of annotations, keys and values together, are still taken."""
    assert 201 == client.post(core(namespace, "configmaps"), _annotated(262144)).code


REFUSED = [
    pytest.param(_annotated(262145), "metadata.annotations", id="annotations of more than 256 KiB"),
    pytest.param(config("Not_A_Name"), "metadata.name", id="a name that is no DNS subdomain"),
    pytest.param({"metadata": {}}, "metadata.name", id="neither name nor generateName"),
    pytest.param(config("a", {"k": "not a value"}), "metadata.labels", id="a label value with spaces"),
    pytest.param(config("a", {"-k": "v"}), "metadata.labels", id="a label key that starts with a dash"),
]


@pytest.mark.parametrize(("sent", "field"), REFUSED)
def test_invalid(client: Client, namespace: str, sent: dict[str, Any], field: str) -> None:
    """422 Invalid names the field in its causes."""
    refused = client.post(core(namespace, "configmaps"), sent)
    assert (422, "Invalid") == (refused.code, refused.reason)
    assert field in [cause["field"] for cause in refused.body["details"]["causes"]]


def test_invalid_workload(client: Client, namespace: str) -> None:
    """A Deployment whose selector does not match its template is refused, with kind, name and group."""
    sent = deployment()
    sent["spec"]["selector"] = {"matchLabels": {"app": "another"}}
    refused = client.post(apps(namespace, "deployments"), sent)
    assert 422 == refused.code
    assert ("Deployment", "web", "apps") == tuple(
        refused.body["details"][k] for k in ("kind", "name", "group")
    )


def test_missing_namespace(client: Client) -> None:
    """Creating in a namespace that does not exist is 404, about the namespace."""
    refused = client.post(core("nowhere-at-all", "configmaps"), config("a"))
    assert (404, "NotFound") == (refused.code, refused.reason)
    assert "namespaces" == refused.body["details"]["kind"]


def test_custom_resource_keeps_unknown_fields(client: Client, namespace: str) -> None:
    """What a custom resource's open schema does not name is stored."""
    established(client, definition("creatures", "Creature"))
    path = f"/apis/conformance.traceutil.dev/v1/namespaces/{namespace}/creatures"
    made = client.post(path, custom_object("Creature", spec={"legs": 4}, note="free"))
    assert ({"legs": 4}, "free", 1) == (
        made.body["spec"],
        made.body["note"],
        made.body["metadata"]["generation"],
    )
