"""What the controllers need of a tracer; `traceutil.tracer.ObjectTracer` is one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

from opentelemetry.trace import Span


class Verdict(Protocol):
    """`traceutil.Convergence`, as far as it is used here."""

    @property
    def due(self) -> int | None:
        """Unix ns at which to look at the object again, None where nothing falls due."""


class Tracer(Protocol):
    """The object-tracing verbs. They do no I/O and never raise because of what an object holds."""

    def start_span_from_object(
        self,
        obj: Any,
        name: str,
        *,
        only_if_work: bool = False,
        since: int | None = None,
        causes: Iterable[Any] = (),
        attributes: Mapping[str, Any] | None = None,
    ) -> AbstractContextManager[Span]: ...

    def work_done(self) -> None: ...

    def trace_until_reached(
        self, obj: Any, *, live: Any = None, deadline: float | None = None, closer: str | None = None
    ) -> object: ...

    def encode_context_into_object(self, obj: Any, *, live: Any = None) -> None: ...

    def end_if_reached(
        self,
        obj: Any,
        *,
        patch: Any = None,
        deleted: bool = False,
        children: Callable[[], Iterable[Any]] = tuple,
    ) -> Verdict: ...

    def trace_deletion(self, obj: Any) -> object: ...
