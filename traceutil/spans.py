"""The span of work on an object: started where it belongs, current inside, exported if it was work."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import Token
from types import TracebackType
from typing import Any

from opentelemetry.context import Context, attach, detach, get_current
from opentelemetry.trace import (
    INVALID_SPAN,
    Link,
    Span,
    SpanKind,
    Status,
    StatusCode,
    Tracer,
    get_current_span,
    set_span_in_context,
)

from traceutil.attempts import Attempts
from traceutil.desired import State
from traceutil.outcome import error_type, outcome_of
from traceutil.places import Place
from traceutil.semconv import (
    ERROR_TYPE,
    LINKS_DROPPED,
    OUTCOME,
    WAITED,
    WORK,
)
from traceutil.times import SECOND, Clock
from traceutil.work import _CURRENT, ProvisionalSpan, Work, WorkSpan


class WorkScope:
    """What `start_span_from_object` returns: enter it to start the span, leave it to end it.

    For work whose last write comes after its body, the two halves of leaving can be had apart.

    A class rather than a generator: it is on the hot path of every reconcile.
    """

    __slots__ = (
        "_attempts", "_before", "_clock", "_holds_reads", "_name", "_numbered", "_on_finish",
        "_only_if_work", "_otel_token", "_place", "_shown", "_span", "_start", "_work", "_work_token",
    )  # fmt: skip

    def __init__(
        self,
        start: Callable[[int], Span],
        place: Place,
        name: str,
        *,
        clock: Clock,
        attempts: Attempts,
        numbered: bool,
        only_if_work: bool,
        holds_reads: bool,
        on_finish: Callable[[Work], None] | None,
        before: State | None = None,
    ) -> None:
        self._start = start
        self._place = place
        self._name = name
        self._clock = clock
        self._attempts = attempts
        self._numbered = numbered
        self._only_if_work = only_if_work
        self._holds_reads = holds_reads
        self._on_finish = on_finish
        self._before = before
        self._otel_token: Token[Context] | None = None
        self._work_token: Token[Work | None] | None = None

    def __enter__(self) -> Span:
        now = self._clock()
        span = self._span = self._start(now)
        context = span.get_span_context()
        work = self._work = Work(
            self._place,
            context,
            _CURRENT.get(),
            decides=self._only_if_work,
            holds_reads=self._holds_reads,
            start=now,
            before=self._before,
        )
        shown = self._shown = (ProvisionalSpan if self._only_if_work else WorkSpan)(span, work)
        self._become_current()
        return shown

    def __exit__(
        self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None
    ) -> None:
        self.leave()
        self.end(error)

    def _become_current(self) -> None:
        self._otel_token = attach(set_span_in_context(self._shown))
        self._work_token = _CURRENT.set(self._work)

    def leave(self) -> None:
        """Stop being current, in the same context as entered; the span stays open until `end`."""
        if self._work_token is not None:
            _CURRENT.reset(self._work_token)
        if self._otel_token is not None:
            detach(self._otel_token)

    @contextmanager
    def again(self) -> Iterator[None]:
        """Current once more, between `leave` and `end`."""
        self._become_current()
        try:
            yield
        finally:
            self.leave()

    def end(self, error: BaseException | None = None) -> None:
        """End the span, and export it if there was work. `error`: what the attempt failed with."""
        end = self._clock()
        if error is not None:
            self._work.mark_done()  # a failed attempt is work
            _end_failed(self._shown, error, end, self._attempts, self._place.key, self._name, self._numbered)
        else:
            if self._attempts:
                self._attempts.succeeded(self._place.key, self._name)
            if self._work.unread:
                self._work.mark_done(presumed=True)
            if self._work.presumed:
                self._span.set_attribute(WORK, "presumed")
            if self._work.done or not self._only_if_work:
                self._span.end(end)
        if self._on_finish is not None and self._work.done:
            self._on_finish(self._work)
        self._work.finish()


class StageScope:
    """The scope of a stage: a span inside work on the same object, which it belongs to."""

    __slots__ = ("_attempts", "_clock", "_key", "_name", "_numbered", "_shown", "_start", "_token", "_work")

    def __init__(
        self,
        start: Callable[[int], Span],
        work: Work,
        name: str,
        clock: Clock,
        attempts: Attempts,
        numbered: bool,
    ) -> None:
        self._start = start
        self._work = work
        self._key = work.place.key
        self._name = name
        self._clock = clock
        self._attempts = attempts
        self._numbered = numbered

    def __enter__(self) -> Span:
        shown = self._shown = WorkSpan(self._start(self._clock()), self._work)
        self._token = attach(set_span_in_context(shown))
        return shown

    def __exit__(
        self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None
    ) -> None:
        detach(self._token)
        end = self._clock()
        if error is None:
            if self._attempts:
                self._attempts.succeeded(self._key, self._name)
            self._shown.span.end(end)
            return
        self._work.mark_done()
        _end_failed(self._shown, error, end, self._attempts, self._key, self._name, self._numbered)


def _end_failed(
    shown: WorkSpan,
    error: BaseException,
    end: int,
    attempts: Attempts,
    key: str,
    name: str,
    numbered: bool,
) -> None:
    """Mark and end the span of a failed attempt. A retry is no failure, nor is a cancellation."""
    span = shown.span
    outcome = outcome_of(error)
    if outcome == "cancelled":
        span.set_attribute(OUTCOME, outcome)
        span.end(end)
        return
    if outcome == "retry":
        span.set_attribute(OUTCOME, outcome)
    else:
        span.set_status(Status(StatusCode.ERROR, str(error)))
        span.set_attribute(ERROR_TYPE, error_type(error))
        span.record_exception(error, timestamp=end)
    attempts.failed(key, name, f"{error_type(error)}: {error}", span, end, shown.asked, numbered)


class NoScope:
    """The scope of an object that is not traced: nothing starts, the current span stays."""

    def __enter__(self) -> Span:
        return INVALID_SPAN

    def __exit__(self, *_: object) -> None:
        return None


def work_starter(
    tracer: Tracer,
    name: str,
    *,
    kind: SpanKind,
    links: Sequence[Link],
    attributes: dict[str, Any],
    base: Context | None,
    since: int | None,
) -> Callable[[int], Span]:
    """A function that starts the span at the time it is given (Unix ns)."""

    def start(now: int) -> Span:
        if since is not None:
            attributes[WAITED] = max(0, now - since) / SECOND
        return tracer.start_span(name, base, kind, attributes, links, now)

    return start


def parent_context(place: Place, context: Context | None) -> Context:
    """The OpenTelemetry context to start under: the place's parent, with whatever else is in the context."""
    current = get_current() if context is None else context
    if not current:
        return place.context
    return set_span_in_context(get_current_span(place.context), current)


def bounded_links(links: list[Link], limit: int, attributes: dict[str, Any]) -> list[Link]:
    """At most `limit` links, one a trace; what was left out is counted in the attributes."""
    unique = list({link.context.trace_id: link for link in reversed(links)}.values())[::-1]
    dropped = len(unique) - limit
    if dropped > 0:
        attributes[LINKS_DROPPED] = attributes.get(LINKS_DROPPED, 0) + dropped
    return unique[:limit]
