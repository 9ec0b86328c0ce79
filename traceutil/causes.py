"""Several causes of one reconcile: bounded, de-duplicated by trace, timed."""

from __future__ import annotations

from collections.abc import Iterator

from opentelemetry.trace import Link, SpanContext

from traceutil.semconv import LINK


class Causes:
    """What made a reconcile due. Holds span contexts, never objects, so a queue of them stays small.

    Args:
        max_links: how many causes are kept; the rest is counted in `dropped`.
    """

    def __init__(self, max_links: int = 32) -> None:
        self._contexts: dict[int, SpanContext] = {}
        self._max_links = max_links
        self.dropped = 0
        #: Unix ns of the oldest and the newest cause; None where no cause brought a time.
        self.oldest: int | None = None
        self.newest: int | None = None

    def add(self, context: SpanContext, at: int | None = None) -> None:
        """Note one more cause. `at`: Unix ns when it was seen. An invalid context only counts as time."""
        if at is not None:
            self.oldest = at if self.oldest is None else min(self.oldest, at)
            self.newest = at if self.newest is None else max(self.newest, at)
        if not context.is_valid or context.trace_id in self._contexts:
            return
        if len(self._contexts) >= self._max_links:
            self.dropped += 1
        else:
            self._contexts[context.trace_id] = context

    def merge(self, other: Causes) -> None:
        """Take over the causes of another reconcile that this one stands for."""
        for context in other._contexts.values():
            self.add(context)
        for at in (other.oldest, other.newest):
            if at is not None:
                self.add(SpanContext(0, 0, True), at)
        self.dropped += other.dropped

    def links(self) -> list[Link]:
        """The causes as links of a span, each marked `cause`."""
        return [Link(context, {LINK: "cause"}) for context in self._contexts.values()]

    def __iter__(self) -> Iterator[SpanContext]:
        return iter(self._contexts.values())

    def __len__(self) -> int:
        return len(self._contexts)
