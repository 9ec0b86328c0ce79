"""The stages of starting a pod, each a span inside kubelet.SyncPod."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from opentelemetry.trace import Span

from operators.workloads.kubelet.containers import Container
from operators.workloads.kubelet.probing import first_success
from operators.workloads.kubelet.runtime import PulledImage, PullError
from traceutil import semconv
from traceutil.times import SECOND

if TYPE_CHECKING:
    from operators.workloads.kubelet.pod_worker import PodWorker

_NEVER_PULLED = "ErrImageNeverPull"


class StartFailed(Exception):
    """A container did not come up; the pod's status says so already, and it will be tried again."""


class Stages:
    """What a PodWorker does to bring containers up."""

    def __init__(self, worker: PodWorker) -> None:
        self._worker = worker

    async def sync(self, names: Sequence[str], *, since: int, attributes: Mapping[str, Any]) -> None:
        """Start these containers, until they are ready or the first has failed.

        Failures of containers end the span as an error and are no more than that here: supervision goes
        on from the containers' state. Raises ApiError.
        """
        worker = self._worker
        with (
            contextlib.suppress(StartFailed),
            worker.kubelet.tracer.start_span_from_object(
                worker.pod,
                "kubelet.SyncPod",
                only_if_work=True,
                since=since,
                attributes={**worker.attributes(), **attributes},
            ) as span,
        ):
            await self._sandbox()
            failures = await self._start_all(names)
            await self._publish()
            if failures:
                raise failures[0]
            await self._ready(names, span)

    async def _publish(self) -> None:
        if await self._worker.publish():
            self._worker.kubelet.tracer.work_done()

    async def _start_all(self, names: Sequence[str]) -> list[StartFailed]:
        failures: list[StartFailed] = []
        for name in names:
            container = self._worker.containers[name]
            if container.running or (container.init and container.ready):
                continue
            try:
                await self._start(container)
                if container.init:
                    await self._finish_init(name)
            except StartFailed as error:
                failures.append(error)
                if container.init:
                    break
        return failures

    def _stage(
        self, name: str, attributes: Mapping[str, Any] | None = None, since: int | None = None
    ) -> AbstractContextManager[Span]:
        worker = self._worker
        return worker.kubelet.tracer.start_span_from_object(
            worker.pod,
            f"kubelet.{name}",
            since=since,
            attributes={**worker.attributes(), **(attributes or {})},
        )

    async def _sandbox(self) -> None:
        worker = self._worker
        if worker.sandbox.ready:
            return
        await self._publish()
        with self._stage("RunPodSandbox"):
            ip = await worker.kubelet.runtime.run_sandbox(worker.node, worker.pod)
        worker.sandbox = replace(worker.sandbox, ready=True, ip=ip)

    async def _start(self, container: Container) -> None:
        """Pull, create, start. The worker's container is `running` afterwards. Raises StartFailed."""
        worker, runtime = self._worker, self._worker.kubelet.runtime
        wanted = next(each for each in worker.specs() if each["name"] == container.name)
        restarts = container.restarts + (1 if container.ended or container.last else 0)
        about: dict[str, Any] = {semconv.K8S_CONTAINER_NAME: container.name}
        if restarts:
            about[semconv.K8S_CONTAINER_RESTART_COUNT] = restarts
        image = await self._image(container, wanted, about)
        with self._stage("CreateContainer", about):
            container_id = await runtime.create_container(worker.node, worker.pod, wanted, restarts)
        with self._stage("StartContainer", about):
            await runtime.start_container(container_id)
        ready = not container.init and not wanted.get("readinessProbe")
        started = replace(worker.containers[container.name], image_id=image.image_id, restarts=restarts)
        worker.set(started.runs(worker.kubelet.clock.now(), container_id, ready=ready))

    async def _image(
        self, container: Container, wanted: Mapping[str, Any], about: Mapping[str, Any]
    ) -> PulledImage:
        worker, kubelet = self._worker, self._worker.kubelet
        reference, policy = container.image, wanted.get("imagePullPolicy") or "IfNotPresent"
        asked = kubelet.clock.now()
        present = await kubelet.runtime.image(worker.node, reference)
        if present is None and policy != "Never":
            # A pull may take long: say until then that the sandbox is there.
            await self._publish()
        async with kubelet.pulling[worker.node] if policy != "Never" else contextlib.nullcontext():
            # Another pod may have pulled it while this one waited for its turn.
            present = await kubelet.runtime.image(worker.node, reference)
            named = {**about, semconv.CONTAINER_IMAGE_NAME: reference}
            try:
                with self._stage("PullImage", named, since=asked) as span:
                    image = await self._pull(reference, policy, present)
                    span.set_attributes({semconv.IMAGE_SIZE: image.size, semconv.IMAGE_CACHED: image.cached})
                    return image
            except PullError as error:
                reason = _NEVER_PULLED if policy == "Never" else "ErrImagePull"
                worker.set(container.held(reason, str(error)))
                raise StartFailed(str(error)) from error

    async def _pull(self, reference: str, policy: str, present: PulledImage | None) -> PulledImage:
        if present is not None and policy != "Always":
            return present
        if policy == "Never":
            raise PullError(f'Container image "{reference}" is not present with pull policy of Never')
        return await self._worker.kubelet.runtime.pull_image(self._worker.node, reference)

    async def _finish_init(self, name: str) -> None:
        worker = self._worker
        await self._publish()
        code = await worker.kubelet.runtime.wait(worker.containers[name].container_id)
        worker.set(worker.containers[name].exits(code, worker.kubelet.clock.now()))
        if code != 0:
            raise StartFailed(f"init container {name} ended with exit code {code}")

    async def _ready(self, names: Sequence[str], span: Span) -> None:
        """Wait for the readiness probes of these containers. Raises StartFailed when one ends first."""
        worker = self._worker
        probed = [
            each
            for each in worker.specs()
            if each["name"] in names
            and each.get("readinessProbe")
            and worker.containers[each["name"]].running
            and not worker.containers[each["name"]].ready
        ]
        if not probed:
            return
        began = worker.kubelet.clock.now()
        try:
            await asyncio.gather(*(self._one_ready(each) for each in probed))
        finally:
            waited = (worker.kubelet.clock.now() - began) / SECOND
            span.set_attribute(semconv.READINESS_WAIT, waited)
        await self._publish()

    async def _one_ready(self, wanted: Mapping[str, Any]) -> None:
        worker = self._worker
        container = worker.containers[wanted["name"]]
        if not await first_success(worker.kubelet, container.container_id, wanted["readinessProbe"]):
            raise StartFailed(f"container {container.name} ended before it was ready")
        worker.set(replace(worker.containers[container.name], ready=True))
