"""Who owns the number of replicas after a write through /scale.

Whoever owned it by an update keeps it in an entry of its own, without a time; an applier keeps it only while
its value stays (source: k8s.io/apimachinery/pkg/util/managedfields/scalehandler.go).
"""

from __future__ import annotations

from .entries import UPDATE, attach, entry, listed, read, with_fields
from .fieldset import FieldSet, difference
from .schema import Obj


def track_scale(live: Obj, new: Obj, *, path: str, changed: bool, manager: str, api_version: str) -> Obj:
    """The object `new` with the managedFields that it has after a write through /scale.

    `path` leads to the number of replicas, as in "spec.replicas"; `changed` says whether that is another now.
    Where nobody owned it, nobody owns it afterwards.
    """
    replicas = _leaf(path.strip(".").split("."))
    entries = read(live)
    owners = [key for key, one in entries.items() if _has(one["fieldsV1"], replicas)]
    if not changed:
        owners = [key for key in owners if key[1] == UPDATE]
    for key in owners:
        rest = difference(entries[key]["fieldsV1"], replicas)
        one = entries.pop(key)
        if rest:
            entries[key] = with_fields(one, rest)
    holders = {(manager, "scale")} if changed and owners else {(key[0], key[3]) for key in owners}
    apart = [entry(name, UPDATE, api_version, below, None, replicas) for name, below in holders]
    return attach(new, listed([*entries.values(), *apart]))


def _leaf(names: list[str]) -> FieldSet:
    return {f"f:{names[0]}": _leaf(names[1:])} if names else {}


def _has(fields: FieldSet, leaf: FieldSet) -> bool:
    return all(name in fields and _has(fields[name], below) for name, below in leaf.items())
