"""Controllers, one or all, in one event loop with one set of watches."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack

from prometheus_client import CollectorRegistry

from operators.workloads.client import Client
from operators.workloads.clock import Clock
from operators.workloads.connection import Connection
from operators.workloads.controller import Controller, Surroundings
from operators.workloads.deployment.controller import DeploymentController
from operators.workloads.informer import Informer
from operators.workloads.kubelet.controller import KubeletController
from operators.workloads.kubelet.nodes import NodeSpec
from operators.workloads.kubelet.runtime import ContainerRuntime
from operators.workloads.metrics import ApiMetrics, ReconcileMetrics
from operators.workloads.names import CONTROLLERS
from operators.workloads.relist import Sweeps
from operators.workloads.replicaset.controller import ReplicaSetController
from operators.workloads.scheduler.controller import SchedulerController
from operators.workloads.store import Store
from operators.workloads.tracing import Tracer

log = logging.getLogger(__name__)

_PLAIN: Mapping[str, Callable[[Surroundings], Controller]] = {
    "deployment": DeploymentController,
    "replicaset": ReplicaSetController,
    "scheduler": SchedulerController,
}


async def run_controllers(
    names: Sequence[str],
    *,
    connections: Callable[[str], Connection],
    tracers: Callable[[str], Tracer],
    clock: Clock,
    nodes: Sequence[NodeSpec],
    runtime: ContainerRuntime,
    registry: CollectorRegistry,
    ready: asyncio.Event,
    stop: asyncio.Event,
    namespaces: Sequence[str] | None = None,
    clients: Callable[[Connection, str, ApiMetrics], Client] = Client,
) -> None:
    """Run these controllers (`names.CONTROLLERS`) until `stop` is set or SIGINT or SIGTERM comes.

    `connections` and `tracers` are asked once for each controller; the shared watches use the connection
    "workloads" where there are several, else the controller's own. `namespaces`: None for all. `ready`
    is set once everything is listed and the kubelet's nodes are registered; `stop` once it ends for
    whatever reason. `clients` makes what the controllers talk to the server with. Raises what ended the
    watches; ValueError for an unknown name or none.
    """
    if not names or (set(names) - set(CONTROLLERS)):
        raise ValueError(f"no controllers {list(names)}; there are {', '.join(CONTROLLERS)}")
    store, reconciles = Store(), ReconcileMetrics(registry)
    requests = ApiMetrics.counter(registry)
    watcher = "workloads" if len(names) > 1 else names[0]
    async with AsyncExitStack() as stack:

        async def client(name: str) -> Client:
            made = clients(connections(name), f"traceutil-{name}", ApiMetrics(requests, name))
            return await stack.enter_async_context(made)

        controllers = []
        for name in names:
            around = Surroundings(await client(name), store, clock, tracers(name), reconciles)
            controllers.append(_controller(around, name, nodes, runtime))
        informer = _informer(stack, await client(watcher), connections(watcher), controllers, namespaces)
        await _run(informer, controllers, ready, stop)


def _informer(
    stack: AsyncExitStack,
    client: Client,
    connection: Connection,
    controllers: Sequence[Controller],
    namespaces: Sequence[str] | None,
) -> Informer:
    """The watches of all controllers, and the sweeps that make up for what kopf does not tell."""
    store = controllers[0].store
    sweeps = Sweeps(client, store, namespaces, lambda obj: informer.tell("DELETED", obj))
    stack.push_async_callback(sweeps.close)
    listeners = [(each.kinds, each.on_event) for each in controllers]
    informer = Informer(store, connection, listeners, namespaces=namespaces, relisted=sweeps.request)
    return informer


def _controller(
    around: Surroundings, name: str, nodes: Sequence[NodeSpec], runtime: ContainerRuntime
) -> Controller:
    if name == "kubelet":
        return KubeletController(around, nodes=nodes, runtime=runtime)
    return _PLAIN[name](around)


async def _run(
    informer: Informer, controllers: Sequence[Controller], ready: asyncio.Event, stop: asyncio.Event
) -> None:
    """Watches first; controllers once all is listed; the controllers end before the watches do."""
    watching = asyncio.create_task(informer.run(), name="watches")
    working = asyncio.create_task(_work(informer, controllers, ready), name="controllers")
    stopping = asyncio.create_task(stop.wait(), name="stop")
    try:
        await asyncio.wait([watching, working, stopping], return_when=asyncio.FIRST_COMPLETED)
    finally:
        stop.set()
        working.cancel()
        await asyncio.wait([working])
        await informer.halt()
        await asyncio.wait([watching, stopping])
    for task in (watching, working):
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error


async def _work(informer: Informer, controllers: Sequence[Controller], ready: asyncio.Event) -> None:
    await informer.synced.wait()
    async with asyncio.TaskGroup() as starting:
        for each in controllers:
            starting.create_task(each.start())
    ready.set()
    log.info("ready: %s", ", ".join(each.name for each in controllers))
    async with asyncio.TaskGroup() as running:
        for each in controllers:
            running.create_task(each.run(), name=each.name)
