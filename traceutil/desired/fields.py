"""Reading fields of cluster data, which may hold anything: a wrong type counts as absent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .verdict import Convergence, in_progress

Json = Mapping[str, Any]

_NOTHING: Json = {}
_INT64 = 1 << 63
#: Longest message that is repeated from status, in characters.
_MAX_WORDS = 1024


def section(obj: Json, key: str) -> Json:
    """The mapping under `key`; an empty one where there is none."""
    value = obj.get(key)
    if type(value) is dict or isinstance(value, Mapping):
        return value
    return _NOTHING


def get_int(obj: Json, key: str, default: int = 0) -> int:
    """The 64-bit integer under `key`; `default` where there is none (a bool is none)."""
    value = obj.get(key)
    if type(value) is int and -_INT64 <= value < _INT64:
        return value
    return default


def get_text(obj: Json, key: str) -> str:
    """The string under `key`, cut to a kilobyte; empty where there is none."""
    value = obj.get(key)
    return value[:_MAX_WORDS] if isinstance(value, str) else ""


def items(obj: Json, key: str) -> Iterator[Json]:
    """The mappings in the list under `key`."""
    value = obj.get(key)
    if isinstance(value, (list, tuple)):
        for item in value:
            if isinstance(item, Mapping):
                yield item


def condition(status: Json, name: str) -> Json | None:
    """The condition of this type, or None."""
    conditions = status.get("conditions")
    if isinstance(conditions, (list, tuple)):
        for item in conditions:
            if (type(item) is dict or isinstance(item, Mapping)) and item.get("type") == name:
                return item
    return None


def is_true(found: Json | None) -> bool:
    """Whether a condition is there and its status is "True"."""
    return found is not None and found.get("status") == "True"


def group_and_kind(obj: Json) -> tuple[str | None, str]:
    """API group (None where apiVersion is missing) and kind (empty where missing)."""
    kind, version = obj.get("kind"), obj.get("apiVersion")
    if not isinstance(kind, str):
        kind = ""
    return (version.rpartition("/")[0] if isinstance(version, str) else None), kind


def behind(obj: Json, status: Json) -> Convergence | None:
    """The verdict where status describes an older generation, and so proves nothing; else None."""
    observed = get_int(status, "observedGeneration", -1)
    generation = get_int(section(obj, "metadata"), "generation", 0)
    if 0 <= observed < generation:
        return in_progress(
            "LatestGenerationNotObserved",
            f"status is of generation {observed}, desired state of {generation}",
        )
    return None


def unobserved(status: Json) -> Convergence | None:
    """The verdict where the controller, which writes observedGeneration, has not looked yet; else None."""
    if get_int(status, "observedGeneration", -1) < 0:
        return in_progress("NotObserved", "no controller has looked at it yet")
    return None
