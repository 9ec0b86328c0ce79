"""`traceutil demo` and `traceutil cluster`: their options. What they do is imported when they are called."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import click

from demo.inputs import all_told, file_to_write, story_named
from traceutil.cli.options import (
    answer_options,
    cluster_options,
    otlp_option,
    speed_option,
    verbose_option,
)


@click.command("demo", short_help="Run a story and draw its trace.")
@click.argument("scenario", default="deployment")
@click.option("--list", "listing", is_flag=True, help="Tell which scenarios there are.")
@click.option(
    "--cluster",
    type=click.Choice(["embedded", "current"]),
    default="embedded",
    show_default=True,
    help="In memory, or that of the kubeconfig.",
)
@click.option(
    "--replicas", type=click.IntRange(min=1), help="Pods of the Deployment; each story has a default."
)
@click.option("--seed", type=int, default=1, show_default=True, help="Of the simulated container runtime.")
@speed_option()
@otlp_option("Send the spans there too (OTLP over HTTP; grpc://… for gRPC).")
@click.option(
    "--export",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    metavar="FILE",
    callback=file_to_write,
    help="Write the spans there too, as OTLP JSON lines.",
)
@click.option(
    "--expand",
    type=click.Choice(["critical", "all"]),
    default="critical",
    show_default=True,
    help="Draw what took longest, or everything.",
)
@cluster_options
@answer_options
@verbose_option
def demo(
    scenario: str,
    listing: bool,
    export: Path | None,
    expand: Literal["critical", "all"],
    output: Literal["text", "json", "html"],
    color: Literal["auto", "always", "never"],
    verbose: int,
    **options: Any,
) -> int:
    """Run SCENARIO (deployment) with four kopf controllers, and draw its trace.

    The API server is real or embedded, the controllers do their true job; the container runtime behind the
    kubelet is simulated.
    """
    if listing:
        click.echo(all_told())
        return 0
    story = story_named(scenario)
    from demo.run import Options, main

    return main(
        story,
        Options(**options),
        export=export,
        expand=expand,
        output=output,
        color=color,
        verbose=verbose,
    )


@click.command("cluster", short_help="Run the embedded API server alone.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, show_default="any free one")
@click.option(
    "--kubeconfig",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    metavar="FILE",
    help="Write a kubeconfig there.  [default: print it]",
)
@click.option(
    "--nodes", type=click.IntRange(min=0), default=0, show_default=True, help="Ready Nodes to make."
)
@verbose_option
def cluster(port: int, kubeconfig: Path | None, nodes: int, verbose: int) -> int:
    """Run a Kubernetes API server in memory until stopped. No Docker, no root; nothing survives it."""
    from demo.serve import main

    return main(port, kubeconfig, nodes, verbose)
