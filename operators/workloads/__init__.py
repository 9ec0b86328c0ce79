"""Deployment, ReplicaSet, scheduler and kubelet controllers on kopf, traced through their objects.

    await run_controllers(CONTROLLERS, connections=…, tracers=…, clock=Clock(), nodes=node_specs(3), …)

Names are imported on first use: kopf and aiohttp take half a second, and `--help` needs neither.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from operators.workloads.names import CONTROLLERS

if TYPE_CHECKING:
    from operators.workloads.clock import Clock
    from operators.workloads.connection import Connection, KubeconfigError
    from operators.workloads.kubelet.images import Image, Registry
    from operators.workloads.kubelet.nodes import NodeSpec, node_specs
    from operators.workloads.kubelet.runtime import ContainerRuntime
    from operators.workloads.kubelet.simulated import SimulatedRuntime
    from operators.workloads.run import run_controllers

_WHERE = {
    "Clock": "clock",
    "Connection": "connection",
    "ContainerRuntime": "kubelet.runtime",
    "Image": "kubelet.images",
    "KubeconfigError": "connection",
    "NodeSpec": "kubelet.nodes",
    "Registry": "kubelet.images",
    "SimulatedRuntime": "kubelet.simulated",
    "node_specs": "kubelet.nodes",
    "run_controllers": "run",
}

__all__ = [
    "CONTROLLERS",
    "Clock",
    "Connection",
    "ContainerRuntime",
    "Image",
    "KubeconfigError",
    "NodeSpec",
    "Registry",
    "SimulatedRuntime",
    "node_specs",
    "run_controllers",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
