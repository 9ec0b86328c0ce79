"""The tracer that the module-level verbs call: set for a context, else one made from the environment."""

from __future__ import annotations

from contextvars import ContextVar, Token
from types import TracebackType

from traceutil.tracer import ObjectTracer

_CURRENT: ContextVar[ObjectTracer] = ContextVar("traceutil_tracer")
_default: ObjectTracer | None = None


def current_tracer() -> ObjectTracer:
    """The tracer in use here."""
    try:
        return _CURRENT.get()
    except LookupError:
        return _process_default()


def _process_default() -> ObjectTracer:
    global _default
    if _default is None:
        _default = ObjectTracer.from_env()
    return _default


def set_process_default(tracer: ObjectTracer | None) -> None:
    """What threads without a context use (`sdk.setup` calls this); None: one made from the environment."""
    global _default
    _default = tracer


class use:
    """Make `tracer` the current one, from now on or for the length of a `with` block.

    Scoped by a context variable: tasks started from here inherit it, others are not touched.
    """

    def __init__(self, tracer: ObjectTracer) -> None:
        self.tracer = tracer
        self._token: Token[ObjectTracer] | None = _CURRENT.set(tracer)

    def __enter__(self) -> ObjectTracer:
        return self.tracer

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        if self._token is not None:
            _CURRENT.reset(self._token)
            self._token = None
