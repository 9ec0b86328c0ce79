"""A cluster with controllers in the test's own loop, on a clock that runs fast."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from demo.apiserver import EmbeddedCluster
from operators.workloads import CONTROLLERS, Clock, Connection, Registry, SimulatedRuntime, node_specs
from operators.workloads.client import ApiError, Client
from operators.workloads.run import run_controllers
from operators.workloads.tracing import Tracer
from tests.embedded.workloads.manifests import IMAGES, condition, generation
from traceutil.tracer import ObjectTracer

PATIENCE = 60.0  #: real seconds


def off(_: str) -> Tracer:
    return ObjectTracer(enabled=False)


@dataclass
class World:
    """The cluster, a user's client, and what tests ask."""

    cluster: EmbeddedCluster
    user: Client
    clock: Clock
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)

    @asynccontextmanager
    async def controllers(
        self,
        names: Sequence[str] = CONTROLLERS,
        *,
        nodes: int = 2,
        pods: int = 110,
        tracers: Callable[[str], Tracer] = off,
        runtime: SimulatedRuntime | None = None,
        namespaces: Sequence[str] | None = None,
    ) -> AsyncIterator[None]:
        """These controllers run within the block and have all ended after it."""
        runtime = runtime or SimulatedRuntime(self.clock, Registry(IMAGES), seed=1)
        ready, stop = asyncio.Event(), asyncio.Event()
        running = asyncio.create_task(
            run_controllers(
                names,
                connections=lambda name: Connection.from_kubeconfig(self.cluster.kubeconfig(name)),
                tracers=tracers,
                clock=self.clock,
                nodes=node_specs(nodes, pods=pods),
                runtime=runtime,
                registry=CollectorRegistry(),
                ready=ready,
                stop=stop,
                namespaces=namespaces,
            )
        )
        waiting = asyncio.create_task(ready.wait())
        await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED, timeout=PATIENCE)
        waiting.cancel()
        try:
            if running.done():
                running.result()
            assert ready.is_set()
            yield
        finally:
            stop.set()
            await asyncio.wait_for(running, PATIENCE)
            await runtime.close()

    async def until(self, holds: Callable[[], Awaitable[Any]]) -> Any:
        """Ask again until the answer is true; fails after PATIENCE with the last answer."""
        answer: Any = None
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    answer = await holds()
                    if answer:
                        return answer
                    await asyncio.sleep(0.02)
        except TimeoutError:
            pytest.fail(f"never came true: {holds}, last answer {answer!r}")

    async def get(self, kind: str, name: str) -> dict[str, Any]:
        return await self.user.get(kind, "" if kind == "Node" else "default", name)

    async def items(self, kind: str) -> list[dict[str, Any]]:
        return list((await self.user.list(kind, "" if kind == "Node" else "default"))["items"])

    async def pods(self) -> list[dict[str, Any]]:
        """Pods that are not on their way out."""
        return [each for each in await self.items("Pod") if "deletionTimestamp" not in each["metadata"]]

    async def reached(self, name: str = "web", replicas: int = 3) -> dict[str, Any]:
        """Wait until the Deployment is complete for its newest generation."""

        async def complete() -> Any:
            found = await self.get("Deployment", name)
            status = found["status"]
            same = all(
                status.get(each, 0) == replicas
                for each in ("replicas", "updatedReplicas", "availableReplicas")
            )
            done = condition(found, "Progressing").get("reason") == "NewReplicaSetAvailable"
            return found if same and done and status["observedGeneration"] == generation(found) else None

        found: dict[str, Any] = await self.until(complete)
        return found


async def is_gone(world: World, kind: str, name: str) -> bool:
    try:
        await world.get(kind, name)
    except ApiError as error:
        return error.status == 404
    return False
