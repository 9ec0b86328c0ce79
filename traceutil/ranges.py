"""What a setting may be: one check for a value given in code and for a variable."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

_RELATIONS = ("auto", "parent", "link")
#: Seconds: the bound of a record's deadline (docs/spec.md 3).
_LONGEST = 1e9


def relation(value: Any) -> str:
    """Parent or link.

    Raises:
        ValueError: what is allowed instead; so do all of these.
    """
    if value in _RELATIONS:
        return str(value)
    raise ValueError(f"use one of {', '.join(_RELATIONS)}")


def ratio(value: float) -> float:
    """A share."""
    if 0 <= value <= 1:
        return value
    raise ValueError("use a number from 0 to 1")


def count(value: int) -> int:
    """How many at most."""
    if value > 0:
        return value
    raise ValueError("use a whole number above 0")


def deadline(value: float) -> float:
    """Seconds until something is overdue."""
    if 0 < value < _LONGEST:
        return value
    raise ValueError(f"use a number of seconds above 0, and below {_LONGEST:.0e}")


def window(value: float) -> float:
    """Seconds to look back."""
    if 0 <= value < _LONGEST:
        return value
    raise ValueError(f"use a number of seconds from 0, and below {_LONGEST:.0e}")


_CHECKS: Mapping[str, Callable[[Any], Any]] = {
    "relation": relation,
    "deadline": deadline,
    "max_links": count,
    "max_children": count,
    "ratio": ratio,
    "window": window,
}


def check(settings: Mapping[str, Any]) -> None:
    """Settings that were given in code.

    Raises:
        ValueError: names the setting, its value and what is allowed.
    """
    deadlines = [(f"deadlines[{kind!r}]", value, deadline) for kind, value in settings["deadlines"].items()]
    for name, value, rule in [*((key, settings[key], _CHECKS[key]) for key in _CHECKS), *deadlines]:
        try:
            rule(value)
        except (ValueError, TypeError) as error:
            what = error if isinstance(error, ValueError) else "use a number"
            raise ValueError(f"{name}={value!r}: {what}") from error
