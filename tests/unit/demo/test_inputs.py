"""What the demo takes as a scenario, and as a file to write."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from demo.commands import demo
from demo.inputs import all_told, file_to_write, story_named
from demo.stories import STORIES
from traceutil.cli.errors import BadInput

CONTEXT = click.Context(demo)
OPTION = demo.params[0]


def test_every_story_is_found_and_told() -> None:
    """By its name; the list begins a line with each."""
    assert list(STORIES.values()) == [story_named(name) for name in STORIES]
    assert list(STORIES) == [line.split()[0] for line in all_told().splitlines() if not line.startswith(" ")]
    assert 100 >= max(map(len, all_told().splitlines()))


def test_unknown_story() -> None:
    """The nearest is named."""
    with pytest.raises(BadInput, match="no scenario 'slowpull'; did you mean 'slow-pull'"):
        story_named("slowpull")


def test_an_old_export_is_kept_until_there_is_a_new_one(tmp_path: Path) -> None:
    """Looking whether a file can be written does not empty it."""
    file = tmp_path / "spans.jsonl"
    file.write_text("old\n")
    assert file == file_to_write(CONTEXT, OPTION, file)
    assert "old\n" == file.read_text()
