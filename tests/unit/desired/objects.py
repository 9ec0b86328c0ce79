"""Objects as short as a sentence."""

from __future__ import annotations

from typing import Any

GENERATION = 2


def obj(
    api_version: str | None,
    kind: str | None,
    spec: Any = None,
    status: Any = None,
    *,
    generation: int | None = GENERATION,
    **metadata: Any,
) -> dict[str, Any]:
    """An object of generation 2; parts that are None are left out."""
    made: dict[str, Any] = {"metadata": {"name": "web", **metadata}}
    if generation is not None:
        made["metadata"]["generation"] = generation
    parts = {"apiVersion": api_version, "kind": kind, "spec": spec, "status": status}
    return made | {key: value for key, value in parts.items() if value is not None}


def condition(name: str, status: str = "True", reason: str = "", **fields: Any) -> dict[str, Any]:
    """One condition, with a reason and a message made of it."""
    found = {"type": name, "status": status, **fields}
    return found if not reason else {"reason": reason, "message": f"{reason} it is"} | found


def observed(*conditions: dict[str, Any], **counts: Any) -> dict[str, Any]:
    """A status of the object's own generation."""
    return {"observedGeneration": GENERATION, "conditions": list(conditions), **counts}
