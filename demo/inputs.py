"""What is asked of `traceutil demo`, checked before anything heavy is imported or started."""

from __future__ import annotations

import difflib
import math
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from traceutil.cli.errors import BadInput

if TYPE_CHECKING:
    from demo.stories import Story

OTLP_SCHEMES = ("http", "https", "grpc")


def story_named(name: str) -> Story:
    """The scenario of that name.

    Raises:
        BadInput: there is none; names those that there are, and the nearest.
    """
    from demo.stories import STORIES

    if name in STORIES:
        return STORIES[name]
    close = difflib.get_close_matches(name, STORIES, n=1)
    meant = f"did you mean {close[0]!r}? There" if close else "there"
    raise BadInput(f"no scenario {name!r}; {meant} are: {', '.join(STORIES)}")


def all_told() -> str:
    """The scenarios, each with its story, for a terminal of 100 columns."""
    from demo.stories import STORIES

    indent = " " * 12
    return "\n".join(
        fill(f"{story.name:<12}{story.told}", 100, subsequent_indent=indent) for story in STORIES.values()
    )


def finite(_: click.Context, __: click.Parameter, value: float | None) -> float | None:
    """A click callback. Raises click.BadParameter for what passes every range: NaN."""
    if value is not None and not math.isfinite(value):
        raise click.BadParameter(f"{value} is no number of times; 1 is real time")
    return value


def otlp_url(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """A click callback. Raises click.BadParameter where no collector can be at such an address."""
    if value is not None and not _is_otlp_url(value):
        raise click.BadParameter(f"{value!r} is no URL; use http://HOST:4318, https://… or grpc://HOST:4317")
    return value


def _is_otlp_url(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in OTLP_SCHEMES and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:  # a port that is no number, brackets that do not close
        return False


def file_to_write(_: click.Context, __: click.Parameter, value: Path | None) -> Path | None:
    """A click callback: creates the file. Raises click.BadParameter where it cannot be written."""
    if value is not None:
        try:
            value.open("a").close()  # told before the story, not after it
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise click.BadParameter(
                f"{value}: {why}; give a file that may be written, in a directory that exists"
            ) from error
    return value
