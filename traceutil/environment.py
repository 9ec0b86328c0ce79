"""Settings from `TRACEUTIL_*` variables. Read only by `ObjectTracer.from_env` and `traceutil.sdk`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from traceutil.carriers import by_name

_RELATIONS = ("auto", "parent", "link")
_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})


def settings_from(environ: Mapping[str, str]) -> dict[str, Any]:
    """The settings that the environment names.

    `TRACEUTIL_COMPONENT`, `_RELATION`, `_DEADLINE` (seconds), `_PREFIX`, `_CARRIERS` (written;
    comma-separated), `_BAGGAGE` (keys), `_MAX_LINKS`, `_WINDOW` (seconds),
    `_MAX_CHILDREN`, `_RATIO`, `_TRUST` (`all`, `none` or field managers), `_CLUSTER`, `_FIELD_MANAGER`,
    `_ENCODE_CREATED`, `_ENABLED`, `_WRITING`.

    Raises:
        ValueError: names the variable, its value and what is allowed.
    """
    out: dict[str, Any] = {}
    for name, convert in _CONVERTERS.items():
        value = environ.get(f"TRACEUTIL_{name.upper()}", "").strip()
        if value:
            try:
                out[_FIELDS.get(name, name)] = convert(value)
            except (ValueError, KeyError) as error:
                raise ValueError(f"TRACEUTIL_{name.upper()}={value!r}: {error}") from error
    out.setdefault("component", environ.get("OTEL_SERVICE_NAME", ""))
    return out


def flag(environ: Mapping[str, str], name: str, default: bool = False) -> bool:
    """A variable that is true or false.

    Raises:
        ValueError: names the variable, its value and what is allowed.
    """
    value = environ.get(name, "").strip()
    try:
        return _boolean(value) if value else default
    except ValueError as error:
        raise ValueError(f"{name}={value!r}: {error}") from error


def _boolean(value: str) -> bool:
    if value.lower() in _TRUE | _FALSE:
        return value.lower() in _TRUE
    raise ValueError("use true or false")


def _relation(value: str) -> str:
    if value in _RELATIONS:
        return value
    raise ValueError(f"use one of {', '.join(_RELATIONS)}")


def _ratio(value: str) -> float:
    if 0 <= float(value) <= 1:
        return float(value)
    raise ValueError("use a number from 0 to 1")


def _names(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _count(value: str) -> int:
    if int(value) > 0:
        return int(value)
    raise ValueError("use a whole number above 0")


def _seconds(value: str) -> float:
    if float(value) > 0:
        return float(value)
    raise ValueError("use a number of seconds above 0")


_FIELDS = {"carriers": "write"}
_CONVERTERS: dict[str, Any] = {
    "component": str,
    "relation": _relation,
    "deadline": _seconds,
    "prefix": str,
    "carriers": lambda value: by_name(*_names(value)),
    "baggage": _names,
    "window": _seconds,
    "max_links": _count,
    "max_children": _count,
    "ratio": _ratio,
    "trust": lambda value: value.lower() if value.lower() in ("all", "none") else frozenset(_names(value)),
    "cluster": str,
    "field_manager": str,
    "encode_created": _boolean,
    "enabled": _boolean,
    "writing": _boolean,
}
