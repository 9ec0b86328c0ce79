"""After the first try: what happens when a container ends, or never came up?"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from operators.workloads.backoff import CONTAINER, CONTAINER_FORGETS_AFTER, RETRY, crash_delay
from operators.workloads.client import ApiError
from operators.workloads.kubelet.containers import Container
from operators.workloads.objects import key_of, metadata, spec, uid
from traceutil.times import SECOND

if TYPE_CHECKING:
    from operators.workloads.kubelet.pod_worker import PodWorker


def starts_again(container: Container, policy: str | None) -> bool:
    """Does the restart policy start this ended container again? (ShouldContainerBeRestarted)"""
    if container.ended is None:
        return True
    if policy == "Never":
        return False
    return policy != "OnFailure" or container.ended.exit_code != 0


def init_pending(worker: PodWorker) -> list[str]:
    """Init containers that have not ended well yet."""
    return [
        each.name
        for each in worker.containers.values()
        if each.init and not (each.ended and each.ended.exit_code == 0)
    ]


async def watch_over(worker: PodWorker) -> None:
    """Until the pod's containers have ended for good; for most pods that is never."""
    failures = 0
    while pending := init_pending(worker):
        failures += 1
        ended = worker.containers[pending[0]].ended
        if ended is not None and spec(worker.pod).get("restartPolicy") == "Never":
            return
        await _back_off(worker, pending[0], failures)
        await again(worker, list(worker.containers))
    main = [each.name for each in worker.containers.values() if not each.init]
    await asyncio.gather(*(_supervise(worker, each) for each in main))


async def _supervise(worker: PodWorker, name: str) -> None:
    """One container: start it again, after back-off, as often as the restart policy says."""
    crashes = pulls = 0
    while True:
        if worker.containers[name].running:
            crashes = await _until_it_ends(worker, worker.containers[name], crashes)
        container = worker.containers[name]
        if not starts_again(container, spec(worker.pod).get("restartPolicy")):
            return
        pulls += container.ended is None
        await _back_off(worker, name, pulls if container.ended is None else crashes)
        await again(worker, [name])
        if worker.containers[name].running:
            pulls = 0


async def _until_it_ends(worker: PodWorker, container: Container, failures: int) -> int:
    """Report the end; returns the number of ends in a row, begun anew after a long run."""
    code = await worker.kubelet.runtime.wait(container.container_id)
    now = worker.kubelet.clock.now()
    worker.set(worker.containers[container.name].exits(code, now))
    if (now - container.started) / SECOND > CONTAINER_FORGETS_AFTER:
        failures = 0
    if crash_delay(failures) == 0 or not starts_again(
        worker.containers[container.name], spec(worker.pod).get("restartPolicy")
    ):
        await until_accepted(worker, worker.publish)
    return failures + 1


async def _back_off(worker: PodWorker, name: str, failures: int) -> None:
    container = worker.containers[name]
    if container.ended is not None:
        await _back_off_crash(worker, container, crash_delay(failures - 1))
    else:
        await _back_off_pull(worker, container, CONTAINER.delay(failures))


async def _back_off_crash(worker: PodWorker, container: Container, delay: float) -> None:
    if delay:
        pod = metadata(worker.pod)
        name = f"{pod.get('name')}_{pod.get('namespace')}({uid(worker.pod)})"
        message = f"back-off {delay:.0f}s restarting failed container={container.name} pod={name}"
        worker.set(container.held("CrashLoopBackOff", message))
        await until_accepted(worker, worker.publish)
        await worker.kubelet.clock.sleep(delay)


async def _back_off_pull(worker: PodWorker, container: Container, delay: float) -> None:
    """ErrImagePull stands for half of the wait, ImagePullBackOff for the other half."""
    await worker.kubelet.clock.sleep(delay / 2)
    if container.waiting == "ErrImagePull":
        message = f'Back-off pulling image "{container.image}": {container.message}'
        worker.set(container.held("ImagePullBackOff", message))
        await until_accepted(worker, worker.publish)
    await worker.kubelet.clock.sleep(delay / 2)


async def again(worker: PodWorker, names: Sequence[str]) -> None:
    """Another SyncPod for these containers, due now."""
    since = worker.kubelet.clock.now()
    await until_accepted(worker, lambda: worker.stages.sync(names, since=since, attributes={}))


async def until_accepted(worker: PodWorker, call: Callable[[], Awaitable[object]]) -> None:
    """Repeat a call whose API requests fail, with back-off; ApiError only where the pod is gone (404)."""
    failures = 0
    while True:
        try:
            await call()
            return
        except ApiError as error:
            if error.status == 404:
                raise
            failures += 1
            worker.kubelet.log.warning("pod %s/%s: %s", *key_of(worker.pod), error)
            await worker.kubelet.clock.sleep(RETRY.delay(failures))
