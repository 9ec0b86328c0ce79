"""Progress, in one line on stderr that is gone when the answer comes. None where stderr is no terminal."""

from __future__ import annotations

import shutil
import sys
from types import TracebackType
from typing import TextIO

from traceutil.cli.errors import one_line

_ERASE = "\r\x1b[K"


class Progress:
    """`with Progress() as progress: progress.update("2 of 3 pods ready")`."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self.enabled = self._stream.isatty()
        self._shown = ""

    def update(self, text: str) -> None:
        """Show `text` in place of what was shown; longer than the terminal is wide, it is cut."""
        if not self.enabled:
            return
        line = one_line(text)[: max(shutil.get_terminal_size((100, 24)).columns - 1, 10)]
        if line != self._shown:
            self._write(line)

    def clear(self) -> None:
        """Take the line away."""
        if self.enabled and self._shown:
            self._write("")

    def _write(self, line: str) -> None:
        self._stream.write(_ERASE + line)
        self._stream.flush()
        self._shown = line

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clear()
