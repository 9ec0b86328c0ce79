"""`traceutil cluster` alone, and the demo on a cluster that was there before it."""

from __future__ import annotations

import resource
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.embedded.demo.alone import LEASES, Alone, alone, eventually
from tests.embedded.demo.command import LONGEST, started, traceutil
from tests.embedded.demo.told import FOUR, Told


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Alone]:
    with alone(tmp_path, nodes=2) as running:
        yield running


def lease(name: str, renewed: datetime) -> dict[str, object]:
    return {
        "metadata": {"name": name},
        "spec": {
            "holderIdentity": "somebody",
            "leaseDurationSeconds": 15,
            "renewTime": renewed.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        },
    }


def test_starts_fast_and_ends_on_sigterm(tmp_path: Path) -> None:
    """There after little work, with its nodes; says where it is; SIGTERM ends it with 0."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with alone(tmp_path, nodes=2) as running:
        assert {"node-1", "node-2"} == running.names("/api/v1/nodes")
        running.process.send_signal(signal.SIGTERM)
        assert 0 == running.process.wait(timeout=LONGEST)
    assert running.said.startswith("embedded cluster at http://127.0.0.1:")
    assert f"export KUBECONFIG={running.kubeconfig}" in running.said
    after = resource.getrusage(resource.RUSAGE_CHILDREN)  # CPU: of time it is the machine's share, too
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 5


@pytest.mark.slow
def test_demo_removes_what_it_made(cluster: Alone) -> None:
    """The story is the same; namespace, pods and Nodes of the demo are gone afterwards, others stay."""
    namespaces = cluster.names("/api/v1/namespaces")
    args = ("--cluster", "current", "--kubeconfig", cluster.kubeconfig, "-o", "json")
    told = Told(traceutil("demo", "deployment", *args))
    assert (0, "") == (told.answer.code, told.answer.err)
    assert [("Deployment", "reached")] == [(root.name, root.reason) for root in told.roots]
    assert (0, 0) == (told.document["orphans"], told.document["dropped"])
    assert FOUR == {span.raw["service"] for span in told.traces[0]}
    (namespace,) = {span["k8s.namespace.name"] for span in told.named("Pod")}
    assert namespace.startswith("traceutil-demo-")
    nodes = {span["k8s.node.name"] for span in told.named("kubelet.SyncPod")}
    assert all(name.startswith(f"{namespace}-node-") for name in nodes)
    eventually("the namespace to go", lambda: namespaces == cluster.names("/api/v1/namespaces"))
    assert set() == cluster.names("/api/v1/pods")
    assert set() == cluster.names("/apis/apps/v1/deployments")
    assert set() == cluster.names("/apis/apps/v1/replicasets")
    assert {"node-1", "node-2"} == cluster.names("/api/v1/nodes")


def test_speed(cluster: Alone) -> None:
    """Time cannot be sped up on a cluster whose clock is not ours."""
    args = ("--cluster", "current", "--kubeconfig", cluster.kubeconfig, "--speed", 5)
    answer = traceutil("demo", "pod", *args)
    assert (2, "") == (answer.code, answer.out)
    assert "leave --speed out" in answer.err


@pytest.mark.slow
def test_interrupted(cluster: Alone) -> None:
    """Ctrl-C ends the demo at once, with 130, and still removes what it made."""
    namespaces = cluster.names("/api/v1/namespaces")
    with started("demo", "deployment", "--cluster", "current", "--kubeconfig", cluster.kubeconfig) as demo:
        eventually("a pod", lambda: cluster.names("/api/v1/pods"))
        demo.send_signal(signal.SIGINT)
        assert 130 == demo.wait(timeout=LONGEST)
        assert demo.stdout is not None
        assert "" == demo.stdout.read()
    eventually("the namespace to go", lambda: namespaces == cluster.names("/api/v1/namespaces"))
    assert {"node-1", "node-2"} == cluster.names("/api/v1/nodes")


@pytest.mark.slow
def test_live_lease(cluster: Alone) -> None:
    """Where somebody schedules already the demo does not start, and says who that is."""
    cluster.user.post(LEASES, lease("kube-scheduler", datetime.now(UTC)))
    namespaces = cluster.names("/api/v1/namespaces")
    answer = traceutil("demo", "pod", "--cluster", "current", "--kubeconfig", cluster.kubeconfig)
    assert (2, "") == (answer.code, answer.out)
    assert 1 == answer.err.count("\n")
    assert "kube-scheduler is at work there" in answer.err
    assert namespaces == cluster.names("/api/v1/namespaces")


@pytest.mark.slow
def test_expired_lease(cluster: Alone) -> None:
    """Whoever has not renewed is gone: the demo runs."""
    cluster.user.post(LEASES, lease("kube-scheduler", datetime.now(UTC) - timedelta(minutes=1)))
    args = ("--cluster", "current", "--kubeconfig", cluster.kubeconfig, "-o", "json")
    answer = traceutil("demo", "pod", *args)
    assert (0, "reached") == (answer.code, answer.document["state"])
