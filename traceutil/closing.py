"""Close object spans, level-triggered: call it whenever the object is seen (docs/spec.md 6 and 7).

A span closes once. With a status write that is made anyway, its end rides on that write and the span is
exported when it is seen stored: by the answer to the write, or by whoever comes after a kill.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from traceutil import derive
from traceutil.craft import Crafter
from traceutil.desired import Convergence, desired_state_reached, reached_at, remembers_reached
from traceutil.judging import Handled, changes_status, deletion_start, failure_message, overlaid, with_handler
from traceutil.memory import Bounded, is_hashable
from traceutil.objects import Json, annotations_for_writing, as_json, controller_of, is_custom, section, text
from traceutil.opening import derived_record
from traceutil.reading import deadline_of, read_record
from traceutil.record import (
    KEY,
    Drift,
    Record,
    holds,
    is_copied,
    needs_stored_spec,
    superseding,
    with_stored_spec,
)
from traceutil.refs import names
from traceutil.report import FAILURES, Reporter
from traceutil.room import has_room
from traceutil.settings import Settings
from traceutil.times import SECOND
from traceutil.verdict import Verdict, verdict
from traceutil.work import Work


class Closer:
    """Closes the object spans of one component, and remembers (boundedly) which it has closed."""

    def __init__(self, settings: Settings, crafter: Crafter) -> None:
        self._settings = settings
        self._report = Reporter(settings, crafter)
        self._closed: Bounded[int, int] = Bounded(65_536)
        self._failed: Bounded[int, str] = Bounded(4_096)
        self._seen_open: Bounded[int, bool] = Bounded(65_536)
        self._derived_open: Bounded[str, Record] = Bounded(16_384)
        #: What a version was found to be: the answer to a write comes back as an event.
        self._looked: Bounded[tuple[Any, ...], tuple[Any, Convergence]] = Bounded(4_096)
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
        metadata = section(obj, "metadata")
        if patch is not None or handled is not None or self._episodes or not metadata.get("resourceVersion"):
            return self._look(obj, patch, handled)
        seen = (metadata.get("uid"), metadata["resourceVersion"], section(metadata, "annotations").get(KEY))
        if not is_hashable(seen):
            return self._look(obj, None, None)
        status, known = self._looked.get(seen) or (None, None)
        if known is None or status != obj.get("status") or _is_due(known, self._settings.clock()):
            known = self._look(obj, None, None)
            self._looked.set(seen, (obj.get("status"), known))
        return known

    def _look(self, obj: Json, patch: Any, handled: Handled | None) -> Convergence:
        if section(obj, "metadata").get("deletionTimestamp"):
            self._close_deleted(obj)
            return desired_state_reached(obj)
        judged = overlaid(obj, patch)
        state = with_handler(desired_state_reached(judged), handled)
        record = self._current(obj)
        if record is None or not self._is_mine(record):
            return state
        self._export_superseded(record, obj)
        if record.end is not None:
            self._export_ended(record, obj)
            self._drifted(record, obj, patch, state)
            return state
        closed = self._closed.get(record.span_id)
        if closed is not None:
            reason = self._failed.get(record.span_id) or "reached"
            self._drifted(record.closed(closed, reason), obj, None, state)
            return state
        return self._judge(record, obj, judged, patch, state)

    def _current(self, obj: Json) -> Record | None:
        """The object span of the change that `obj` is in: the recorded one where it holds, else the derived.

        A change that brought no context supersedes what was open before it.
        """
        found = read_record(obj, self._settings)
        if found is not None and holds(found, obj, cluster=self._settings.cluster):
            return found
        derived = derived_record(obj, self._settings)
        if derived is None:
            return None
        before = self._derived_open.get(text(section(obj, "metadata"), "uid"))
        if before is not None and before.span_id == derived.span_id:
            return before
        if before is None and found is not None and self._was_open(found, derived, obj):
            before = found
        if before is None or before.span_id in self._closed:
            return derived
        return superseding(derived, before)[0]

    def _was_open(self, record: Record, derived: Record, obj: Json) -> bool:
        """Whether a record that does not hold any more was open until the change `derived` came."""
        return (
            record.end is None
            and self._is_mine(record)
            and names(record.of, obj, self._settings.cluster)
            and not is_copied(record, obj)
            and record.start // SECOND <= derived.start // SECOND
        )

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
        if found.end is None and self._was_reached_before_us(record, obj):
            found = Verdict(settings.clock())
        if found.end is None:
            self._seen_open.set(record.span_id, True)
            if not record.closer:
                self._derived_open.set(text(section(obj, "metadata"), "uid"), record)
            if patch is not None and needs_stored_spec(record, obj):  # else it stands there as it is
                self._ride(patch, with_stored_spec(record, obj), obj)
            return Convergence(state.state, state.reason, state.message, found.due)
        end = self._end_of(record, obj, found)
        whole = with_stored_spec(record, obj) if needs_stored_spec(record, obj) else record
        ended = whole.closed(end, found.reason)
        if self._ride(patch, ended, obj):
            return state
        if patch is not None and changes_status(obj, judged):
            return state  # the record cannot ride; the span closes when that status is seen stored
        self._note_closed(ended)
        if record.span_id in self._seen_open or end >= self._blind_before:
            self._report.ended(ended, obj, found.message)
        return state

    def _note_closed(self, ended: Record) -> None:
        self._closed.set(ended.span_id, ended.end or ended.start)
        if ended.reason in FAILURES:
            self._failed.set(ended.span_id, ended.reason)

    def _was_reached_before_us(self, record: Record, obj: Json) -> bool:
        """Whether status remembers that this change was decided, although it is unreached at our first look:
        what is going on is drift. (While we watch, every look decides for itself.)"""
        return record.span_id not in self._seen_open and remembers_reached(obj, record.start)

    def _end_of(self, record: Record, obj: Json, found: Verdict) -> int:
        """When the span ended. Where it is closed at our first look, as status remembers; where that does not
        either, and the change began before our time, nobody knows: as long ago as possible."""
        now = found.end or record.start
        if record.span_id in self._seen_open or found.reason == "overdue":
            return now
        remembered = reached_at(obj)
        if remembered is not None and remembered >= record.start // SECOND * SECOND:
            return min(max(remembered, record.start), now)
        return now if record.start >= self._blind_before else record.start

    def _export_superseded(self, record: Record, obj: Json) -> None:
        prev, end = record.prev, record.start
        while prev is not None:
            if prev.end is None and end >= self._blind_before and self._closed.add(prev.span_id, end):
                self._report.ended(prev.closed(end, "superseded"), obj, "", superseded_by=record)
            end, prev = prev.start, prev.prev

    def _export_ended(self, record: Record, obj: Json) -> None:
        end = record.end or 0
        if end >= self._blind_before and self._closed.add(record.span_id, end):
            self._report.ended(record, obj, failure_message(obj) if record.reason in FAILURES else "")
        drift = record.drift
        if drift is not None and drift.end is not None and drift.end >= self._blind_before:
            ids = derive.episode_ids(record.span_id, drift.latch)
            if self._closed.add(ids.span_id, drift.end):
                self._report.episode(record, drift, obj)

    def _drifted(self, record: Record, obj: Json, patch: Any, state: Convergence) -> None:
        """After the end: one episode at a time, opened by work, closed when the object is reached again."""
        drift = self._open_episode(record)
        if not state:
            self._seen_open.set(record.span_id, True)
            if drift is not None:
                self._ride(patch, replace(record, drift=drift), obj)
            return
        if drift is None and self._recovers(record):
            drift = Drift(record.latch, record.latch)
        if drift is not None:
            end = max(self._settings.clock(), drift.start)
            self._end_episode(record, replace(drift, end=end), obj, patch)

    def _open_episode(self, record: Record) -> Drift | None:
        drift = record.drift
        if drift is not None and drift.end is None:
            ids = derive.episode_ids(record.span_id, drift.latch)
            if ids.span_id not in self._closed:
                return drift
        if not self._episodes:
            return None
        latch = max(record.latch, self._closed.get(record.span_id) or 0)
        start = self._episodes.get(derive.episode_ids(record.span_id, latch).span_id)
        return None if start is None else Drift(start, latch)

    def _recovers(self, record: Record) -> bool:
        """Whether this is the first reach after a failure, and we saw it failing."""
        return (
            record.reason in FAILURES
            and record.drift is None
            and record.span_id in self._seen_open
            and self._closed.get(record.span_id) in (None, record.end)
        )

    def _end_episode(self, record: Record, drift: Drift, obj: Json, patch: Any) -> None:
        ids = derive.episode_ids(record.span_id, drift.latch)
        if self._ride(patch, replace(record, drift=drift), obj):
            return
        end = drift.end or drift.start
        if self._closed.add(ids.span_id, end):
            self._closed.set(record.span_id, end)
            self._failed.pop(record.span_id)
            self._episodes.pop(ids.span_id)
            self._report.episode(record, drift, obj)

    def _close_deleted(self, obj: Json, gone: int | None = None) -> None:
        """An open span of an earlier change closes as `deleted` at the deletion's start."""
        metadata = section(obj, "metadata")
        start = deletion_start(obj) or gone or self._settings.clock()
        found = read_record(obj, self._settings)
        if found is not None and (not names(found.of, obj, self._settings.cluster) or is_copied(found, obj)):
            found = None
        uid = text(metadata, "uid")
        derived = self._derived_open.get(uid) if gone is None else self._derived_open.pop(uid)
        for record in (found, derived):
            if record is not None and self._is_mine(record):
                self._end_as_deleted(record, obj, start)
        if gone is not None and (controller_of(metadata) is None or self._settings.export_owned_deletions):
            record = found or derived
            if record is None or self._is_mine(record):
                self._report.derived_deletion(record, obj, start, gone)

    def _end_as_deleted(self, record: Record, obj: Json, start: int) -> None:
        self._export_superseded(record, obj)
        if record.end is not None:
            self._export_ended(record, obj)
        elif start >= self._blind_before and self._closed.add(record.span_id, max(start, record.start)):
            self._report.ended(record.closed(start, "deleted"), obj, "")

    def _ride(self, patch: Any, record: Record, obj: Json) -> bool:
        """Put the record into a status write that is about to be made; whether it is in it."""
        if not self._settings.writing or patch is None or is_custom(obj):
            return False
        if not section(as_json(patch), "metadata").get("resourceVersion"):
            self._settings.health.count("unversioned", text(obj, "kind"))
            return False
        value = (record if record.closer else replace(record, closer=self._settings.component)).dumps()
        stored = section(section(obj, "metadata"), "annotations")
        if stored.get(KEY) == value:
            return True
        if not has_room(stored, {KEY: value}):
            self._settings.health.count("oversized", text(obj, "kind"))
            return False
        annotations_for_writing(patch)[KEY] = value
        return True


def _is_due(state: Convergence, now: int) -> bool:
    """Whether somebody must look again although nothing changed."""
    return state.due is not None and state.due <= now
