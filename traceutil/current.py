"""The tracer that the module-level verbs call: set for a context, else one made from the environment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from types import TracebackType

from traceutil.tracer import ObjectTracer

_CURRENT: ContextVar[ObjectTracer] = ContextVar("traceutil_tracer")
_default: ObjectTracer | None = None
_everywhere: list[ObjectTracer] = []


def current_tracer() -> ObjectTracer:
    """The tracer in use here."""
    try:
        return _CURRENT.get()
    except LookupError:
        return _everywhere[-1] if _everywhere else _process_default()


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


@contextmanager
def use_everywhere(tracer: ObjectTracer) -> Iterator[None]:
    """`use`, and also in threads and event loops that have no tracer of their own: for tests.

    It goes before what `sdk.setup` makes the process's default meanwhile.
    """
    _everywhere.append(tracer)
    try:
        with use(tracer):
            yield
    finally:
        _everywhere.remove(tracer)
