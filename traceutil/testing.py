"""Test your controller's traces: captured spans, fixed ids, a clock that you move.

    def test_create(captured_spans):
        create(body=database, ...)
        assert captured_spans.tree() == "database.CreateStatefulSet"

Needs the extra `traceutil[sdk]`; the pytest fixture `captured_spans` comes with the package.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator

from traceutil.current import use
from traceutil.desired import Convergence
from traceutil.processors import HoldUntilWork, pipeline
from traceutil.sdk import Provider
from traceutil.times import SECOND
from traceutil.tracer import ObjectTracer

#: 2026-01-01T00:00:00Z in Unix ns: when every test begins.
EPOCH = 1_767_225_600 * SECOND


class FixedClock:
    """Time that stands still until it is moved."""

    def __init__(self, now: int = EPOCH) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now

    def advance(self, seconds: float) -> None:
        """Move time on."""
        self.now += int(seconds * SECOND)


class SequentialIds(RandomIdGenerator):
    """Ids 1, 2, 3 …: for the SDK and for `ObjectTracer` alike."""

    def __init__(self) -> None:
        self._traces = itertools.count(1)
        self._spans = itertools.count(1)

    def generate_trace_id(self) -> int:
        return next(self._traces)

    def generate_span_id(self) -> int:
        return next(self._spans)

    def trace_id(self) -> int:
        return next(self._traces)

    def span_id(self) -> int:
        return next(self._spans)


class CapturedSpans:
    """Finished spans, oldest first, and the means to make time pass.

    Args:
        component: of the tracer (`service.name`).
        clock: None: one that stands at the epoch; pass one to begin later, or to share it.
        settings: further settings of the tracer.
    """

    def __init__(self, component: str = "test", clock: FixedClock | None = None, **settings: Any) -> None:
        self.clock = clock or FixedClock()
        self._exporter = InMemorySpanExporter()
        processor = pipeline()
        processor.add_span_processor(HoldUntilWork(SimpleSpanProcessor(self._exporter)))
        ids = SequentialIds()
        self.provider = Provider(None, Resource({SERVICE_NAME: component}), processor)
        self.provider.id_generator = ids
        self.tracer = ObjectTracer(
            self.provider, **{"component": component, "clock": self.clock, "ids": ids, **settings}
        )

    def __iter__(self) -> Iterator[ReadableSpan]:
        return iter(self._exporter.get_finished_spans())

    def __len__(self) -> int:
        return len(self._exporter.get_finished_spans())

    def clear(self) -> None:
        """Forget what was captured so far."""
        self._exporter.clear()

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
            raise AssertionError(
                f"{len(found)} spans named {name!r} instead of one, in:\n{self.tree() or '(nothing)'}"
            )
        return found[0]

    def tree(self) -> str:
        """The spans as text: one a line, children indented by two spaces, in the order of their start."""
        spans = sorted(self, key=lambda span: (span.start_time or 0, span.name))
        known = {_span_id(span) for span in spans}
        lines: list[str] = []

        def draw(parent: int | None, depth: int) -> None:
            for span in spans:
                above = (
                    span.parent.span_id if span.parent is not None and span.parent.span_id in known else None
                )
                if above == parent:
                    lines.append("  " * depth + span.name)
                    draw(_span_id(span), depth + 1)

        draw(None, 0)
        return "\n".join(lines)

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


def _span_id(span: ReadableSpan) -> int:
    context = span.get_span_context()
    return 0 if context is None else context.span_id


@contextmanager
def capture_spans(component: str = "test", **settings: Any) -> Iterator[CapturedSpans]:
    """Capture what the verbs export inside the block; they use fixed ids and a clock that stands still."""
    captured = CapturedSpans(component, **settings)
    with use(captured.tracer):
        yield captured
