"""What tracing lost, refused or could not read is counted."""

from __future__ import annotations

import threading

from opentelemetry.trace import NoOpTracer, TracerProvider

from tests.unit.core.objects import TRACEPARENT, pod
from traceutil import Health, ObjectTracer
from traceutil.memory import Bounded
from traceutil.record import KEY


def test_losses_are_counted_by_detail() -> None:
    health = Health()
    health.count("malformed", "w3c")
    health.count("malformed", "jaeger", by=2)
    assert (health.total("malformed"), health.total("oversized")) == (3, 0)
    assert health.snapshot() == {("malformed", "w3c"): 1, ("malformed", "jaeger"): 2}


def test_threads_lose_no_count() -> None:
    health = Health()

    def count() -> None:
        for _ in range(2_000):
            health.count("oversized")

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert health.total("oversized") == 8_000


def test_a_malformed_annotation_is_counted_and_skipped() -> None:
    tracer = ObjectTracer()
    tracer.context_from_object(pod(annotations={TRACEPARENT: "00-nonsense", KEY: "nonsense"}))
    assert tracer.health.snapshot() == {("malformed", "w3c"): 1, ("malformed", "object-span"): 1}


def test_memory_is_bounded() -> None:
    """What was set longest ago is forgotten."""
    memory: Bounded[int, str] = Bounded(2)
    assert memory.add(1, "one")
    assert not memory.add(1, "again")
    memory.set(2, "two")
    memory.set(1, "one")
    memory.set(3, "three")
    assert (memory.get(2), memory.get(1), len(memory), 3 in memory) == (None, "one", 2, True)
    assert (memory.pop(3), memory.pop(3), memory.values()) == ("three", None, ["one"])


def test_without_an_sdk_every_verb_works_and_exports_nothing() -> None:
    """OpenTelemetry's API alone: spans are no-ops, and contexts still travel."""

    class Api(TracerProvider):
        def get_tracer(self, *_: object, **__: object) -> NoOpTracer:
            return NoOpTracer()

    tracer = ObjectTracer(Api())
    carrying = pod(annotations={TRACEPARENT: "00-" + "a" * 32 + "-" + "b" * 16 + "-01"})
    child: dict[str, object] = {"metadata": {"annotations": {}}}
    with tracer.start_span_from_object(carrying, "test.Work", only_if_work=True):
        tracer.encode_context_into_object(child)
        tracer.work_done()
    assert child == {
        "metadata": {"annotations": {TRACEPARENT: carrying["metadata"]["annotations"][TRACEPARENT]}}
    }
    tracer.end_if_reached(carrying, deleted=True)
