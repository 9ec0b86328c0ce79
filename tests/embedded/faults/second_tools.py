"""A second tool at work on the same objects as the controllers, and what came of it: for any API server."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from demo.stories.objects import deployment
from demo.target import Target
from operators.workloads.clock import Clock
from tests.embedded.demo.inside import inside
from tests.embedded.faults.ordeal import rests
from tests.embedded.faults.others import TRACEPARENT, Api, Kep5915, Owner, Pruner, api, at_work
from tests.embedded.faults.proxy import proxy
from tests.embedded.faults.scene import Scene, scene
from traceutil.view.convert import from_readable_span
from traceutil.view.otlp import to_lines
from traceutil.view.spans import SpanData

FOREIGN = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"
CRD = {
    "metadata": {"name": "apps.tests.example"},
    "spec": {
        "group": "tests.example",
        "scope": "Namespaced",
        "names": {"plural": "apps", "singular": "app", "kind": "App"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {
                    "openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
                },
            }
        ],
    },
}
CRDS = "apis/apiextensions.k8s.io/v1/customresourcedefinitions"


@dataclass(frozen=True)
class Told:
    """What `traceutil show` answered, and how the two got on."""

    document: dict[str, Any]
    refused: dict[tuple[str, int], int]
    rests: bool
    live: dict[str, Any]

    @property
    def names(self) -> list[set[str]]:
        """The spans' names, by trace."""
        return [{span["name"] for span in trace["spans"]} for trace in self.document["traces"]]


async def shown(
    played: Scene, kubeconfig: Path, directory: Path, target: str, more: tuple[SpanData, ...] = ()
) -> dict[str, Any]:
    file = directory / "spans.jsonl"
    file.write_text("".join(f"{line}\n" for line in to_lines([*played.spans, *more])))
    where = ("-n", played.stage.namespace, "--kubeconfig", kubeconfig)
    answer = await asyncio.to_thread(inside, "show", target, *where, "--from", file, "-o", "json")
    assert answer.out, answer
    found: dict[str, Any] = answer.document
    return found


async def available(played: Scene, name: str) -> None:
    async def is_so() -> bool:
        found = await played.stage.client.list("Deployment", played.stage.namespace)
        return [3] == [(each.get("status") or {}).get("availableReplicas") for each in found["items"]]

    await played.play(played.stage.until(f"three replicas of {name}", is_so))


def manifest(target: Target) -> dict[str, Any]:
    wanted = deployment("web", 3)
    wanted["metadata"]["namespace"] = target.namespace
    wanted["spec"]["template"]["spec"]["nodeSelector"] = dict(target.node_labels)
    return wanted


async def beside_gitops(target: Target, clock: Clock, kubeconfig: Path, directory: Path) -> Told:
    """GitOps removes what it does not know, ours too, again and again."""
    path = f"apis/apps/v1/namespaces/{target.namespace}/deployments/web"
    async with (
        proxy() as between,
        scene(target, clock, through=between.through) as played,
        api(target.connection("gitops"), "gitops") as client,
        at_work(Pruner(client, path, manifest(target))) as tool,
    ):
        await played.stage.create(deployment("web", 3), closer="deployment")
        await available(played, "web")
        at_rest = await rests(between)
        before = client.writes
        at_rest = at_rest and await rests(between) and client.writes == before
        assert tool.pruned
        live = await played.stage.get("Deployment", "web")
        document = await shown(played, kubeconfig, directory, "deploy/web")
        # A write that another was quicker than is tried again, by any tool.
        refused = {key: count for key, count in client.refused.items() if key[1] != 409}
        return Told(document, refused, at_rest, live)


async def beside_an_owner(target: Target, clock: Clock, kubeconfig: Path, directory: Path) -> Told:
    """A manager that applies its own context under our key, by force, as often as it looks."""
    path = f"apis/apps/v1/namespaces/{target.namespace}/deployments/web"
    wanted = manifest(target)
    wanted["metadata"]["annotations"] = {TRACEPARENT: FOREIGN}
    async with (
        proxy() as between,
        scene(target, clock, through=between.through) as played,
        api(target.connection("owner"), "owner") as client,
        at_work(Owner(client, path, wanted)),
    ):
        await available(played, "web")
        at_rest = await rests(between)
        live = await played.stage.get("Deployment", "web")
        at_rest = at_rest and await rests(between)
        again = await played.stage.get("Deployment", "web")
        at_rest = at_rest and live["metadata"]["resourceVersion"] == again["metadata"]["resourceVersion"]
        document = await shown(played, kubeconfig, directory, "deploy/web")
        return Told(document, client.refused, at_rest, again)


async def beside_kep_5915(target: Target, clock: Clock, kubeconfig: Path, directory: Path) -> Told:
    """A controller in the middle begins a trace of its own, linked, and writes it into its Deployment."""
    base = f"namespaces/{target.namespace}"
    exported = InMemorySpanExporter()
    provider = TracerProvider(resource=Resource({"service.name": "app-operator"}))
    provider.add_span_processor(SimpleSpanProcessor(exported))
    async with (
        proxy() as between,
        scene(target, clock, through=between.through) as played,
        api(target.connection("app-operator"), "app-operator") as client,
        api(target.connection("user"), "user") as user,
    ):
        apps = f"apis/tests.example/v1/{base}/apps"
        await _define(user, apps)
        async with at_work(Kep5915(client, apps, f"apis/apps/v1/{base}/deployments", provider)) as tool:
            app = {"apiVersion": "tests.example/v1", "kind": "App", "metadata": {"name": "shop"}}
            app["spec"] = {"deployment": manifest(target)}  # type: ignore[assignment]
            tracer = played.tracer("user")
            with played.telemetry.provider.get_tracer("user").start_as_current_span("user.Apply"):
                tracer.encode_context_into_object(app)
                await user.call("POST", apps, app)
            await available(played, "web")
            at_rest = await rests(between)
            live = await played.stage.get("Deployment", "web")
            assert tool.written["shop"] == live["metadata"]["annotations"][TRACEPARENT]
            theirs = tuple(from_readable_span(span) for span in exported.get_finished_spans())
            document = await shown(played, kubeconfig, directory, "app/shop", theirs)
            return Told(document, client.refused, at_rest, live)


async def _define(user: Api, apps: str) -> None:
    await user.call("POST", CRDS, {"apiVersion": "apiextensions.k8s.io/v1", **CRD})
    for _ in range(200):
        if await user.call("GET", apps) is not None:
            return
        await asyncio.sleep(0.05)
    raise TimeoutError("the kind App was never served")


def check_gitops(told: Told) -> None:
    """Nothing of theirs refused, rest, and one story of two traces: the record was removed between them."""
    assert ({}, True) == (told.refused, told.rests)
    assert {"deployment.kubernetes.io/revision"} == set(told.live["metadata"]["annotations"])
    told_names = set().union(*told.names)
    assert {"Deployment", "deployment.CreateReplicaSet", "ReplicaSet", "Pod", "kubelet.SyncPod"} <= told_names


def check_owner(told: Told) -> None:
    """Their bytes stand, they never met a conflict, and the objects' trace is there."""
    assert ({}, True) == (told.refused, told.rests)
    assert FOREIGN == told.live["metadata"]["annotations"][TRACEPARENT]
    told_names = set().union(*told.names)
    assert {"ReplicaSet", "Pod", "kubelet.SyncPod"} <= told_names


def check_kep_5915(told: Told) -> None:
    """The user's trace, the operator's with all that was done below it, and the Deployment's own."""
    assert ({}, True) == (told.refused, told.rests)
    assert 3 == len(told.names)
    assert ({"user.Apply"}, {"Deployment"}) == (told.names[0], told.names[2])
    assert {"app.Reconcile", "deployment.CreateReplicaSet", "ReplicaSet", "Pod"} <= told.names[1]
