"""Joined for real: four controllers in four processes, and nothing between them but the objects."""

from __future__ import annotations

import signal
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from demo.stories.objects import deployment
from operators.workloads import CONTROLLERS
from tests.embedded.demo.alone import DEPLOYMENTS, PODS, Alone, alone, eventually
from tests.embedded.demo.collector import OtlpCollector
from tests.embedded.demo.command import LONGEST, started
from tests.embedded.demo.told import FOUR
from traceutil.sdk import setup
from traceutil.view.tree import Trace, build

pytestmark = pytest.mark.slow

WITHOUT = {"TRACEUTIL_WRITING": "false"}
#: At least these come of a Deployment of three. Who is ended before it exports leaves that to its successor.
EXPECTED = Counter(
    {"Deployment": 1, "ReplicaSet": 1, "Pod": 3, "scheduler.SchedulePod": 3, "kubelet.SyncPod": 3}
)


@dataclass(frozen=True)
class Outcome:
    """The traces that the collector got, and the pods as they stood."""

    traces: list[Trace]
    pods: list[dict[str, Any]]

    @property
    def services(self) -> set[str]:
        return {node.span.service for trace in self.traces for node in trace.nodes.values()}


def four_processes(directory: Path, environ: dict[str, str]) -> Outcome:
    """A user creates a Deployment of three; all end once it is available, and deliver their spans."""
    with OtlpCollector() as collector, alone(directory) as cluster:
        with ExitStack() as stack:
            args = ("--otlp", collector.url, "--kubeconfig", cluster.kubeconfig)
            processes = [
                stack.enter_context(started("run", "workloads", "--only", name, *args, environ=environ))
                for name in CONTROLLERS
            ]
            create(cluster, collector.url, environ)
            eventually("three available replicas", lambda: available(cluster) == 3)
            if not environ:
                eventually("all spans", lambda: Counter(each.name for each in collector.spans) >= EXPECTED)
            pods = cluster.user.get(PODS).body["items"]
            for process in processes:
                process.send_signal(signal.SIGTERM)
            assert [0, 0, 0, 0] == [process.wait(timeout=LONGEST) for process in processes]
        return Outcome(build(collector.spans), pods)


def create(cluster: Alone, url: str, environ: dict[str, str]) -> None:
    with setup("user", url, set_global=False, environ=environ) as telemetry:
        wanted = deployment("web", 3)
        telemetry.tracer().trace_until_reached(wanted, closer="deployment")
        assert 201 == cluster.user.post(DEPLOYMENTS, wanted).code


def available(cluster: Alone) -> int:
    status = cluster.user.get(f"{DEPLOYMENTS}/web").body.get("status") or {}
    return int(status.get("availableReplicas") or 0)


def annotated(pods: list[dict[str, Any]]) -> set[str]:
    return {key for pod in pods for key in pod["metadata"].get("annotations") or {}}


def test_one_trace(tmp_path: Path) -> None:
    """The user's write, and the work of four processes: one trace of four services, nobody orphaned."""
    outcome = four_processes(tmp_path, {})
    (trace,) = outcome.traces
    assert "Deployment" == trace.main.span.name
    assert [] == trace.orphans
    assert FOUR == outcome.services
    names = [node.span.name for node in trace.nodes.values()]
    assert 3 == names.count("kubelet.SyncPod") == names.count("Pod") == names.count("scheduler.SchedulePod")
    assert "tracing.k8s.io/traceparent" in annotated(outcome.pods)


def test_it_is_the_annotations_that_join(tmp_path: Path) -> None:
    """The same with all writing of annotations switched off falls apart."""
    outcome = four_processes(tmp_path, WITHOUT)
    assert len(outcome.traces) > 1
    assert set() == annotated(outcome.pods)
    assert {"kubelet", "scheduler"} <= outcome.services
