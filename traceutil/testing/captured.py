"""Captured spans: what the verbs exported, and the means to make time pass."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from typing import Any
from unittest import mock

from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import DEFAULT_ON

from traceutil.current import use_everywhere
from traceutil.desired import Convergence
from traceutil.processors import HoldUntilWork, pipeline
from traceutil.sdk import Provider
from traceutil.testing.fixed import FixedClock, RunningClock, SequentialIds
from traceutil.testing.tree import Tree, draw
from traceutil.tracer import ObjectTracer


class CapturedSpans:
    """Finished spans, oldest first.

    Args:
        component: of the tracer (`service.name`, and the `closer` of what it opens).
        clock: None: one that stands at the epoch; pass one to begin later, or to share it.
        real_time: the machine's time instead, for an operator that runs on a cluster, whose times are real.
        settings: further settings of the tracer. None comes from the environment.
    """

    def __init__(
        self,
        component: str = "test",
        clock: FixedClock | RunningClock | None = None,
        *,
        real_time: bool = False,
        **settings: Any,
    ) -> None:
        self.clock: Any = clock or (RunningClock() if real_time else FixedClock())
        self._exported = _Exported()
        processor = pipeline()
        processor.add_span_processor(HoldUntilWork(SimpleSpanProcessor(self._exported)))
        ids = SequentialIds()
        with _without_variables():
            self.provider = Provider(DEFAULT_ON, Resource({SERVICE_NAME: component}), processor)
        self.provider.id_generator = ids
        self.tracer = ObjectTracer(
            self.provider, **{"component": component, "clock": self.clock, "ids": ids, **settings}
        )

    def __iter__(self) -> Iterator[ReadableSpan]:
        return iter(self._exported.spans)

    def __len__(self) -> int:
        return len(self._exported.spans)

    def clear(self) -> None:
        """Forget what was captured so far."""
        self._exported.clear()

    def all(self, name: str) -> list[ReadableSpan]:
        """The spans of that name."""
        return [span for span in self if span.name == name]

    def one(self, name: str) -> ReadableSpan:
        """The only span of that name.

        Raises:
            AssertionError: there is none, or more than one; the message draws what there is.
        """
        found = self.all(name)
        if len(found) != 1:
            raise AssertionError(f"{len(found)} spans named {name!r} instead of one, in:\n{self._drawn()}")
        return found[0]

    def wait_for(self, name: str, count: int = 1, timeout: float = 10.0) -> list[ReadableSpan]:
        """Wait until so many spans of that name were exported, by whichever thread; returns them.

        It blocks: in a coroutine, `await asyncio.to_thread(spans.wait_for, name)`.

        Raises:
            AssertionError: not within `timeout` seconds; the message draws what there is.
        """
        if not self._exported.wait(lambda: len(self.all(name)) >= count, timeout):
            found = len(self.all(name))
            raise AssertionError(
                f"{found} of {count} spans named {name!r} after {timeout:g} s, in:\n{self._drawn()}"
            )
        return self.all(name)

    def tree(self, *attributes: str) -> Tree:
        """The spans as text: one a line, children indented by two spaces, in the order of their start.

        Each line tells those of the `attributes` that its span has, as `name=value`.
        """
        return draw(list(self), attributes)

    def _drawn(self) -> str:
        return self.tree() or "(no span was exported: was there work, and did it end?)"

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.advance(seconds)

    def drive(self, obj: MutableMapping[str, Any], **status: Any) -> Convergence:
        """Let actual state move: set fields of `obj`'s status as its owner would (observedGeneration follows,
        resourceVersion moves), and look at it."""
        metadata = obj.setdefault("metadata", {})
        metadata["resourceVersion"] = str(int(metadata.get("resourceVersion", "0")) + 1)
        stored = obj.setdefault("status", {})
        if "generation" in metadata:
            stored["observedGeneration"] = metadata["generation"]
        stored.update(status)
        return self.tracer.end_if_reached(obj)


class _Exported(SpanExporter):
    """What arrived, and who waits for it."""

    def __init__(self) -> None:
        self.spans: tuple[ReadableSpan, ...] = ()
        self._arrived = threading.Condition()

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        with self._arrived:
            self.spans += tuple(spans)
            self._arrived.notify_all()
        return SpanExportResult.SUCCESS

    def clear(self) -> None:
        with self._arrived:
            self.spans = ()

    def wait(self, condition: Callable[[], bool], timeout: float) -> bool:
        with self._arrived:
            return self._arrived.wait_for(condition, timeout)


@contextmanager
def _without_variables() -> Iterator[None]:
    """The SDK reads OTEL_* as it is made; a test must not hang on what is exported in somebody's shell."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    with mock.patch.dict(os.environ, others, clear=True):
        yield


@contextmanager
def capture_spans(
    component: str = "test",
    clock: FixedClock | RunningClock | None = None,
    *,
    real_time: bool = False,
    **settings: Any,
) -> Iterator[CapturedSpans]:
    """Capture what the verbs export inside the block, in other threads too; arguments as of `CapturedSpans`.

    An operator that calls `sdk.setup` in the block is captured all the same.
    """
    captured = CapturedSpans(component, clock, real_time=real_time, **settings)
    with use_everywhere(captured.tracer):
        yield captured
