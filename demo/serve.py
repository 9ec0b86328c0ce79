"""`traceutil cluster`: the embedded API server alone, until stopped."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path

from prometheus_client import CollectorRegistry

from demo.apiserver import EmbeddedCluster
from operators.workloads.client import Client
from operators.workloads.clock import Clock
from operators.workloads.connection import Connection
from operators.workloads.kubelet.nodes import node_specs, register
from operators.workloads.metrics import ApiMetrics
from traceutil.cli.errors import BadInput
from traceutil.cli.logs import configure


def main(port: int, kubeconfig: Path | None, nodes: int, verbose: int) -> int:
    """Serve until SIGINT or SIGTERM; returns the exit code.

    Raises:
        BadInput: the port is taken.
    """
    configure(verbosity=verbose)
    try:
        asyncio.run(_serve(port, kubeconfig, nodes))
    except OSError as error:
        if error.filename is not None:
            raise
        raise BadInput(f"--port {port}: {error.strerror or error}; choose another, or 0 for any") from error
    return 0


async def _serve(port: int, kubeconfig: Path | None, nodes: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with EmbeddedCluster(port=port) as cluster:
        connection = Connection.from_kubeconfig(cluster.kubeconfig())
        await _make_nodes(connection, nodes)
        if kubeconfig is None:
            print(json.dumps(cluster.kubeconfig(), indent=2), flush=True)  # JSON is YAML
        else:
            cluster.write_kubeconfig(kubeconfig)
        where = "" if kubeconfig is None else f"; use it: export KUBECONFIG={kubeconfig}"
        print(f"embedded cluster at {cluster.url}{where}; Ctrl-C ends it", file=sys.stderr, flush=True)
        await stop.wait()


async def _make_nodes(connection: Connection, count: int) -> None:
    if count:
        metrics = ApiMetrics(ApiMetrics.counter(CollectorRegistry()), "cluster")
        async with Client(connection, "traceutil-cluster", metrics) as client:
            for node in node_specs(count):
                await register(client, node, Clock())
