"""Types of untrusted values: each function returns what it was given, or raises ValueError."""

from __future__ import annotations

import re
from typing import Any

_HEX = re.compile("[0-9a-f]+")


def hex_id(value: Any, digits: int) -> int:
    """An id in lower-case hex, never zero."""
    number = bits(value, digits)
    if not number:
        raise ValueError("an id of zeros")
    return number


def bits(value: Any, digits: int) -> int:
    """Lower-case hex digits, exactly so many."""
    if not isinstance(value, str) or len(value) != digits or not _HEX.fullmatch(value):
        raise ValueError(f"not {digits} lower-case hex digits")
    return int(value, 16)


def flags(value: Any) -> int:
    """Trace flags: eight bits."""
    return bits(value, 2)


def count(value: Any) -> int:
    """A whole number from 0."""
    if type(value) is not int or not 0 <= value < 2**53:
        raise ValueError("not a count")
    return value


def unix_nano(value: Any) -> int:
    """Unix nanoseconds."""
    if type(value) is not int or not 0 <= value < 2**63:
        raise ValueError("not Unix nanoseconds")
    return value


def seconds(value: Any) -> float:
    """A duration in seconds."""
    if type(value) not in (int, float) or not 0 <= value < 1e9:
        raise ValueError("not a number of seconds")
    return float(value)


def string(value: Any) -> str:
    """Text that can be encoded."""
    if not isinstance(value, str):
        raise ValueError("not a string")
    value.encode()  # half a surrogate pair would fail only at export, and a whole batch with it
    return value


def sequence(value: Any) -> list[Any]:
    """A list."""
    if not isinstance(value, list):
        raise ValueError("not a list")
    return value
