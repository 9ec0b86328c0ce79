"""The drawings in docs/show.md are what `traceutil show` draws of a story that was recorded."""

from __future__ import annotations

import gzip
import re
import shlex
from pathlib import Path

import pytest

from tests.unit.house.tree import ROOT
from traceutil.cli.app import run

PAGE = (ROOT / "docs" / "show.md").read_text()
EXAMPLES = re.findall(r"```console\n\$ traceutil (show [^\n]+)\n```\n```text\n(.+?)\n```", PAGE, re.DOTALL)


@pytest.mark.parametrize(("command", "drawn"), EXAMPLES, ids=[command for command, _ in EXAMPLES])
def test_an_example(
    command: str,
    drawn: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """To the letter: what it says on both streams."""
    for recorded in (ROOT / "tests" / "data" / "jaeger").glob("*.otlp.jsonl.gz"):
        name = recorded.name.partition(".")[0]
        (tmp_path / f"{name}.jsonl").write_bytes(gzip.decompress(recorded.read_bytes()))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    run(shlex.split(command))
    answer = capsys.readouterr()

    assert drawn == (answer.out + answer.err).rstrip("\n")


def test_there_are_examples() -> None:
    """One that was reached, one inside a trace, one that failed, one of which there is none."""
    assert 4 == len(EXAMPLES)
