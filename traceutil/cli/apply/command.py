"""`traceutil apply`: its options. What it does is imported when it is called."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import click

from traceutil.cli.options import (
    cluster_options,
    jaeger_option,
    namespace_option,
    otlp_option,
    verbose_option,
)

_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}


def seconds(text: str) -> float:
    """A duration as kubectl has it: `90s`, `10m`, `1h30m`, `500ms`.

    Raises:
        ValueError: it is none, or 0.
    """
    parts = re.findall(r"(\d+(?:\.\d+)?)(ms|h|m|s)", text)
    total = sum(float(number) * _UNITS[unit] for number, unit in parts)
    if "".join(number + unit for number, unit in parts) != text or total <= 0:
        raise ValueError(f"{text!r} is no duration; use 90s, 10m or 1h30m")
    return total


def _duration(_: click.Context, __: click.Parameter, value: str) -> float:
    try:
        return seconds(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@click.command("apply", short_help="Write manifests and trace them until they are reached.")
@click.option(
    "-f", "--filename", "files", multiple=True, required=True, metavar="FILE",
    help="File, directory, or - for stdin; repeatable.",
)  # fmt: skip
@click.option("-R", "--recursive", is_flag=True, help="Directories with all that is below them.")
@namespace_option
@click.option("--server-side", is_flag=True, help="Server-side apply, as field manager traceutil.")
@click.option("--force-conflicts", is_flag=True, help="With --server-side: take over what others own.")
@click.option("--wait", is_flag=True, help="Until each object is reached, or has failed.")
@click.option(
    "--timeout", default="10m", show_default=True, callback=_duration, metavar="DURATION",
    help="With --wait: how long for each object.",
)  # fmt: skip
@otlp_option("Where spans go (grpc://… for gRPC); else the OTEL_* variables say.")
@jaeger_option
@cluster_options
@click.option(
    "-o", "--output", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="Lines, or one JSON document.",
)  # fmt: skip
@verbose_option
def apply(
    files: tuple[str, ...],
    recursive: bool,
    namespace: str | None,
    server_side: bool,
    force_conflicts: bool,
    wait: bool,
    timeout: float,
    otlp: str | None,
    jaeger: str,
    context: str | None,
    kubeconfig: Path | None,
    output: Literal["text", "json"],
    verbose: int,
) -> int:
    """Write manifests, and open the trace that lasts until they are reached.

    A TRACEPARENT in the environment (a CI pipeline) is its parent; several objects hang under one release
    span. What is so already is not written.
    """
    if force_conflicts and not server_side:
        raise click.UsageError("--force-conflicts is for server-side apply; add --server-side")
    from traceutil.cli.apply.main import main
    from traceutil.cli.apply.run import Options
    from traceutil.cli.logs import EXPORTERS, configure

    configure(verbosity=verbose, hushed=() if verbose else (*EXPORTERS, "traceutil.exporting"))
    return main(
        Options(
            files=files, recursive=recursive, namespace=namespace, server_side=server_side,
            force_conflicts=force_conflicts, wait=wait, timeout=timeout, output=output, jaeger=jaeger,
            otlp=otlp, kubeconfig=kubeconfig, context=context,
        )
    )  # fmt: skip
