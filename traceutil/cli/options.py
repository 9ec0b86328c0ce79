"""Options that mean the same in every command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def answer_options(function: F) -> F:
    """`-o/--output text|json` and `--color auto|always|never`, as `output` and `color`."""
    color = click.option(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        show_default=True,
        help="Colour; auto obeys NO_COLOR.",
    )
    output = click.option(
        "-o",
        "--output",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="A drawing, or one JSON document.",
    )
    return output(color(function))


def verbose_option(function: F) -> F:
    """`-v`, as the number `verbose`: 0 warnings, 1 what is done, 2 everything."""
    return click.option("-v", "--verbose", count=True, help="Log more; twice for everything.")(function)


def cluster_options(function: F) -> F:
    """`--context` (str or None) and `--kubeconfig` (an existing file, or None), as kubectl has them."""
    context = click.option("--context", metavar="NAME", help="Context of the kubeconfig.")
    kubeconfig = click.option(
        "--kubeconfig",
        type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path),
        help="Which kubeconfig; else $KUBECONFIG, then ~/.kube/config.",
    )
    return context(kubeconfig(function))
