"""Whose is it? Adopting what matches a selector, releasing what no longer does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from operators.workloads.client import ApiError
from operators.workloads.controller import Controller, patch_of
from operators.workloads.objects import (
    Object,
    being_deleted,
    controller_reference,
    controller_uid,
    key_of,
    labels,
    metadata,
    spec,
    uid,
)
from operators.workloads.selectors import selects
from operators.workloads.store import Store


def owners_of_orphan(orphan: Object, candidates: Iterable[Object]) -> Sequence[Object]:
    """Those whose selector chooses an object that nobody controls."""
    return [each for each in candidates if selects(spec(each).get("selector"), labels(orphan))]


def owner_in(store: Store, obj: Object, kind: str) -> Object | None:
    """The controlling owner of that kind, where the store holds it and it is the same object still."""
    for reference in metadata(obj).get("ownerReferences") or ():
        if reference.get("controller") and reference.get("kind") == kind:
            found = store.get(kind, (key_of(obj)[0], reference.get("name") or ""))
            return found if found is not None and uid(found) == reference.get("uid") else None
    return None


def verdict(owner: Object, obj: Object) -> str:
    """ "keep", "adopt", "release" or "leave" (controller's ClaimObject)."""
    matches = selects(spec(owner).get("selector"), labels(obj))
    controlled_by = controller_uid(obj)
    if controlled_by == uid(owner):
        return "keep" if matches or being_deleted(owner) else "release"
    if controlled_by or not matches or being_deleted(owner) or being_deleted(obj):
        return "leave"
    return "adopt"


LabelSet: TypeAlias = frozenset[tuple[str, str]]


def label_set(obj: Object) -> LabelSet:
    return frozenset(labels(obj).items())


async def claim(
    controller: Controller, owner: Object, kind: str, labelled: Callable[[Object], LabelSet] = label_set
) -> list[Object]:
    """The objects of `kind` that `owner` controls, after adoption and release. Raises ApiError (409).

    `labelled`: `label_set`, for callers who remember what it said.
    """
    namespace, mine = key_of(owner)[0], []
    orphans = [each for each in controller.store.where(kind, "owner", "") if key_of(each)[0] == namespace]
    by_labels: dict[LabelSet, str] = {}
    for each in controller.store.where(kind, "owner", uid(owner)):
        # Children of one template have the same labels: one look at the selector decides for all.
        found = by_labels.get(those := labelled(each))
        if found is None:
            found = by_labels[those] = verdict(owner, each)
        if found == "keep":
            mine.append(each)
        else:
            await _change(controller, each, _without(each, uid(owner)))
    adopted = [
        await _change(controller, each, _with(each, controller_reference(owner)))
        for each in orphans
        if verdict(owner, each) == "adopt"
    ]
    return [*mine, *(each for each in adopted if each)]


def _with(obj: Object, reference: dict[str, Any]) -> list[Any]:
    return [*(metadata(obj).get("ownerReferences") or ()), reference]


def _without(obj: Object, owner: str) -> list[Any]:
    return [each for each in metadata(obj).get("ownerReferences") or () if each.get("uid") != owner]


async def _change(controller: Controller, obj: Object, references: list[Any]) -> Object:
    """One write of ownerReferences; the object as stored, {} where it is gone."""
    body = patch_of(obj)
    body["metadata"]["ownerReferences"] = references
    try:
        stored = await controller.client.patch(obj["kind"], *key_of(obj), body)
    except ApiError as error:
        if error.status != 404:
            raise
        controller.store.remove(obj)
        return {}
    controller.store.put(stored)
    return stored
