"""The answer goes to stdout: a drawing that fits the terminal, one JSON document, or an HTML page."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Mapping
from typing import Literal, TextIO

from traceutil.view.color import ColorMode, wanted
from traceutil.view.document import document
from traceutil.view.fold import Expand
from traceutil.view.html import page
from traceutil.view.result import Result
from traceutil.view.terminal import waterfall

Output = Literal["text", "json", "html"]

#: Columns where there is no terminal to ask.
_WIDTH = 100


def show(
    result: Result,
    output: Output = "text",
    color: ColorMode = "auto",
    *,
    expand: Expand = "critical",
    stream: TextIO | None = None,
    environ: Mapping[str, str] | None = None,
) -> int:
    """Print the result; returns the exit code that stands for it (0 reached, 1 failed, 3 in progress)."""
    stream = stream or sys.stdout
    environ = os.environ if environ is None else environ
    if output == "json":
        print(json.dumps(document(result), indent=2, ensure_ascii=False), file=stream)
        return result.exit_code
    if output == "html":  # UTF-8, as it says of itself, whatever the stream speaks
        stream.flush()
        stream.buffer.write(page(result).encode())
        return result.exit_code
    text = waterfall(
        result,
        width=_width(stream, environ),
        color=wanted(color, is_terminal=stream.isatty(), environ=environ),
        unicode=speaks_unicode(stream),
        expand=expand,
    )
    print(text, file=stream)
    return result.exit_code


def speaks_unicode(stream: TextIO) -> bool:
    """Whether the characters of the drawings can be written to the stream."""
    try:
        "┃█░├┤└✔✗×≤·".encode(stream.encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _width(stream: TextIO, environ: Mapping[str, str]) -> int:
    """Columns: COLUMNS, then the terminal's, then 100."""
    asked = environ.get("COLUMNS", "")
    if asked.isdecimal() and int(asked) > 0:
        return int(asked)
    return shutil.get_terminal_size((_WIDTH, 24)).columns if stream.isatty() else _WIDTH
