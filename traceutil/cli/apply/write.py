"""Write one manifest: create it, change it, or find that it is so already (the server is asked)."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from traceutil import ObjectSpan
from traceutil.cli.apply.manifests import Manifest
from traceutil.cli.apply.merge import LAST_APPLIED, as_last_applied, patched, three_way
from traceutil.cli.apply.outcome import Written
from traceutil.cli.apply.spans import Opening, is_custom_kind, owned_by_others, without_tracing
from traceutil.cli.cluster import FIELD_MANAGER, Cluster, Target
from traceutil.cli.connection import BROKEN, Refused, Unreachable
from traceutil.encode import own_keys
from traceutil.objects import section
from traceutil.record import KEY

Json = dict[str, Any]

#: How often an object is read again because somebody else wrote it in between.
TRIES = 5
_PAUSE = 0.1
#: What a dry run shows differently although nothing changed.
_MOVING = frozenset({"resourceVersion", "generation", "managedFields"})


@dataclass(frozen=True, slots=True)
class Stored:
    """What was done, the object as the server answered, its span, and whether this write opened that."""

    written: Written
    obj: Json
    span: ObjectSpan
    opened: bool = False


@dataclass(frozen=True, slots=True)
class _Try:
    """What is sent, and the record of the span that it opens, if it opens one."""

    written: Written
    sent: Json
    span: ObjectSpan
    record: str | None

    def is_stored(self, live: Json) -> bool:
        return (
            self.record is not None
            and section(section(live, "metadata"), "annotations").get(KEY) == self.record
        )

    def stored(self, answer: Json) -> Stored:
        return Stored(self.written, answer, self.span, self.record is not None)


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
            return await self._generated(obj, target)
        tried: _Try | None = None
        for attempt in range(1, TRIES + 1):
            live = await self._cluster.get(target)
            if live is not None and tried is not None and tried.is_stored(live):
                return tried.stored(live)  # an answer was lost on its way
            if live is None:
                tried = self._created(obj, target)
            elif (tried := await self._changed(obj, live, target)) is None:
                return Stored("unchanged", live, self._opening.tracer.object_span(live))
            try:
                return tried.stored(await self._send(tried, target))
            except (Refused, Unreachable) as error:
                if attempt == TRIES or not _is_worth_another_look(error, live):
                    raise
            await asyncio.sleep(_PAUSE * attempt)
        raise AssertionError("unreachable")

    async def _generated(self, obj: Json, target: Target) -> Stored:
        """Created once: tried again, it might be there twice."""
        span, carried = self._opening.opened(obj, None, reports=target.resource.reports)
        made = _Try("created", _annotated(obj, carried), span, carried.get(KEY))
        return made.stored(await self._cluster.create(target, made.sent))

    def _created(self, obj: Json, target: Target) -> _Try:
        span, carried = self._opening.opened(obj, None, reports=target.resource.reports)
        noted = {} if self._server_side else {LAST_APPLIED: as_last_applied(obj)}
        return _Try("created", _annotated(obj, {**noted, **carried}), span, carried.get(KEY))

    async def _changed(self, obj: Json, live: Json, target: Target) -> _Try | None:
        """What to send; None where it is so already."""
        change = obj if self._server_side else three_way(obj, live, by_key=not is_custom_kind(live))
        if not change:
            return None
        version = section(live, "metadata").get("resourceVersion")
        predicted = await self._predicted(_at(change, version), live, target)
        if self._comparable(predicted) == self._comparable(live):
            return None
        span, carried = self._opening.opened(predicted, live, reports=target.resource.reports)
        before = section(section(live, "metadata"), "annotations").get(KEY)
        record = carried.get(KEY, before)
        sent = _at(self._carrying(change, carried, live), version)
        return _Try("configured", sent, span, None if record == before else record)

    async def _predicted(self, change: Json, live: Json, target: Target) -> Json:
        """What the write would leave, by a dry run.

        What an earlier client-side apply of ours owns is no conflict. Where a webhook knows no dry run, the
        change is laid over the object here; then what the server stores otherwise than sent is a change.
        """
        try:
            if not self._server_side:
                return await self._cluster.merge_patch(target, change, dry_run=True)
            return await self._cluster.server_side_apply(target, change, force=self._force, dry_run=True)
        except Refused as error:
            if conflicts_with_itself(error):
                return await self._cluster.server_side_apply(target, change, force=True, dry_run=True)
            if error.status == 400 and "dry run" in error.message:
                return patched(live, change)
            raise

    async def _send(self, tried: _Try, target: Target) -> Json:
        """Server-side apply takes over what the dry run found to be free, and our record."""
        if self._server_side:
            return await self._cluster.server_side_apply(
                target, tried.sent, force=tried.written == "configured"
            )
        if tried.written == "created":
            return await self._cluster.create(target, tried.sent)
        return await self._cluster.merge_patch(target, tried.sent)

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
    """A conflict of versions (never one of owners), a lost answer, or somebody who was faster."""
    if isinstance(error, Unreachable):
        return live is None
    if error.status == 409:
        return not is_owned_by_others(error)
    return error.status in BROKEN or (error.status == 404 and live is not None)


def is_owned_by_others(error: Refused) -> bool:
    """Whether server-side apply was refused because other managers own what it would change."""
    return any(reason == "FieldManagerConflict" for reason, _ in error.causes)


def conflicts_with_itself(error: Refused) -> bool:
    """Whether all of the owners in the way are this tool, writing by client-side apply."""
    mine = f'conflict with "{FIELD_MANAGER}"'
    return is_owned_by_others(error) and all(message.startswith(mine) for _, message in error.causes)
