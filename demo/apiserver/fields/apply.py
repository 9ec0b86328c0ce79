"""Server-side apply: merge, ownership, conflicts, and removal of what the applier no longer states.

The steps are those of `Updater.Apply` in structured-merge-diff and of kube-apiserver's managers around it.
"""

from __future__ import annotations

import json
from functools import reduce
from typing import Any

from .compare import applied_fields, compare
from .entries import APPLY, UPDATE, Entries, Entry, Key, attach, entry, forget, key_of, listed, read
from .fieldset import FieldSet, difference, dotted, from_fields_v1, intersection, union
from .last_applied import conceded, kept_up_to_date
from .merge import merged, named_fields_as_members, removed
from .schema import Obj, Schema

BEFORE_FIRST_APPLY = "before-first-apply"


class ApplyConflict(Exception):
    """Fields of an applied configuration are owned by others (409).

    `conflicts` lists (manager, path such as `.spec.replicas`); `causes` are the same as `details.causes` of
    a Status; `message` is what the API server says.
    """

    def __init__(self, conflicts: list[tuple[str, str]], owners: list[str]) -> None:
        self.conflicts = conflicts
        self.causes = [
            {"reason": "FieldManagerConflict", "message": f"conflict with {owner}", "field": path}
            for owner, (_, path) in zip(owners, conflicts, strict=True)
        ]
        self.message = _message([path for _, path in conflicts], owners)
        super().__init__(self.message)


def _message(paths: list[str], owners: list[str]) -> str:
    if len(paths) == 1:
        return f"Apply failed with 1 conflict: conflict with {owners[0]}: {paths[0]}"
    parts = []
    for owner in sorted(set(owners)):
        theirs = "\n".join(f"- {path}" for path, whose in zip(paths, owners, strict=True) if whose == owner)
        parts.append(f"conflicts with {owner}:\n{theirs}")
    return f"Apply failed with {len(paths)} conflicts: " + "\n".join(parts)


def apply(
    live: Obj | None,
    applied: Obj,
    *,
    manager: str,
    force: bool,
    api_version: str,
    subresource: str,
    now: str,
    schema: Schema,
) -> Obj:
    """The object after `manager` applied this configuration, with its `managedFields`.

    `live` is what is stored (None: it is created). Defaults are the caller's to fill in afterwards; nobody
    owns them. When neither a value nor a set changes, the result is `live` itself.
    Raises ApplyConflict when others own what would change and `force` is not set.
    """
    mine = key_of(manager, APPLY, api_version, subresource)
    before = _before(live, schema, now)
    stated = applied_fields(applied, schema, subresource)
    current = {**before, mine: entry(manager, APPLY, api_version, subresource, now, stated)}
    base = live or {}
    last = before[mine]["fieldsV1"] if mine in before else {}
    result = _merged(base, applied, schema, subresource)
    result = _pruned(result, schema, last, current)
    written, gone = compare(base, result, schema, subresource)
    others = {key: one for key, one in current.items() if key != mine}
    if not force:
        _refuse_conflicts(others, difference(written, conceded(live, manager, api_version, schema)))
    after = forget(others, gone, written)
    if stated:
        changed = live is None or bool(written or gone)
        after[mine] = current[mine] if changed else _untouched(current[mine], before.get(mine))
    if live is not None and not written and not gone and _same_sets(read(live), after):
        return kept_up_to_date(live, manager, applied)
    return kept_up_to_date(attach(result, listed(after.values())), manager, applied)


def _untouched(one: Entry, before: Entry | None) -> Entry:
    """An entry that came by an apply which changed no value: its time is the former one, if any."""
    kept = {"time": before["time"]} if before and "time" in before else {}
    return {name: kept.get(name, value) for name, value in one.items() if name != "time" or kept}


def _before(live: Obj | None, schema: Schema, now: str) -> Entries:
    """The entries to start from; what an object without any already says belongs to one of its own."""
    entries = read(live)
    if entries or live is None:
        return entries
    fields, _ = compare(schema.skeleton, live, schema, "")
    if not fields:
        return {}
    version = live.get("apiVersion", "")
    unknown = entry(BEFORE_FIRST_APPLY, UPDATE, version, "", now, fields)
    return {key_of(BEFORE_FIRST_APPLY, UPDATE, version, ""): unknown}


def _merged(base: Obj, applied: Obj, schema: Schema, subresource: str) -> Obj:
    left_alone = schema.reset.get(subresource, frozenset())
    config = {name: value for name, value in applied.items() if name not in left_alone}
    metadata = config.get("metadata")
    if isinstance(metadata, dict) and "managedFields" in metadata:
        rest = {name: value for name, value in metadata.items() if name != "managedFields"}
        config["metadata"] = rest
    result: Obj = merged(schema.root, base, config)
    return result


def _pruned(obj: Obj, schema: Schema, last: FieldSet, current: Entries) -> Obj:
    """Without what the applier stated last time, and nobody states now."""
    if not last:
        return obj
    owned: FieldSet = reduce(union, (one["fieldsV1"] for one in current.values()), {})
    orphaned = difference(named_fields_as_members(last), named_fields_as_members(owned))
    if not orphaned:
        return obj
    result: Any = removed(schema.root, obj, orphaned)
    return result or {}


def _refuse_conflicts(others: Entries, written: FieldSet) -> None:
    found: list[tuple[str, str]] = []
    owners: list[str] = []
    for key, one in sorted(others.items()):
        for path in sorted(dotted(path) for path in from_fields_v1(intersection(one["fieldsV1"], written))):
            found.append((key[0], path))
            owners.append(_named(key))
    if found:
        raise ApplyConflict(found, owners)


def _named(key: Key) -> str:
    manager, operation, api_version, subresource = key
    name = json.dumps(manager, ensure_ascii=False)
    if subresource:
        name += f' with subresource "{subresource}"'
    return f"{name} using {api_version}" if operation == UPDATE else name


def _same_sets(a: Entries, b: Entries) -> bool:
    return a.keys() == b.keys() and all(
        one["fieldsV1"] == b[key]["fieldsV1"] and one["apiVersion"] == b[key]["apiVersion"]
        for key, one in a.items()
    )
