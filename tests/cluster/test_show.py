"""`traceutil show` from a real Jaeger, of objects on a real API server, and of those that are gone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cluster.control_plane import ControlPlane
from tests.cluster.jaeger import Jaeger
from tests.conformance.http_client import ApiServer, Client
from tests.embedded.cli.applying import deployment
from tests.embedded.demo.alone import eventually
from tests.embedded.demo.command import Answer, started, traceutil
from tests.embedded.demo.told import Told

pytestmark = pytest.mark.slow

NAMESPACE = "show"


@dataclass(frozen=True)
class Here:
    """Where to look."""

    jaeger: Jaeger
    kubeconfig: Path
    directory: Path

    def show(self, *args: object, namespace: str = NAMESPACE) -> Answer:
        where = ("--jaeger", self.jaeger.query_url, "--kubeconfig", self.kubeconfig, "-n", namespace)
        return traceutil("show", *args, *where)

    def apply(self, *objects: object) -> Answer:
        file = self.directory / "objects.json"
        file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}))
        where = ("--otlp", self.jaeger.otlp_http, "--kubeconfig", self.kubeconfig, "-n", NAMESPACE)
        return traceutil("apply", "-f", file, *where, "-o", "json")


@pytest.fixture(scope="module")
def here(control_plane: ControlPlane, jaeger: Jaeger, tmp_path_factory: pytest.TempPathFactory) -> Here:
    directory = tmp_path_factory.mktemp("show")
    return Here(jaeger, control_plane.write_kubeconfig(directory / "kubeconfig", "user"), directory)


@pytest.fixture(scope="module")
def gone(here: Here) -> dict[str, Told]:
    """Two stories, played and cleared away: their objects are gone when they are looked for."""

    def play(name: str) -> Told:
        where = ("--cluster", "current", "--kubeconfig", here.kubeconfig, "--otlp", here.jaeger.otlp_http)
        told = Told(traceutil("demo", name, *where, "--output", "json"))
        traces = told.document["traces"]
        eventually("Jaeger to have the traces", lambda: all(_has(here.jaeger, each) for each in traces), 10)
        return told

    with ThreadPoolExecutor(2) as pool:
        names = ("rollout", "drift")
        return dict(zip(names, pool.map(play, names), strict=True))


def _has(jaeger: Jaeger, told: dict[str, object]) -> bool:
    found = jaeger.trace(str(told["trace_id"]))
    spans = told["spans"]
    return found is not None and isinstance(spans, list) and len(found["spans"]) == len(spans)


def _namespace(told: Told) -> str:
    (namespace,) = {span["k8s.namespace.name"] for span in told.named("Deployment")}
    return str(namespace)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        pytest.param("rollout", "superseded", id="what superseded a change is found by its links"),
        pytest.param("drift", "drift", id="an episode of drift is found although nothing links to it"),
    ],
)
def test_the_story_of_an_object_that_is_gone(here: Here, gone: dict[str, Told], name: str, why: str) -> None:
    """Found by its name; both traces whole, and how they stand to each other."""
    told = gone[name]
    answer = here.show("deploy/web", "-o", "json", namespace=_namespace(told))
    traces = [trace["trace_id"] for trace in told.document["traces"]]

    assert (0, 0, traces) == (
        answer.code, answer.document["orphans"], [each["trace_id"] for each in answer.document["traces"]],
    )  # fmt: skip
    assert [{"why": why, "old": traces[0], "new": traces[1], "about": ""}] == answer.document["relations"]
    assert [len(each["spans"]) for each in told.document["traces"]] == [
        len(each["spans"]) for each in answer.document["traces"]
    ]
    assert [f"{here.jaeger.query_url}/trace/{each}" for each in traces] == [
        each["url"] for each in answer.document["traces"]
    ]


def test_an_earlier_change(here: Here, gone: dict[str, Told]) -> None:
    """The exit code is that of the change that was asked for: it was superseded."""
    answer = here.show("deployment", "web", "--generation", 1, namespace=_namespace(gone["rollout"]))

    assert 1 == answer.code
    assert answer.out.startswith("✗ superseded after ")


def test_the_drawing(here: Here, gone: dict[str, Told]) -> None:
    """Both traces, what joins them, the stages of a pod in each, and where Jaeger shows them."""
    namespace = _namespace(gone["drift"])
    lines = here.show("deploy/web", namespace=namespace).out.splitlines()

    assert f"  Deployment {namespace}/web in Jaeger at {here.jaeger.query_url}" == lines[1]
    counts = {
        said: sum(said in line for line in lines)
        for said in (
            "RunPodSandbox",
            "StartContainer",
            "heals the drift of",
            f"→ {here.jaeger.query_url}/trace/",
        )
    }
    assert [2, 2, 1, 2] == list(counts.values())


@pytest.fixture(scope="module")
def controllers(here: Here, control_plane: ControlPlane) -> Iterator[None]:
    """The demo controllers at work in a namespace of these tests."""
    user = Client(ApiServer(control_plane.url, control_plane.token, control_plane.ca))
    assert 201 == user.post("/api/v1/namespaces", {"metadata": {"name": NAMESPACE}}).code
    user.close()
    where = ("-n", NAMESPACE, "--kubeconfig", here.kubeconfig, "--otlp", here.jaeger.otlp_http)
    with started("run", "workloads", *where, "--seed", 7):
        yield


@pytest.mark.usefixtures("controllers")
def test_a_live_object_is_followed_until_it_is_reached(here: Here) -> None:
    """Its record names the trace; the answer comes when its span has closed."""
    applied = here.apply(deployment("quick", replicas=2)).document["objects"][0]["traceId"]
    answer = here.show("deploy/quick", "--follow", "-o", "json")

    assert (0, "reached", applied) == (
        answer.code, answer.document["state"], answer.document["traces"][0]["trace_id"],
    )  # fmt: skip


@pytest.mark.usefixtures("controllers")
def test_what_is_open_is_drawn_from_live_objects(here: Here) -> None:
    """No node fits: the root is not exported, and nothing is an orphan."""
    here.apply(deployment("huge", replicas=2, cpu="900"))

    def drawn() -> Answer | None:
        answer = here.show("deploy/huge", "-o", "json")
        names = [span["name"] for trace in answer.document["traces"] for span in trace["spans"]]
        arrived = "replicaset.CreatePods" in names and names.count("Pod") == 2
        return answer if answer.code == 3 and arrived else None

    answer = eventually("the work on it to arrive", drawn)
    (trace,) = answer.document["traces"]
    states = {
        s["attributes"]["traceutil.reason"] for s in trace["spans"] if s["name"] in ("Deployment", "Pod")
    }

    assert (0, "in progress", {"in progress"}) == (
        answer.document["orphans"],
        answer.document["state"],
        states,
    )
    assert "Unschedulable: " in here.show("deploy/huge").out


def test_no_trace(here: Here) -> None:
    """Exit code 4, and what to try."""
    answer = here.show("deploy/nobody")

    assert (4, "") == (answer.code, answer.out)
    assert f"traceutil: no trace of Deployment show/nobody in Jaeger at {here.jaeger.query_url}" in answer.err
