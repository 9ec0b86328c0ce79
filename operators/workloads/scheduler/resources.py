"""What does a pod ask for, and what does a node have?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from operators.workloads.objects import Object, metadata, spec, status
from operators.workloads.quantity import milli, whole

#: What a container without requests counts for in scoring (noderesources' DefaultMilliCPURequest and
#: DefaultMemoryRequest), so that pods without requests spread too.
_SCORED_CPU, _SCORED_MEMORY = 100, 200 * 1024 * 1024


@dataclass(frozen=True)
class Resources:
    """CPU in millicores, memory in bytes, and a number of pods."""

    cpu: int = 0
    memory: int = 0
    pods: int = 0

    def __add__(self, other: Resources) -> Resources:
        return Resources(self.cpu + other.cpu, self.memory + other.memory, self.pods + other.pods)

    def __sub__(self, other: Resources) -> Resources:
        return Resources(self.cpu - other.cpu, self.memory - other.memory, self.pods - other.pods)


def _request(container: Mapping[str, Any]) -> Mapping[str, Any]:
    resources = container.get("resources") or {}
    # A limit without a request is the request (API server defaulting of pods).
    return {**(resources.get("limits") or {}), **(resources.get("requests") or {})}


def _sum(containers: Iterable[Mapping[str, Any]], *, scored: bool) -> Resources:
    total = Resources()
    for each in containers:
        asked = _request(each)
        cpu, memory = milli(asked.get("cpu")), whole(asked.get("memory"))
        if scored:
            cpu, memory = cpu or _SCORED_CPU, memory or _SCORED_MEMORY
        total += Resources(cpu, memory)
    return total


def requested(pod: Object, *, scored: bool = False) -> Resources:
    """What a pod takes: the sum of its containers, or its largest init container, plus overhead.

    `scored`: containers without requests count for a default, as in the node's score only.
    """
    body = spec(pod)
    main = _sum(body.get("containers") or (), scored=scored)
    for each in body.get("initContainers") or ():
        one = _sum([each], scored=scored)
        main = Resources(max(main.cpu, one.cpu), max(main.memory, one.memory))
    overhead = body.get("overhead") or {}
    return main + Resources(milli(overhead.get("cpu")), whole(overhead.get("memory")), 1)


@dataclass(frozen=True)
class Node:
    """A node as the scheduler sees it: what it offers, what is taken, what it refuses."""

    name: str
    allocatable: Resources
    used: Resources = Resources()
    scored: Resources = Resources()
    labels: Mapping[str, str] | None = None
    taints: tuple[Mapping[str, Any], ...] = ()
    unschedulable: bool = False

    def with_use(self, used: Resources, scored: Resources) -> Node:
        return replace(self, used=used, scored=scored)


def node_from(obj: Object, used: Resources = Resources(), scored: Resources = Resources()) -> Node:
    offered = status(obj).get("allocatable") or status(obj).get("capacity") or {}
    return Node(
        name=metadata(obj).get("name") or "",
        allocatable=Resources(
            milli(offered.get("cpu")), whole(offered.get("memory")), whole(offered.get("pods"))
        ),
        used=used,
        scored=scored,
        labels=metadata(obj).get("labels") or {},
        taints=tuple(spec(obj).get("taints") or ()),
        unschedulable=bool(spec(obj).get("unschedulable")),
    )
