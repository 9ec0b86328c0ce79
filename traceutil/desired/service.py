"""Service: a load balancer has an address; every other type is there once it is stored."""

from __future__ import annotations

from .fields import Json, items, section
from .verdict import REACHED, Convergence, in_progress


def service(obj: Json) -> Convergence:
    """kstatus' rule, but a LoadBalancer waits for its ingress, not just for its cluster IP."""
    if section(obj, "spec").get("type") != "LoadBalancer":
        return REACHED
    ingress = items(section(section(obj, "status"), "loadBalancer"), "ingress")
    if any(point.get("ip") or point.get("hostname") for point in ingress):
        return REACHED
    return in_progress("NoIngress", "the load balancer has no address yet")
