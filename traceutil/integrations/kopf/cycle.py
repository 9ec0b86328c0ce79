"""One cycle of kopf on one object: its handlers' spans stay open until kopf's own patch is answered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from traceutil.integrations.kopf.attempt import Attempt


class Cycle:
    """The spans that wait for the answer to one patch."""

    def __init__(self, patch: object) -> None:
        self.patch = patch
        self._held: list[Attempt] = []

    def hold(self, held: Attempt) -> None:
        self._held.append(held)

    @contextmanager
    def answered(self) -> Iterator[Answer]:
        """Around kopf's PATCH: it is made in the span that waits for it, which then ends."""
        answer = Answer()
        try:
            with self._held[-1].again() if self._held else nullcontext():
                yield answer
        except BaseException as error:
            self.end(error=error)
            raise
        self.end(answer.moved)

    def end(self, moved: bool = False, error: BaseException | None = None) -> None:
        """End what is still open."""
        held, self._held = self._held, []
        for each in held:
            each.end(moved, error)


@dataclass(slots=True)
class Answer:
    """What the server made of the patch."""

    moved: bool = False


#: Of the task in which kopf works on the object: an event's, a timer's or a daemon's.
_CYCLE: ContextVar[Cycle | None] = ContextVar("traceutil_kopf_cycle", default=None)


def cycle_of(patch: object) -> Cycle:
    """The cycle that ends with this patch; a new one where the context's is another's.

    kopf has one patch for all handlers of a cycle. Tasks of timers inherit the context of the event that
    started them, but have a patch of their own.
    """
    cycle = _CYCLE.get()
    if cycle is None or cycle.patch is not patch:
        cycle = Cycle(patch)
        _CYCLE.set(cycle)
    return cycle


@contextmanager
def event_cycle() -> Iterator[None]:
    """Around the processing of one event: what was not patched (the object is gone) ends with it."""
    token = _CYCLE.set(None)
    try:
        yield
    finally:
        cycle: Any = _CYCLE.get()
        _CYCLE.reset(token)
        if cycle is not None:
            cycle.end()
