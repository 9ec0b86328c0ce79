"""`traceutil run workloads`: the controllers as a process of their own."""

from __future__ import annotations

from pathlib import Path

import click

from operators.workloads.names import CONTROLLERS
from traceutil.cli.options import cluster_options, otlp_option, speed_option, verbose_option


@click.command("workloads")
@click.option(
    "--only", multiple=True, type=click.Choice(CONTROLLERS), help="Run this controller; repeatable. Else all."
)
@click.option("-n", "--namespace", "namespaces", multiple=True, help="Watch only this; repeatable.")
@click.option("--nodes", default=3, show_default=True, type=click.IntRange(1, 1000), help="Simulated nodes.")
@click.option("--pods-per-node", default=110, show_default=True, type=click.IntRange(1, 10_000))
@click.option("--seed", default=0, show_default=True, help="Of the simulated container runtime.")
@speed_option(1.0)
@click.option("--metrics-port", type=click.IntRange(0, 65535), help="Port of /metrics, /healthz, /readyz.")
@otlp_option("Where spans go (grpc://… for gRPC); else the OTEL_* variables say.")
@cluster_options
@verbose_option
def workloads(
    only: tuple[str, ...],
    namespaces: tuple[str, ...],
    nodes: int,
    pods_per_node: int,
    seed: int,
    speed: float,
    metrics_port: int | None,
    otlp: str | None,
    context: str | None,
    kubeconfig: Path | None,
    verbose: int,
) -> int:
    """Deployment, ReplicaSet and scheduler controllers, and a kubelet for simulated nodes."""
    # kopf and the SDK take most of a second to import, which --help should not.
    from operators.workloads.process import Options, run

    return run(
        Options(
            names=only or CONTROLLERS,
            namespaces=namespaces,
            nodes=nodes,
            pods_per_node=pods_per_node,
            seed=seed,
            speed=speed,
            metrics_port=metrics_port,
            otlp=otlp,
            context=context,
            kubeconfig=kubeconfig,
            verbose=verbose,
        )
    )
