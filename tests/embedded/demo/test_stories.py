"""Every scenario's document proves its story."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.embedded.demo.collector import OtlpCollector
from tests.embedded.demo.conftest import STORIES, Stories
from tests.embedded.demo.told import FOUR, Told

pytestmark = pytest.mark.slow

KEYS = {
    "scenario", "reached", "state", "duration_seconds", "traces", "orphans", "dropped", "api_requests",
    "notes", "relations",
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "code", "state", "roots"),
    [
        pytest.param("pod", 0, "reached", [("Pod", "reached")], id="a bare pod is one trace"),
        pytest.param("deployment", 0, "reached", [("Deployment", "reached")], id="a Deployment is one trace"),
        pytest.param("slow-pull", 0, "reached", [("Deployment", "reached")], id="slow or not, one trace"),
        pytest.param("failure", 1, "failed", [("Deployment", "failed")], id="a failure is one trace, exit 1"),
        pytest.param(
            "rollout",
            0,
            "reached",
            [("Deployment", "superseded"), ("Deployment", "reached")],
            id="the superseded change is a trace before that of the change which was reached",
        ),
        pytest.param(
            "drift",
            0,
            "reached",
            [("Deployment", "reached"), ("ReplicaSet", "reached")],
            id="healing is a trace of its own, that of the object which healed",
        ),
        pytest.param("crash", 0, "reached", [("Deployment", "reached")], id="kubelet killed: one trace"),
    ],
)
def test_how_it_ends(
    stories: Stories, name: str, code: int, state: str, roots: list[tuple[str, str]]
) -> None:
    """Exit code, state, and the root of each trace in the order in which they began."""
    told = stories(name)
    assert "" == told.answer.err
    assert (code, state) == (told.answer.code, told.document["state"])
    assert (code == 0) is told.document["reached"]
    assert roots == [(root.name, root.reason) for root in told.roots]


@pytest.mark.parametrize("name", STORIES)
def test_nothing_is_lost(stories: Stories, name: str) -> None:
    """No orphan, no dropped span; every span but the roots has its parent in its trace."""
    told = stories(name)
    assert KEYS | ({"outages"} if name == "crash" else set()) == set(told.document)
    assert name == told.document["scenario"]
    assert (0, 0) == (told.document["orphans"], told.document["dropped"])
    assert told.roots == list(told.parentless())
    assert [None] * len(told.roots) == [root.raw["parent_id"] for root in told.roots]


@pytest.mark.parametrize("name", STORIES)
def test_who_took_part(stories: Stories, name: str) -> None:
    """All four controllers; a bare pod needs only two."""
    told = stories(name)
    services = {span.raw["service"] for spans in told.traces for span in spans}
    assert (FOUR if name != "pod" else {"scheduler", "kubelet"}) == services


@pytest.mark.parametrize("name", ["pod", "deployment", "slow-pull", "crash"])
def test_the_root_closes_last(stories: Stories, name: str) -> None:
    """Not before the last pod is Ready, which is when its object span ends."""
    told = stories(name)
    (root,) = told.roots
    assert max(pod.raw["end_unix_nano"] for pod in told.named("Pod")) <= root.raw["end_unix_nano"]
    assert told.document["duration_seconds"] == pytest.approx(root.seconds, abs=1e-5)


def test_superseded(stories: Stories) -> None:
    """Each of the two changes links the other, and says which came after which."""
    told = stories("rollout")
    first, second = told.roots
    assert ("superseded_by", second.trace_id, second.raw["span_id"]) in first.links
    assert ("superseded", first.trace_id, first.raw["span_id"]) in second.links
    assert first.raw["end_unix_nano"] == second.raw["start_unix_nano"]
    assert 3 <= sum(span["traceutil.change"] == "deletion" for span in told.traces[1])


def test_drift(stories: Stories) -> None:
    """The healing links the trace of the change that had been reached; nothing of that one is in it."""
    told = stories("drift")
    first, healing = told.roots
    assert {("drift", first.trace_id)} == {link[:2] for link in healing.links}
    assert first.raw["end_unix_nano"] < healing.raw["start_unix_nano"]
    assert ["drift"] == [span["traceutil.relation"] for span in told.traces[1] if span.name == "ReplicaSet"]
    assert 1 == sum(span.name == "Pod" and span.is_object for span in told.traces[1])


def test_failure(stories: Stories) -> None:
    """The root failed with status's own words; its children, which nobody fails, are overdue."""
    told = stories("failure")
    (root,) = told.roots
    assert "error" == root.raw["status"]
    assert "ProgressDeadlineExceeded" == root["error.type"]
    assert root["traceutil.message"].startswith("ProgressDeadlineExceeded: ReplicaSet")
    children = [span for span in told.traces[0] if span.is_object and span is not root]
    children = [span for span in children if span.name != "Deployment"]
    assert {("ReplicaSet", "overdue"), ("Pod", "overdue")} == {(span.name, span.reason) for span in children}
    (pod,) = told.named("Pod")
    assert "registry.example/web:typo: not found" in pod["traceutil.message"]
    assert {"error"} == {span.raw["status"] for span in told.named("kubelet.PullImage")}


def test_slow_pull(stories: Stories) -> None:
    """One pull of more than 40 s, on the one node whose cache had not the image; it made the difference."""
    told = stories("slow-pull")
    pulls = told.named("kubelet.PullImage")
    (slow,) = [pull for pull in pulls if pull.seconds > 40]
    assert 3 == len(pulls)
    assert "node-2" == slow["k8s.node.name"]
    assert {False: {"node-2"}, True: {"node-1", "node-3"}} == {
        cached: {pull["k8s.node.name"] for pull in pulls if pull["traceutil.image.cached"] is cached}
        for cached in (False, True)
    }
    assert 0.8 * told.document["duration_seconds"] < slow.seconds
    assert any("time compressed" in note for note in told.document["notes"])


def test_crash(stories: Stories) -> None:
    """Of each of three pods what the kubelet was at is lost: SyncPod, its sandbox, the pull. No more; and a
    second kubelet did all of it, under the same pods."""
    told = stories("crash")
    (root,), (outage,) = told.roots, told.document["outages"]
    arrived = {span.raw["span_id"] for span in told.traces[0]}
    assert ("kubelet", 9) == (outage["controller"], len(set(outage["lost"]) - arrived))
    killed, back = outage["start_unix_nano"], outage["end_unix_nano"]
    assert root.raw["start_unix_nano"] < killed < back < root.raw["end_unix_nano"]
    syncs = told.named("kubelet.SyncPod")
    assert [True] * 3 == [span.raw["start_unix_nano"] > killed for span in syncs]
    assert 3 == len(told.named("Pod"))


@pytest.mark.parametrize(
    ("verb", "resource", "controller", "times"),
    [
        pytest.param("create", "deployments", "user", 1, id="the user creates the Deployment"),
        pytest.param("create", "replicasets", "deployment", 1, id="deployment creates its ReplicaSet"),
        pytest.param("create", "pods", "replicaset", 3, id="replicaset creates three pods"),
        pytest.param("create", "pods/binding", "scheduler", 3, id="scheduler binds each pod"),
        pytest.param("create", "nodes", "kubelet", 3, id="kubelet registers three nodes"),
        pytest.param("patch", "pods", "kubelet", 0, id="no request is made for a pod's annotations"),
        pytest.param("patch", "deployments", "deployment", 0, id="nor for a Deployment's"),
        pytest.param("watch", "pods", "workloads", 1, id="the four share one watch"),
    ],
)
def test_requests(stories: Stories, verb: str, resource: str, controller: str, times: int) -> None:
    """The server's counts of a Deployment of three, by verb, resource and controller."""
    assert times == stories("deployment").requests(verb, resource, controller)


def test_same_seed_same_tree(stories: Stories, sent: tuple[Told, Path, OtlpCollector]) -> None:
    """The same seed gives the same tree, down to the names of the pods."""
    again, _, _ = sent
    assert 26 == len(again.traces[0])
    assert stories("deployment").shape() == again.shape()
