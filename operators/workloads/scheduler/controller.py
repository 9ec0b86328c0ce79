"""The scheduler: gives each pod without a node the best node that fits."""

from __future__ import annotations

from typing import Any, ClassVar

from operators.workloads.backoff import UNSCHEDULABLE
from operators.workloads.client import ApiError
from operators.workloads.clock import rfc3339
from operators.workloads.conditions import with_condition
from operators.workloads.controller import Controller, EventType, Surroundings
from operators.workloads.objects import Key, Object, being_deleted, condition, key_of, spec, status, uid
from operators.workloads.queue import Item
from operators.workloads.scheduler.cache import NodeCache
from operators.workloads.scheduler.filters import no_fit_message, reasons_against
from operators.workloads.scheduler.resources import Node, requested
from operators.workloads.scheduler.score import best
from traceutil import semconv
from traceutil.times import SECOND

SCHEDULER = "default-scheduler"


class SchedulerController(Controller):
    name: ClassVar[str] = "scheduler"
    kinds: ClassVar[tuple[str, ...]] = ("Pod", "Node")
    workers: ClassVar[int] = 16  #: bindings in flight; decisions are made one at a time all the same

    def __init__(self, around: Surroundings) -> None:
        super().__init__(around)
        self.cache = NodeCache()
        self._since: dict[str, int] = {}  # uid → when the scheduler first heard of the pod
        self._unfit: dict[Key, int] = {}  # pods that did not fit → how often

    def on_event(self, event: EventType, obj: Object) -> None:
        if obj["kind"] == "Node":
            self._on_node(event, obj)
        elif event == "DELETED":
            self._forget(obj)
            self._freed(self.cache.remove_pod(obj))
        elif spec(obj).get("nodeName"):
            self._forget(obj)
            self._freed(self.cache.set_pod(obj))
        elif _is_ours(obj) and key_of(obj) not in self._unfit and not self.cache.holds(obj):
            self._since.setdefault(uid(obj), self.clock.now())
            self.queue.add(key_of(obj), f"Pod {event.lower()}")

    def _on_node(self, event: EventType, node: Object) -> None:
        if event == "DELETED":
            self.cache.remove_node(node)
            return
        self.cache.set_node(node)
        self._freed(True)

    def _forget(self, pod: Object) -> None:
        self._since.pop(uid(pod), None)
        self._unfit.pop(key_of(pod), None)

    def _freed(self, something: bool) -> None:
        """Room may have come: pods that did not fit are tried again, each after its back-off."""
        if something:
            for key, failures in self._unfit.items():
                self.queue.add_after(key, UNSCHEDULABLE.delay(failures), "room came free")

    async def reconcile(self, item: Item) -> None:
        pod = self.store.get("Pod", item.key)
        if pod is None or not _is_ours(pod) or uid(pod) not in self._since:
            return
        need = requested(pod, scored=True)
        reasons = {node.name: (node, reasons_against(pod, node)) for node in self.cache.nodes()}
        fitting = [node for node, against in reasons.values() if not against]
        if not fitting:
            await self._report_unfit(pod, no_fit_message([against for _, against in reasons.values()]))
            return
        await self._bind(pod, best(need, fitting), item)

    async def _bind(self, pod: Object, node: Node, item: Item) -> None:
        now = self.clock.now()
        attributes = item.attributes(now) | {semconv.K8S_NODE_NAME: node.name}
        self.cache.assume(pod, node.name)
        since = self._since[uid(pod)]
        with self.tracer.start_span_from_object(
            pod, "scheduler.SchedulePod", only_if_work=True, since=since, attributes=attributes
        ):
            binding = _binding(pod, node.name)
            self.tracer.encode_context_into_object(binding)
            try:
                await self.client.bind(*key_of(pod), binding)
            except ApiError as error:
                if error.status == 404:
                    self._forget(pod)
                    self.cache.remove_pod(pod)
                    return
                if not error.unanswered:
                    self.cache.remove_pod(pod)
                raise
            self.tracer.work_done()
        # Events of before the binding must not schedule it again.
        self._forget(pod)

    async def _report_unfit(self, pod: Object, message: str) -> None:
        failures = self._unfit[key_of(pod)] = self._unfit.get(key_of(pod), 0) + 1
        fresh = {
            "type": "PodScheduled",
            "status": "False",
            "reason": "Unschedulable",
            "message": message,
            "lastTransitionTime": rfc3339(self.clock.now()),
        }
        old = condition(status(pod).get("conditions"), "PodScheduled")
        if old is None or (old.get("reason"), old.get("message")) != ("Unschedulable", message):
            change = {"conditions": with_condition(status(pod).get("conditions"), fresh)}
            await self.write_condition(pod, change)
        self.log.info("pod %s/%s: %s (attempt %d)", *key_of(pod), message, failures)

    async def write_condition(self, pod: Object, change: dict[str, Any]) -> None:
        """A status write of somebody else's kind: the kubelet closes pods, so the record is not ours."""
        namespace, name = key_of(pod)
        version = pod["metadata"]["resourceVersion"]
        body = {"metadata": {"resourceVersion": version}, "status": change}
        self.store.put(await self.client.patch("Pod", namespace, name, body, "status"))

    async def stop(self) -> None:
        waited = [(self.clock.now() - since) / SECOND for since in self._since.values()]
        if waited:
            self.log.info("%d pods left without a node, the oldest for %.1f s", len(waited), max(waited))


def _is_ours(pod: Object) -> bool:
    return (
        not spec(pod).get("nodeName")
        and not being_deleted(pod)
        and (spec(pod).get("schedulerName") or SCHEDULER) == SCHEDULER
        and not spec(pod).get("schedulingGates")
        and status(pod).get("phase") not in ("Succeeded", "Failed")
    )


def _binding(pod: Object, node: str) -> dict[str, Any]:
    namespace, name = key_of(pod)
    return {
        "apiVersion": "v1",
        "kind": "Binding",
        "metadata": {"name": name, "namespace": namespace, "uid": uid(pod)},
        "target": {"apiVersion": "v1", "kind": "Node", "name": node},
    }
