"""The kubelet: hands each pod of its nodes to a worker of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import ClassVar

from operators.workloads.backoff import REGISTRATION
from operators.workloads.client import ApiError
from operators.workloads.controller import Controller, EventType, Surroundings
from operators.workloads.kubelet.nodes import NodeSpec, register
from operators.workloads.kubelet.pod_worker import PodWorker
from operators.workloads.kubelet.runtime import ContainerRuntime
from operators.workloads.objects import Object, being_deleted, key_of, spec, uid
from operators.workloads.queue import Item


class KubeletController(Controller):
    """Plays kubelet for several nodes in one process; a pod's own work happens in its PodWorker."""

    name: ClassVar[str] = "kubelet"
    kinds: ClassVar[tuple[str, ...]] = ("Pod",)

    def __init__(self, around: Surroundings, *, nodes: Sequence[NodeSpec], runtime: ContainerRuntime) -> None:
        super().__init__(around)
        self.runtime = runtime
        self.nodes = {each.name: each for each in nodes}
        # The kubelet pulls one image at a time (serializeImagePulls).
        self.pulling = {name: asyncio.Lock() for name in self.nodes}
        self._workers: dict[str, PodWorker] = {}

    async def start(self) -> None:
        for each in self.nodes.values():
            self.store.put(await self._registered(each))
        self.log.info("registered %d nodes", len(self.nodes))

    async def _registered(self, node: NodeSpec) -> Object:
        """Tried until it succeeds, or is refused for good (ApiError)."""
        failures = 0
        while True:
            try:
                return await register(self.client, node, self.clock)
            except ApiError as error:
                if not error.passing:
                    raise
                failures += 1
                self.log.warning("cannot register %s yet: %s", node.name, error)
                await self.clock.sleep(REGISTRATION.delay(failures))

    def on_event(self, event: EventType, obj: Object) -> None:
        node = spec(obj).get("nodeName")
        if event == "DELETED":
            if not node or node in self.nodes:
                self.close_as_deleted(obj)
            if worker := self._workers.pop(uid(obj), None):
                worker.abandon()
        elif node in self.nodes:
            self.queue.add(key_of(obj), f"Pod {event.lower()}")

    async def reconcile(self, item: Item) -> None:
        pod = self.store.get("Pod", item.key)
        if pod is None or spec(pod).get("nodeName") not in self.nodes:
            return
        worker = self._workers.get(uid(pod))
        if worker is None:
            worker = self._workers[uid(pod)] = PodWorker(self, pod)
        if being_deleted(pod):
            worker.terminate(item)
        else:
            worker.begin(item)
            self.close_if_reached(pod)

    async def stop(self) -> None:
        """The pods stay; whoever plays kubelet next takes them over."""
        await asyncio.gather(*(worker.close() for worker in self._workers.values()))

    async def remove(self, pod: Object) -> None:
        """The pod's last request: it is gone from its node, so it may go from the cluster."""
        try:
            await self.client.delete("Pod", *key_of(pod), uid=uid(pod), grace=0)
        except ApiError as error:
            # 409: another pod of that name, so this one is gone too.
            if error.status not in (404, 409):
                raise
