"""`traceutil apply` and controllers that trace, each in its own process: one joined trace."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.apiserver import ClusterThread
from tests.embedded.cli.applying import Place, config, deployment, results
from tests.embedded.demo.alone import eventually
from tests.embedded.demo.collector import OtlpCollector
from tests.embedded.demo.command import ROOT, started, traceutil
from traceutil.view.tree import build

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def controllers(
    shared_cluster: ClusterThread, collector: OtlpCollector, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """The four, with three nodes, until the last test here is done."""
    kubeconfig = shared_cluster.write_kubeconfig(tmp_path_factory.mktemp("run") / "kubeconfig", "kubelet")
    args = ("--kubeconfig", kubeconfig, "--otlp", collector.url)
    with started("run", "workloads", *args):
        yield


def finished(place: Place, trace_id: str, count: int) -> None:
    """The controllers have sent their last."""
    eventually(f"{count} spans", lambda: len(place.spans(trace_id)) >= count)


def test_one_object_is_the_root(place: Place) -> None:
    """The Deployment's span, closed by its controller, has all that was done for it below it."""
    answer = place.apply("--wait", objects=(deployment(),))
    (applied,) = answer.document["objects"]
    finished(place, applied["traceId"], 4)
    eventually("the root", lambda: any(s.parent_id is None for s in place.spans(applied["traceId"])))
    (trace,) = build(place.spans(applied["traceId"]))

    assert ([("Deployment", "created", "reached")], 0, None) == (
        results(answer),
        answer.code,
        answer.document["release"],
    )
    assert [("Deployment", applied["spanId"], "deployment")] == [
        (node.span.name, node.span.span_id, node.span.attributes["traceutil.emitter"]) for node in trace.roots
    ]
    assert {"Deployment", "ReplicaSet", "Pod", "scheduler.SchedulePod", "kubelet.SyncPod"} <= {
        node.span.name for node in trace.nodes.values()
    }
    assert 1 == sum(node.span.name == "Deployment" for node in trace.nodes.values())


def test_many_objects_hang_under_one_release(place: Place) -> None:
    """Two Deployments and what they need: one trace, whose root is the release."""
    answer = place.apply("--wait", objects=(config(), deployment("a", 1), deployment("b", 1)))
    release = answer.document["release"]
    children = {"ConfigMap", "Deployment"}

    def closed() -> bool:
        return 3 == sum(span.name in children for span in place.spans(release["traceId"]))

    eventually("the Deployments' spans", closed)
    (trace,) = build(place.spans(release["traceId"]))

    assert 0 == answer.code
    assert ["Release"] == [node.span.name for node in trace.roots]
    assert {release["spanId"]} == {n.span.parent_id for n in trace.nodes.values() if n.span.name in children}


def test_what_is_there_already_is_waited_for_too(place: Place) -> None:
    """Unchanged, and reached: 0 at once, with the trace that it had."""
    first = place.apply("--wait", objects=(deployment(replicas=1),)).document["objects"][0]
    before = place.stored("Deployment", "web")["metadata"]["resourceVersion"]
    again = place.apply("--wait", objects=(deployment(replicas=1),))

    assert ([("Deployment", "unchanged", "reached")], 0) == (results(again), again.code)
    assert first["traceId"] == again.document["objects"][0]["traceId"]
    assert before == place.stored("Deployment", "web")["metadata"]["resourceVersion"]


def test_a_failure_ends_the_waiting(place: Place) -> None:
    """A Deployment that no node has room for fails by its own deadline: exit code 1, with status's words."""
    answer = place.apply("--wait", objects=(deployment(cpu="4000", progressDeadlineSeconds=1),))
    (applied,) = answer.document["objects"]

    assert ([("Deployment", "created", "failed")], 1) == (results(answer), answer.code)
    assert "ProgressDeadlineExceeded" in applied["message"]


def test_what_the_controller_signed_is_closed_by_it(place: Place) -> None:
    """Overdue after --timeout: once, by the Deployment's controller, and apply ends with 3."""
    answer = place.apply("--wait", "--timeout", "1500ms", objects=(deployment(cpu="4000"),))
    trace_id = answer.document["objects"][0]["traceId"]
    eventually("the root", lambda: "Deployment" in {span.name for span in place.spans(trace_id)})

    assert ([("Deployment", "created", "in progress")], 3) == (results(answer), answer.code)
    assert [("overdue", "deployment")] == [
        (span.attributes["traceutil.reason"], span.attributes["traceutil.emitter"])
        for span in place.spans(trace_id)
        if span.name == "Deployment"
    ]


def test_text_is_a_line_an_object(place: Place, tmp_path: Path) -> None:
    """What a person reads, and where Jaeger shows it."""
    document = place.apply("--wait", objects=(config("a"),)).document["objects"][0]
    args = place.arguments(
        "--jaeger", "http://j/x?id={trace_id}", objects=(config("a"), deployment(replicas=0))
    )

    answer = traceutil(*args)
    lines = answer.out.splitlines()

    assert f"ConfigMap/a -n {place.namespace}     unchanged  trace {document['traceId']}" == lines[0]
    assert lines[1].startswith(f"Deployment/web -n {place.namespace}  created    trace ")
    assert f"trace http://j/x?id={lines[1].split()[-1]}" == lines[2]
    assert (3, "") == (len(lines), answer.err)


def test_the_example_of_the_documents(place: Place, tmp_path: Path) -> None:
    """docs/apply.md: its manifest, its command, and what it says comes of it."""
    page = (ROOT / "docs" / "apply.md").read_text()
    blocks = dict(re.findall(r"```(yaml|text)\n(.*?)```", page, re.DOTALL))
    (tmp_path / "web.yaml").write_text(blocks["yaml"])
    args = ("--kubeconfig", place.kubeconfig, "--otlp", place.collector.url)
    answer = traceutil("apply", "-f", tmp_path / "web.yaml", "--wait", *args)

    assert (0, _shape(blocks["text"])) == (answer.code, _shape(answer.out))


def _shape(text: str) -> str:
    """Without ids and times, which are another's each time."""
    return re.sub(r"[0-9a-f]{32}", "ID", re.sub(r"\d+\.\d s", "N s", text))
