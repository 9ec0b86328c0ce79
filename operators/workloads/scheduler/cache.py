"""What each node has left, counting pods that were promised a place but are not seen there yet."""

from __future__ import annotations

from collections.abc import Iterable

from operators.workloads.objects import Object, metadata, spec, status, uid
from operators.workloads.scheduler.resources import Node, Resources, node_from, requested

_Taken = tuple[str, Resources, Resources]


class NodeCache:
    """Kept up to date by events; `assume` counts a pod on its node before the server says so."""

    def __init__(self) -> None:
        self._nodes: dict[str, Node] = {}
        self._pods: dict[str, _Taken] = {}
        self._used: dict[str, tuple[Resources, Resources]] = {}

    def nodes(self) -> Iterable[Node]:
        return list(self._nodes.values())

    def set_node(self, obj: Object) -> None:
        used, scored = self._used.get(metadata(obj)["name"], (Resources(), Resources()))
        self._nodes[metadata(obj)["name"]] = node_from(obj, used, scored)

    def remove_node(self, obj: Object) -> None:
        self._nodes.pop(metadata(obj)["name"], None)

    def holds(self, pod: Object) -> bool:
        """Is the pod counted somewhere already?"""
        return uid(pod) in self._pods

    def set_pod(self, pod: Object) -> bool:
        """Take in a pod as the server has it. True where this freed room."""
        node = spec(pod).get("nodeName")
        if not node:
            return False
        if status(pod).get("phase") in ("Succeeded", "Failed"):
            return self.remove_pod(pod)
        self.assume(pod, node)
        return False

    def assume(self, pod: Object, node: str) -> None:
        """Count `pod` on `node`; once, however often it is said."""
        known = self._pods.get(uid(pod))
        if known is not None and known[0] == node:
            return
        self.remove_pod(pod)
        taken = (node, requested(pod), requested(pod, scored=True))
        self._pods[uid(pod)] = taken
        self._change(taken, 1)

    def remove_pod(self, pod: Object) -> bool:
        """Forget a pod: gone, finished, or its binding failed. True where it was counted."""
        taken = self._pods.pop(uid(pod), None)
        if taken is None:
            return False
        self._change(taken, -1)
        return True

    def _change(self, taken: _Taken, sign: int) -> None:
        name, used, scored = taken
        before = self._used.get(name, (Resources(), Resources()))
        after = (before[0] + used, before[1] + scored) if sign > 0 else (before[0] - used, before[1] - scored)
        self._used[name] = after
        node = self._nodes.get(name)
        if node is not None:
            self._nodes[name] = node.with_use(*after)
