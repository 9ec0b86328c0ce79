"""Of the nodes that fit, which is best? The least allocated one."""

from __future__ import annotations

from collections.abc import Iterable

from operators.workloads.scheduler.resources import Node, Resources


def least_allocated(need: Resources, node: Node) -> int:
    """0 … 100: the mean share of CPU and memory still free with the pod there (LeastAllocated).

    `need`: with the defaults for containers without requests, as `node.scored`.
    """
    taken = node.scored + need

    def free(used: int, offered: int) -> int:
        return 0 if offered <= 0 or used > offered else (offered - used) * 100 // offered

    cpu = free(taken.cpu, node.allocatable.cpu)
    memory = free(taken.memory, node.allocatable.memory)
    return (cpu + memory) // 2


def best(need: Resources, nodes: Iterable[Node]) -> Node:
    """The node with the highest score; among equals the one with fewer pods, then the first by name.

    kube-scheduler draws lots among equals; a fixed order keeps runs with one seed the same.
    Raises ValueError where there is no node.
    """
    return min(nodes, key=lambda node: (-least_allocated(need, node), node.used.pods, node.name))
