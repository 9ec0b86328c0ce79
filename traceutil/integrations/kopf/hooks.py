"""What is put around kopf's own functions: one handler's attempt, one event, one patch, one adoption."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from kopf._core.intents import causes, handlers
from opentelemetry.trace import SpanKind

from traceutil.handlers import snapshot
from traceutil.integrations.kopf.attempt import Attempt
from traceutil.integrations.kopf.cycle import cycle_of, event_cycle
from traceutil.integrations.kopf.diff import ignore_our_annotations
from traceutil.integrations.kopf.naming import attributes_of, is_change, reviewed, span_name
from traceutil.integrations.kopf.news import is_news, result_is_news
from traceutil.integrations.kopf.roots import Roots
from traceutil.memory import Bounded
from traceutil.tracer import ObjectTracer
from traceutil.work import current_work

_LOG = logging.getLogger(__name__)

#: Exceptions of handlers whose errors kopf ignores: its outcome does not name them.
_RAISED: ContextVar[list[Exception] | None] = ContextVar("traceutil_kopf_raised", default=None)


class Hooks:
    """The wrappers (in wrapt's form: wrapped, instance, args, kwargs) and what they remember.

    Args:
        tracer: gives the tracer in use here.
        adopt: whether context is written into what `kopf.adopt` is given.
    """

    def __init__(self, tracer: Callable[[], ObjectTracer], *, adopt: bool) -> None:
        self._tracer = tracer
        self._adopts = adopt
        self._roots = Roots(tracer)
        #: The resourceVersion with which kopf's last patch of an object was answered, by uid.
        self._answered: Bounded[str, str] = Bounded(65_536)
        #: False: every wrapper steps aside, also in operators that are running.
        self.active = True

    async def event(self, wrapped: Any, _: Any, args: Any, kwargs: Any) -> Any:
        """Around `process_resource_event`: the diff is guarded, and what has come to its end is closed."""
        if not self.active:
            return await wrapped(*args, **kwargs)
        event, settings = kwargs["raw_event"], kwargs["settings"]
        with self._guard("event"):
            tracer = self._tracer()
            tracer.waits_for_all_handlers = True
            ignore_our_annotations(settings, tracer)
            self._roots.look(kwargs["registry"], settings, kwargs["resource"], event)
        with event_cycle():
            version = await wrapped(*args, **kwargs)
        with self._guard("event"):
            if version in (None, event["object"]["metadata"].get("resourceVersion")):
                self._roots.settled(event)
        return version

    @contextmanager
    def _guard(self, what: str) -> Iterator[None]:
        """What fails in here is counted, and fails nothing of kopf's."""
        try:
            yield
        except Exception:
            self._tracer().health.count("untraced", what)
            _LOG.debug("could not trace a kopf %s", what, exc_info=True)

    async def handler(self, wrapped: Any, _: Any, args: Any, kwargs: Any) -> Any:
        """Around `execute_handler_once`: the span of one attempt of one handler."""
        handler, cause = kwargs["handler"], kwargs["cause"]
        if not self.active or not isinstance(cause, causes.ResourceCause):
            return await wrapped(*args, **kwargs)  # startup, login and other activities
        if isinstance(cause, causes.IndexingCause):
            return await wrapped(*args, **kwargs)
        traced = getattr(handler.fn, "__traceutil__", None)
        if traced is not None:
            traced.is_timer = isinstance(handler, handlers.TimerHandler)
            outcome = await wrapped(*args, **kwargs)
        elif isinstance(handler, handlers.DaemonHandler):
            outcome = await self._daemon(wrapped, args, kwargs)
        else:
            outcome = await self._attempt(wrapped, args, kwargs)
        if (is_change(cause) or isinstance(handler, handlers.DaemonHandler)) and _failed_for_good(outcome):
            with self._guard("handler"):
                self._roots.note(cause.body, failed=True)
        return outcome

    async def _attempt(self, wrapped: Any, args: Any, kwargs: Any) -> Any:
        cause = kwargs["cause"]
        attempt: Attempt | None = None
        with self._guard("handler"):
            if is_change(cause):
                self._roots.note(cause.body, by_change=True)
            before = snapshot(cause.patch)
            attempt = self._start(**kwargs)
        if attempt is None:
            return await wrapped(*args, **kwargs)
        raised: list[Exception] = []
        token = _RAISED.set(raised)
        try:
            outcome = await wrapped(*args, **kwargs)
        except BaseException as cancelled:
            attempt.error = cancelled
            raise
        else:
            with self._guard("handler"):
                attempt.error = outcome.exception or (raised[-1] if raised else None)
                attempt.wrote = _wrote(before, cause, kwargs["handler"], outcome)
            return outcome
        finally:
            _RAISED.reset(token)
            with self._guard("handler"):
                self._finish(attempt, cause)

    async def _daemon(self, wrapped: Any, args: Any, kwargs: Any) -> Any:
        """A daemon lives as long as its object, so its run is no span. What it leaves behind is: the patch
        that kopf then writes, or its failure."""
        cause = kwargs["cause"]
        outcome = await wrapped(*args, **kwargs)
        with self._guard("handler"):
            wrote = _wrote(snapshot({}), cause, kwargs["handler"], outcome)
            if wrote or outcome.exception is not None:
                attempt = self._start(**kwargs)
                attempt.wrote, attempt.error = wrote, outcome.exception
                self._finish(attempt, cause)
        return outcome

    def _start(self, handler: Any, cause: Any, state: Any, **_: Any) -> Attempt:
        tracer = self._tracer()
        admission = isinstance(cause, causes.WebhookCause)
        scope = tracer.start_span_from_object(
            reviewed(cause.body) if admission else cause.body,
            span_name(tracer.settings.component, handler.fn),
            relation="link" if admission and cause.operation != "CREATE" else None,
            only_if_work=not is_change(cause),
            kind=SpanKind.CONSUMER,
            attributes=attributes_of(cause, handler, state.retries),
        )
        return Attempt(scope, presumed=is_change(cause), on_work=lambda: self._roots.note(cause.body))

    def _finish(self, attempt: Attempt, cause: Any) -> None:
        """Keep it open where kopf's patch is still to come: after a cancellation or a review it is not."""
        attempt.leave()
        if isinstance(cause, causes.WebhookCause):
            attempt.end(moved=attempt.wrote)
        elif attempt.wrote or (attempt.presumed and isinstance(attempt.error, Exception | None)):
            cycle_of(cause.patch).hold(attempt)
        else:
            attempt.end(moved=False)

    async def invoke(self, wrapped: Any, _: Any, args: Any, kwargs: Any) -> Any:
        """Around `invoke_handler`: notes what the handler raised."""
        try:
            return await wrapped(*args, **kwargs)
        except Exception as error:
            raised = _RAISED.get()
            if raised is not None:
                raised.append(error)
            raise

    async def patch(self, wrapped: Any, _: Any, args: Any, kwargs: Any) -> Any:
        """Around `patch_and_check`: kopf's own write, for which the spans of the cycle waited."""
        if not self.active:
            return await wrapped(*args, **kwargs)
        metadata = kwargs["body"].metadata
        uid, version = str(metadata.get("uid")), metadata.get("resourceVersion")
        with cycle_of(kwargs["patch"]).answered() as answer:
            result = await wrapped(*args, **kwargs)
            # The event may be older than our own last write.
            answer.moved = result[0] not in (None, version, self._answered.get(uid))
        if result[0] is not None:
            self._answered.set(uid, result[0])
        return result

    def adopt(self, wrapped: Any, _: Any, args: Any, kwargs: Any) -> Any:
        """Around `kopf.adopt`: who is adopted is made on behalf of the object that is being handled."""
        result = wrapped(*args, **kwargs)
        if self.active and self._adopts and current_work() is not None:
            with self._guard("adoption"):
                for child in _each(args[0] if args else kwargs["objs"]):
                    self._tracer().encode_context_into_object(child)
        return result


def _each(objs: Any) -> Iterable[Any]:
    """One object or several, as `kopf.adopt` takes them; pykube's are dicts within."""
    if isinstance(objs, Mapping) or hasattr(objs, "metadata"):
        return [getattr(objs, "obj", objs)]
    return [each for some in objs for each in _each(some)] if isinstance(objs, Iterable) else []


def _wrote(before: Any, cause: Any, handler: Any, outcome: Any) -> bool:
    """Whether the handler gave kopf anything new to write."""
    after = snapshot(cause.patch)
    return (
        is_news(before[0], after[0], cause.body)
        or before[1] != after[1]
        or result_is_news(outcome.result, str(handler.id), cause.body)
    )


def _failed_for_good(outcome: Any) -> bool:
    return bool(outcome.final) and outcome.exception is not None
