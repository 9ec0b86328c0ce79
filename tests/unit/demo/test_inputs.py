"""What the demo takes as an address of a collector, and as a scenario."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from demo.commands import demo
from demo.inputs import all_told, file_to_write, otlp_url, story_named
from demo.stories import STORIES
from traceutil.cli.errors import BadInput

CONTEXT = click.Context(demo)
OPTION = demo.params[0]


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://localhost:4318", id="HTTP with a port"),
        pytest.param("https://collector.example", id="HTTPS without one"),
        pytest.param("http://[::1]:4318/v1/traces", id="IPv6 with a path"),
        pytest.param("grpc://localhost:4317", id="gRPC"),
        pytest.param(None, id="none at all"),
    ],
)
def test_urls(url: str | None) -> None:
    """An address at which a collector can be is taken as it is."""
    assert url == otlp_url(CONTEXT, OPTION, url)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("", id="nothing"),
        pytest.param("localhost:4318", id="no scheme"),
        pytest.param("http://", id="no host"),
        pytest.param("http://:4318", id="only a port"),
        pytest.param("http://host:port", id="a port in letters"),
        pytest.param("http://host:99999", id="a port beyond 65535"),
        pytest.param("http://[::1", id="a bracket that does not close"),
        pytest.param("file:///tmp/spans", id="a file"),
    ],
)
def test_what_is_no_url(url: str) -> None:
    """Where no collector can be, the value and what to use are told."""
    with pytest.raises(click.BadParameter, match="http://HOST:4318"):
        otlp_url(CONTEXT, OPTION, url)


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
