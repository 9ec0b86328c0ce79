"""One process with controllers in it, from its options to its exit code."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from prometheus_client import CollectorRegistry

from operators.workloads.client import ApiError, Client
from operators.workloads.clock import Clock
from operators.workloads.connection import Connection, KubeconfigError
from operators.workloads.garbage import collect_less
from operators.workloads.health import application, serving
from operators.workloads.kubelet.nodes import node_specs
from operators.workloads.kubelet.simulated import SimulatedRuntime
from operators.workloads.metrics import ApiMetrics
from operators.workloads.run import run_controllers
from traceutil.cli.errors import BadInput, ExitCode
from traceutil.cli.logs import EXPORTERS, configure
from traceutil.cli.options import otlp_endpoint
from traceutil.sdk import Telemetry, setup

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Options:
    """What `traceutil run workloads` was given."""

    names: tuple[str, ...]
    namespaces: tuple[str, ...] = ()
    nodes: int = 3
    pods_per_node: int = 110
    seed: int = 0
    speed: float = 1.0
    metrics_port: int | None = None
    otlp: str | None = None
    context: str | None = None
    kubeconfig: Path | None = None
    verbose: int = 0


def run(options: Options) -> int:
    """Run until SIGTERM or SIGINT; before it returns all spans are delivered, or a line says why not.

    Raises:
        BadInput: no such kubeconfig or context, a cluster that cannot be reached, a port that is taken.
    """
    collect_less()
    configure("json", verbosity=max(1, options.verbose), hushed=() if options.verbose else EXPORTERS)
    logging.getLogger("kopf").setLevel(logging.DEBUG if options.verbose > 1 else logging.WARNING)
    try:
        clock = Clock(speed=options.speed)
        connection = Connection.from_kubeconfig(options.kubeconfig, options.context)
    except (KubeconfigError, ValueError) as error:
        raise BadInput(str(error)) from error
    name = options.names[0] if len(options.names) == 1 else "workloads"
    endpoint, protocol = otlp_endpoint(options.otlp) if options.otlp else (None, None)
    try:
        telemetry = setup(name, endpoint, protocol)
    except ValueError as error:
        raise BadInput(str(error)) from error
    with telemetry:
        asyncio.run(_run(options, connection, clock, telemetry))
    return ExitCode.OK


async def _run(options: Options, connection: Connection, clock: Clock, telemetry: Telemetry) -> None:
    registry, ready, stop = CollectorRegistry(), asyncio.Event(), asyncio.Event()
    runtime = SimulatedRuntime(clock, seed=options.seed)
    await _reach(connection)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(runtime.close)
        if options.metrics_port is not None:
            served = serving(application(registry, ready, stop), options.metrics_port)
            try:
                port = await stack.enter_async_context(served)
            except OSError as error:
                raise BadInput(f"cannot serve --metrics-port {options.metrics_port}: {error}") from error
            log.info("metrics on port %d", port)
        await run_controllers(
            options.names,
            connections=lambda _: connection,
            tracers=lambda component: telemetry.tracer(component, clock=clock.now),
            clock=clock,
            nodes=node_specs(options.nodes, pods=options.pods_per_node),
            runtime=runtime,
            registry=registry,
            ready=ready,
            stop=stop,
            namespaces=options.namespaces or None,
        )


async def _reach(connection: Connection) -> None:
    """Raises BadInput, with what to do about it, where the API server does not answer."""
    requests = ApiMetrics(ApiMetrics.counter(CollectorRegistry()), "start")
    try:
        async with Client(connection, "traceutil-workloads", requests) as client:
            await client.reach()
    except ApiError as error:
        why = error.message or error.reason or f"status {error.status}"
        raise BadInput(
            f"cannot reach the cluster at {connection.server} ({why}); "
            "start it, or choose another with --kubeconfig and --context"
        ) from error
    except (OSError, ValueError) as error:
        raise BadInput(f"cannot use the credentials for {connection.server}: {error}") from error
