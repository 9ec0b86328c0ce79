"""A key is worked on once at a time, and again later when it failed."""

from __future__ import annotations

import asyncio

import pytest
from prometheus_client import CollectorRegistry

from operators.workloads.backoff import Backoff
from operators.workloads.clock import Clock
from operators.workloads.metrics import ReconcileMetrics
from operators.workloads.queue import WorkQueue
from traceutil import semconv
from traceutil.times import SECOND

A, B = ("default", "a"), ("default", "b")


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
async def queue(registry: CollectorRegistry) -> WorkQueue:
    """A queue whose back-off is 1 s, 2 s, 4 s of a clock that runs a thousand times faster."""
    return WorkQueue("test", Clock(speed=1000), ReconcileMetrics(registry), retry=Backoff(1.0, 4.0))


async def test_a_key_added_twice_comes_once(queue: WorkQueue) -> None:
    """Waiting keys are merged; the first cause and its time stay."""
    queue.add(A, "first")
    queue.add(B, "other")
    queue.add(A, "second")
    first, second = await queue.get(), await queue.get()
    assert [(A, "first"), (B, "other")] == [(each.key, each.cause) for each in (first, second)]
    queue.done(A)
    queue.done(B)
    assert await_nothing(queue)


def await_nothing(queue: WorkQueue) -> bool:
    """Nothing is ready."""
    return not queue._order


async def test_a_key_added_while_worked_on_comes_afterwards(queue: WorkQueue) -> None:
    """Never two workers on one key; nothing that happened meanwhile is lost."""
    queue.add(A, "first")
    await queue.get()
    queue.add(A, "second")
    assert await_nothing(queue)
    queue.done(A)
    assert "second" == (await queue.get()).cause


async def test_a_failed_key_comes_back_later(queue: WorkQueue) -> None:
    """Its next attempt knows its number, its back-off, and since when it is due."""
    queue.add(A, "event")
    item = await queue.get()
    assert queue.retry(item) == 1.0
    queue.done(A)
    again = await asyncio.wait_for(queue.get(), 1)
    assert (2, 1.0, item.since) == (again.attempt, again.backoff, again.since)
    attributes = again.attributes(again.due + SECOND)
    assert attributes[semconv.QUEUE_WAIT] == pytest.approx(1.0)
    assert (1.0, 2) == (attributes[semconv.BACKOFF_WAIT], attributes[semconv.ATTEMPT])
    assert queue.retry(again) == 2.0
    queue.close()


async def test_success_forgets_failures(queue: WorkQueue) -> None:
    """After it went well, the next failure waits as little as the first."""
    queue.add(A, "event")
    item = await queue.get()
    queue.retry(item)
    queue.forget(A)
    assert queue.retry(item) == 1.0
    queue.close()


async def test_the_earliest_of_several_timers_wins(queue: WorkQueue) -> None:
    """A later deadline does not put off what is due before it."""
    queue.add_after(A, 5, "soon")
    queue.add_after(A, 50_000, "late")
    assert "soon" == (await asyncio.wait_for(queue.get(), 1)).cause


async def test_depth_is_counted(queue: WorkQueue, registry: CollectorRegistry) -> None:
    """The gauge shows how many keys wait."""
    queue.add(A, "event")
    queue.add(B, "event")
    assert registry.get_sample_value("workloads_queue_depth", {"controller": "test"}) == 2
    await queue.get()
    assert registry.get_sample_value("workloads_queue_depth", {"controller": "test"}) == 1
