"""Options that mean the same in every command."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

import click

F = TypeVar("F", bound=Callable[..., Any])

OTLP_SCHEMES = ("http", "https", "grpc")


def answer_options(function: F) -> F:
    """`-o/--output text|json|html` and `--color auto|always|never`, as `output` and `color`."""
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
        type=click.Choice(["text", "json", "html"]),
        default="text",
        show_default=True,
        callback=_not_on_a_terminal,
        help="A drawing, one JSON document, or a page: html > trace.html.",
    )
    return output(color(function))


def _not_on_a_terminal(_: click.Context, __: click.Parameter, value: str) -> str:
    """Raises click.BadParameter, before anything has run, for a page that would be spilled."""
    if value == "html" and sys.stdout.isatty():
        raise click.BadParameter("a page is for a browser; send it to a file: add > trace.html")
    return value


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


def namespace_option(function: F) -> F:
    """`-n/--namespace` (str or None: that of the context)."""
    return click.option("-n", "--namespace", metavar="NAME", help="Else that of the context.")(function)


def jaeger_option(function: F) -> F:
    """`--jaeger`, as the string `jaeger`: Jaeger's URL, or a template with `{trace_id}`."""
    return click.option(
        "--jaeger",
        metavar="URL",
        envvar="TRACEUTIL_JAEGER",
        default="http://localhost:16686",
        show_default=True,
        show_envvar=True,
        callback=_jaeger_url,
        help="Where Jaeger is; links may be a template with {trace_id}.",
    )(function)


def _jaeger_url(_: click.Context, __: click.Parameter, value: str) -> str:
    """Raises click.BadParameter where no web page can be at such an address."""
    if not _is_url(value, ("http", "https")):
        raise click.BadParameter(f"{value!r} is no URL; use http://HOST:16686, or https://…")
    return value.rstrip("/")


def speed_option(default: float | None = None) -> Callable[[F], F]:
    """`--speed`, as the number `speed`: greater than 0, 100 at most, or `default`."""
    return click.option(
        "--speed",
        type=click.FloatRange(0, 100, min_open=True),
        default=default,
        show_default=default is not None,
        callback=_number,
        help="Time runs so many times faster.",
    )


def _number(_: click.Context, __: click.Parameter, value: float | None) -> float | None:
    """Raises click.BadParameter for what passes every range: NaN."""
    if value is not None and math.isnan(value):
        raise click.BadParameter(f"{value} is no number of times; 1 is real time")
    return value


def otlp_option(help_text: str) -> Callable[[F], F]:
    """`--otlp`, as the string `otlp` or None: the URL of a collector, http, https or grpc."""
    return click.option("--otlp", metavar="URL", callback=otlp_url, help=help_text)


def otlp_url(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """A click callback. Raises click.BadParameter where no collector can be at such an address."""
    if value is not None and not _is_url(value, OTLP_SCHEMES):
        raise click.BadParameter(f"{value!r} is no URL; use http://HOST:4318, https://… or grpc://HOST:4317")
    return value


def otlp_endpoint(url: str) -> tuple[str, Literal["grpc"] | None]:
    """Endpoint and protocol of what `--otlp` was given: `grpc` by its scheme, else what the variables say."""
    if url.startswith("grpc://"):
        return url.replace("grpc://", "http://", 1), "grpc"
    return url, None


def _is_url(value: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in schemes and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:  # a port that is no number, brackets that do not close
        return False
