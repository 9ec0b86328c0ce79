"""What the controllers' work looks like as a trace."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from operators.workloads.tracing import Tracer
from tests.embedded.workloads.manifests import deployment, image_patch, pod
from tests.embedded.workloads.world import World, off
from traceutil import semconv
from traceutil.sdk import Telemetry, setup

PROBE = {"tcpSocket": {"port": 80}, "periodSeconds": 1}


class Recorded:
    """The spans of all controllers."""

    def __init__(self, telemetry: Telemetry, exporter: InMemorySpanExporter, world: World) -> None:
        self.telemetry, self.exporter, self.world = telemetry, exporter, world

    def tracers(self, component: str) -> Tracer:
        return self.telemetry.tracer(component, clock=self.world.clock.now)

    def spans(self) -> list[ReadableSpan]:
        return list(self.exporter.get_finished_spans())

    def named(self, name: str) -> list[ReadableSpan]:
        return [span for span in self.spans() if span.name == name]

    def orphans(self) -> list[str]:
        known = {span.context.span_id for span in self.spans()}
        return [each.name for each in self.spans() if each.parent and each.parent.span_id not in known]


@pytest.fixture
def recorded(world: World) -> Recorded:
    exporter = InMemorySpanExporter()
    telemetry = setup(
        "test", exporters=[], processors=[SimpleSpanProcessor(exporter)], set_global=False, environ={}
    )
    return Recorded(telemetry, exporter, world)


def count(recorded: Recorded) -> Counter[str]:
    return Counter(span.name for span in recorded.spans())


async def test_a_deployment_is_one_trace(world: World, recorded: Recorded) -> None:
    """Every object, every stage, one tree without orphans, closed from leaf to root."""
    async with world.controllers(tracers=recorded.tracers):
        await world.user.create(deployment(probe=PROBE))
        await world.reached()
    assert {
        "Deployment": 1,
        "deployment.CreateReplicaSet": 1,
        "ReplicaSet": 1,
        "replicaset.CreatePods": 2,
        "Pod": 3,
        "scheduler.SchedulePod": 3,
        "kubelet.SyncPod": 3,
        "kubelet.RunPodSandbox": 3,
        "kubelet.PullImage": 3,
        "kubelet.CreateContainer": 3,
        "kubelet.StartContainer": 3,
    } == count(recorded)
    assert 1 == len({span.context.trace_id for span in recorded.spans()})
    assert [] == recorded.orphans()
    reasons = [(span.attributes or {}).get(semconv.REASON) for span in recorded.named("Pod")]
    assert ["reached"] * 3 == reasons


async def test_spans_say_what_was_waited_for(world: World, recorded: Recorded) -> None:
    """A pull has its size, a sync its wait for readiness; all of it is marked as simulated."""
    async with world.controllers(tracers=recorded.tracers):
        await world.user.create(deployment(1, probe=PROBE))
        await world.reached(replicas=1)
    pulled = recorded.named("kubelet.PullImage")[0].attributes or {}
    synced = recorded.named("kubelet.SyncPod")[0].attributes or {}
    assert ("web:1", False) == (pulled[semconv.CONTAINER_IMAGE_NAME], pulled[semconv.IMAGE_CACHED])
    assert pulled[semconv.IMAGE_SIZE] == 48 * 1024 * 1024
    assert isinstance(synced[semconv.READINESS_WAIT], float)
    assert (True, True) == (pulled[semconv.SIMULATED], synced[semconv.SIMULATED])
    bound = recorded.named("scheduler.SchedulePod")[0].attributes or {}
    assert bound[semconv.K8S_NODE_NAME] == synced[semconv.K8S_NODE_NAME]


async def test_a_failed_pull_is_marked(world: World, recorded: Recorded) -> None:
    """Neither the stage nor the sync around it looks like success."""
    async with world.controllers(tracers=recorded.tracers):
        await world.user.create(pod(image="gone:1"))

        async def failed() -> bool:
            return bool(recorded.named("kubelet.SyncPod"))

        await world.until(failed)
    pull, sync = recorded.named("kubelet.PullImage")[0], recorded.named("kubelet.SyncPod")[0]
    assert (StatusCode.ERROR, StatusCode.ERROR) == (pull.status.status_code, sync.status.status_code)
    assert "PullError" in str((pull.attributes or {})[semconv.ERROR_TYPE])


async def test_a_rollout_shows_each_step(world: World, recorded: Recorded) -> None:
    """One new ReplicaSet, then up and down in turns; the old pods' deletion is work of their owner."""
    async with world.controllers(tracers=recorded.tracers):
        await world.user.create(deployment())
        await world.reached()
        recorded.exporter.clear()
        await world.user.patch("Deployment", "default", "web", image_patch("web:2"))
        await world.reached()
    found = count(recorded)
    assert found["deployment.CreateReplicaSet"] == 1
    assert found["deployment.ScaleReplicaSet"] >= 3
    assert found["replicaset.DeletePods"] >= 1


async def test_a_deleted_pod_is_killed(world: World, recorded: Recorded) -> None:
    """Its kubelet stops it and removes it; only then is the deletion reached."""
    async with world.controllers(tracers=recorded.tracers):
        created = await world.user.create(pod())

        async def ready() -> bool:
            return bool(recorded.named("Pod"))

        await world.until(ready)
        await world.user.delete("Pod", "default", "solo", uid=created["metadata"]["uid"])

        async def killed() -> bool:
            return len(recorded.named("Pod")) == 2

        await world.until(killed)
    kill, gone = recorded.named("kubelet.KillPod")[0], recorded.named("Pod")[1]
    assert kill.context.trace_id == gone.context.trace_id
    assert kill.parent is not None
    assert kill.parent.span_id == gone.context.span_id


async def test_work_without_effect_leaves_no_span(world: World, recorded: Recorded) -> None:
    """A restart looks at everything and does nothing: no span of work."""
    async with world.controllers():
        await world.user.create(deployment())
        await world.reached()
    async with world.controllers(tracers=recorded.tracers):
        await asyncio.sleep(0.3)
    assert [] == [span.name for span in recorded.spans() if "." in span.name]


async def test_tracing_adds_no_request(world: World, recorded: Recorded) -> None:
    """The same pod, with and without tracing: the same requests, by verb, resource and controller."""

    async def requests(tracers: Callable[[str], Tracer], name: str) -> Counter[tuple[str, ...]]:
        before = Counter(world.cluster.requests)
        async with world.controllers(tracers=tracers, nodes=1):
            await world.user.create(deployment(1, name=name))
            await world.reached(name, replicas=1)
        made = Counter(world.cluster.requests) - before
        return Counter({tuple(key): times for key, times in made.items() if key.user != "user"})

    await requests(off, "first")  # registers the nodes
    assert await requests(off, "plain") == await requests(recorded.tracers, "traced")
    assert recorded.named("Deployment")
