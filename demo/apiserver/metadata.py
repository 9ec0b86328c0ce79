"""Metadata rules: generated names, what a client may set, what is kept on update. Pure.

Source: k8s.io/apimachinery/pkg/api/validation/objectmeta.go and k8s.io/apiserver/pkg/registry/rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from demo.apiserver.generation import GenerationRule
from demo.apiserver.resources import Resource
from demo.apiserver.status_errors import Cause
from demo.apiserver.store import Object

SUFFIX_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
SUFFIX_LENGTH = 5
LONGEST_GENERATED = 63 - SUFFIX_LENGTH

_UNREADABLE = "json: cannot unmarshal into Go struct field ObjectMeta.metadata"
SERVER_OWNED = (
    "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation",
    "resourceVersion", "name", "namespace", "generateName",
)  # fmt: skip
DROPPED_WHEN_EMPTY = (
    "labels",
    "annotations",
    "finalizers",
    "ownerReferences",
    "managedFields",
    "generateName",
)


def generated_name(prefix: str, random: Random) -> str:
    """`generateName` plus five characters; long prefixes are cut."""
    suffix = "".join(random.choice(SUFFIX_ALPHABET) for _ in range(SUFFIX_LENGTH))
    return prefix[:LONGEST_GENERATED] + suffix


def tidy(metadata: Object) -> Object:
    """Metadata as a typed server decodes it: what is null or empty is absent."""
    return {
        key: value
        for key, value in metadata.items()
        if value is not None and key != "selfLink" and (value or key not in DROPPED_WHEN_EMPTY)
    }


def first_metadata(
    resource: Resource, metadata: Object, *, uid: str, created: str, name: Callable[[], str]
) -> Object:
    """Metadata of a new object: what the server owns is the server's.

    A kind that counts no generations keeps the one that was sent, as it keeps what it does not know.
    """
    kept = {key: value for key, value in tidy(metadata).items() if key not in SERVER_OWNED}
    first: Object = {"name": metadata.get("name") or name()}
    if metadata.get("generateName"):
        first["generateName"] = metadata["generateName"]
    if resource.namespaced:
        first["namespace"] = metadata["namespace"]
    if resource.generation is GenerationRule.NONE and metadata.get("generation"):
        first["generation"] = metadata["generation"]
    return first | {"uid": uid, "creationTimestamp": created} | kept


def next_metadata(live: Object, new: Object) -> Object:
    """Metadata of a replacement: the client's, with the server's own fields as they were."""
    kept = {key: live[key] for key in SERVER_OWNED if key in live}
    return {key: value for key, value in tidy(new).items() if key not in SERVER_OWNED} | kept


def validate_finalizers(live: Object, new: Object) -> Iterator[Cause]:
    """An object that is being deleted takes no new finalizers."""
    added = [f for f in new.get("finalizers") or () if f not in (live.get("finalizers") or ())]
    if live.get("deletionTimestamp") and added:
        told = "no new finalizers can be added if the object is being deleted, found new finalizers "
        listed = ", ".join(f'"{name}"' for name in added)
        yield Cause("metadata.finalizers", "FieldValueForbidden", f"Forbidden: {told}[]string{{{listed}}}")


def malformed(metadata: Object) -> str | None:
    """Why metadata cannot be decoded at all (400), or None."""
    for field in ("labels", "annotations"):
        found = metadata.get(field)
        if found is not None and not isinstance(found, dict):
            return f"{_UNREADABLE}.{field} of type map[string]string"
        if any(not isinstance(value, str) for value in (found or {}).values()):
            return f"{_UNREADABLE}.{field} of type string"
    for field in ("finalizers", "ownerReferences", "managedFields"):
        if not isinstance(metadata.get(field) or [], list):
            return f"{_UNREADABLE}.{field} of type []"
    for field in ("name", "generateName", "namespace", "uid", "resourceVersion"):
        if not isinstance(metadata.get(field) or "", str):
            return f"{_UNREADABLE}.{field} of type string"
    return None
