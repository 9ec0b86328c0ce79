"""When does a condition's time move? Pure functions over lists of conditions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

Condition: TypeAlias = Mapping[str, Any]


def with_condition(conditions: Iterable[Condition] | None, new: Condition) -> list[Condition]:
    """`conditions` with `new` in its type's place.

    lastTransitionTime moves only when the status does (API conventions); everything else is `new`'s.
    """
    kept, placed = [], False
    for old in conditions or ():
        if old.get("type") != new["type"]:
            kept.append(old)
            continue
        if old.get("status") == new["status"] and "lastTransitionTime" in old:
            new = {**new, "lastTransitionTime": old["lastTransitionTime"]}
        kept.append(new)
        placed = True
    return kept if placed else [*kept, new]


def with_news(conditions: Iterable[Condition] | None, new: Condition) -> list[Condition]:
    """Like `with_condition`, but the same status and reason is no news and leaves the old one whole.

    That is the Deployment controller's rule: a changed message alone rewrites nothing.
    """
    present = list(conditions or ())
    old = next((each for each in present if each.get("type") == new["type"]), None)
    if old is not None and (old.get("status"), old.get("reason")) == (new["status"], new.get("reason")):
        return present
    return with_condition(present, new)


def without(conditions: Iterable[Condition] | None, kind: str) -> list[Condition]:
    return [each for each in conditions or () if each.get("type") != kind]


def status_patch(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """The merge patch (RFC 7386) that turns status `old` into `new`: null for what went; {} when equal."""
    gone: dict[str, Any] = {key: None for key in old if key not in new}
    return gone | {key: value for key, value in new.items() if old.get(key) != value}
