"""Which episodes of drift go on, as far as this process knows: by its own work, and by what children tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, TypeAlias

from traceutil import derive
from traceutil.derive import Ids
from traceutil.memory import Bounded
from traceutil.objects import Json, as_json
from traceutil.places import object_key
from traceutil.reading import read_record
from traceutil.record import Drift, Record
from traceutil.settings import Settings
from traceutil.work import Work

#: What an object has made, asked for only where it matters.
Children: TypeAlias = Callable[[], Iterable[Any]]


class Episodes:
    """`closed`: which spans this process has closed, and when (Unix ns)."""

    def __init__(self, settings: Settings, closed: Bounded[int, int]) -> None:
        self._settings, self._closed = settings, closed
        self._started = settings.clock()
        self._begun: Bounded[int, int] = Bounded(4_096)
        #: By object: the ended span on which work was done.
        self._worked: Bounded[str, Record] = Bounded(4_096)
        #: Spans that ended before our time, of which is known whether their episode had begun.
        self._asked: Bounded[int, bool] = Bounded(65_536)

    def __len__(self) -> int:
        return len(self._begun)

    def note(self, work: Work) -> None:
        """Work was done in an episode: it has to be closed once the object is reached again."""
        place = work.place
        if place.placement == "drift" and place.parent is not None:
            self._begun.add(place.parent.span_id, work.start)
            if place.record is not None:
                self._worked.set(place.key, place.record)

    def open(self, record: Record) -> Drift | None:
        """The episode of an ended span that goes on."""
        drift = record.drift
        if drift is not None and drift.end is None:
            ids = derive.episode_ids(record.span_id, drift.latch)
            if ids.span_id not in self._closed:
                return drift
        if not self._begun:
            return None
        latch = max(record.latch, self._closed.get(record.span_id) or 0)
        start = self._begun.get(derive.episode_ids(record.span_id, latch).span_id)
        return None if start is None else Drift(start, latch)

    def recall(self, record: Record, children: Children) -> None:
        """A predecessor may have worked in an episode, and been killed before a status write could say so."""
        if record.latch >= self._started or not self._asked.add(record.span_id, True):
            return
        episode = derive.episode_ids(record.span_id, record.latch)
        start = begun_by(children, episode, self._settings)
        if start is not None and episode.span_id not in self._closed:
            self._begun.add(episode.span_id, start)

    def interrupted(self, record: Record, children: Children) -> Drift | None:
        """The episode of an ended span that went on when a change came; it is asked for once.

        It began with the first child that was made in it, since a successor will know no more.
        """
        self.recall(record, children)
        drift = self.open(record)
        if drift is None or drift == record.drift:
            return None
        episode = derive.episode_ids(record.span_id, drift.latch)
        self.forget(episode.span_id)
        return replace(drift, start=begun_by(children, episode, self._settings) or drift.start)

    def left_behind(self, obj: Json, record: Record) -> Record | None:
        """The span in whose episode work was done here, where `record` has taken its place since."""
        if not self._worked:
            return None
        worked = self._worked.get(object_key(obj))
        if worked is None or worked.span_id == record.span_id:
            return None
        self._worked.pop(object_key(obj))
        return worked

    def forget(self, span_id: int) -> None:
        """The episode with that id is over."""
        self._begun.pop(span_id)


def begun_by(children: Children, episode: Ids, settings: Settings) -> int | None:
    """When (Unix ns) the first of these children was written on behalf of the episode; None: none was."""
    records = (read_record(as_json(child), settings) for child in children())
    return min(
        (each.start for each in records if each and (each.trace_id, each.parent_id) == tuple(episode)),
        default=None,
    )
