"""Where a pod may run, and where it runs best."""

from __future__ import annotations

from typing import Any

import pytest

from operators.workloads.quantity import milli, whole
from operators.workloads.scheduler.filters import no_fit_message, reasons_against
from operators.workloads.scheduler.resources import Node, Resources, node_from, requested
from operators.workloads.scheduler.score import best

GIB = 1024**3
ROOM = Resources(cpu=4000, memory=8 * GIB, pods=10)
TAINT = {"key": "dedicated", "value": "gpu", "effect": "NoSchedule"}


def pod(cpu: str = "1", memory: str = "1Gi", **spec: Any) -> dict[str, Any]:
    requests = {"cpu": cpu, "memory": memory}
    return {"spec": {"containers": [{"name": "main", "resources": {"requests": requests}}], **spec}}


def affine(*expressions: dict[str, Any]) -> dict[str, Any]:
    terms = {"nodeSelectorTerms": [{"matchExpressions": list(expressions)}]}
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}


@pytest.mark.parametrize(
    ("asked", "node", "expected"),
    [
        pytest.param(pod(), Node("n", ROOM), [], id="enough room"),
        pytest.param(pod(cpu="5"), Node("n", ROOM), ["Insufficient cpu"], id="too little CPU"),
        pytest.param(pod(memory="9Gi"), Node("n", ROOM), ["Insufficient memory"], id="too little memory"),
        pytest.param(
            pod(), Node("n", ROOM, used=Resources(3500, 0, 1)), ["Insufficient cpu"], id="CPU taken by others"
        ),
        pytest.param(
            pod(), Node("n", ROOM, used=Resources(0, 0, 10)), ["Too many pods"], id="no more pods allowed"
        ),
        pytest.param(
            pod(), Node("n", ROOM, unschedulable=True), ["node(s) were unschedulable"], id="a cordoned node"
        ),
        pytest.param(
            pod(), Node("n", ROOM, taints=(TAINT,)), ["node(s) had untolerated taint {dedicated: gpu}"],
            id="a taint keeps others away",
        ),
        pytest.param(
            pod(tolerations=[{"key": "dedicated", "value": "gpu"}]), Node("n", ROOM, taints=(TAINT,)), [],
            id="a toleration for that key and value",
        ),
        pytest.param(
            pod(tolerations=[{"operator": "Exists"}]), Node("n", ROOM, taints=(TAINT,)), [],
            id="a toleration for everything",
        ),
        pytest.param(
            pod(tolerations=[{"key": "dedicated", "operator": "Exists", "effect": "NoExecute"}]),
            Node("n", ROOM, taints=(TAINT,)), ["node(s) had untolerated taint {dedicated: gpu}"],
            id="a toleration for another effect does not help",
        ),
        pytest.param(
            pod(), Node("n", ROOM, taints=({**TAINT, "effect": "PreferNoSchedule"},)), [],
            id="a soft taint keeps nobody away",
        ),
        pytest.param(
            pod(nodeSelector={"disk": "ssd"}), Node("n", ROOM, labels={"disk": "ssd"}), [],
            id="the node selector matches",
        ),
        pytest.param(
            pod(nodeSelector={"disk": "ssd"}), Node("n", ROOM),
            ["node(s) didn't match Pod's node affinity/selector"],
            id="the node selector does not match",
        ),
        pytest.param(
            pod(affinity=affine({"key": "zone", "operator": "In", "values": ["a", "b"]})),
            Node("n", ROOM, labels={"zone": "b"}), [],
            id="required node affinity matches",
        ),
        pytest.param(
            pod(affinity=affine({"key": "size", "operator": "Gt", "values": ["5"]})),
            Node("n", ROOM, labels={"size": "3"}), ["node(s) didn't match Pod's node affinity/selector"],
            id="required node affinity does not match",
        ),
    ],
)  # fmt: skip
def test_reasons_against(asked: dict[str, Any], node: Node, expected: list[str]) -> None:
    assert expected == reasons_against(asked, node)


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        pytest.param(
            {"containers": [{"resources": {"requests": {"cpu": "250m"}}}, {}]}, Resources(250, 0, 1),
            id="containers add up",
        ),
        pytest.param(
            {"containers": [{"resources": {"limits": {"memory": "1Ki"}}}]}, Resources(0, 1024, 1),
            id="a limit without a request is the request",
        ),
        pytest.param(
            {
                "containers": [{"resources": {"requests": {"cpu": "1"}}}],
                "initContainers": [{"resources": {"requests": {"cpu": "3"}}}],
            },
            Resources(3000, 0, 1),
            id="an init container that needs more than all others counts alone",
        ),
        pytest.param(
            {"containers": [{}], "overhead": {"cpu": "100m"}}, Resources(100, 0, 1), id="overhead counts"
        ),
    ],
)  # fmt: skip
def test_requested(spec: dict[str, Any], expected: Resources) -> None:
    assert expected == requested({"spec": spec})


@pytest.mark.parametrize(
    ("text", "thousandths", "units"),
    [
        pytest.param("250m", 250, 1, id="a quarter of a core"),
        pytest.param("2", 2000, 2, id="two"),
        pytest.param(2, 2000, 2, id="a bare number"),
        pytest.param("64Mi", 64 * 2**20 * 1000, 64 * 2**20, id="binary"),
        pytest.param("1e3", 1_000_000, 1000, id="an exponent"),
        pytest.param("much", 0, 0, id="nonsense is nothing"),
        pytest.param(None, 0, 0, id="nothing is nothing"),
    ],
)
def test_quantities(text: Any, thousandths: int, units: int) -> None:
    assert (thousandths, units) == (milli(text), whole(text))


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        pytest.param(
            [Node("a", ROOM, scored=Resources(3000, GIB)), Node("b", ROOM, scored=Resources(1000, GIB))], "b",
            id="the emptier node",
        ),
        pytest.param(
            [Node("a", ROOM, used=Resources(pods=2)), Node("b", ROOM, used=Resources(pods=1))], "b",
            id="of equals the one with fewer pods",
        ),
        pytest.param([Node("b", ROOM), Node("a", ROOM)], "a", id="then the first by name"),
        pytest.param(
            [Node("small", Resources(1000, GIB, 10)), Node("large", ROOM)], "large", id="the larger node"
        ),
    ],
)  # fmt: skip
def test_best(nodes: list[Node], expected: str) -> None:
    assert expected == best(Resources(500, GIB // 2), nodes).name


def test_pods_without_requests_spread() -> None:
    """A pod that asks for nothing still counts when nodes are scored."""
    idle = requested({"spec": {"containers": [{}]}}, scored=True)
    assert best(idle, [Node("a", ROOM, scored=idle), Node("b", ROOM)]).name == "b"


@pytest.mark.parametrize(
    ("reasons", "expected"),
    [
        pytest.param(
            [["Insufficient cpu"], ["Insufficient cpu", "Too many pods"]],
            "0/2 nodes are available: 2 Insufficient cpu, 1 Too many pods.",
            id="reasons are counted",
        ),
        pytest.param(
            [], "0/0 nodes are available: no nodes available to schedule pods.", id="there are no nodes"
        ),
    ],
)
def test_no_fit_message(reasons: list[list[str]], expected: str) -> None:
    assert expected == no_fit_message(reasons)


def test_node_from_reads_what_a_node_offers() -> None:
    """Allocatable counts, not capacity."""
    node = node_from(
        {
            "metadata": {"name": "n", "labels": {"zone": "a"}},
            "spec": {"unschedulable": True},
            "status": {"capacity": {"cpu": "9"}, "allocatable": {"cpu": "4", "memory": "8Gi", "pods": "10"}},
        }
    )
    assert Node("n", ROOM, labels={"zone": "a"}, unschedulable=True) == node
