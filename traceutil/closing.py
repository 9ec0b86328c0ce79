"""Close object spans, level-triggered: call it whenever the object is seen (docs/spec.md 6 and 7).

A span closes once. With a status write that is made anyway, its end rides on that write and the span is
exported when it is seen stored: by the answer to the write, or by whoever comes after a kill.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from traceutil import derive
from traceutil.craft import Crafter
from traceutil.desired import Convergence, desired_state_reached, remembers_reached
from traceutil.episodes import Children, Episodes
from traceutil.judging import (
    Handled,
    changes_status,
    decides,
    deletion_start,
    end_as_remembered,
    failure_message,
    is_due,
    is_unreported,
    overlaid,
    with_handler,
)
from traceutil.memory import Bounded, is_hashable
from traceutil.objects import Json, controller_of, section, text
from traceutil.opening import derived_record, was_open
from traceutil.reading import deadline_of, read_record
from traceutil.record import (
    KEY,
    Drift,
    Record,
    holds,
    is_copied,
    needs_stored_spec,
    predecessors,
    superseding,
    with_stored_spec,
)
from traceutil.refs import names
from traceutil.report import FAILURES, Reporter
from traceutil.riding import ride
from traceutil.settings import Settings
from traceutil.times import SECOND
from traceutil.verdict import Verdict, verdict
from traceutil.work import Work


class Closer:
    """Closes the object spans of one component, and remembers (boundedly) which it has closed."""

    def __init__(self, settings: Settings, crafter: Crafter) -> None:
        self._settings = settings
        self._report = Reporter(settings, crafter)
        self._ride = partial(ride, settings)
        self._closed: Bounded[int, int] = Bounded(65_536)
        self._failed: Bounded[int, str] = Bounded(4_096)
        self._seen_open: Bounded[int, bool] = Bounded(65_536)
        self._derived_open: Bounded[str, Record] = Bounded(16_384)
        #: What a version was found to be: the answer to a write comes back as an event.
        self._looked: Bounded[tuple[Any, ...], tuple[Any, Convergence]] = Bounded(4_096)
        self._deletions: Bounded[str, Record] = Bounded(65_536)
        self._started = settings.clock()
        self._blind_before = self._started - int(settings.window * SECOND)
        self._episodes = Episodes(settings, self._closed)

    def closed_at(self, span_id: int) -> int | None:
        """When this process closed the object span without being able to write so (Unix ns)."""
        return self._closed.get(span_id)

    def note_work(self, work: Work) -> None:
        """Work was done in a drift episode: it has to be closed once the object is reached again."""
        self._episodes.note(work)

    def note_deletion(self, uid: str, record: Record) -> None:
        """This process is about to delete the object with that uid."""
        self._deletions.set(uid, record)

    def look(
        self, obj: Json, patch: Any = None, handled: Handled | None = None, children: Children = tuple
    ) -> Convergence:
        """Close what has come to its end. `patch`: the status that is about to be written, or None."""
        metadata = section(obj, "metadata")
        version = metadata.get("resourceVersion")
        seen = (metadata.get("uid"), version, section(metadata, "annotations").get(KEY))
        news = patch is not None or handled is not None or self._episodes
        if news or not version or not is_hashable(seen):
            return self._look(obj, patch, handled, children)
        status, known = self._looked.get(seen) or (None, None)
        if known is None or status != obj.get("status") or is_due(known, self._settings.clock()):
            known = self._look(obj, None, None, children)
            self._looked.set(seen, (obj.get("status"), known))
        return known

    def _look(self, obj: Json, patch: Any, handled: Handled | None, children: Children) -> Convergence:
        if section(obj, "metadata").get("deletionTimestamp"):
            self._close_deleted(obj)
            return desired_state_reached(obj)
        judged = overlaid(obj, patch)
        record = self._current(obj)
        has_failed = record is not None and record.span_id in self._failed
        state = with_handler(desired_state_reached(judged), handled, has_failed)
        if record is None or not self._is_mine(record):
            return state
        self._export_superseded(record, obj, children)
        if record.end is not None:
            self._export_ended(record, obj)
            self._episodes.recall(record, children)
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
        if (
            before is None
            and found is not None
            and self._is_mine(found)
            and was_open(found, derived, obj, self._settings.cluster)
        ):
            before = found
        if before is None or before.span_id in self._closed:
            return derived
        return superseding(derived, before)[0]

    def gone(self, obj: Json) -> None:
        """The object is no more: close what was open on it, and the deletion that this process opened."""
        now = self._settings.clock()
        self._close_deleted(obj, now)
        pending = self._deletions.pop(text(section(obj, "metadata"), "uid"))
        if pending is not None:
            self._report.deletion(pending, obj, now)

    def _is_mine(self, record: Record) -> bool:
        return not self._settings.component or record.closer in ("", self._settings.component)

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
        end = self._end_of(record, obj, judged, found)
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

    def _end_of(self, record: Record, obj: Json, judged: Json, found: Verdict) -> int:
        now = found.end or record.start
        if record.span_id in self._seen_open or found.reason == "overdue" or decides(obj, judged):
            return now
        return end_as_remembered(record.start, obj, now, self._blind_before)

    def _export_superseded(self, record: Record, obj: Json, children: Children = tuple) -> None:
        """What the change superseded: if status's owner has not reported since, nobody has exported it."""
        unseen, oldest = is_unreported(obj), record
        for after, prev in predecessors(record):
            unseen = unseen and not after.spec  # whoever reported has signed
            recent, oldest = unseen or after.start >= self._blind_before, prev
            if prev.end is not None:
                self._export_ended(prev, obj, after.start, recent=recent)
                self._interrupt_episode(prev, obj, children, after.start, recent=recent)
            elif recent and self._closed.add(prev.span_id, after.start):
                self._report.ended(prev.closed(after.start, "superseded"), obj, "", superseded_by=after)
        left = self._episodes.left_behind(obj, record)
        if left is not None:
            self._interrupt_episode(left, obj, children, oldest.start, recent=True)

    def _interrupt_episode(
        self, record: Record, obj: Json, children: Children, at: int, *, recent: bool
    ) -> None:
        """A change came while an episode went on of which no status write had told yet."""
        drift = self._episodes.interrupted(record, children)
        if drift is not None:
            self._export_ended(replace(record, drift=drift), obj, at, recent=recent)

    def _export_ended(
        self, record: Record, obj: Json, superseded_at: int | None = None, *, recent: bool = False
    ) -> None:
        """Also its last episode: closed, or superseded with the change that it was about (Unix ns).

        `recent`: whether that change is, so that a superseded episode may not have been exported.
        """
        end = record.end or 0
        if end >= self._blind_before and self._closed.add(record.span_id, end):
            failed = record.reason in FAILURES and superseded_at is None
            self._report.ended(record, obj, failure_message(obj) if failed else "")
        drift = record.drift
        if drift is None or record.episode is None:
            return
        ended = superseded_at if drift.end is None else drift.end
        if ended is not None and (ended >= self._blind_before or (recent and drift.end is None)):
            self._episodes.forget(record.episode.span_id)
            if self._closed.add(record.episode.span_id, ended):
                reason = "superseded" if drift.end is None else ""
                self._report.episode(record, replace(drift, end=ended), obj, reason)

    def _drifted(self, record: Record, obj: Json, patch: Any, state: Convergence) -> None:
        """After the end: one episode at a time, opened by work, closed when the object is reached again."""
        drift = self._episodes.open(record)
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
            self._episodes.forget(ids.span_id)
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
