"""Who owns which field after a write, as kube-apiserver's field manager computes it.

An update owns what it changed. What it removed, nobody owns. What it left alone stays with whoever had it.
"""

from __future__ import annotations

from typing import Any

from .apply import ApplyConflict, apply
from .compare import compare
from .entries import (
    UPDATE,
    Entries,
    attach,
    before_write,
    capped,
    entry,
    forget,
    key_of,
    listed,
    read,
)
from .fieldset import FieldSet, union
from .schema import Obj, Schema

__all__ = ["ApplyConflict", "apply", "track_update"]


def track_update(
    live: Obj | None,
    new: Obj,
    *,
    manager: str,
    api_version: str,
    subresource: str,
    now: str,
    schema: Schema,
) -> Obj:
    """The object `new` with the `metadata.managedFields` that it has after this create or update.

    `live` is what is stored (None on creation), `subresource` is "" for the object itself, `now` RFC 3339 in
    seconds. Neither object is mutated; when nothing was written, live's entries are kept as they are.
    An object that was stripped of its entries stays without until somebody applies to it.
    """
    before = before_write(live, new, subresource)
    if not before and not _is_new(live):
        return attach(new, [])
    written, removed = changes(live, new, schema, subresource)
    if not written and not removed:
        return attach(new, _kept(live, before))
    after = forget(before, removed, written)
    if written:
        take(after, written, manager, api_version, subresource, now)
    return attach(new, listed(capped(after).values()))


def changes(live: Obj | None, new: Obj, schema: Schema, subresource: str) -> tuple[FieldSet, FieldSet]:
    """The sets (written, removed); on creation, without what the server filled in by itself."""
    if live is None:
        return compare(schema.skeleton, without_admitted(new, schema), schema, subresource)
    written, removed = compare(live, new, schema, subresource)
    if subresource == "status" and not schema.status_labels:
        return without_labels(written), without_labels(removed)
    return written, removed


def without_labels(fields: FieldSet) -> FieldSet:
    """The set without the object's labels."""
    metadata = {name: below for name, below in fields.get("f:metadata", {}).items() if name != "f:labels"}
    rest = {name: below for name, below in fields.items() if name != "f:metadata"}
    return {"f:metadata": metadata} | rest if metadata else rest


def take(
    after: Entries,
    written: FieldSet,
    manager: str,
    api_version: str,
    subresource: str,
    now: str,
) -> None:
    """Give the written fields to the manager's Update entry, as of now. `after` is changed."""
    key = key_of(manager, UPDATE, api_version, subresource)
    mine = after[key]["fieldsV1"] if key in after else {}
    after[key] = entry(manager, UPDATE, api_version, subresource, now, union(mine, written))


def without_admitted(obj: Obj, schema: Schema) -> Obj:
    """The object without the values that admission sets; a client that wrote the same is not told apart."""
    for path, is_servers in schema.admitted:
        holder: Any = obj
        for name in path[:-1]:
            holder = holder.get(name) if isinstance(holder, dict) else None
        if isinstance(holder, dict) and path[-1] in holder and is_servers(holder[path[-1]]):
            obj = _dropped(obj, path)
    return obj


def _dropped(obj: Obj, path: tuple[str, ...]) -> Obj:
    if len(path) == 1:
        return {name: value for name, value in obj.items() if name != path[0]}
    return {**obj, path[0]: _dropped(obj[path[0]], path[1:])}


def _is_new(live: Obj | None) -> bool:
    return live is None or "uid" not in live.get("metadata", {})


def _kept(live: Obj | None, before: Entries) -> list[Any]:
    """Live's own list, unless the request brought entries that differ from it."""
    if live is not None and read(live) == before:
        held: list[Any] = live["metadata"].get("managedFields") or []
        return held
    return listed(before.values())
