"""Where a story plays: a cluster, four controllers, a user, and everybody's spans."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import AsyncIterator, Awaitable, Callable, Container, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from prometheus_client import CollectorRegistry

from demo.target import Target
from operators.workloads.client import ApiError, Client
from operators.workloads.clock import Clock
from operators.workloads.kubelet.nodes import NodeSpec
from operators.workloads.kubelet.simulated import SimulatedRuntime
from operators.workloads.metrics import ApiMetrics
from operators.workloads.names import CONTROLLERS
from operators.workloads.run import run_controllers
from traceutil import record
from traceutil.carriers import Malformed
from traceutil.tracer import ObjectTracer

#: Kinds whose object spans a story may open.
KINDS = ("Deployment", "ReplicaSet", "Pod")
#: Real seconds between two looks at the cluster.
GLANCE = 0.1


class StoryFailed(Exception):
    """The story did not come to its end in time; the message says what was still open."""


class Interrupted(Exception):
    """A signal ended the controllers before the story came to its end."""


@dataclass
class Stage:
    """What a story has at hand. The user's requests go through `client`, traced by `tracer`.

    `patience`: real seconds. `node_labels`: what the pods' nodes must have, for Nodes of our own.
    `ended`: the ids of the spans that have ended. `crash(name, seconds)`: kill a controller's process, and
    start another so much later; None where the controllers have no processes of their own.
    """

    client: Client
    tracer: ObjectTracer
    clock: Clock
    namespace: str
    replicas: int
    ended: Container[int]
    progress: Callable[[str], None]
    patience: float
    node_labels: Mapping[str, str] = field(default_factory=dict)
    crash: Callable[[str, float], Awaitable[None]] | None = None

    async def create(self, obj: dict[str, Any], *, closer: str) -> dict[str, Any]:
        """The user writes desired state: its object span opens, a trace begins."""
        obj["metadata"].setdefault("namespace", self.namespace)
        if self.node_labels:
            obj["spec"].get("template", obj)["spec"]["nodeSelector"] = dict(self.node_labels)
        self.tracer.trace_until_reached(obj, closer=closer)
        return await self.client.create(obj)

    async def change(self, live: dict[str, Any], change: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
        """The user changes `spec` by a merge patch of the whole of it."""
        wanted = copy.deepcopy(live["spec"])
        change(wanted)
        meta = live["metadata"]
        patch = {
            "apiVersion": live["apiVersion"],
            "kind": live["kind"],
            "metadata": {"name": meta["name"], "namespace": meta["namespace"]},
            "spec": wanted,
        }
        self.tracer.trace_until_reached(patch, live=live, closer=live["kind"].lower())
        return await self.client.patch(live["kind"], meta["namespace"], meta["name"], patch)

    async def get(self, kind: str, name: str) -> dict[str, Any]:
        return await self.client.get(kind, self.namespace, name)

    async def pods(self) -> list[dict[str, Any]]:
        listed = await self.client.list("Pod", self.namespace)
        return list(listed["items"])

    async def until(self, what: str, condition: Callable[[], Awaitable[bool]]) -> None:
        """Wait, at most `patience` real seconds.

        Raises:
            StoryFailed: it did not come true in time.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + self.patience
        while not await condition():
            if loop.time() > end:
                raise StoryFailed(f"waited {self.patience:g} s for {what}")
            await asyncio.sleep(GLANCE)

    async def settled(self) -> None:
        """Wait until every object span in the namespace has closed and been exported."""

        async def all_closed() -> bool:
            open_spans, pods, ready = await self._look()
            self.progress(f"{ready} of {pods} pods ready · {open_spans} object spans open")
            return open_spans == 0

        await self.until("every object span to close", all_closed)

    async def _look(self) -> tuple[int, int, int]:
        """(object spans that are open or not yet exported, pods, pods that are ready)."""
        still, pods, ready = 0, 0, 0
        for kind in KINDS:
            for obj in (await self.client.list(kind, self.namespace))["items"]:
                still += sum(span_id not in self.ended for span_id in recorded_spans(obj))
                terminating = bool(obj["metadata"].get("deletionTimestamp"))
                still += terminating
                if kind == "Pod" and not terminating:
                    pods += 1
                    ready += is_ready(obj)
        return still, pods, ready


def recorded_spans(obj: dict[str, Any]) -> list[int]:
    """Ids of the object spans that an object's record names: its own, those it superseded, its drift."""
    value = (obj["metadata"].get("annotations") or {}).get(record.KEY)
    if value is None:
        return []
    try:
        found: record.Record | None = record.loads(value)
    except Malformed:
        return []
    ids = []
    while found is not None:
        ids.append(found.span_id)
        if found.episode is not None:
            ids.append(found.episode.span_id)
        found = found.prev
    return ids


def is_ready(pod: dict[str, Any]) -> bool:
    conditions = (pod.get("status") or {}).get("conditions") or []
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


@asynccontextmanager
async def controllers(
    target: Target,
    *,
    tracers: Callable[[str], ObjectTracer],
    clock: Clock,
    nodes: list[NodeSpec],
    runtime: SimulatedRuntime,
) -> AsyncIterator[asyncio.Task[None]]:
    """The four controllers at work, ended in order.

    Raises:
        Exception: whatever ended them before their time.
    """
    ready, stop = asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(
        run_controllers(
            CONTROLLERS,
            connections=target.connection,
            tracers=tracers,
            clock=clock,
            nodes=nodes,
            runtime=runtime,
            registry=CollectorRegistry(),
            ready=ready,
            stop=stop,
            namespaces=target.namespaces,
        )
    )
    waiting = asyncio.create_task(ready.wait())
    try:
        await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            await running
        yield running
    finally:
        waiting.cancel()
        stop.set()
        with suppress(asyncio.CancelledError):
            await running


async def played(story: Awaitable[None], controllers: asyncio.Task[None]) -> None:
    """Wait for the story, as long as its controllers are at work.

    Raises:
        Interrupted: they were told to stop (SIGINT, SIGTERM).
        Exception: whatever ended the story, or the controllers.
    """
    playing = asyncio.ensure_future(story)
    try:
        await asyncio.wait({playing, controllers}, return_when=asyncio.FIRST_COMPLETED)
        if not playing.done():
            await controllers
            raise Interrupted
        await playing
    finally:
        playing.cancel()


@asynccontextmanager
async def user(target: Target) -> AsyncIterator[Client]:
    """The user's connection."""
    async with AsyncExitStack() as stack:
        metrics = ApiMetrics(ApiMetrics.counter(CollectorRegistry()), "user")
        yield await stack.enter_async_context(Client(target.connection("user"), "traceutil-demo", metrics))


__all__ = ["ApiError", "Interrupted", "Stage", "StoryFailed", "controllers", "played", "user"]
