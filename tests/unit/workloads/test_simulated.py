"""A runtime in which nothing runs: the same seed takes the same time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from operators.workloads import Clock, Image, Registry, SimulatedRuntime
from operators.workloads.kubelet.images import MIB
from operators.workloads.kubelet.runtime import PullError
from traceutil.times import SECOND

IMAGES = {
    "big:1": Image(size=450 * MIB),
    "gone:1": Image(missing=True),
    "crash:1": Image(exit_after=2.0, exit_code=3, exits=1),
    "slow:1": Image(stop_after=60.0, ready_after=5.0),
}
POD: dict[str, Any] = {"metadata": {"uid": "p", "name": "p", "namespace": "default"}, "spec": {}}


class Stopwatch(Clock):
    """Time passes only by sleeping."""

    def __init__(self) -> None:
        self.passed = 0.0

        async def sleep(seconds: float) -> None:
            self.passed += seconds

        super().__init__(epoch=0, monotonic=lambda: int(self.passed * SECOND), real_sleep=sleep)


@pytest.fixture
def clock() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
async def runtime(clock: Stopwatch) -> AsyncIterator[SimulatedRuntime]:
    made = SimulatedRuntime(clock, Registry(IMAGES), seed=3)
    yield made
    await made.close()


async def run(runtime: SimulatedRuntime, image: str, attempt: int = 0) -> str:
    container = await runtime.create_container("n", POD, {"name": "main", "image": image}, attempt)
    await runtime.start_container(container)
    return container


async def test_the_same_seed_takes_the_same_time() -> None:
    """Two runtimes with one seed agree to the microsecond, with another they do not."""

    async def took(seed: int) -> float:
        clock = Stopwatch()
        runtime = SimulatedRuntime(clock, Registry(IMAGES), seed=seed)
        await runtime.run_sandbox("n", POD)
        await runtime.pull_image("n", "big:1")
        await run(runtime, "big:1")
        return clock.passed

    assert await took(1) == await took(1)
    assert await took(1) != await took(2)


async def test_a_pull_takes_as_long_as_its_size(runtime: SimulatedRuntime, clock: Stopwatch) -> None:
    """450 MiB at 45 MiB/s are ten seconds, a tenth more or less; the second time they are there."""
    assert await runtime.image("n", "big:1") is None
    first = await runtime.pull_image("n", "big:1")
    took = clock.passed
    second = await runtime.pull_image("n", "big:1")
    assert took == pytest.approx(10, rel=0.15)
    assert (450 * MIB, False, True) == (first.size, first.cached, second.cached)
    assert clock.passed - took < 1
    assert await runtime.image("n", "big:1") == second
    assert await runtime.image("other", "big:1") is None


async def test_an_image_that_does_not_exist(runtime: SimulatedRuntime) -> None:
    """The registry says so, naming it."""
    with pytest.raises(PullError, match=r'"gone:1".*not found'):
        await runtime.pull_image("n", "gone:1")


async def test_a_container_that_crashes_once(runtime: SimulatedRuntime, clock: Stopwatch) -> None:
    """Its first run ends with its code after its time; its second runs on."""
    first = await run(runtime, "crash:1")
    began = clock.passed
    assert 3 == await runtime.wait(first)
    assert clock.passed - began == pytest.approx(2.0)
    second = await run(runtime, "crash:1", attempt=1)
    assert 0 == await runtime.stop_container(second, 30)


async def test_a_container_that_does_not_stop_is_killed(runtime: SimulatedRuntime, clock: Stopwatch) -> None:
    """After the grace period it ends with 137."""
    container = await run(runtime, "slow:1")
    began = clock.passed
    assert 137 == await runtime.stop_container(container, 30)
    assert clock.passed - began == pytest.approx(30)


async def test_readiness_comes_with_time(runtime: SimulatedRuntime, clock: Stopwatch) -> None:
    """The probe fails until the image's time to readiness has passed."""
    container = await run(runtime, "slow:1")
    assert not await runtime.probe(container)
    await clock.sleep(5)
    assert await runtime.probe(container)


async def test_pods_have_addresses_of_their_own(runtime: SimulatedRuntime) -> None:
    """No two sandboxes share an address, on one node or on two."""
    pods = [("a", "p1"), ("a", "p2"), ("b", "p3")]
    found = [await runtime.run_sandbox(node, {"metadata": {"uid": uid}}) for node, uid in pods]
    assert 3 == len(set(found))


def test_clock() -> None:
    """Ten times faster: a real second is ten, and a sleep of ten is a real second."""
    real = [0]
    clock = Clock(speed=10, epoch=5 * SECOND, monotonic=lambda: real[0])
    real[0] = SECOND
    assert 15 * SECOND == clock.now()
    assert "1970-01-01T00:00:15Z" == clock.timestamp()
    assert (1.0, 0.0) == (clock.real(10), clock.real(-1))
    with pytest.raises(ValueError, match="greater than 0"):
        Clock(speed=0)
