"""Was anything done? The span of a reconcile that may turn out to be no work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

from opentelemetry.trace import Span, SpanContext, Status, StatusCode, TraceFlags
from opentelemetry.util.types import Attributes, AttributeValue

from traceutil.desired import State
from traceutil.listening import LISTENING
from traceutil.places import Place
from traceutil.times import SECOND

#: What ends inside work is held until the work ends, so that a kill loses both or neither: a span whose
#: parent is lost would be an orphan. So many spans of one work, and for so long (ns); then they go first.
HELD_AT_MOST = 1_000
HELD_FOR = 600 * SECOND


class Work:
    """Work on one object: where it hangs, and whether anything was done yet."""

    __slots__ = (
        "_holder", "before", "decides", "done", "ended", "heard", "held", "holds_reads", "listened",
        "object_context", "outer", "passing", "place", "presumed", "span_context", "start", "unread",
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
        #: Whether it depends on this work being done that what is in it is exported.
        self.decides = decides
        # None: itself, for a cycle would leave each work to the garbage collector.
        self._holder: Work | None = None if decides or outer is None else outer.holder
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
        #: (start in Unix ns, what exports it) of the spans that wait for the end of this work.
        self.held: list[tuple[int, Callable[[], None]]] = []
        self.passing = False

    @property
    def holder(self) -> Work:
        """The work whose end lets the spans in here go: the next one that decides, else the outermost."""
        return self._holder or self

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

    @property
    def is_exported(self) -> bool:
        """Whether spans in here will be exported, as far as is known."""
        return self.done or not self.decides

    def mark_done(self, *, presumed: bool = False) -> None:
        """Work was seen: this span, what ended inside it, and whatever it is nested in, will be exported.

        Presumed work is exported too, and says so unless there is work that is certain.
        """
        self.presumed = presumed and (self.presumed or not self.done)
        self.done = True
        outer = self.outer
        if outer is not None and (not outer.done or outer.presumed > presumed):
            outer.mark_done(presumed=presumed)

    def hold(self, start: int, end: int, release: Callable[[], None]) -> None:
        """Keep a span that ended in here, from `start` to `end` (Unix ns), until the work ends."""
        self.held.append((start, release))
        if self.passing or (
            self.is_exported and (len(self.held) > HELD_AT_MOST or end - self.start > HELD_FOR)
        ):
            self.passing = True
            self._release()

    def finish(self) -> None:
        """The span is over; if it was work, what is held follows it: to the work around it, or out."""
        self.ended = True
        around = self.outer.holder if self.outer is not None else None
        if not self.is_exported:
            self.held.clear()
        elif around is not None and around is not self.holder and around.keeps(self.span_context.trace_id):
            around.held, self.held = around.held + self.held, []
        else:
            self._release()

    def keeps(self, trace_id: int) -> bool:
        """Whether spans of that trace, ended now, are held here."""
        return self.holds_reads and not self.ended and trace_id == self.span_context.trace_id

    def _release(self) -> None:
        """Export what is held, a parent before what is below it."""
        held, self.held = self.held, []
        for _, release in sorted(held, key=lambda each: each[0]):
            release()


_CURRENT: ContextVar[Work | None] = ContextVar("traceutil_work", default=None)


def current_work() -> Work | None:
    """The work that is going on here; None outside, also in a task that has outlived its work span."""
    work = _CURRENT.get()
    return None if work is None or work.ended else work


class WorkSpan(Span):
    """The current span of work, or of a stage of it; it has all that the span has that it stands for."""

    __slots__ = ("_work", "asked", "span")

    def __init__(self, span: Span, work: Work) -> None:
        self.span = span
        self._work = work
        #: Whether anybody asked for its ids: then there may be spans below it.
        self.asked = False

    @property
    def object_context(self) -> SpanContext:
        """What is written into other objects, with the flags that it will have once work is known."""
        return self._work.object_context

    def get_span_context(self) -> SpanContext:
        self.asked = True
        return self.span.get_span_context()

    def __getattr__(self, name: str) -> Any:
        """What a span of the SDK has beside the API's, such as `attributes`."""
        return getattr(self.span, name)

    def is_recording(self) -> bool:
        return self.span.is_recording()

    def set_attribute(self, key: str, value: AttributeValue) -> None:
        self.span.set_attribute(key, value)

    def set_attributes(self, attributes: Mapping[str, AttributeValue]) -> None:
        self.span.set_attributes(attributes)

    def add_event(self, name: str, attributes: Attributes = None, timestamp: int | None = None) -> None:
        self.span.add_event(name, attributes, timestamp)

    def add_link(self, context: SpanContext, attributes: Attributes = None) -> None:
        self.span.add_link(context, attributes)

    def update_name(self, name: str) -> None:
        self.span.update_name(name)

    def set_status(self, status: Status | StatusCode, description: str | None = None) -> None:
        self.span.set_status(status, description)

    def record_exception(
        self,
        exception: BaseException,
        attributes: Attributes = None,
        timestamp: int | None = None,
        escaped: bool = False,
    ) -> None:
        self.span.record_exception(exception, attributes, timestamp, escaped)

    def end(self, end_time: int | None = None) -> None:
        """Ended by its scope, when work is known; ending it by hand says that there was work."""
        self._work.mark_done()
        self.span.end(end_time)


class ProvisionalSpan(WorkSpan):
    """The current span while it is not known whether there is work.

    A span that is never ended is never exported. Until work is known it reports its context unsampled, so
    that children vanish with it, unless the provider holds them back (`traceutil.sdk` does).
    """

    __slots__ = ()

    def get_span_context(self) -> SpanContext:
        self.asked = True
        context = self.span.get_span_context()
        if self._work.done or self._work.holds_reads:
            return context
        flags = TraceFlags(context.trace_flags & ~TraceFlags.SAMPLED)
        return SpanContext(context.trace_id, context.span_id, False, flags, context.trace_state)
