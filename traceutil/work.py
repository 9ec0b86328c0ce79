"""Was anything done? The span of a reconcile that may turn out to be no work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar

from opentelemetry.trace import Span, SpanContext, Status, StatusCode, TraceFlags
from opentelemetry.util.types import Attributes, AttributeValue

from traceutil.desired import State
from traceutil.listening import LISTENING
from traceutil.places import Place


class Work:
    """Work on one object: where it hangs, and whether anything was done yet."""

    __slots__ = (
        "before", "decider", "done", "ended", "heard", "held", "holds_reads", "listened", "object_context",
        "outer", "place", "presumed", "span_context", "start", "unread",
    )  # fmt: skip

    def __init__(
        self,
        place: Place,
        span_context: SpanContext,
        outer: Work | None,
        *,
        decides: bool,
        holds_reads: bool,
        start: int,
        before: State | None = None,
    ) -> None:
        self.place = place
        #: What is written into other objects: the object span of the object that this work moves.
        self.object_context = place.parent or span_context
        #: Unix ns.
        self.start = start
        self.span_context = span_context
        self.outer = outer
        #: The work on which it depends whether spans in here are exported; None: they are.
        self.decider: Work | None = self if decides else (outer.decider if outer is not None else None)
        self.done = False
        self.ended = False
        #: Whether a client tells of its requests: then nothing needs to be presumed.
        self.heard = LISTENING.to_all
        #: Whether any signal could have said so: only then does silence mean "no work".
        self.listened = self.heard
        #: Whether it is only likely that there was work: a write of which it cannot be told what it moved.
        self.presumed = False
        #: Writes that the server accepted, of which the answer was not read, or not yet.
        self.unread = 0
        #: How the object stood as the work began; None: nobody wants to know, since no client is listened to.
        self.before = before
        #: Whether the provider keeps the spans that ended before work was known (`sdk.setup` does).
        self.holds_reads = holds_reads
        self.held: list[Callable[[], None]] = []

    def listen(self) -> None:
        """A signal was asked that could have said "work", here or in what this is nested in."""
        work: Work | None = self
        while work is not None and not work.listened:
            work.listened = True
            work = work.outer

    def hear(self) -> None:
        """A client that is listened to was used, here or in what is nested in this."""
        self.listen()
        work: Work | None = self
        while work is not None and not work.heard:
            work.heard = True
            work = work.outer

    def mark_done(self, *, presumed: bool = False) -> None:
        """Work was seen: this span, what ended inside it, and whatever it is nested in, will be exported.

        Presumed work is exported too, and says so unless there is work that is certain.
        """
        self.presumed = presumed and (self.presumed or not self.done)
        if not self.done:
            self.done = True
            held, self.held = self.held, []
            for release in held:
                release()
        outer = self.outer
        if outer is not None and (not outer.done or outer.presumed > presumed):
            outer.mark_done(presumed=presumed)

    def finish(self) -> None:
        """The span is over; what is still held was part of a reconcile that did nothing."""
        self.ended = True
        self.held.clear()


_CURRENT: ContextVar[Work | None] = ContextVar("traceutil_work", default=None)


def current_work() -> Work | None:
    """The work that is going on here; None outside, also in a task that has outlived its work span."""
    work = _CURRENT.get()
    return None if work is None or work.ended else work


class ProvisionalSpan(Span):
    """The current span while it is not known whether there is work.

    A span that is never ended is never exported. Until work is known it reports its context unsampled, so
    that children vanish with it, unless the provider holds them back (`traceutil.sdk` does).
    """

    __slots__ = ("_span", "_unsampled", "_work")

    def __init__(self, span: Span, work: Work) -> None:
        self._span = span
        self._work = work
        context = span.get_span_context()
        flags = TraceFlags(context.trace_flags & ~TraceFlags.SAMPLED)
        self._unsampled = SpanContext(context.trace_id, context.span_id, False, flags, context.trace_state)

    @property
    def object_context(self) -> SpanContext:
        """What is written into other objects, with the flags that it will have once work is known."""
        return self._work.object_context

    def get_span_context(self) -> SpanContext:
        if self._work.done or self._work.holds_reads:
            return self._span.get_span_context()
        return self._unsampled

    def is_recording(self) -> bool:
        return self._span.is_recording()

    def set_attribute(self, key: str, value: AttributeValue) -> None:
        self._span.set_attribute(key, value)

    def set_attributes(self, attributes: Mapping[str, AttributeValue]) -> None:
        self._span.set_attributes(attributes)

    def add_event(self, name: str, attributes: Attributes = None, timestamp: int | None = None) -> None:
        self._span.add_event(name, attributes, timestamp)

    def add_link(self, context: SpanContext, attributes: Attributes = None) -> None:
        self._span.add_link(context, attributes)

    def update_name(self, name: str) -> None:
        self._span.update_name(name)

    def set_status(self, status: Status | StatusCode, description: str | None = None) -> None:
        self._span.set_status(status, description)

    def record_exception(
        self,
        exception: BaseException,
        attributes: Attributes = None,
        timestamp: int | None = None,
        escaped: bool = False,
    ) -> None:
        self._span.record_exception(exception, attributes, timestamp, escaped)

    def end(self, end_time: int | None = None) -> None:
        """Ended by its scope, when work is known; ending it by hand says that there was work."""
        self._work.mark_done()
        self._span.end(end_time)
