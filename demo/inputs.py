"""What is asked of `traceutil demo`, checked before anything heavy is imported or started."""

from __future__ import annotations

import difflib
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

import click

from traceutil.cli.errors import BadInput

if TYPE_CHECKING:
    from demo.stories import Story


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
