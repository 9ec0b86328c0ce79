"""How the cells of a Table are read from an object: paths, ages, counts, and what kinds tell of their own.

Source: kubernetes/pkg/printers/internalversion/printers.go; ages as k8s.io/apimachinery/pkg/util/duration.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from demo.apiserver.clock import NANOSECONDS
from demo.apiserver.scale import read_path
from demo.apiserver.selectors import label_selector_text
from demo.apiserver.store import Object

NONE = "<none>"
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
"""The cell of an object at a time (Unix ns)."""


def path(where: str, absent: Any = NONE) -> Cell:
    """The cell at a dotted path."""

    def cell(obj: Object, _: int) -> Any:
        found = read_path(obj, where)
        return absent if found in (None, "") else found

    return cell


def named(obj: Object, _: int) -> Any:
    return obj["metadata"]["name"]


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


def age_of(where: str) -> Cell:
    """How long ago the time at a dotted path was."""
    return lambda obj, now: age_since(read_path(obj, where), now)


def fraction(part: str, whole: str) -> Cell:
    """Two numbers, as in 1/3."""
    return lambda obj, _: f"{read_path(obj, part) or 0}/{read_path(obj, whole) or 0}"


def count(where: str) -> Cell:
    return lambda obj, _: len(read_path(obj, where) or ())


def each(where: str, name: str) -> Cell:
    """One field of every item of a list, joined by commas."""
    return lambda obj, _: ",".join(str(item.get(name, "")) for item in read_path(obj, where) or ()) or NONE


def selector(where: str) -> Cell:
    """A label selector, or a plain map of labels, as text."""

    def cell(obj: Object, _: int) -> str:
        found = read_path(obj, where)
        if not isinstance(found, Mapping):
            return NONE
        plain = not found.keys() & {"matchLabels", "matchExpressions"}
        return label_selector_text({"matchLabels": found} if plain else found) or NONE

    return cell


def node_status(obj: Object, _: int) -> str:
    conditions = {c.get("type"): c.get("status") for c in read_path(obj, "status.conditions") or []}
    ready = {"True": "Ready", None: "Unknown"}.get(conditions.get("Ready"), "NotReady")
    return f"{ready},SchedulingDisabled" if read_path(obj, "spec.unschedulable") else ready


def node_roles(obj: Object, _: int) -> str:
    """From the labels node-role.kubernetes.io/ROLE and kubernetes.io/role."""
    labels = obj["metadata"].get("labels") or {}
    prefix = "node-role.kubernetes.io/"
    found = {key.removeprefix(prefix) for key in labels if key.startswith(prefix)}
    return (
        ",".join(sorted(found | {labels[key] for key in ("kubernetes.io/role",) if labels.get(key)})) or NONE
    )


def node_address(kind: str) -> Cell:
    def cell(obj: Object, _: int) -> str:
        listed = read_path(obj, "status.addresses") or []
        return next((str(each["address"]) for each in listed if each.get("type") == kind), NONE)

    return cell


def service_ports(obj: Object, _: int) -> str:
    ports = read_path(obj, "spec.ports") or []
    return ",".join(_port(port) for port in ports) or NONE


def _port(port: Mapping[str, Any]) -> str:
    of_node = f":{port['nodePort']}" if port.get("nodePort") else ""
    return f"{port.get('port')}{of_node}/{port.get('protocol', 'TCP')}"


def external_address(obj: Object, _: int) -> str:
    """Where a Service is reached from outside."""
    spec = obj.get("spec") or {}
    if spec.get("type") == "ExternalName":
        return str(spec.get("externalName") or NONE)
    told = [str(each) for each in spec.get("externalIPs") or ()]
    if spec.get("type") == "LoadBalancer":
        ingress = read_path(obj, "status.loadBalancer.ingress") or []
        told = [str(each.get("ip") or each.get("hostname") or "") for each in ingress] + told
        return ",".join(told) or "<pending>"
    return ",".join(told) or NONE


def job_status(obj: Object, _: int) -> str:
    conditions = read_path(obj, "status.conditions") or []
    true = {each.get("type") for each in conditions if each.get("status") == "True"}
    if found := next((kind for kind in ("Complete", "Failed") if kind in true), None):
        return found
    if "deletionTimestamp" in obj["metadata"]:
        return "Terminating"
    return next(
        (kind for kind in ("Suspended", "FailureTarget", "SuccessCriteriaMet") if kind in true), "Running"
    )


def job_completions(obj: Object, _: int) -> str:
    done, wanted = read_path(obj, "status.succeeded") or 0, read_path(obj, "spec.completions")
    if wanted is not None:
        return f"{done}/{wanted}"
    parallel = read_path(obj, "spec.parallelism") or 0
    return f"{done}/1 of {parallel}" if parallel > 1 else f"{done}/1"


def job_duration(obj: Object, now: int) -> str:
    begun, ended = read_path(obj, "status.startTime"), read_path(obj, "status.completionTime")
    if not begun:
        return ""
    return age_since(begun, _unix(ended) if ended else now)


def _unix(timestamp: str) -> int:
    return int(datetime.fromisoformat(timestamp.replace("Z", "+00:00")).timestamp()) * NANOSECONDS


def last_seen(obj: Object, now: int) -> str:
    return age_since(obj.get("lastTimestamp") or obj.get("eventTime"), now)


def involved(obj: Object, _: int) -> str:
    found = obj.get("involvedObject") or {}
    return f"{found.get('kind', '')}/{found.get('name', '')}".lower()


def event_source(obj: Object, _: int) -> str:
    """The reporting component and its host."""
    source = obj.get("source") or {}
    component = source.get("component") or obj.get("reportingComponent") or ""
    host = source.get("host") or obj.get("reportingInstance") or ""
    return ", ".join(each for each in (component, host) if each)
