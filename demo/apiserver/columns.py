"""The columns of each kind's Table, and how a cell is read from an object.

Source: kubernetes/pkg/printers/internalversion/printers.go; ages as k8s.io/apimachinery/pkg/util/duration.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from demo.apiserver.clock import NANOSECONDS
from demo.apiserver.resources import Resource
from demo.apiserver.scale import read_path
from demo.apiserver.store import Object

_MINUTE, _HOUR, _DAY, _YEAR = 60, 3600, 86400, 365 * 86400
_UNITS = (
    (2 * _MINUTE, "s", 1, "", 0),
    (10 * _MINUTE, "m", _MINUTE, "s", 1),
    (3 * _HOUR, "m", _MINUTE, "", 0),
    (8 * _HOUR, "h", _HOUR, "m", _MINUTE),
    (2 * _DAY, "h", _HOUR, "", 0),
    (8 * _DAY, "d", _DAY, "h", _HOUR),
    (2 * _YEAR, "d", _DAY, "", 0),
    (8 * _YEAR, "y", _YEAR, "d", _DAY),
)
"""Up to so many seconds: the unit, its length, and the smaller unit that follows it, if any."""

Cell = Callable[[Object, int], Any]


class Column(NamedTuple):
    """One column: a header, an OpenAPI type, and the cell of an object at a time (Unix ns)."""

    name: str
    cell: Cell
    type: str = "string"
    format: str = ""
    description: str = ""
    priority: int = 0


def path(where: str, absent: Any = "<none>") -> Cell:
    """The cell at a dotted path."""

    def cell(obj: Object, _: int) -> Any:
        found = read_path(obj, where)
        return absent if found in (None, "") else found

    return cell


def age_since(timestamp: str | None, now: int) -> str:
    """How long ago, as kubectl prints it (`duration.HumanDuration`); `now` is Unix ns."""
    if not timestamp:
        return "<unknown>"
    then = datetime.fromisoformat(timestamp.replace("Z", "+00:00")).timestamp()
    seconds = max(int(now / NANOSECONDS - then), 0)
    for until, name, length, below, part in _UNITS:
        if seconds < until:
            rest = seconds % length // part if part else 0
            return f"{seconds // length}{name}" + (f"{rest}{below}" if rest else "")
    return f"{seconds // _YEAR}y"


def _age(obj: Object, now: int) -> str:
    return age_since(obj["metadata"].get("creationTimestamp"), now)


def _ready(ready: str, wanted: str) -> Cell:
    return lambda obj, _: f"{read_path(obj, ready) or 0}/{read_path(obj, wanted) or 0}"


def _pod_ready(obj: Object, _: int) -> str:
    statuses = read_path(obj, "status.containerStatuses") or []
    return f"{sum(bool(s.get('ready')) for s in statuses)}/{len(read_path(obj, 'spec.containers') or [])}"


def _pod_restarts(obj: Object, _: int) -> int:
    return sum(s.get("restartCount", 0) for s in read_path(obj, "status.containerStatuses") or [])


def _pod_status(obj: Object, _: int) -> str:
    """The phase, unless a container waits or ended for a reason of its own, or the pod is going."""
    if "deletionTimestamp" in obj["metadata"]:
        return "Terminating"
    for status in read_path(obj, "status.containerStatuses") or []:
        for state in ("waiting", "terminated"):
            reason = ((status.get("state") or {}).get(state) or {}).get("reason")
            if reason:
                return str(reason)
    return str(read_path(obj, "status.reason") or read_path(obj, "status.phase") or "Unknown")


def _node_status(obj: Object, _: int) -> str:
    conditions = {c.get("type"): c.get("status") for c in read_path(obj, "status.conditions") or []}
    ready = {"True": "Ready", None: "Unknown"}.get(conditions.get("Ready"), "NotReady")
    return f"{ready},SchedulingDisabled" if read_path(obj, "spec.unschedulable") else ready


def _last_seen(obj: Object, now: int) -> str:
    return age_since(obj.get("lastTimestamp") or obj.get("eventTime"), now)


def _involved(obj: Object, _: int) -> str:
    found = obj.get("involvedObject") or {}
    return f"{found.get('kind', '')}/{found.get('name', '')}".lower()


def _count(where: str) -> Cell:
    return lambda obj, _: len(read_path(obj, where) or ())


NAME = Column("Name", lambda obj, _: obj["metadata"]["name"], "string", "name")
AGE = Column("Age", _age)
CREATED = Column("Created At", lambda obj, _: obj["metadata"].get("creationTimestamp"), "date")


def _number(name: str, where: str) -> Column:
    return Column(name, path(where, 0), "integer")


COLUMNS: dict[tuple[str, str], tuple[Column, ...]] = {
    ("", "pods"): (
        NAME, Column("Ready", _pod_ready), Column("Status", _pod_status),
        Column("Restarts", _pod_restarts, "integer"), AGE,
        Column("IP", path("status.podIP"), priority=1), Column("Node", path("spec.nodeName"), priority=1),
    ),
    ("", "nodes"): (
        NAME, Column("Status", _node_status), AGE,
        Column("Version", path("status.nodeInfo.kubeletVersion", "")),
    ),
    ("", "namespaces"): (NAME, Column("Status", path("status.phase")), AGE),
    ("", "services"): (
        NAME, Column("Type", path("spec.type")), Column("Cluster-IP", path("spec.clusterIP")), AGE,
    ),
    ("", "configmaps"): (NAME, Column("Data", _count("data"), "integer"), AGE),
    ("", "secrets"): (NAME, Column("Type", path("type")), Column("Data", _count("data"), "integer"), AGE),
    ("", "events"): (
        Column("Last Seen", _last_seen),
        Column("Type", path("type")), Column("Reason", path("reason")),
        Column("Object", _involved),
        Column("Message", path("message")),
    ),
    ("apps", "deployments"): (
        NAME, Column("Ready", _ready("status.readyReplicas", "spec.replicas")),
        _number("Up-to-date", "status.updatedReplicas"),
        _number("Available", "status.availableReplicas"), AGE,
    ),
    ("apps", "replicasets"): (
        NAME, _number("Desired", "spec.replicas"), _number("Current", "status.replicas"),
        _number("Ready", "status.readyReplicas"), AGE,
    ),
    ("apps", "statefulsets"): (NAME, Column("Ready", _ready("status.readyReplicas", "spec.replicas")), AGE),
    ("apps", "daemonsets"): (
        NAME, _number("Desired", "status.desiredNumberScheduled"),
        _number("Current", "status.currentNumberScheduled"), _number("Ready", "status.numberReady"), AGE,
    ),
    ("batch", "jobs"): (NAME, Column("Completions", _ready("status.succeeded", "spec.completions")), AGE),
    ("coordination.k8s.io", "leases"): (NAME, Column("Holder", path("spec.holderIdentity", "")), AGE),
}  # fmt: skip


def columns_of(resource: Resource) -> tuple[Column, ...]:
    """The columns of a kind; for a custom resource those that its definition asks for."""
    if resource.custom:
        told = tuple(_printer_column(column) for column in resource.columns)
        return (NAME, *told) if told else (NAME, AGE)
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
