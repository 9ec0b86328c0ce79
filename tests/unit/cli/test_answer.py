"""Answers on stdout, progress and logs on stderr."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner
from opentelemetry import trace
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags

from traceutil.cli import logs
from traceutil.cli.answer import Output, show
from traceutil.cli.options import answer_options, cluster_options, verbose_option
from traceutil.cli.progress import Progress
from traceutil.view.color import ColorMode
from traceutil.view.html import page
from traceutil.view.result import Result
from traceutil.view.spans import SpanData

SPAN = SpanData(
    "1" * 32, "2" * 16, None, "Pod", "kubelet", 0, 10**9, attributes={"traceutil.span.type": "object"}
)
REACHED = Result("pod", True, "reached", 1.0, [SPAN])
FAILED = Result("pod", False, "failed", 1.0, [SPAN])
WAITING = Result("pod", False, "in progress", 1.0, [SPAN])


class Stream(io.TextIOWrapper):
    """An output that is, or is not, a terminal."""

    def __init__(self, *, terminal: bool = False, encoding: str = "utf-8") -> None:
        super().__init__(io.BytesIO(), encoding=encoding, newline="")
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal

    @property
    def text(self) -> str:
        self.flush()
        self.seek(0)
        return self.read()


@pytest.mark.parametrize(("result", "code"), [(REACHED, 0), (FAILED, 1), (WAITING, 3)])
@pytest.mark.parametrize("output", ["text", "json", "html"])
def test_the_answer_is_the_exit_code(result: Result, output: Output, code: int) -> None:
    """Whatever the form of the answer."""
    assert code == show(result, output, stream=Stream(), environ={})


def test_json_is_one_document() -> None:
    """Nothing else is on stdout."""
    stream = Stream()
    show(REACHED, "json", stream=stream, environ={})
    assert json.loads(stream.text)["scenario"] == "pod"


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "utf-16"])
def test_a_page_is_utf_8_on_every_stream(encoding: str) -> None:
    """As it says of itself in its head."""
    stream = Stream(encoding=encoding)
    show(REACHED, "html", stream=stream, environ={})
    assert page(REACHED) == stream.buffer.getvalue().decode()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("terminal", "encoding", "color", "environ", "colored", "ascii_only"),
    [
        pytest.param(False, "utf-8", "auto", {}, False, False, id="a pipe"),
        pytest.param(True, "utf-8", "auto", {}, True, False, id="a terminal"),
        pytest.param(True, "utf-8", "auto", {"NO_COLOR": "1"}, False, False, id="a terminal with NO_COLOR"),
        pytest.param(False, "utf-8", "always", {}, True, False, id="a pipe, colour asked for"),
        pytest.param(False, "ascii", "auto", {}, False, True, id="no UTF-8"),
        pytest.param(False, "latin-1", "auto", {}, False, True, id="another code page"),
    ],
)
def test_the_drawing_suits_its_output(
    terminal: bool, encoding: str, color: ColorMode, environ: dict[str, str], colored: bool, ascii_only: bool
) -> None:
    """Colour and characters, each by what the output can take."""
    stream = Stream(terminal=terminal, encoding=encoding)
    show(REACHED, "text", color, stream=stream, environ=environ)
    text = stream.text
    assert colored == ("\x1b[" in text)
    assert ascii_only == text.isascii()


@pytest.mark.parametrize(
    ("environ", "width"),
    [
        ({}, 100),
        ({"COLUMNS": "140"}, 140),
        ({"COLUMNS": "wide"}, 100),
        ({"COLUMNS": "0"}, 100),
        ({"COLUMNS": "9"}, 80),
    ],
)
def test_width(environ: dict[str, str], width: int) -> None:
    """COLUMNS, else 100 where there is no terminal; 80 is the least."""
    stream = Stream()
    show(REACHED, stream=stream, environ=environ)
    assert width == max(len(line) for line in stream.text.splitlines())


def test_progress_is_one_line_that_goes_away() -> None:
    """The answer is not mixed with it; the same text is not written twice."""
    stream = Stream(terminal=True)
    with Progress(stream) as progress:
        progress.update("1 of 3\nready")
        progress.update("1 of 3 ready")
    assert stream.text == "\r\x1b[K1 of 3 ready\r\x1b[K"


def test_no_progress_when_piped() -> None:
    """Logs of a pipeline stay readable."""
    stream = Stream()
    with Progress(stream) as progress:
        progress.update("1 of 3 ready")
    assert stream.text == ""


def test_shared_options(tmp_path: object) -> None:
    """The same flags, spelled the same, in every command."""
    seen: dict[str, object] = {}

    @click.command()
    @answer_options
    @verbose_option
    @cluster_options
    def command(**options: object) -> None:
        seen.update(options)

    runner = CliRunner()
    assert (
        runner.invoke(command, ["-o", "json", "-vv", "--color", "never", "--context", "kind"]).exit_code == 0
    )
    assert seen == {"output": "json", "color": "never", "verbose": 2, "context": "kind", "kubeconfig": None}
    absent = runner.invoke(command, ["--kubeconfig", f"{tmp_path}/absent"])
    assert absent.exit_code == 2
    assert "does not exist" in absent.output


@pytest.fixture
def root_logger() -> Iterator[logging.Logger]:
    root = logging.getLogger()
    level = root.level
    yield root
    for handler in [h for h in root.handlers if h.get_name() == "traceutil"]:
        root.removeHandler(handler)
    root.setLevel(level)


@pytest.mark.usefixtures("root_logger")
def test_a_json_log_line_carries_its_trace() -> None:
    """From a log line to its trace, and back."""
    stream = Stream()
    logs.configure("json", stream=stream)
    current = NonRecordingSpan(SpanContext(0xABC, 0xDEF, is_remote=False, trace_flags=TraceFlags(1)))
    with trace.use_span(current):
        logging.getLogger("scheduler").warning("no node fits %s", "web-a")
    line = json.loads(stream.text)
    assert tuple(line[k] for k in ("level", "logger", "message")) == (
        "warning",
        "scheduler",
        "no node fits web-a",
    )
    assert (f"{0xABC:032x}", f"{0xDEF:016x}") == (line["trace_id"], line["span_id"])


@pytest.mark.usefixtures("root_logger")
@pytest.mark.parametrize(("verbosity", "expected"), [(0, 1), (1, 2), (2, 3), (9, 3)])
def test_verbosity(verbosity: int, expected: int) -> None:
    """Warnings, then what is done, then everything; configured twice, a line is still written once."""
    stream = Stream()
    logs.configure(verbosity=2, stream=Stream())
    logs.configure(verbosity=verbosity, stream=stream)
    logger = logging.getLogger("scheduler")
    logger.warning("one")
    logger.info("two")
    logger.debug("three")
    assert expected == len(stream.text.splitlines())


@pytest.mark.usefixtures("root_logger")
@pytest.mark.parametrize("style", ["text", "json"])
def test_an_exception_is_logged_whole(style: str) -> None:
    """Its type and message are there; without a current span there is no trace id."""
    stream = Stream()
    logs.configure("json" if style == "json" else "text", stream=stream)
    try:
        raise ValueError("no such node")
    except ValueError:
        logging.getLogger("scheduler").exception("binding failed")
    text = stream.text
    assert "ValueError: no such node" in text
    assert "trace" not in text.replace("Traceback", "").replace("traceutil", "")
