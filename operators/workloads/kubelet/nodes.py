"""The nodes that this process plays kubelet for, as objects in the cluster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from operators.workloads.client import ApiError, Client
from operators.workloads.clock import Clock
from operators.workloads.conditions import status_patch, with_condition
from operators.workloads.objects import Object, metadata, spec, status, version

#: The taint that admission puts on a new node until its kubelet is ready.
NOT_READY = "node.kubernetes.io/not-ready"
_KUBELET = "traceutil-simulated"


@dataclass(frozen=True)
class NodeSpec:
    """A node's name and capacity (quantities as in manifests)."""

    name: str
    cpu: str = "8"
    memory: str = "32Gi"
    pods: int = 110
    labels: Mapping[str, str] = field(default_factory=dict)
    address: str = "192.0.2.1"  #: of TEST-NET-1 (RFC 5737): nothing real is ever addressed


def node_specs(count: int, *, prefix: str = "node-", pods: int = 110) -> list[NodeSpec]:
    """node-1 … node-<count>, alike."""
    return [
        NodeSpec(f"{prefix}{index}", pods=pods, address=f"192.0.2.{index % 254 + 1}")
        for index in range(1, count + 1)
    ]


def node_object(node: NodeSpec) -> dict[str, Any]:
    labels = {
        "kubernetes.io/hostname": node.name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        **node.labels,
    }
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": node.name, "labels": labels}, "spec": {}}


def node_status(node: NodeSpec, old: Object, clock: Clock) -> dict[str, Any]:
    """The status that a healthy kubelet reports; heartbeat times move only with something else."""
    capacity = {"cpu": node.cpu, "memory": node.memory, "pods": str(node.pods)}
    reports = {
        "MemoryPressure": ("False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
        "DiskPressure": ("False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
        "PIDPressure": ("False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
        "Ready": ("True", "KubeletReady", "kubelet is posting ready status"),
    }
    conditions: list[Mapping[str, Any]] = list(status(old).get("conditions") or ())
    known = {each.get("type"): each for each in conditions}
    for kind, (value, reason, message) in reports.items():
        had = known.get(kind) or {}
        if (had.get("status"), had.get("reason")) == (value, reason):
            continue
        stamp = clock.timestamp()
        fresh = {"type": kind, "status": value, "reason": reason, "message": message}
        fresh |= {"lastHeartbeatTime": stamp, "lastTransitionTime": stamp}
        conditions = with_condition(conditions, fresh)
    return {
        **status(old),
        "capacity": capacity,
        "allocatable": capacity,
        "addresses": [
            {"type": "InternalIP", "address": node.address},
            {"type": "Hostname", "address": node.name},
        ],
        "conditions": conditions,
        "nodeInfo": {
            "kubeletVersion": _KUBELET, "kubeProxyVersion": "", "containerRuntimeVersion": _KUBELET,
            "machineID": "", "systemUUID": "", "bootID": "", "kernelVersion": "", "osImage": "",
            "operatingSystem": "linux", "architecture": "amd64",
        },
    }  # fmt: skip


async def register(client: Client, node: NodeSpec, clock: Clock) -> Object:
    """Make the Node or take over the one that is there; report Ready; lift the admission taint."""
    try:
        stored = await client.create(node_object(node))
    except ApiError as error:
        if error.status != 409:
            raise
        stored = await client.get("Node", "", node.name)
    change = status_patch(status(stored), node_status(node, stored, clock))
    if change:
        body = {"metadata": {"resourceVersion": version(stored)}, "status": change}
        stored = await client.patch("Node", "", node.name, body, "status")
    taints = spec(stored).get("taints") or []
    kept = [each for each in taints if each.get("key") != NOT_READY]
    if kept != taints:
        guard = {"resourceVersion": metadata(stored)["resourceVersion"]}
        stored = await client.patch(
            "Node", "", node.name, {"metadata": guard, "spec": {"taints": kept or None}}
        )
    return stored
