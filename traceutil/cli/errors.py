"""How a command ends: its exit codes, and the one line for what the user can put right."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the process tells its caller."""

    OK = 0  #: reached
    FAILED = 1  #: ended, as a failure
    BAD_INPUT = 2  #: one line on stderr says what to change
    IN_PROGRESS = 3
    NO_TRACE = 4  #: there is no trace of what was asked for
    INTERRUPTED = 130


class BadInput(Exception):
    """Something that the user can put right. The message, one line, names input and remedy."""


def one_line(message: object) -> str:
    """A message without line breaks and control characters, the way it is printed."""
    text = "".join(c if c.isprintable() else " " for c in str(message))
    return " ".join(text.split())


def about_file(error: OSError) -> str:
    """What is wrong with a file, and what to do about it."""
    reason = (error.strerror or str(error)).lower()
    return f"{error.filename}: {reason}; give a file that exists and that you may use"
