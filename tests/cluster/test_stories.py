"""Every story on a real API server, its spans sent to a real Jaeger and read back from there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeAlias

import pytest

from demo.stories import STORIES
from demo.target import NAMESPACES
from tests.cluster.control_plane import ControlPlane
from tests.cluster.jaeger import Jaeger
from tests.cluster.jaeger_trace import SeenTrace
from tests.conformance.http_client import ApiServer, Client, Reply
from tests.embedded.demo.alone import eventually
from tests.embedded.demo.command import traceutil
from tests.embedded.demo.told import FOUR, Told

#: The longest first: slow-pull's time is not compressed on a cluster whose clock is not ours.
NAMES = ("slow-pull", "failure", "rollout", "drift", "deployment", "pod")
#: Seconds after a story's end by which Jaeger must have all of it.
ARRIVAL = 10


@dataclass(frozen=True)
class Played:
    """What the demo told, and what Jaeger has of it, in the same order."""

    told: Told
    seen: list[SeenTrace]


Stories: TypeAlias = Callable[[str], Played]


@pytest.fixture(scope="module")
def stories(
    control_plane: ControlPlane, jaeger: Jaeger, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stories]:
    """Every story, run once for all tests here, three at a time: they wait more than they compute."""
    kubeconfig = control_plane.write_kubeconfig(tmp_path_factory.mktemp("stories") / "kubeconfig", "user")

    def play(name: str) -> Played:
        otlp = jaeger.otlp_grpc if name == "rollout" else jaeger.otlp_http
        args = ("--cluster", "current", "--kubeconfig", kubeconfig, "--otlp", otlp)
        told = Told(traceutil("demo", name, *args, "--output", "json"))
        return Played(told, _seen(jaeger, told))

    with ThreadPoolExecutor(3) as pool:
        running: dict[str, Future[Played]] = {name: pool.submit(play, name) for name in NAMES}
        yield lambda name: running[name].result()


def _seen(jaeger: Jaeger, told: Told) -> list[SeenTrace]:
    """All that Jaeger has of the story's namespace, whoever sent it."""
    (namespace,) = {span["k8s.namespace.name"] for span in told.named("Pod")}
    expected = sum(map(len, told.traces))

    def arrived() -> list[SeenTrace]:
        found = {
            trace["traceID"]: SeenTrace(trace)
            for service in jaeger.services()
            for trace in jaeger.traces(service, tags=json.dumps({"k8s.namespace.name": namespace}))
        }
        return list(found.values()) if sum(len(trace.spans) for trace in found.values()) >= expected else []

    traces = eventually("Jaeger to have every span", arrived, ARRIVAL)
    return sorted(traces, key=lambda trace: min(span["startTime"] for span in trace.raw["spans"]))


@pytest.mark.parametrize(
    ("name", "code", "roots"),
    [
        pytest.param("pod", 0, [("Pod", "reached")], id="a bare pod is one trace"),
        pytest.param("deployment", 0, [("Deployment", "reached")], id="a Deployment is one trace"),
        pytest.param("slow-pull", 0, [("Deployment", "reached")], id="slow or not, one trace"),
        pytest.param("failure", 1, [("Deployment", "failed")], id="a failure is one trace, exit 1"),
        pytest.param(
            "rollout",
            0,
            [("Deployment", "superseded"), ("Deployment", "reached")],
            id="the superseded change is a trace before that of the change which was reached",
        ),
        pytest.param(
            "drift",
            0,
            [("Deployment", "reached"), ("ReplicaSet", "reached")],
            id="healing is a trace of its own, that of the object which healed",
        ),
    ],
)
def test_one_closed_root_a_trace(
    stories: Stories, name: str, code: int, roots: list[tuple[str, str]]
) -> None:
    """Jaeger has as many traces as the story says, and each has one root, which says how it ended."""
    played = stories(name)
    assert ("", code) == (played.told.answer.err, played.told.answer.code)
    assert STORIES[name].traces == len(played.seen)
    assert [[root] for root in roots] == [
        [(root.name, root.tags["traceutil.reason"]) for root in trace.roots] for trace in played.seen
    ]


@pytest.mark.parametrize("name", NAMES)
def test_no_parent_is_missing(stories: Stories, name: str) -> None:
    """What Jaeger has is what was told: every span, each below a span of its own trace."""
    played = stories(name)
    assert [set()] * len(played.seen) == [trace.missing for trace in played.seen]
    assert {span.raw["span_id"] for spans in played.told.traces for span in spans} == {
        span.span_id for trace in played.seen for span in trace.spans
    }
    assert (0, 0) == (played.told.document["orphans"], played.told.document["dropped"])
    assert [] == [each for trace in played.seen for each in trace.warnings]


@pytest.mark.parametrize(
    ("name", "services"),
    [
        pytest.param("pod", [{"scheduler", "kubelet"}], id="a bare pod needs two"),
        pytest.param("deployment", [FOUR], id="a Deployment needs all four"),
        pytest.param("slow-pull", [FOUR], id="slow or not, all four"),
        pytest.param("failure", [FOUR], id="all four, though it fails"),
        pytest.param("rollout", [FOUR, FOUR], id="all four for each of two changes"),
        pytest.param(
            "drift",
            [FOUR, {"replicaset", "scheduler", "kubelet"}],
            id="healing needs no deployment controller",
        ),
    ],
)
def test_every_service_that_worked(stories: Stories, name: str, services: list[set[str]]) -> None:
    """The controllers of each trace, by the names under which Jaeger finds it."""
    assert services == [trace.services for trace in stories(name).seen]


@pytest.mark.parametrize(
    ("name", "links"),
    [
        pytest.param("rollout", [{1}, {0}], id="the superseded change and its successor link each other"),
        pytest.param("drift", [set(), {0}], id="the healing links what it heals"),
        pytest.param("deployment", [set()], id="one trace has nothing to link"),
    ],
)
def test_traces_are_linked(stories: Stories, name: str, links: list[set[int]]) -> None:
    """By number: which other trace of the story each root links."""
    seen = stories(name).seen
    numbers = {trace.trace_id: number for number, trace in enumerate(seen)}
    assert links == [{numbers.get(other, -1) for other in trace.linked} for trace in seen]


def test_nothing_stays_in_the_cluster(stories: Stories, control_plane: ControlPlane) -> None:
    """Namespaces and Nodes of the demo are gone when all stories are told."""
    for name in NAMES:
        stories(name)
    client = Client(ApiServer(control_plane.url, control_plane.token, control_plane.ca))
    for path in ("/api/v1/namespaces", "/api/v1/nodes"):
        client.wait(path, lambda reply: [] == [name for name in _names(reply) if NAMESPACES in name])
    client.close()


def _names(reply: Reply) -> list[str]:
    return [item["metadata"]["name"] for item in reply.body["items"]]
