"""What `traceutil demo` prints, writes and sends."""

from __future__ import annotations

import os
import pty
import subprocess
from pathlib import Path

import pytest

from tests.embedded.demo.collector import OtlpCollector
from tests.embedded.demo.command import LONGEST, Answer, command, environment, traceutil
from tests.embedded.demo.kubeconfigs import CLOSED
from tests.embedded.demo.told import FOUR, Told
from traceutil.view.otlp import from_lines

pytestmark = pytest.mark.slow


def in_a_terminal(*args: object, environ: dict[str, str] | None = None) -> Answer:
    """Run with stdout and stderr on a terminal of its own, whose output is `out`."""
    ours, theirs = pty.openpty()
    env = environment({"TERM": "xterm-256color", "COLUMNS": "100", **(environ or {})})
    process = subprocess.Popen(command(*args), stdout=theirs, stderr=theirs, stdin=theirs, env=env)
    os.close(theirs)
    shown = bytearray()
    while chunk := _read(ours):
        shown += chunk
    os.close(ours)
    return Answer(process.wait(timeout=LONGEST), shown.decode(), "")


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # Linux: the other side of the terminal is closed
        return b""


def test_json_is_one_document(sent: tuple[Told, Path, OtlpCollector]) -> None:
    """`--output json` prints that and nothing else; nothing on stderr where that is no terminal."""
    answer = sent[0].answer
    assert (answer.out.startswith("{\n"), answer.out.endswith("\n}\n")) == (True, True)
    assert "deployment" == answer.document["scenario"]
    assert "" == answer.err


def test_page_is_one_document() -> None:
    """`--output html` prints a page and nothing else, in UTF-8 wherever it is printed."""
    answer = traceutil("demo", "pod", "--speed", 5, "-o", "html", environ={"PYTHONIOENCODING": "ascii"})
    assert (0, "") == (answer.code, answer.err)
    assert (True, True) == (answer.out.startswith("<!doctype html>"), answer.out.endswith("</html>\n"))
    assert "✔ Pod default/" in answer.out


def test_page_is_not_spilled_on_a_terminal() -> None:
    """There it says at once what to do instead."""
    answer = in_a_terminal("demo", "-o", "html")
    assert 2 == answer.code
    assert "a page is for a browser; send it to a file: add > trace.html" in answer.out
    assert "<html" not in answer.out


def test_exported_file(sent: tuple[Told, Path, OtlpCollector]) -> None:
    """`--export FILE` holds the document's spans, and is read by the view."""
    told, file, _ = sent
    exported = list(from_lines(file.read_text(encoding="utf-8").splitlines()))
    assert _key(told) == sorted(
        (each.trace_id, each.span_id, each.parent_id or "", each.name, each.service, each.start, each.end)
        for each in exported
    )
    messages = {each.span_id: dict(each.attributes) for each in exported}
    assert messages == {
        span.raw["span_id"]: span.raw["attributes"] for spans in told.traces for span in spans
    }


def test_sent_spans(sent: tuple[Told, Path, OtlpCollector]) -> None:
    """`--otlp URL` delivers every span of the document, under the service that made it."""
    told, _, collector = sent
    assert 0 == told.answer.code
    assert {"/v1/traces"} == collector.paths
    assert FOUR == {each.service for each in collector.spans}
    assert _key(told) == sorted(
        (each.trace_id, each.span_id, each.parent_id or "", each.name, each.service, each.start, each.end)
        for each in collector.spans
    )


def _key(told: Told) -> list[tuple[object, ...]]:
    return sorted(
        (
            span.trace_id,
            span.raw["span_id"],
            span.raw["parent_id"] or "",
            span.name,
            span.raw["service"],
            span.raw["start_unix_nano"],
            span.raw["end_unix_nano"],
        )
        for spans in told.traces
        for span in spans
    )


def test_collector_that_is_not_there() -> None:
    """The story is told all the same; what was lost is counted, and one line on stderr says so."""
    answer = traceutil("demo", "pod", "--speed", 5, "--otlp", CLOSED, "-o", "json")
    assert 0 == answer.code
    assert 7 == answer.document["dropped"]
    assert [f"traceutil: 7 spans did not reach {CLOSED}"] == [
        line.partition(";")[0] for line in answer.err.splitlines()
    ]


def test_piped_drawing() -> None:
    """Piped, the drawing has no escape codes, is 100 wide at most, and nothing is on stderr."""
    answer = traceutil("demo", "pod", "--speed", 5)
    assert (0, "") == (answer.code, answer.err)
    assert "\x1b" not in answer.out
    assert "✔ reached in" in answer.out
    assert 100 >= max(len(line) for line in answer.out.splitlines())


def test_narrow_drawing() -> None:
    """Story and drawing keep to the columns that there are."""
    answer = traceutil("demo", "pod", "--speed", 5, environ={"COLUMNS": "80"})
    assert 0 == answer.code
    told, _, drawing = answer.out.partition("\n\n")
    assert 80 >= max(map(len, told.splitlines()))
    assert 80 >= max(map(len, drawing.splitlines()[2:]))


def test_terminal() -> None:
    """In a terminal it has colour, and progress that is gone when the drawing comes."""
    answer = in_a_terminal("demo", "pod", "--speed", 5)
    assert 0 == answer.code
    progress, _, drawing = answer.out.partition("✔")
    assert "of 1 pods ready" in progress
    assert "\x1b[" in drawing
    assert "pods ready" not in drawing


def test_no_color() -> None:
    """NO_COLOR leaves the drawing without escape codes, in a terminal too."""
    answer = in_a_terminal("demo", "pod", "--speed", 5, environ={"NO_COLOR": "1"})
    assert 0 == answer.code
    _, _, drawing = answer.out.partition("A user creates")
    assert "✔ reached in" in drawing
    assert "\x1b" not in drawing


def test_list() -> None:
    """`--list` tells all stories without playing one."""
    answer = traceutil("demo", "--list")
    assert 0 == answer.code
    assert ["pod", "deployment", "rollout", "slow-pull", "failure", "drift", "crash"] == [
        line.split()[0] for line in answer.out.splitlines() if not line.startswith(" ")
    ]
