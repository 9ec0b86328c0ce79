"""What is done inside a reconcile shares its fate: no work, no orphaned child."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.unit.core.handlers import (
    stays,
)
from tests.unit.core.objects import Object, database
from traceutil import (
    start_span_from_object,
    traced,
    work_done,
)
from traceutil.testing import capture_spans


@contextmanager
def foreign() -> Iterator[tuple[Any, Any]]:
    """A plain TracerProvider, which knows nothing of us: (its tracer, its finished spans)."""
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    from traceutil import ObjectTracer, use

    exporter, provider = InMemorySpanExporter(), TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    with use(ObjectTracer(provider, component="test")):
        yield provider.get_tracer("client"), exporter.get_finished_spans


def read_then(work: bool, tracer: Any) -> None:
    @traced("test.Reconcile")
    def reconcile(obj: Object) -> None:
        with tracer.start_as_current_span("GET before"), tracer.start_as_current_span("nested"):
            pass
        with start_span_from_object(obj, "test.Stage"), tracer.start_as_current_span("GET in stage"):
            stays(obj)
        if work:
            work_done()
            with tracer.start_as_current_span("PATCH after"):
                pass

    reconcile(database())


@pytest.mark.parametrize(
    ("work", "expected"),
    [
        pytest.param(False, set(), id="no work: no span, and no orphaned child"),
        pytest.param(
            True,
            {"GET before", "nested", "test.Stage", "GET in stage", "PATCH after", "test.Reconcile"},
            id="work: the reads before the first write are kept",
        ),
    ],
)
def test_children_share_their_reconciles_fate(work: bool, expected: set[str]) -> None:
    """With the provider of traceutil.sdk."""
    with capture_spans() as spans:
        read_then(work, spans.provider.get_tracer("client"))
        found = {span.name: span for span in spans}
        ids = {span.context.span_id for span in found.values() if span.context}
        orphans = [
            s.name
            for s in found.values()
            if s.name != "test.Reconcile" and s.parent and s.parent.span_id not in ids
        ]
    assert (expected, []) == (set(found), orphans)


@pytest.mark.parametrize(
    ("work", "expected"),
    [
        pytest.param(False, set(), id="no work: no span, and no orphaned child"),
        pytest.param(
            True, {"PATCH after", "test.Reconcile"}, id="work: what came before it was known is lost"
        ),
    ],
)
def test_children_under_a_foreign_provider(work: bool, expected: set[str]) -> None:
    """Until work is known the current span reports its context unsampled, so that children vanish."""
    with foreign() as (tracer, finished):
        read_then(work, tracer)
        assert expected == {span.name for span in finished()}


def test_a_span_that_ends_after_its_reconcile_did_nothing_vanishes() -> None:
    """A task that outlives it."""
    with capture_spans() as spans:
        tracer = spans.provider.get_tracer("client")
        with start_span_from_object(database(), "test.Work", only_if_work=True):
            late = tracer.start_span("late")
        late.end()
        assert len(spans) == 0
