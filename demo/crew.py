"""Controllers in processes of their own, which can be killed for real."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from types import TracebackType
from typing import Any

from opentelemetry.context import Context
from opentelemetry.sdk.trace import Span, SpanProcessor
from prometheus_client import CollectorRegistry

from operators.workloads.client import Client
from operators.workloads.clock import Clock
from operators.workloads.connection import Connection
from operators.workloads.garbage import collect_less
from operators.workloads.kubelet.images import Registry
from operators.workloads.kubelet.nodes import NodeSpec
from operators.workloads.kubelet.simulated import SimulatedRuntime
from operators.workloads.metrics import ApiMetrics
from operators.workloads.run import run_controllers
from traceutil.cli.options import otlp_endpoint
from traceutil.sdk import Telemetry, otlp_exporter, setup

#: Seconds that a controller gets to start, and to deliver its spans and end.
PATIENCE = 30.0


@dataclass(frozen=True)
class Part:
    """What one controller's process is told.

    `endpoints`: as `--otlp` takes them; each gets every span. `ledger`: a file for the ids of the spans that
    the process begins, which outlives it.
    """

    name: str
    connection: Connection
    endpoints: tuple[str, ...]
    nodes: tuple[NodeSpec, ...]
    namespaces: tuple[str, ...] | None = None
    images: Registry = field(default_factory=Registry)
    seed: int = 1
    ledger: Path | None = None


def act(part: Part, says: Pipe) -> None:
    """The process: a controller until SIGTERM. It says "ready", and at its end how many spans were lost."""
    targets = [otlp_endpoint(each) for each in part.endpoints]
    exporters = [otlp_exporter(url, protocol or "http/protobuf") for url, protocol in targets]
    telemetry = setup(part.name, exporters=exporters, set_global=False, environ={})
    if part.ledger is not None:
        telemetry.provider.add_span_processor(Ledger(part.ledger))
    perform(part, says, telemetry)


class Ledger(SpanProcessor):
    """Writes down each span as it begins; the kernel keeps what a killed process has written."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        del parent_context
        context = span.get_span_context()
        if context is not None:
            self._file.write(f"{context.span_id:016x}\n".encode())


def perform(
    part: Part,
    says: Pipe,
    telemetry: Telemetry,
    clients: Callable[[Connection, str, ApiMetrics], Client] = Client,
    **settings: Any,
) -> None:
    """The same with telemetry, clients and settings of the tracer that are given."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    collect_less()
    asyncio.run(_controller(part, says, telemetry, clients, settings))
    says.send(telemetry.shutdown())


async def _controller(
    part: Part,
    says: Pipe,
    telemetry: Telemetry,
    clients: Callable[[Connection, str, ApiMetrics], Client],
    settings: dict[str, Any],
) -> None:
    clock, ready = Clock(), asyncio.Event()
    runtime = SimulatedRuntime(clock, part.images, seed=part.seed)

    async def tell() -> None:
        await ready.wait()
        says.send("ready")

    telling = asyncio.create_task(tell())
    await run_controllers(
        [part.name],
        connections=lambda _: part.connection,
        tracers=lambda name: telemetry.tracer(name, clock=clock.now, **settings),
        clock=clock,
        nodes=part.nodes,
        runtime=runtime,
        registry=CollectorRegistry(),
        ready=ready,
        stop=asyncio.Event(),
        namespaces=part.namespaces,
        clients=clients,
    )
    telling.cancel()
    await runtime.close()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGKILL)


class Crew:
    """`with Crew() as crew: crew.start(part); crew.kill("kubelet")`; all have ended after the block.

    `act`: what a process does; a function of a module, called with the part and a pipe to report through.
    """

    def __init__(self, act: Callable[[Any, Pipe], None] = act) -> None:
        # Forked from a process that has imported everything: a controller is back within a blink.
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([__name__, act.__module__])
        self._act = act
        self._running: dict[str, tuple[multiprocessing.process.BaseProcess, Pipe]] = {}

    def start(self, part: Part) -> None:
        """Start a controller, and return at once."""
        hears, says = self._context.Pipe(duplex=False)
        process = self._context.Process(target=self._act, args=(part, says), name=part.name, daemon=True)
        process.start()
        says.close()
        self._running[part.name] = process, hears

    def ready(self, name: str) -> None:
        """Wait until it has listed everything and works.

        Raises:
            RuntimeError: it did not get there.
        """
        if self._heard(name) != "ready":
            raise RuntimeError(f"{name} did not start (exit code {self.exit_code(name)})")

    def kill(self, name: str) -> None:
        """SIGKILL: no handler runs, nothing is delivered."""
        process, hears = self._running.pop(name)
        process.kill()
        process.join()
        hears.close()

    def exit_code(self, name: str) -> int | None:
        """None while it runs, -9 after SIGKILL."""
        return self._running[name][0].exitcode

    def stop(self, name: str) -> int:
        """SIGTERM; returns how many spans it could not deliver.

        Raises:
            RuntimeError: it did not end in time, or not of its own will.
        """
        process, hears = self._running[name]
        process.terminate()
        lost = self._heard(name)
        while lost == "ready":
            lost = self._heard(name)
        process.join(PATIENCE)
        del self._running[name]
        hears.close()
        if not isinstance(lost, int) or process.exitcode != 0:
            raise RuntimeError(f"{name} did not end well (exit code {process.exitcode})")
        return lost

    def _heard(self, name: str) -> object:
        """The next word of a process; None where it said nothing in time, or has ended."""
        with suppress(EOFError):
            hears = self._running[name][1]
            return hears.recv() if hears.poll(PATIENCE) else None
        return None

    def __enter__(self) -> Crew:
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        for name in list(self._running):
            self.kill(name)


__all__ = ["Crew", "Part", "act", "perform"]
