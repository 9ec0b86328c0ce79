"""The tool within the test's own process, for whatever does not depend on having one of its own."""

from __future__ import annotations

import io
import logging
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from unittest import mock

from tests.embedded.demo.command import Answer, environment
from traceutil.cli import main

#: Streams, variables and the root logger are the process's: one run at a time.
_ONLY = threading.Lock()


def inside(*args: object, environ: Mapping[str, str] | None = None) -> Answer:
    """As `traceutil` of tests.embedded.demo.command, without the second that a process takes to start.

    What the tool does not catch is raised here. Beside another run use the other.
    """
    assert _ONLY.acquire(blocking=False), "one run of the tool is inside already: run the other as a process"
    out, err = _stream(), _stream()
    try:
        with (
            mock.patch.dict(os.environ, environment(environ), clear=True),
            mock.patch("sys.stdin", io.StringIO()),
            redirect_stdout(out),
            redirect_stderr(err),
            _logging_as_it_was(),
        ):
            code = main([str(each) for each in args])
    finally:
        _ONLY.release()
    return Answer(int(code), _written(out), _written(err))


def _stream() -> io.TextIOWrapper:
    """As a pipe: bytes below, and no terminal."""
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n")


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode()


@contextmanager
def _logging_as_it_was() -> Iterator[None]:
    """The tool sets up the root logger, as a process may; afterwards it is pytest's again."""
    root, httpx = logging.getLogger(), logging.getLogger("httpx")
    handlers, levels = root.handlers[:], (root.level, httpx.level)
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(levels[0])
        httpx.setLevel(levels[1])
