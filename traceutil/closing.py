"""Close object spans, level-triggered: call it whenever the object is seen (docs/spec.md 6 and 7).

A span closes once. With a status write that is made anyway, its end rides on that write and the span is
exported when it is seen stored: by the answer to the write, or by whoever comes after a kill.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import replace
from typing import Any, Literal, TypeAlias

from traceutil import derive
from traceutil.craft import Crafter
from traceutil.desired import Convergence, State, desired_state_reached, reached_at
from traceutil.memory import Bounded
from traceutil.objects import Json, controller_of, is_custom, section, text
from traceutil.opening import derived_record
from traceutil.places import deadline_of, read_record
from traceutil.record import KEY, Drift, Record, holds, with_stored_spec
from traceutil.refs import names
from traceutil.report import Reporter
from traceutil.room import has_room
from traceutil.settings import Settings
from traceutil.times import SECOND, parse_time
from traceutil.verdict import verdict
from traceutil.work import Work

#: How the handler of a change ended, for objects whose status cannot tell.
Handled: TypeAlias = Literal["succeeded", "failed"]


class Closer:
    """Closes the object spans of one component, and remembers (boundedly) which it has closed."""

    def __init__(self, settings: Settings, crafter: Crafter) -> None:
        self._settings = settings
        self._report = Reporter(settings, crafter)
        self._closed: Bounded[int, int] = Bounded(65_536)
        self._seen_open: Bounded[int, bool] = Bounded(65_536)
        self._derived_open: Bounded[str, Record] = Bounded(16_384)
        self._episodes: Bounded[int, int] = Bounded(4_096)
        self._deletions: Bounded[str, Record] = Bounded(65_536)
        self._blind_before = settings.clock() - int(settings.window * SECOND)

    def closed_at(self, span_id: int) -> int | None:
        """When this process closed the object span without being able to write so (Unix ns)."""
        return self._closed.get(span_id)

    def note_work(self, work: Work) -> None:
        """Work was done in a drift episode: it has to be closed once the object is reached again."""
        place = work.place
        if place.placement == "drift" and place.parent is not None:
            self._episodes.add(place.parent.span_id, work.start)

    def note_deletion(self, uid: str, record: Record) -> None:
        """This process is about to delete the object with that uid."""
        self._deletions.set(uid, record)

    def look(self, obj: Json, patch: Any = None, handled: Handled | None = None) -> Convergence:
        """Close what has come to its end. `patch`: the status that is about to be written, or None."""
        if section(obj, "metadata").get("deletionTimestamp"):
            self._close_deleted(obj)
            return desired_state_reached(obj)
        judged = _overlaid(obj, patch)
        state = _with_handler(desired_state_reached(judged), handled)
        stored = read_record(obj, self._settings)
        if stored is None or not holds(stored, obj, cluster=self._settings.cluster):
            stored = None
        record = stored or derived_record(obj, self._settings)
        if record is None or not self._is_mine(record):
            return state
        if stored is not None:
            self._export_superseded(stored, obj)
        if record.end is not None:
            self._export_ended(record, obj)
            self._drifted(record, obj, patch, state)
            return state
        closed = self._closed.get(record.span_id)
        if closed is not None:
            self._drifted(record.closed(closed, "reached"), obj, None, state)
            return state
        return self._judge(record, obj, judged, patch, state)

    def gone(self, obj: Json) -> None:
        """The object is no more: close what was open on it, and the deletion that this process opened."""
        now = self._settings.clock()
        self._close_deleted(obj, now)
        pending = self._deletions.pop(text(section(obj, "metadata"), "uid"))
        if pending is not None:
            self._report.deletion(pending, obj, now)

    def _is_mine(self, record: Record) -> bool:
        component = self._settings.component
        return not record.closer or not component or record.closer == component

    def _judge(self, record: Record, obj: Json, judged: Json, patch: Any, state: Convergence) -> Convergence:
        settings = self._settings
        found = verdict(record, judged, state, settings.clock(), deadline_of(text(obj, "kind"), settings))
        if found.end is None:
            self._seen_open.set(record.span_id, True)
            if not record.closer:
                self._derived_open.set(text(section(obj, "metadata"), "uid"), record)
            self._ride(patch, with_stored_spec(record, obj), obj)
            return replace(state, due=found.due)
        ended = with_stored_spec(record, obj).closed(found.end, found.reason)
        if self._ride(patch, ended, obj):
            return state
        if patch is not None and _changes_status(obj, judged):
            return state  # the record cannot ride; the span closes when that status is seen stored
        self._closed.set(record.span_id, found.end)
        if self._is_news(record, obj):
            self._report.ended(ended, obj, found.message)
        return state

    def _is_news(self, record: Record, obj: Json) -> bool:
        """Whether a span that is first seen closed, with no `end` recorded, is ours to export: it was open
        while we watched, or status says that it closed in or after the window before our start."""
        if record.span_id in self._seen_open:
            return True
        remembered = reached_at(obj)
        if remembered is None:
            return record.start >= self._blind_before
        return remembered + SECOND >= self._blind_before

    def _export_superseded(self, record: Record, obj: Json) -> None:
        prev, end = record.prev, record.start
        while prev is not None:
            if prev.end is None and end >= self._blind_before and self._closed.add(prev.span_id, end):
                self._report.ended(prev.closed(end, "superseded"), obj, "", superseded_by=record)
            end, prev = prev.start, prev.prev

    def _export_ended(self, record: Record, obj: Json) -> None:
        end = record.end or 0
        if end >= self._blind_before and self._closed.add(record.span_id, end):
            self._report.ended(record, obj, _message(obj))
        drift = record.drift
        if drift is not None and drift.end is not None and drift.end >= self._blind_before:
            ids = derive.episode_ids(record.span_id, drift.latch)
            if self._closed.add(ids.span_id, drift.end):
                self._report.episode(record, drift, obj)

    def _drifted(self, record: Record, obj: Json, patch: Any, state: Convergence) -> None:
        """After the end: one episode at a time, opened by work, closed when the object is reached again."""
        now = self._settings.clock()
        drift = record.drift
        if drift is None or drift.end is not None:
            latch = max(record.latch, self._closed.get(record.span_id) or 0)
            start = self._episodes.get(derive.episode_ids(record.span_id, latch).span_id)
            if start is None and not (state and drift is None and record.reason in ("failed", "overdue")):
                return
            drift = Drift(latch if start is None else start, latch)
            if not state:
                self._ride(patch, replace(record, drift=drift), obj)
                return
        elif not state:
            return
        self._end_episode(record, replace(drift, end=max(now, drift.start)), obj, patch)

    def _end_episode(self, record: Record, drift: Drift, obj: Json, patch: Any) -> None:
        ids = derive.episode_ids(record.span_id, drift.latch)
        if self._ride(patch, replace(record, drift=drift), obj):
            return
        end = drift.end or drift.start
        if self._closed.add(ids.span_id, end):
            self._closed.set(record.span_id, end)
            self._episodes.pop(ids.span_id)
            self._report.episode(record, drift, obj)

    def _close_deleted(self, obj: Json, gone: int | None = None) -> None:
        """An open span of an earlier change closes as `deleted` at the deletion's start."""
        record = read_record(obj, self._settings)
        if record is None or not names(record.of, obj, self._settings.cluster):
            record = self._derived_open.pop(text(section(obj, "metadata"), "uid"))
        if record is None or not self._is_mine(record):
            return
        start = deletion_start(obj) or gone or self._settings.clock()
        self._export_superseded(record, obj)
        if record.end is not None:
            self._export_ended(record, obj)
        elif start >= self._blind_before and self._closed.add(record.span_id, max(start, record.start)):
            self._report.ended(record.closed(start, "deleted"), obj, "")
        if gone is not None and (
            controller_of(section(obj, "metadata")) is None or self._settings.export_owned_deletions
        ):
            self._report.derived_deletion(record, obj, start, gone)

    def _ride(self, patch: Any, record: Record, obj: Json) -> bool:
        """Put the record into a status write that is about to be made; whether it is in it."""
        if not self._settings.writing or not isinstance(patch, MutableMapping) or is_custom(obj):
            return False
        metadata = patch.get("metadata")
        if not isinstance(metadata, MutableMapping) or not metadata.get("resourceVersion"):
            self._settings.health.count("unversioned", text(obj, "kind"))
            return False
        value = (record if record.closer else replace(record, closer=self._settings.component)).dumps()
        stored = section(section(obj, "metadata"), "annotations")
        if stored.get(KEY) == value:
            return True
        if not has_room(stored, {KEY: value}):
            self._settings.health.count("oversized", text(obj, "kind"))
            return False
        annotations = metadata.setdefault("annotations", {})
        annotations[KEY] = value
        return True


def deletion_start(obj: Json) -> int | None:
    """Unix ns at which deletion was asked for: deletionTimestamp − deletionGracePeriodSeconds."""
    metadata = section(obj, "metadata")
    at = parse_time(metadata.get("deletionTimestamp"))
    grace = metadata.get("deletionGracePeriodSeconds")
    return None if at is None else at - (grace if isinstance(grace, int) else 0) * SECOND


def _overlaid(obj: Json, patch: Any) -> Json:
    """The object with the status of `patch` laid over it, as a merge patch would."""
    status = patch.get("status") if isinstance(patch, Mapping) else None
    if not isinstance(status, Mapping):
        return obj
    return {**obj, "status": {**section(obj, "status"), **status}}


def _with_handler(state: Convergence, handled: Handled | None) -> Convergence:
    """A custom resource whose status cannot tell is reached when its handler succeeded (docs/spec.md 8)."""
    if state.state is not State.UNKNOWN or handled is None:
        return state
    return Convergence(
        State.REACHED if handled == "succeeded" else State.FAILED, "Handler", f"its handler {handled}"
    )


def _changes_status(obj: Json, judged: Json) -> bool:
    return bool(obj.get("status") != judged.get("status"))


def _message(obj: Json) -> str:
    state = desired_state_reached(obj)
    return f"{state.reason}: {state.message}" if state.state is State.FAILED else ""
