"""The rules of services, nodes and volume claims, after pkg/apis/core/validation of kube-apiserver."""

from __future__ import annotations

from . import names
from .causes import Causes, between, duplicate, forbidden, invalid, one_of, required
from .fill import Obj, as_list, as_map
from .quantities import FORMAT, amount

_CLAIM_CHANGEABLE = (
    "spec is immutable after creation except resources.requests and "
    "volumeAttributesClassName for bound claims"
)


def service(obj: Obj, old: Obj | None) -> Causes:
    """The causes in a Service."""
    spec = as_map(obj.get("spec"))
    ports = as_list(spec.get("ports"))
    if not ports and spec.get("clusterIP") != "None" and spec.get("type") != "ExternalName":
        yield required("spec.ports")
    seen: set[str] = set()
    for index, port in enumerate(map(as_map, ports)):
        yield from _port(port, f"spec.ports[{index}]", len(ports) > 1, seen)
    yield from one_of("spec.type", spec.get("type"), "ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
    yield from one_of("spec.sessionAffinity", spec.get("sessionAffinity"), "ClientIP", "None")
    before = as_map((old or {}).get("spec"))
    if (
        before.get("clusterIP")
        and spec.get("clusterIP") != before["clusterIP"]
        and spec.get("type") != "ExternalName"
    ):
        yield invalid("spec.clusterIPs[0]", [spec.get("clusterIP")], "may not change once set")


def _port(port: Obj, at: str, needs_name: bool, seen: set[str]) -> Causes:
    name = port.get("name")
    if not name and needs_name:
        yield required(f"{at}.name")
    elif name:
        for problem in names.label(str(name)):
            yield invalid(f"{at}.name", name, problem)
        if str(name) in seen:
            yield duplicate(f"{at}.name", name)
        seen.add(str(name))
    yield from between(f"{at}.port", port.get("port") or 0, 1, 65535)
    yield from one_of(f"{at}.protocol", port.get("protocol"), "SCTP", "TCP", "UDP")
    target = port.get("targetPort")
    if isinstance(target, str):
        for problem in names.port_name(target):
            yield invalid(f"{at}.targetPort", target, problem)
    else:
        yield from between(f"{at}.targetPort", target, 1, 65535)


def node(obj: Obj, _old: Obj | None) -> Causes:
    """The causes in a Node: its taints are told apart by key and effect."""
    seen: set[tuple[str, str]] = set()
    for index, taint in enumerate(map(as_map, as_list(as_map(obj.get("spec")).get("taints")))):
        at = f"spec.taints[{index}]"
        key, effect = str(taint.get("key") or ""), taint.get("effect")
        if not key:
            yield required(f"{at}.key")
        if not effect:
            yield required(f"{at}.effect")
        yield from one_of(f"{at}.effect", effect, "NoSchedule", "PreferNoSchedule", "NoExecute")
        if (key, str(effect)) in seen:
            yield duplicate(at, taint)
        seen.add((key, str(effect)))


def claim(obj: Obj, old: Obj | None) -> Causes:
    """The causes in a PersistentVolumeClaim."""
    spec = as_map(obj.get("spec"))
    if not as_list(spec.get("accessModes")):
        yield required("spec.accessModes", "at least 1 access mode is required")
    storage = as_map(as_map(spec.get("resources")).get("requests")).get("storage")
    if storage is None:
        yield required("spec.resources[storage]")
    elif (number := amount(storage)) is None:
        yield invalid("spec.resources[storage]", storage, FORMAT)
    elif number <= 0:
        yield invalid("spec.resources[storage]", storage, "must be greater than zero")
    before = as_map((old or {}).get("spec"))
    # The binder sets the volume's name once; only the size may grow afterwards.
    free = {"resources", "volumeAttributesClassName"} | (
        {"volumeName"} if not before.get("volumeName") else set()
    )
    fixed = (spec.keys() | before.keys()) - free
    if old is not None and any(spec.get(name) != before.get(name) for name in fixed):
        yield forbidden("spec", _CLAIM_CHANGEABLE)
