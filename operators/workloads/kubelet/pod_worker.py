"""One pod on its node, from the sandbox to the last restart."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from operators.workloads.client import ApiError
from operators.workloads.conditions import status_patch
from operators.workloads.kubelet.containers import Container
from operators.workloads.kubelet.recovery import recalled
from operators.workloads.kubelet.stages import Stages
from operators.workloads.kubelet.status import Sandbox, pod_status
from operators.workloads.kubelet.supervision import until_accepted, watch_over
from operators.workloads.objects import Object, key_of, metadata, number, spec, status, uid
from operators.workloads.queue import Item
from traceutil import semconv

if TYPE_CHECKING:
    from operators.workloads.kubelet.controller import KubeletController

DEFAULT_GRACE = 30
_LOST = 137  #: exit code of a container that ended while no kubelet looked


class PodWorker:
    """Begins once, ends once. Its state is what the pod's status says."""

    def __init__(self, kubelet: KubeletController, pod: Object) -> None:
        self.kubelet, self.node = kubelet, spec(pod)["nodeName"]
        self.containers = recalled(pod)
        self.sandbox = Sandbox(started=kubelet.clock.now(), host_ip=kubelet.nodes[self.node].address)
        self.stages = Stages(self)
        self._pod = pod
        self._publishing = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._ending = False

    @property
    def pod(self) -> Object:
        """The newest version that is known."""
        found = self.kubelet.store.get("Pod", key_of(self._pod))
        if found is not None and uid(found) == uid(self._pod):
            self._pod = found
        return self._pod

    @property
    def finished(self) -> bool:
        return status(self.pod).get("phase") in ("Succeeded", "Failed")

    def begin(self, item: Item) -> None:
        if self._task is None and not self.finished:
            self._task = self._spawn(self._live(item))

    def terminate(self, item: Item) -> None:
        if not self._ending:
            self._ending = True
            before, self._task = self._task, None
            self._task = self._spawn(self._end(item, before))

    def abandon(self) -> None:
        """The pod was deleted by force: nobody waits for its end."""
        if not self._ending:
            self._ending = True
            before = self._task
            self._task = self._spawn(self._clean_up(before))

    async def close(self) -> None:
        await _cancelled(self._task)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work, name=f"pod {metadata(self._pod).get('name')}")
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self.kubelet.log.error("pod %s/%s: %r", *key_of(self._pod), error, exc_info=error)

    async def _live(self, item: Item) -> None:
        """Bring the pod up, then watch over its containers until it is gone."""
        try:
            await self._adopt()
            if not all(each.ready for each in self.containers.values()):
                await until_accepted(self, lambda: self._first_sync(item))
            await watch_over(self)
        except ApiError as error:
            self.kubelet.log.info("pod %s/%s is gone: %s", *key_of(self._pod), error)

    async def _first_sync(self, item: Item) -> None:
        attributes = item.attributes(self.kubelet.clock.now())
        await self.stages.sync(list(self.containers), since=item.since, attributes=attributes)

    async def _adopt(self) -> None:
        """After a restart of the kubelet: containers that run on are not started again."""
        wanted = {each["name"]: each for each in self.specs()}
        for each in [one for one in self.containers.values() if one.running]:
            runs = await self.kubelet.runtime.adopt_container(
                self.node, self.pod, wanted[each.name], each.container_id, each.started
            )
            if not runs:
                self.set(each.exits(_LOST, self.kubelet.clock.now()))
            self.sandbox = replace(self.sandbox, ready=True, ip=status(self.pod).get("podIP") or "")

    async def _end(self, item: Item, before: asyncio.Task[None] | None) -> None:
        await _cancelled(before)
        kubelet, pod = self.kubelet, self.pod
        grace = number(metadata(pod).get("deletionGracePeriodSeconds"), DEFAULT_GRACE)
        attributes = self.attributes() | item.attributes(kubelet.clock.now())
        with kubelet.tracer.start_span_from_object(
            pod, "kubelet.KillPod", only_if_work=True, since=item.since, attributes=attributes
        ):
            running = [each.container_id for each in self.containers.values() if each.running]
            await asyncio.gather(*(kubelet.runtime.stop_container(each, grace) for each in running))
            await kubelet.runtime.remove_sandbox(self.node, pod)
            await until_accepted(self, lambda: kubelet.remove(pod))
            kubelet.tracer.work_done()

    async def _clean_up(self, before: asyncio.Task[None] | None) -> None:
        await _cancelled(before)
        await self.kubelet.runtime.remove_sandbox(self.node, self._pod)

    def specs(self) -> list[dict[str, Any]]:
        """core/v1 Containers in the order in which they start."""
        body = spec(self._pod)
        return [*(body.get("initContainers") or ()), *(body.get("containers") or ())]

    def attributes(self) -> dict[str, Any]:
        """What every span of this pod on this node says."""
        return {semconv.K8S_NODE_NAME: self.node, semconv.SIMULATED: self.kubelet.runtime.simulated}

    def set(self, container: Container) -> None:
        self.containers[container.name] = container

    async def publish(self) -> bool:
        """Write the pod's status where it differs from what is stored, in one request; was it written?

        Raises ApiError, 404 where the pod is gone.
        """
        async with self._publishing:
            for _ in range(5):
                pod = self.pod
                fields = pod_status(
                    pod, list(self.containers.values()), self.sandbox, self.kubelet.clock.now()
                )
                change = status_patch(status(pod), fields)
                if not change:
                    return False
                try:
                    await self.kubelet.write_status(pod, change)
                    return True
                except ApiError as error:
                    if error.status != 409:
                        raise
                # Somebody else wrote: their version is read, and ours laid over it.
                self.kubelet.store.put(await self.kubelet.client.get("Pod", *key_of(pod)))
            raise ApiError(409, "Conflict", "the pod changes faster than its status can be written")


async def _cancelled(task: asyncio.Task[None] | None) -> None:
    if task is not None and not task.done():
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait([task])
