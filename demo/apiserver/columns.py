"""The columns of each kind's Table.

Source: kubernetes/pkg/printers/internalversion/printers.go.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from demo.apiserver import cells, pod_cells
from demo.apiserver.cells import Cell, age_since, count, each, fraction, path, selector
from demo.apiserver.resources import Resource
from demo.apiserver.scale import read_path
from demo.apiserver.store import Object


class Column(NamedTuple):
    """One column: a header, an OpenAPI type, and the cell of an object at a time (Unix ns)."""

    name: str
    cell: Cell
    type: str = "string"
    format: str = ""
    description: str = ""
    priority: int = 0


NAME = Column("Name", cells.named, "string", "name")
AGE = Column("Age", cells.age_of("metadata.creationTimestamp"))
CREATED = Column("Created At", lambda obj, _: obj["metadata"].get("creationTimestamp"), "date")


def _number(name: str, where: str, type: str = "integer") -> Column:
    return Column(name, path(where, 0), type)


def _wide(name: str, cell: Cell, format: str = "") -> Column:
    """A column that only `-o wide` shows."""
    return Column(name, cell, format=format, priority=1)


def _containers(template: str) -> tuple[Column, Column]:
    where = f"{template}.spec.containers"
    return _wide("Containers", each(where, "name")), _wide("Images", each(where, "image"))


TEMPLATE = _containers("spec.template")
SELECTOR = _wide("Selector", selector("spec.selector"))

COLUMNS: dict[tuple[str, str], tuple[Column, ...]] = {
    ("", "pods"): (
        NAME, Column("Ready", pod_cells.ready), Column("Status", pod_cells.status),
        Column("Restarts", pod_cells.restarts), AGE,
        _wide("IP", path("status.podIP")), _wide("Node", path("spec.nodeName")),
        _wide("Nominated Node", path("status.nominatedNodeName")), _wide("Readiness Gates", pod_cells.gates),
    ),
    ("", "nodes"): (
        NAME, Column("Status", cells.node_status), Column("Roles", cells.node_roles), AGE,
        Column("Version", path("status.nodeInfo.kubeletVersion", "")),
        _wide("Internal-IP", cells.node_address("InternalIP")),
        _wide("External-IP", cells.node_address("ExternalIP")),
        _wide("OS-Image", path("status.nodeInfo.osImage", "<unknown>")),
        _wide("Kernel-Version", path("status.nodeInfo.kernelVersion", "<unknown>")),
        _wide("Container-Runtime", path("status.nodeInfo.containerRuntimeVersion", "<unknown>")),
    ),
    ("", "namespaces"): (NAME, Column("Status", path("status.phase", "")), AGE),
    ("", "services"): (
        NAME, Column("Type", path("spec.type")), Column("Cluster-IP", path("spec.clusterIP")),
        Column("External-IP", cells.external_address), Column("Port(s)", cells.service_ports), AGE,
        _wide("Selector", selector("spec.selector")),
    ),
    ("", "configmaps"): (NAME, Column("Data", count("data")), AGE),
    ("", "secrets"): (NAME, Column("Type", path("type", "")), Column("Data", count("data")), AGE),
    ("", "serviceaccounts"): (NAME, AGE),
    ("", "events"): (
        Column("Last Seen", cells.last_seen), Column("Type", path("type", "")),
        Column("Reason", path("reason", "")), Column("Object", cells.involved),
        _wide("Subobject", path("involvedObject.fieldPath", "")),
        _wide("Source", cells.event_source), Column("Message", path("message", "")),
        _wide("First Seen", cells.age_of("firstTimestamp")), _wide("Count", path("count", 1)),
        _wide("Name", cells.named, "name"),
    ),
    ("apps", "deployments"): (
        NAME, Column("Ready", fraction("status.readyReplicas", "spec.replicas")),
        _number("Up-to-date", "status.updatedReplicas", "string"),
        _number("Available", "status.availableReplicas", "string"), AGE, *TEMPLATE, SELECTOR,
    ),
    ("apps", "replicasets"): (
        NAME, _number("Desired", "spec.replicas"), _number("Current", "status.replicas"),
        _number("Ready", "status.readyReplicas"), AGE, *TEMPLATE, SELECTOR,
    ),
    ("apps", "statefulsets"): (
        NAME, Column("Ready", fraction("status.readyReplicas", "spec.replicas")), AGE, *TEMPLATE,
    ),
    ("apps", "daemonsets"): (
        NAME, _number("Desired", "status.desiredNumberScheduled"),
        _number("Current", "status.currentNumberScheduled"), _number("Ready", "status.numberReady"),
        _number("Up-to-date", "status.updatedNumberScheduled"),
        _number("Available", "status.numberAvailable"),
        Column("Node Selector", selector("spec.template.spec.nodeSelector")), AGE, *TEMPLATE, SELECTOR,
    ),
    ("batch", "jobs"): (
        NAME, Column("Status", cells.job_status), Column("Completions", cells.job_completions),
        Column("Duration", cells.job_duration), AGE, *TEMPLATE, SELECTOR,
    ),
    ("coordination.k8s.io", "leases"): (NAME, Column("Holder", path("spec.holderIdentity", "")), AGE),
    ("policy", "poddisruptionbudgets"): (
        NAME, Column("Min Available", lambda obj, _: _or_not(obj, "spec.minAvailable")),
        Column("Max Unavailable", lambda obj, _: _or_not(obj, "spec.maxUnavailable")),
        _number("Allowed Disruptions", "status.disruptionsAllowed"), AGE,
    ),
}  # fmt: skip


def _or_not(obj: Object, where: str) -> str:
    found = read_path(obj, where)
    return "N/A" if found is None else str(found)


def columns_of(resource: Resource) -> tuple[Column, ...]:
    """The columns of a kind; for a custom resource those that its definition asks for."""
    if resource.custom:
        told = tuple(_printer_column(column) for column in resource.columns)
        return (NAME, *told) if told else (NAME, AGE._replace(type="date"))
    return COLUMNS.get(resource.key, (NAME, CREATED))


def _printer_column(told: Object) -> Column:
    where = told["jsonPath"]
    date = told.get("type") == "date"

    def cell(obj: Object, now: int) -> Any:
        found = read_path(obj, where)
        return age_since(found, now) if date else found

    return Column(
        told["name"],
        cell,
        told["type"],
        told.get("format", ""),
        told.get("description", ""),
        told.get("priority", 0),
    )
