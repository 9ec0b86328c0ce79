"""`traceutil show`: its options. What it does is imported when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import click

from traceutil.cli.errors import BadInput
from traceutil.cli.options import (
    answer_options,
    cluster_options,
    jaeger_option,
    namespace_option,
    verbose_option,
)
from traceutil.view.fold import Expand


def _generation(_: click.Context, __: click.Parameter, value: str) -> int | None:
    """Raises click.BadParameter for what is neither a generation nor `latest`."""
    if value == "latest":
        return None
    if value.isdecimal() and int(value) > 0:
        return int(value)
    raise click.BadParameter(f"{value!r} is no generation; use a number from 1, or latest")


def _expand(_: click.Context, __: click.Parameter, value: str) -> Expand:
    """Raises click.BadParameter for what is neither a word nor a number."""
    if value == "all":
        return "all"
    if value == "critical":
        return "critical"
    if value.isdecimal() and int(value) > 0:
        return int(value)
    raise click.BadParameter(f"{value!r}: use all, critical, or how many objects of a kind to draw in full")


@click.command("show", short_help="Draw an object's trace.")
@click.argument("words", metavar="KIND/NAME", nargs=-1, required=True)
@namespace_option
@click.option(
    "--generation",
    default="latest",
    metavar="N|latest",
    show_default=True,
    callback=_generation,
    help="Which change of the object.",
)
@click.option(
    "--from",
    "origin",
    default="jaeger",
    metavar="jaeger|FILE",
    show_default=True,
    help="Where spans are: OTLP JSON lines, or JSON of Jaeger.",
)
@click.option(
    "--expand",
    default="critical",
    metavar="all|critical|N",
    show_default=True,
    callback=_expand,
    help="Draw everything, what took longest, or N objects of a kind in full.",
)
@click.option("--follow", is_flag=True, help="Draw again until its span has closed.")
@jaeger_option
@cluster_options
@answer_options
@verbose_option
def show(
    words: tuple[str, ...],
    origin: str,
    output: Literal["text", "json", "html"],
    color: Literal["auto", "always", "never"],
    verbose: int,
    **options: Any,
) -> int:
    """Draw the trace of an object, and what is linked to it: KIND/NAME or KIND NAME, as kubectl takes them.

    The object in the cluster says which trace is its own. Without a cluster, or when the object is gone, the
    trace is found by the object's name.
    """
    file = None if origin == "jaeger" else Path(origin)
    if file is not None and (file.is_dir() or not file.exists()):  # a pipe will do
        raise BadInput(f"--from {origin}: no such file; give a file of spans, or jaeger")
    from traceutil.cli.show.main import main

    return main(words, file, output=output, color=color, verbose=verbose, **options)
