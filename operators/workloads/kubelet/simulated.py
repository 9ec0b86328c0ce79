"""A container runtime in which nothing runs: it takes the time that the real thing would take."""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from operators.workloads.clock import Clock
from operators.workloads.kubelet.images import Image, Registry
from operators.workloads.kubelet.runtime import PulledImage, PullError
from operators.workloads.objects import Object, uid
from traceutil.times import SECOND

#: Shortest and longest time of a stage, seconds: of the order of containerd's on a small machine.
_TIMES = {"sandbox": (0.18, 0.42), "create": (0.04, 0.12), "start": (0.03, 0.09)}
_KILLED = 137  # 128 + SIGKILL


@dataclass
class _Running:
    node: str
    pod: str
    image: Image
    run: int  #: which run of the container, from 0
    started: int = 0  #: Unix ns, 0 before the start
    ended: asyncio.Future[int] = field(default_factory=asyncio.Future)

    @property
    def exits(self) -> bool:
        limit = self.image.exits
        return self.image.exit_after is not None and (limit is None or self.run < limit)


class SimulatedRuntime:
    """Deterministic from `seed`: the n-th use of a stage on a node takes the same time in every run."""

    simulated = True

    def __init__(self, clock: Clock, registry: Registry | None = None, *, seed: int = 0) -> None:
        self._clock, self._seed = clock, seed
        self._registry = registry or Registry()
        self._nodes: list[str] = []
        self._addresses: dict[str, str] = {}  # by the pod's uid
        self._cached: dict[str, set[str]] = {}
        self._uses: Counter[tuple[str, ...]] = Counter()
        self._containers: dict[str, _Running] = {}
        self._timers: dict[str, asyncio.Task[None]] = {}

    def _uniform(self, low: float, high: float, *what: str) -> float:
        self._uses[what] += 1
        name = "/".join((str(self._seed), *what, str(self._uses[what])))
        return random.Random(name).uniform(low, high)

    async def _takes(self, stage: str, node: str) -> None:
        await self._clock.sleep(self._uniform(*_TIMES[stage], stage, node))

    async def run_sandbox(self, node: str, pod: Object) -> str:
        await self._takes("sandbox", node)
        if uid(pod) in self._addresses:
            return self._addresses[uid(pod)]
        if node not in self._nodes:
            self._nodes.append(node)
        self._uses["ip", node] += 1
        number = self._uses["ip", node]
        address = f"10.{64 + self._nodes.index(node) % 128}.{number // 250 % 256}.{number % 250 + 2}"
        self._addresses[uid(pod)] = address
        return address

    def preload(self, node: str, *references: str) -> None:
        """Put images into a node's cache, as if pulled before."""
        self._cached.setdefault(node, set()).update(references)

    async def image(self, node: str, reference: str) -> PulledImage | None:
        image = self._registry.find(reference)
        if image is None or reference not in self._cached.get(node, ()):
            return None
        return PulledImage(_digest(reference), image.size, cached=True)

    async def pull_image(self, node: str, reference: str) -> PulledImage:
        await self._clock.sleep(self._registry.latency)
        image = self._registry.find(reference)
        if image is None:
            raise PullError(
                f'failed to pull and unpack image "{reference}": failed to resolve reference '
                f'"{reference}": {reference}: not found'
            )
        if reference in self._cached.setdefault(node, set()):
            return PulledImage(_digest(reference), image.size, cached=True)
        speed = self._registry.bandwidth * self._uniform(0.9, 1.1, "pull", node)
        await self._clock.sleep(image.size / speed)
        self._cached[node].add(reference)
        return PulledImage(_digest(reference), image.size, cached=False)

    async def create_container(
        self, node: str, pod: Object, container: Mapping[str, Any], attempt: int
    ) -> str:
        await self._takes("create", node)
        name = f"{uid(pod)}/{container['name']}/{attempt}"
        container_id = f"simulated://{hashlib.sha256(name.encode()).hexdigest()}"
        self._containers[container_id] = self._container(node, pod, container, attempt)
        return container_id

    def _container(self, node: str, pod: Object, container: Mapping[str, Any], run: int) -> _Running:
        image = self._registry.find(container.get("image") or "") or Image()
        return _Running(node, uid(pod), image, run)

    async def start_container(self, container_id: str) -> None:
        container = self._containers[container_id]
        await self._takes("start", container.node)
        self._runs(container_id, self._clock.now())

    def _runs(self, container_id: str, started: int) -> None:
        container = self._containers[container_id]
        container.started = started
        if container.exits:
            self._timers[container_id] = asyncio.get_running_loop().create_task(self._end(container_id))

    async def _end(self, container_id: str) -> None:
        container = self._containers[container_id]
        ends = container.started + int((container.image.exit_after or 0) * SECOND)
        await self._clock.sleep((ends - self._clock.now()) / SECOND)
        self._exit(container_id, container.image.exit_code)

    def _exit(self, container_id: str, code: int) -> None:
        self._timers.pop(container_id, None)
        container = self._containers[container_id]
        if not container.ended.done():
            container.ended.set_result(code)

    async def adopt_container(
        self, node: str, pod: Object, container: Mapping[str, Any], container_id: str, started: int
    ) -> bool:
        """A simulation keeps nothing over a restart: what was said to run is taken to run on."""
        if container_id not in self._containers:
            attempt = next(
                (
                    each.get("restartCount", 0)
                    for each in (pod.get("status") or {}).get("containerStatuses") or ()
                    if each.get("name") == container["name"]
                ),
                0,
            )
            self._containers[container_id] = self._container(node, pod, container, attempt)
            self.preload(node, container.get("image") or "")
            self._runs(container_id, started)
        return True

    async def probe(self, container_id: str) -> bool:
        container = self._containers[container_id]
        up = (self._clock.now() - container.started) / SECOND
        return not container.ended.done() and up >= container.image.ready_after

    async def wait(self, container_id: str) -> int:
        return await asyncio.shield(self._containers[container_id].ended)

    async def stop_container(self, container_id: str, grace: float) -> int:
        container = self._containers.get(container_id)
        if container is None:
            return 0
        if not container.ended.done():
            needed = container.image.stop_after
            await self._clock.sleep(min(needed, grace))
            self._exit(container_id, 0 if needed <= grace else _KILLED)
        return container.ended.result()

    async def remove_sandbox(self, node: str, pod: Object) -> None:
        self._addresses.pop(uid(pod), None)
        mine = [each for each, one in self._containers.items() if (one.node, one.pod) == (node, uid(pod))]
        for container_id in mine:
            if timer := self._timers.pop(container_id, None):
                timer.cancel()
            del self._containers[container_id]

    async def close(self) -> None:
        """Stop all timers."""
        timers = list(self._timers.values())
        for timer in timers:
            timer.cancel()
        await asyncio.gather(*timers, return_exceptions=True)


def _digest(reference: str) -> str:
    return f"simulated@sha256:{hashlib.sha256(reference.encode()).hexdigest()}"
