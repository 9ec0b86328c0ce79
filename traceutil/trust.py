"""Whose sampling flags are believed? By the manager that wrote the annotation (docs/spec.md 11)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Literal, TypeAlias

from traceutil.objects import Json, items, section, text

#: Who is believed: all, none, the field managers of these names, or those for which a function is true.
Trust: TypeAlias = Literal["all", "none"] | Collection[str] | Callable[[str], bool]

#: The path in `managedFields` of an annotation, and of a field of status.
ANNOTATIONS = ("f:metadata", "f:annotations")
STATUS = ("f:status",)


def checked(trust: Trust) -> Trust:
    """The setting, unchanged.

    Raises:
        ValueError: a string that is neither "all" nor "none": a lone name would be taken letter by letter.
    """
    if isinstance(trust, str) and trust not in ("all", "none"):
        raise ValueError(f'trust={trust!r}: use "all", "none" or a collection of field managers')
    return trust


def believes(trust: Trust, writers: Collection[str]) -> bool:
    """Whether flags are believed that these managers wrote: one of them suffices.

    Several own a value only where they wrote the same one. Nobody known is the manager without a name.
    """
    if trust == "all":
        return True
    if trust == "none":
        return False
    is_trusted = trust if callable(trust) else trust.__contains__
    return any(is_trusted(writer) for writer in writers or ("",))


def believes_all(trust: Trust, obj: Json, keys: Iterable[str], status_keys: Iterable[str] = ()) -> bool:
    """Whether every one of these annotations and status fields that the object has is believed."""
    if isinstance(trust, str):
        return trust == "all"
    annotations = section(section(obj, "metadata"), "annotations")
    there: list[tuple[tuple[str, ...], str]] = [(ANNOTATIONS, key) for key in keys if key in annotations]
    there += [(STATUS, key) for key in status_keys if key in section(obj, "status")]
    return all(believes(trust, writers(obj, path, key)) for path, key in there)


def writers(obj: Json, path: tuple[str, ...], key: str) -> frozenset[str]:
    """The managers that own the field `key` below `path`; none where managedFields do not say."""
    found = set()
    for entry in items(section(obj, "metadata"), "managedFields"):
        owned = section(entry, "fieldsV1")
        for part in path:
            owned = section(owned, part)
        if f"f:{key}" in owned:
            found.add(text(entry, "manager"))
    return frozenset(found)
