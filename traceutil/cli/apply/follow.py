"""Follow what was written until it is reached; close the spans that nobody else closes (docs/spec.md 6)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

from traceutil import ObjectTracer
from traceutil.cli.apply.outcome import Outcome, State
from traceutil.cli.apply.write import Stored
from traceutil.cli.cluster import Cluster, Target
from traceutil.desired import State as Actual
from traceutil.desired import desired_state_reached
from traceutil.objects import section, text
from traceutil.reading import read_record
from traceutil.record import KEY, Record, holds
from traceutil.times import SECOND

Json = dict[str, Any]
Tell = Callable[[], None]


class Follower:
    """Watches one object. `outcome` says how far it is; `tell` is called when that moved."""

    def __init__(
        self, tracer: ObjectTracer, stored: Stored, outcome: Outcome, tell: Tell, *, reports: bool
    ) -> None:
        self._tracer = tracer
        self._reports = reports
        self._stored = stored
        self._outcome = outcome
        self._tell = tell
        self._record = stored.span.record if stored.opened else None
        self._seen = stored.obj
        self._start = tracer.settings.clock()
        self._is_ours = self._record is not None and self._record.closer == tracer.settings.component != ""

    def look(self, obj: Json | None) -> bool:
        """Whether this version settles it."""
        state, message = self._judged(obj)
        outcome, moved = self._outcome, (self._outcome.state, self._outcome.message) != (state, message)
        outcome.state, outcome.message = state, message
        if obj is not None:
            self._seen = obj
            if self._is_ours and state in ("in progress", "reached", "failed"):
                self._tracer.end_if_reached(self._recorded(obj))
        if state == "in progress":
            if moved:
                self._tell()
            return False
        outcome.seconds = (self._tracer.settings.clock() - self._began()) / SECOND
        if state in ("reached", "failed"):
            self._close_if_unclaimed()
        self._tell()
        return True

    async def until_settled(self, cluster: Cluster, target: Target, seconds: float) -> None:
        """Watch for that many seconds since the write at most."""
        left = seconds - (self._tracer.settings.clock() - self._began()) / SECOND
        try:
            async with asyncio.timeout(max(left, 0)), aclosing(cluster.watch(target)) as versions:
                async for version in versions:
                    if self.look(version):
                        return
        except TimeoutError:
            self._outcome.seconds = seconds
            if self._is_ours:
                self._tracer.end_if_reached(self._recorded(self._seen))
            else:
                self._close_if_unclaimed()

    def _began(self) -> int:
        return self._start if self._record is None else self._record.start

    def _judged(self, obj: Json | None) -> tuple[State, str]:
        if obj is None or _uid(obj) != _uid(self._stored.obj):
            return "deleted", "somebody deleted it"
        record = self._carried(obj)
        if self._record is not None and record is not None and record.span_id != self._record.span_id:
            return "superseded", "somebody changed it again"
        if record is not None and record.end is not None and record.reason == "failed":
            return "failed", _words(desired_state_reached(obj).reason, desired_state_reached(obj).message)
        state = desired_state_reached(obj)
        message = _words(state.reason, state.message)
        match state.state:
            case Actual.REACHED:
                return "reached", ""
            case Actual.FAILED:
                return "failed", message
            case Actual.TERMINATING:
                return "deleted", "somebody is deleting it"
            case Actual.UNKNOWN if not self._reports:
                return "unknown", "its kind has no status"
            case _:
                return "in progress", message

    def _carried(self, obj: Json) -> Record | None:
        """The record on this version, where it speaks of it."""
        settings = self._tracer.settings
        record = read_record(obj, settings)
        return record if record is not None and holds(record, obj, cluster=settings.cluster) else None

    def _recorded(self, obj: Json) -> Json:
        """The object with the record that we wrote, where a tool has pruned it."""
        record = self._record
        if record is None or KEY in section(section(obj, "metadata"), "annotations"):
            return obj
        metadata = section(obj, "metadata")
        annotations = {**section(metadata, "annotations"), KEY: record.dumps()}
        return {**obj, "metadata": {**metadata, "annotations": annotations}}

    def _close_if_unclaimed(self) -> None:
        """The owner of a built-in kind's status signs the record with the first status that it writes.

        A status that decides, below a record that nobody signed: its owner does not trace. Then it is ours.
        """
        if self._record is None or self._is_ours or self._record.closer:
            return
        seen = self._recorded(self._seen)
        record = self._carried(seen)
        if (
            record is None
            or record.span_id != self._record.span_id
            or record.end is not None
            or record.closer
        ):
            return
        self._tracer.end_if_reached(seen)


def settle_at_once(tracer: ObjectTracer, stored: Stored) -> None:
    """Close the span of what is reached by being stored: nobody else will look at it."""
    record = stored.span.record
    if stored.opened and record is not None and record.closer == tracer.settings.component:
        tracer.end_if_reached(stored.obj)


def _uid(obj: Json) -> str:
    return text(section(obj, "metadata"), "uid")


def _words(reason: str, message: str) -> str:
    return ": ".join(part for part in (reason, message) if part)
