"""The decorator: a reconcile is a span, if it did any work."""

from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal, ParamSpec, TypeVar

from opentelemetry.trace import Span, SpanKind

from traceutil.current import current_tracer
from traceutil.handlers import HandlerKind, attempt_of, find_object, handler_kind, is_deleted_event, snapshot
from traceutil.objects import as_json, section
from traceutil.relation import Relation
from traceutil.semconv import ATTEMPT, CAUSE, WORK
from traceutil.tracer import ObjectTracer
from traceutil.work import Work, current_work

P = ParamSpec("P")
R = TypeVar("R")

_UNHEARD = (
    "@traced({name!r}): nothing here can see whether {function} wrote anything, so every call is exported, "
    'marked traceutil.work="unknown". Say when there was work: call work_done() after a write, pass '
    "live= to encode_context_into_object, give @traced(work=lambda result: …), or turn on the integration of "
    "your client (traceutil.integrations.kubernetes, .lightkube, .kr8s)."
)
_DAEMON = (
    "@traced({name!r}) steps aside for the daemon {function}: it lives as long as its object, as would its "
    "span. Trace each iteration instead: with start_span_from_object(body, {name!r}, only_if_work=True): … "
    "(Is it a timer? kopf calls the two alike; traceutil.integrations.kopf.configure() tells them apart.)"
)


def traced(
    name: str,
    *,
    obj: str | Callable[..., Any] | None = None,
    work: Literal["auto", "always"] | Callable[[Any], bool] = "auto",
    relation: Relation | None = None,
    kind: SpanKind = SpanKind.CONSUMER,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Trace a reconciler, or a kopf handler (below `@kopf.on…`), sync or async.

    No work, no span. Before the body it closes what has come to its end on the object as received.

    Args:
        name: of the span, low-cardinality: `<component>.<Stage>`.
        obj: the parameter that holds the object, or a function of the call's arguments; None: it is found.
        work: how work is known; "always" exports every call; a function is asked about the result.
        relation: as for `start_span_from_object`.

    Raises:
        TypeError: used bare (`@traced`), or, at the first call, no argument is a Kubernetes object.
    """
    if not isinstance(name, str):
        raise TypeError('@traced needs the span\'s name: @traced("component.Stage")')

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        call = _Traced(function, name, obj, work, relation, kind)

        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def around_async(*args: P.args, **kwargs: P.kwargs) -> Any:
                with call.span(args, kwargs) as outcome:
                    outcome.result = await function(*args, **kwargs)
                return outcome.result

            traced_function: Any = around_async
        else:

            @functools.wraps(function)
            def around(*args: P.args, **kwargs: P.kwargs) -> R:
                with call.span(args, kwargs) as outcome:
                    outcome.result = function(*args, **kwargs)
                return outcome.result  # type: ignore[no-any-return]

            traced_function = around
        traced_function.__traceutil__ = call
        return traced_function  # type: ignore[no-any-return]

    return decorate


class _Outcome:
    """Where the body's result is put, so that work can be told from it."""

    result: Any = None


class _Traced:
    """One decorated function."""

    def __init__(
        self,
        function: Callable[..., Any],
        name: str,
        obj: str | Callable[..., Any] | None,
        work: Literal["auto", "always"] | Callable[[Any], bool],
        relation: Relation | None,
        kind: SpanKind,
    ) -> None:
        self.function = function
        self.name = name
        self._obj = obj
        self._work = work
        self._relation = relation
        self._kind = kind
        #: Set by `integrations.kopf.configure`: kopf calls timers and daemons alike.
        self.is_timer = False
        self._warned = False
        self._listens = False

    @contextmanager
    def span(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Iterator[_Outcome]:
        """The span around one call."""
        called = handler_kind(kwargs)
        if called == "daemon" and self.is_timer:
            called = "signal"
        outcome = _Outcome()
        if called == "daemon":
            self._warn(_DAEMON)
            yield outcome
            return
        tracer = current_tracer()
        target = find_object(self._obj, args, kwargs, self.name)
        deleted = is_deleted_event(kwargs)
        tracer.end_if_reached(target, deleted=deleted)
        before = snapshot(kwargs.get("patch")) if called != "plain" else None
        try:
            with tracer.start_span_from_object(
                target,
                self.name,
                relation=self._relation,
                only_if_work=self._work != "always",
                kind=self._kind,
                attributes=_attributes(kwargs),
            ) as span:
                yield outcome
                self._tell(span, called, target, kwargs, before, outcome.result)
        except Exception as error:
            if called == "change" and type(error).__name__ == "PermanentError":
                tracer.end_if_reached(target, handled="failed")
            raise
        if called == "change" and not deleted and not _terminating(target):
            _handled(tracer, target)

    def _tell(
        self,
        span: Span,
        called: HandlerKind,
        target: Any,
        kwargs: Mapping[str, Any],
        before: Any,
        result: Any,
    ) -> None:
        """Decide about a call that raised nothing: was it work?"""
        work = current_work()
        if work is None or self._work == "always":
            return
        if work.span_context.span_id != span.get_span_context().span_id:
            return  # this call is not traced; the work around it is another's
        self._listens = self._listens or work.listened
        if work.done or work.unread:
            return
        if callable(self._work):
            if self._work(result):
                work.mark_done()
        elif called != "plain" and (
            before != snapshot(kwargs.get("patch")) or _is_news(result, target, self.function, kwargs)
        ):
            work.mark_done()
        elif called == "change" and not work.heard:
            self._presume(span, work, "presumed")
        elif called == "plain" and not self._listens:
            self._warn(_UNHEARD)
            self._presume(span, work, "unknown")

    def _presume(self, span: Span, work: Work, value: str) -> None:
        span.set_attribute(WORK, value)
        work.mark_done()

    def _warn(self, message: str) -> None:
        if not self._warned:
            self._warned = True
            function = getattr(self.function, "__qualname__", repr(self.function))
            warnings.warn(message.format(name=self.name, function=function), UserWarning, stacklevel=5)


def _handled(tracer: ObjectTracer, target: Any) -> None:
    """A change handler succeeded: what status cannot tell is reached, unless kopf has more to run."""
    if not tracer.waits_for_all_handlers:
        tracer.end_if_reached(target, handled="succeeded")


def _terminating(target: Any) -> bool:
    return bool(section(as_json(target), "metadata").get("deletionTimestamp"))


def _is_news(result: Any, target: Any, function: Callable[..., Any], kwargs: Mapping[str, Any]) -> bool:
    """Whether kopf will write the returned value: to `status.<handler>`, unless it is there already.

    What an event handler returns it does not write.
    """
    if result is None or "event" in kwargs:
        return False
    return bool(section(as_json(target), "status").get(getattr(function, "__name__", "")) != result)


def _attributes(kwargs: Mapping[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    reason = kwargs.get("reason")
    if reason is not None:
        out[CAUSE] = str(getattr(reason, "value", reason))
    attempt = attempt_of(kwargs)
    if attempt is not None:
        out[ATTEMPT] = attempt
    return out
