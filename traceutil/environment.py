"""Settings from `TRACEUTIL_*` variables. Read only by `ObjectTracer.from_env` and `traceutil.sdk`."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Iterator, Mapping
from typing import Any

from traceutil import ranges
from traceutil.carriers import by_name

logger = logging.getLogger(__name__)

_PREFIX = "TRACEUTIL_"
#: Read elsewhere: by the command line, and by kopf's integration.
_OTHERS = ("JAEGER", "KOPF_ADOPT")
_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})


def settings_from(environ: Mapping[str, str]) -> dict[str, Any]:
    """The settings that the environment names.

    `TRACEUTIL_COMPONENT`, `_RELATION`, `_DEADLINE` (seconds), `_PREFIX`, `_CARRIERS` (written;
    comma-separated), `_BAGGAGE` (keys), `_MAX_LINKS`, `_WINDOW` (seconds),
    `_MAX_CHILDREN`, `_RATIO`, `_TRUST` (`all`, `none` or field managers), `_CLUSTER`, `_FIELD_MANAGER`,
    `_ENCODE_CREATED`, `_ENABLED`, `_WRITING`.

    A variable whose name is nearly one of these is warned of.

    Raises:
        ValueError: names the variable, its value and what is allowed.
    """
    for given, meant in misspelt(environ):
        logger.warning("%s is no setting and has no effect; did you mean %s?", given, meant)
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


def misspelt(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(name given, name meant) of variables with a slip. Not of any that begin so: Kubernetes sets
    `TRACEUTIL_PORT` where a Service has that name."""
    known = [name.upper() for name in _CONVERTERS] + list(_OTHERS)
    for variable in sorted(environ):
        name = variable.removeprefix(_PREFIX)
        if name != variable and name not in known:
            for meant in difflib.get_close_matches(name, known, n=1, cutoff=0.75):
                yield variable, _PREFIX + meant


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


def _names(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


_FIELDS = {"carriers": "write"}
_CONVERTERS: dict[str, Any] = {
    "component": str,
    "relation": ranges.relation,
    "deadline": lambda value: ranges.deadline(float(value)),
    "prefix": str,
    "carriers": lambda value: by_name(*_names(value)),
    "baggage": _names,
    "window": lambda value: ranges.window(float(value)),
    "max_links": lambda value: ranges.count(int(value)),
    "max_children": lambda value: ranges.count(int(value)),
    "ratio": lambda value: ranges.ratio(float(value)),
    "trust": lambda value: value.lower() if value.lower() in ("all", "none") else frozenset(_names(value)),
    "cluster": str,
    "field_manager": str,
    "encode_created": _boolean,
    "enabled": _boolean,
    "writing": _boolean,
}
