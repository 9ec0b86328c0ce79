"""Write one manifest: create it, change it, or find that it is so already (the server is asked)."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from traceutil import ObjectSpan
from traceutil.cli.apply.manifests import Manifest
from traceutil.cli.apply.merge import LAST_APPLIED, as_last_applied, three_way
from traceutil.cli.apply.outcome import Written
from traceutil.cli.apply.spans import Opening, is_custom_kind, owned_by_others, without_tracing
from traceutil.cli.cluster import FIELD_MANAGER, Cluster, Target
from traceutil.cli.connection import Refused, Unreachable
from traceutil.encode import own_keys
from traceutil.objects import section
from traceutil.record import KEY

Json = dict[str, Any]

#: How often an object is read again because somebody else wrote it in between.
TRIES = 5
#: What a dry run shows differently although nothing changed.
_MOVING = frozenset({"resourceVersion", "generation", "managedFields"})


@dataclass(frozen=True, slots=True)
class Stored:
    """What was done, the object as the server answered, its span, and whether this write opened that."""

    written: Written
    obj: Json
    span: ObjectSpan
    opened: bool = False


class Writer:
    """Writes by client-side apply (three-way merge), or by server-side apply."""

    def __init__(self, cluster: Cluster, opening: Opening, *, server_side: bool, force: bool) -> None:
        self._cluster = cluster
        self._opening = opening
        self._server_side = server_side
        self._force = force

    async def write(self, manifest: Manifest, target: Target) -> Stored:
        """Until it is stored; a conflict with another writer is tried again with what that one left.

        Raises:
            Refused, Unreachable: it was not written.
        """
        obj = without_tracing(manifest.obj, self._opening.tracer)
        if target.namespace:
            obj["metadata"]["namespace"] = target.namespace
        if not manifest.name:
            return await self._create(obj, target)
        for attempt in range(1, TRIES + 1):
            live = await self._cluster.get(target)
            try:
                if live is None:
                    return await self._create(obj, target)
                return await self._update(obj, live, target)
            except (Refused, Unreachable) as error:
                if attempt == TRIES or not _is_worth_another_look(error, live):
                    raise
        raise AssertionError("unreachable")

    async def _create(self, obj: Json, target: Target) -> Stored:
        span, carried = self._opening.opened(obj, None)
        sent = _annotated(obj, carried)
        if self._server_side and target.name:
            return Stored(
                "created", await self._cluster.server_side_apply(target, sent), span, KEY in carried
            )
        if target.name:
            sent = _annotated(sent, {LAST_APPLIED: as_last_applied(obj)})
        try:
            return Stored("created", await self._cluster.create(target, sent), span, KEY in carried)
        except (Refused, Unreachable) as error:
            if not target.name or (
                isinstance(error, Refused) and error.status not in (409, 500, 502, 503, 504)
            ):
                raise
            found = await self._cluster.get(target)  # an answer may have been lost on its way
            if found is None or section(section(found, "metadata"), "annotations").get(KEY) != carried.get(
                KEY, ""
            ):
                raise
            return Stored("created", found, span, KEY in carried)

    async def _update(self, obj: Json, live: Json, target: Target) -> Stored:
        change = obj if self._server_side else three_way(obj, live, by_key=not is_custom_kind(live))
        if not change:
            return self._unchanged(live)
        version = section(live, "metadata").get("resourceVersion")
        predicted = await self._dry_run(_at(change, version), target)
        if self._comparable(predicted) == self._comparable(live):
            return self._unchanged(live)
        span, carried = self._opening.opened(predicted, live)
        stored = await self._send(_at(self._carrying(change, carried, live), version), target)
        before = section(section(live, "metadata"), "annotations").get(KEY)
        return Stored("configured", stored, span, carried.get(KEY, before) != before)

    def _unchanged(self, live: Json) -> Stored:
        return Stored("unchanged", live, self._opening.tracer.object_span(live))

    async def _dry_run(self, change: Json, target: Target) -> Json:
        """What the write would leave. What an earlier client-side apply of ours owns is no conflict."""
        try:
            return await self._send(change, target, dry_run=True)
        except Refused as error:
            if not conflicts_with_itself(error):
                raise
            return await self._cluster.server_side_apply(target, change, force=True, dry_run=True)

    async def _send(self, change: Json, target: Target, *, dry_run: bool = False) -> Json:
        """A dry run finds out about conflicts; the write after it takes over nothing but our record."""
        if not self._server_side:
            return await self._cluster.merge_patch(target, change, dry_run=dry_run)
        return await self._cluster.server_side_apply(
            target, change, force=self._force or not dry_run, dry_run=dry_run
        )

    def _carrying(self, change: Json, carried: Mapping[str, str], live: Json) -> Json:
        """The change with the span's annotations."""
        tracer = self._opening.tracer
        if self._server_side:
            foreign = owned_by_others(live, tracer) & carried.keys()
            for _ in foreign:
                tracer.health.count("foreign_owner", str(live.get("kind")))
            return _annotated(change, {key: value for key, value in carried.items() if key not in foreign})
        stored = section(section(live, "metadata"), "annotations")
        gone = {key: None for key in own_keys(tracer.settings) if key in stored and key not in carried}
        return _annotated(change, {**gone, **carried})

    def _comparable(self, obj: Json) -> Any:
        """The object without what moves by itself, what is ours, and, of its managers, when they wrote."""
        bare = without_tracing(obj, self._opening.tracer)
        metadata = section(bare, "metadata")
        kept = {key: value for key, value in metadata.items() if key not in _MOVING}
        managers = _managers(metadata, self._opening) if self._server_side else None
        return {**bare, "metadata": kept, "managers": managers}


def _managers(metadata: Mapping[str, Any], opening: Opening) -> list[Any]:
    """Who owns what but our annotations: a first server-side apply takes ownership, and so is a change."""
    found = []
    for entry in copy.deepcopy(metadata.get("managedFields") or []):
        entry.pop("time", None)
        owned = entry.get("fieldsV1", {}).get("f:metadata", {})
        annotations = owned.get("f:annotations", {})
        for key in own_keys(opening.tracer.settings):
            annotations.pop(f"f:{key}", None)
        if set(annotations) <= {"."}:
            owned.pop("f:annotations", None)
        if not owned:
            entry.get("fieldsV1", {}).pop("f:metadata", None)
        if entry.get("fieldsV1"):
            found.append(entry)
    return sorted(
        found,
        key=lambda each: (str(each.get("manager")), str(each.get("operation")), str(each.get("subresource"))),
    )


def _annotated(obj: Json, annotations: Mapping[str, Any]) -> Json:
    metadata = dict(obj.get("metadata") or {})
    if annotations:
        metadata["annotations"] = {**(metadata.get("annotations") or {}), **annotations}
    return {**obj, "metadata": metadata}


def _at(change: Json, version: Any) -> Json:
    """The change for that version of the object alone."""
    return {**change, "metadata": {**(change.get("metadata") or {}), "resourceVersion": version}}


def _is_worth_another_look(error: Refused | Unreachable, live: Json | None) -> bool:
    """A conflict of versions, or somebody who created or deleted it meanwhile; never a conflict of owners."""
    if isinstance(error, Unreachable):
        return False
    if error.status == 409:
        return error.reason == "AlreadyExists" if live is None else not is_owned_by_others(error)
    return error.status == 404 and live is not None


def is_owned_by_others(error: Refused) -> bool:
    """Whether server-side apply was refused because other managers own what it would change."""
    return any(reason == "FieldManagerConflict" for reason, _ in error.causes)


def conflicts_with_itself(error: Refused) -> bool:
    """Whether all of the owners in the way are this tool, writing by client-side apply."""
    mine = f'conflict with "{FIELD_MANAGER}"'
    return is_owned_by_others(error) and all(message.startswith(mine) for _, message in error.causes)
