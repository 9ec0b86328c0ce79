"""Cluster addresses of Services, out of 10.96.0.0/16 (the default of kubeadm)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from demo.apiserver.store import Object

if TYPE_CHECKING:
    from demo.apiserver.api import Api


def cluster_addresses() -> Iterator[str]:
    """10.96.0.2, 10.96.0.3, ... in order; the first address is the API server's own."""
    for third in range(256):
        for fourth in range(256):
            if (third, fourth) > (0, 1):
                yield f"10.96.{third}.{fourth}"


def allocate_address(service: Object, api: Api) -> Object:
    """The Service with `clusterIP` and `clusterIPs`, unless it is headless or names something outside."""
    spec = service.get("spec") or {}
    if spec.get("type") == "ExternalName":
        return service
    address = spec.get("clusterIP") or next(api.addresses)
    filled = spec | {"clusterIP": address, "clusterIPs": spec.get("clusterIPs") or [address]}
    return service | {"spec": filled}
