"""From the third identical failure on, attempts fold into one span with a count (docs/spec.md 9)."""

from __future__ import annotations

from dataclasses import dataclass

from opentelemetry.trace import Span

from traceutil.memory import Bounded
from traceutil.semconv import ATTEMPT, ATTEMPTS_FOLDED

#: Failures that are exported as spans of their own before folding begins.
EXPORTED_APART = 2


@dataclass(slots=True)
class _Streak:
    error: str
    count: int = 0
    folded: Span | None = None
    folds: int = 0
    last_end: int = 0

    def release(self) -> None:
        """Export the span that stands for the folded attempts."""
        if self.folded is not None:
            self.folded.set_attribute(ATTEMPTS_FOLDED, self.folds)
            self.folded.end(self.last_end)
            self.folded = None


class Attempts:
    """Consecutive identical failures of one span name on one object."""

    def __init__(self, size: int = 4096) -> None:
        self._streaks: Bounded[tuple[str, str], _Streak] = Bounded(size)

    def failed(
        self,
        key: str,
        name: str,
        error: str,
        span: Span,
        end: int,
        parent: bool = False,
        numbered: bool = False,
    ) -> None:
        """One more attempt failed with `error`; ends `span` at `end` (Unix ns), or folds it.

        Args:
            parent: whether there may be spans below it, which would be orphans if it were folded.
            numbered: whether the caller knows which attempt it was, and has said so on the span.
        """
        streak = self._streaks.get((key, name))
        if streak is None or streak.error != error:
            self.succeeded(key, name)
            streak = _Streak(error)
            self._streaks.set((key, name), streak)
        streak.count += 1
        if not numbered:
            span.set_attribute(ATTEMPT, streak.count)
        if streak.count <= EXPORTED_APART or parent:
            span.end(end)
            return
        streak.folds += 1
        streak.last_end = end
        if streak.folded is None:
            streak.folded = span

    def succeeded(self, key: str, name: str) -> None:
        """The streak is over: an attempt ended otherwise."""
        streak = self._streaks.pop((key, name))
        if streak is not None:
            streak.release()

    def __bool__(self) -> bool:
        return len(self._streaks) > 0

    def release_all(self) -> None:
        """Export all that is folded so far (at shutdown)."""
        for streak in self._streaks.values():
            streak.release()
