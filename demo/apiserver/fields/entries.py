"""The entries of `metadata.managedFields`: reading, matching, ordering and capping them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from .fieldset import FieldSet, difference, union
from .schema import Obj

Entry: TypeAlias = dict[str, Any]
#: Manager, operation, API version (not for Apply), subresource.
Key: TypeAlias = tuple[str, str, str, str]
Entries: TypeAlias = dict[Key, Entry]

UPDATE, APPLY = "Update", "Apply"
#: From kube-apiserver's fieldmanager: so many Update entries; the oldest are joined under one name.
MAX_UPDATE_MANAGERS = 10
ANCIENT = "ancient-changes"


def key_of(manager: str, operation: str, api_version: str, subresource: str) -> Key:
    """What tells entries apart. An applier has one entry whatever version it applies."""
    return manager, operation, "" if operation == APPLY else api_version, subresource


def entry(
    manager: str, operation: str, api_version: str, subresource: str, time: str | None, fields: FieldSet
) -> Entry:
    """One entry, its keys in the order in which the API server writes them. Scale entries have no time."""
    result: Entry = {"manager": manager, "operation": operation, "apiVersion": api_version}
    if time is not None and subresource != "scale":
        result["time"] = time
    result |= {"fieldsType": "FieldsV1", "fieldsV1": fields}
    if subresource:
        result["subresource"] = subresource
    return result


def read(obj: Mapping[str, Any] | None) -> Entries:
    """The entries of an object by key; none at all if one of them cannot be read."""
    metadata = (obj or {}).get("metadata")
    listed = metadata.get("managedFields") if isinstance(metadata, dict) else None
    result: Entries = {}
    for one in listed if isinstance(listed, list) else ():
        if not _is_readable(one):
            return {}
        result[_key(one)] = one
    return result


def _key(one: Entry) -> Key:
    return key_of(one["manager"], one["operation"], one["apiVersion"], one.get("subresource") or "")


def _is_readable(one: Any) -> bool:
    return (
        isinstance(one, dict)
        and all(isinstance(one.get(name), str) for name in ("manager", "operation", "apiVersion"))
        and one["operation"] in (UPDATE, APPLY)
        and one.get("fieldsType") == "FieldsV1"
        and isinstance(one.get("fieldsV1"), dict)
    )


def asks_for_reset(obj: Obj) -> bool:
    """Whether a request wants the entries forgotten: an empty list, or a list of one empty entry."""
    return obj.get("metadata", {}).get("managedFields", None) in ([], [{}])


def before_write(live: Obj | None, new: Obj, subresource: str) -> Entries:
    """The entries that a write starts from: those that it sends itself, else those of the live object."""
    if subresource:
        return read(live)
    if asks_for_reset(new):
        return {}
    return read(new) or read(live)


def with_fields(one: Entry, fields: FieldSet) -> Entry:
    """The same entry with other fields; the same object if they are the same."""
    return one if fields is one["fieldsV1"] else {**one, "fieldsV1": fields}


def forget(entries: Entries, *lost: FieldSet) -> Entries:
    """The entries without these fields; an entry that has none left vanishes."""
    result = {}
    for key, one in entries.items():
        fields = one["fieldsV1"]
        for gone in lost:
            fields = difference(fields, gone)
        if fields:
            result[key] = with_fields(one, fields)
    return result


def listed(entries: Iterable[Entry]) -> list[Entry]:
    """The entries in the API server's order: by operation, second, manager, version, subresource."""
    return sorted(
        entries,
        key=lambda one: (
            one["operation"], one.get("time") or "", one["manager"], one["apiVersion"],
            one.get("subresource") or "",
        ),
    )  # fmt: skip


def capped(entries: Entries) -> Entries:
    """At most `MAX_UPDATE_MANAGERS` Update entries: the oldest are joined, one per API version."""
    updates = [key for key in entries if key[1] == UPDATE]
    surplus = len(updates) - MAX_UPDATE_MANAGERS
    if surplus <= 0:
        return entries
    result = dict(entries)
    for key in sorted(updates, key=lambda key: (entries[key].get("time") or "", key[0])):
        if surplus <= 0:
            break
        oldest = result.pop(key)
        ancient = (ANCIENT, UPDATE, key[2], "")
        if ancient in result:
            surplus -= 1
            oldest = {**oldest, "fieldsV1": union(result[ancient]["fieldsV1"], oldest["fieldsV1"])}
        result[ancient] = entry(ANCIENT, UPDATE, key[2], "", oldest.get("time"), oldest["fieldsV1"])
    return result


def attach(obj: Obj, entries: list[Entry]) -> Obj:
    """The object with these entries; without the field when there are none."""
    metadata = obj.get("metadata") or {}
    if metadata.get("managedFields") is entries:
        return obj
    rest = {name: value for name, value in metadata.items() if name != "managedFields"}
    return {**obj, "metadata": {**rest, "managedFields": entries} if entries else rest}
