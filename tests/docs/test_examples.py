"""Examples in the documents run, and the commands in them exist."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import click
import pytest

from tests.unit.house.tree import ROOT, files, named
from traceutil.cli.app import root
from traceutil.environment import _CONVERTERS
from traceutil.settings import Settings

DOCUMENTS = [path for path in files() if path.suffix == ".md"]
WITH_PYTHON = [pytest.param(path, id=named(path)) for path in DOCUMENTS if "```python" in path.read_text()]
COMMAND = re.compile(r"^\$ (.+)$", re.MULTILINE)


@pytest.mark.parametrize("document", WITH_PYTHON)
def test_the_python_examples_of_a_document_run(document: Path) -> None:
    """Every block of Python is executed, in order, in one namespace."""
    command = [sys.executable, "-m", "tests.docs.run_document", str(document)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)

    assert 0 == ran.returncode, ran.stderr
    assert int(ran.stdout.splitlines()[-1]) >= document.read_text().count("```python")


def _commands() -> list[list[str]]:
    written = {line for path in DOCUMENTS for line in COMMAND.findall(path.read_text())}
    told = (line.partition(" > ")[0] for line in sorted(written))  # where to is the shell's business
    return [shlex.split(line, comments=True) for line in told]


def test_the_commands_in_the_documents_exist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`$ traceutil …` parses, options and all; `$ make …` is a target."""
    monkeypatch.chdir(tmp_path)
    Path("cluster.yaml").touch()
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    commands = _commands()

    assert {words[0] for words in commands} >= {"traceutil", "make"}
    for words in commands:
        if words[0] == "traceutil":
            _parse(words[1:])
        elif words[0] == "make":
            assert set(words[1:]) <= set(targets)


def _parse(words: list[str]) -> None:
    command: click.Command = root
    context = click.Context(root, info_name="traceutil")
    while isinstance(command, click.Group):
        found = command.get_command(context, words[0]) if words else None
        assert found is not None, words
        command, words = found, words[1:]
        context = click.Context(command, parent=context)
    with suppress(click.exceptions.Exit):  # --help
        command.make_context(command.name, list(words), parent=context)


def test_the_table_of_settings_is_complete() -> None:
    """Every setting and every variable stands in docs/trace-your-controller.md."""
    page = (ROOT / "docs" / "trace-your-controller.md").read_text()

    assert [] == [name for name in Settings.__dataclass_fields__ if f"`{name}`" not in page]
    assert [] == [name for name in _CONVERTERS if f"`TRACEUTIL_{name.upper()}`" not in page]
