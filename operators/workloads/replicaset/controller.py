"""The ReplicaSet controller: as many pods as there should be."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from operators.workloads.client import ApiError
from operators.workloads.clock import rfc3339
from operators.workloads.conditions import status_patch
from operators.workloads.controller import Controller, EventType, Surroundings
from operators.workloads.objects import (
    Object,
    being_deleted,
    controller_uid,
    key_of,
    metadata,
    number,
    spec,
    status,
    uid,
)
from operators.workloads.owned import claim, owner_in, owners_of_orphan
from operators.workloads.queue import Item
from operators.workloads.replicaset.expectations import Expectations
from operators.workloads.replicaset.pods import Sightings, new_pod, next_available, replica_set_status
from operators.workloads.replicaset.ranking import surplus
from operators.workloads.replicaset.scale import difference, slow_start

CLOSER = "kubelet"


class ReplicaSetController(Controller):
    name: ClassVar[str] = "replicaset"
    kinds: ClassVar[tuple[str, ...]] = ("ReplicaSet", "Pod")

    def __init__(self, around: Surroundings) -> None:
        super().__init__(around)
        self.expectations = Expectations(around.clock.now)
        self.sightings = Sightings()
        self._deleted: set[str] = set()

    def on_event(self, event: EventType, obj: Object) -> None:
        if obj["kind"] == "Pod":
            self._on_pod(event, obj)
        elif event == "DELETED":
            self.expectations.forget(key_of(obj))
            self.close_as_deleted(obj)
        else:
            self.queue.add(key_of(obj), f"ReplicaSet {event.lower()}")

    def _on_pod(self, event: EventType, pod: Object) -> None:
        if event == "DELETED":
            self.sightings.forget(pod)
            if uid(pod) in self._deleted:
                self._deleted.discard(uid(pod))
                self.close_as_deleted(pod)
        if controller_uid(pod):
            owner = owner_in(self.store, pod, "ReplicaSet")
            owners: Sequence[Object] = [owner] if owner else []
        else:
            owners = owners_of_orphan(pod, self.store.where("ReplicaSet", "namespace", key_of(pod)[0]))
        for each in owners:
            if event == "DELETED":
                self.expectations.delete_seen(key_of(each), uid(pod))
            elif event == "ADDED":
                self.expectations.create_seen(key_of(each), uid(pod))
            self.queue.add(key_of(each), f"Pod {event.lower()}")

    def children_of(self, obj: Object) -> Sequence[Object]:
        return self.store.where("Pod", "owner", uid(obj))

    async def reconcile(self, item: Item) -> None:
        replica_set = self.store.get("ReplicaSet", item.key)
        if replica_set is None:
            return
        pods = await claim(self, replica_set, "Pod", self.sightings.labels)
        failure: ApiError | None = None
        outstanding = self.expectations.wait(item.key)
        if outstanding:
            self.queue.add_after(item.key, outstanding, "answers outstanding")
        elif not being_deleted(replica_set):
            try:
                await self._resize(replica_set, self._active(pods), item)
            except ApiError as error:
                failure = error
        await self._report(item, failure)
        if failure is not None:
            raise failure

    def _active(self, pods: Iterable[Object]) -> list[Object]:
        return [each.pod for each in self.sightings.of(pods) if each.active]

    async def _resize(self, replica_set: Object, active: Sequence[Object], item: Item) -> None:
        change = difference(len(active), number(spec(replica_set).get("replicas"), 1))
        if change > 0:
            for batch in slow_start(change):
                await self._create(replica_set, batch, item)
                # What the next batch waits for is this one, which shows as a span of its own.
                item = replace(item, since=self.clock.now(), due=self.clock.now(), backoff=0.0)
        elif change < 0:
            await self._delete(replica_set, surplus(active, -change, self._related(replica_set)), item)

    def _related(self, replica_set: Object) -> list[Object]:
        """Active pods of all ReplicaSets of the same owner: they show which nodes are crowded."""
        owner = controller_uid(replica_set)
        siblings = self.store.where("ReplicaSet", "owner", owner) if owner else [replica_set]
        return self._active(pod for each in siblings for pod in self.store.where("Pod", "owner", uid(each)))

    async def _create(self, replica_set: Object, count: int, item: Item) -> None:
        """One batch. Raises the first ApiError after all of the batch have been answered."""
        with self.work_on(replica_set, "replicaset.CreatePods", item):
            pods = [new_pod(replica_set) for _ in range(count)]
            for pod in pods:
                self.tracer.trace_until_reached(pod, closer=CLOSER)
            self.expectations.expect_creates(item.key, count)
            await _all(self._create_one(pod, item) for pod in pods)
        self.log.info("created %d pods of %s", count, metadata(replica_set)["name"])

    async def _create_one(self, pod: Mapping[str, Any], item: Item) -> None:
        try:
            stored = await self.client.create(pod)
        except ApiError as error:
            if not error.unanswered:
                self.expectations.create_failed(item.key)
            raise
        self.store.put(stored)
        self.expectations.create_seen(item.key, uid(stored))
        self.tracer.work_done()

    async def _delete(self, replica_set: Object, pods: Sequence[Object], item: Item) -> None:
        with self.work_on(replica_set, "replicaset.DeletePods", item):
            for pod in pods:
                self.tracer.trace_deletion(pod)
                self.expectations.expect_delete(item.key, uid(pod))
            await _all(self._delete_one(pod, item) for pod in pods)
        self.log.info("deleted %d pods of %s", len(pods), metadata(replica_set)["name"])

    async def _delete_one(self, pod: Object, item: Item) -> None:
        self._deleted.add(uid(pod))
        try:
            answer = await self.client.delete("Pod", *key_of(pod), uid=uid(pod))
        except ApiError as error:
            self.expectations.delete_seen(item.key, uid(pod))
            if error.status != 404:
                self._deleted.discard(uid(pod))
                raise
            self.store.remove(pod)
            return
        # A pod that runs is answered with its deletionTimestamp; one that never ran is gone at once.
        if answer.get("kind") == "Pod" and metadata(answer).get("deletionGracePeriodSeconds"):
            self.store.put(answer)
        else:
            self.store.remove(pod)
        self.expectations.delete_seen(item.key, uid(pod))
        self.tracer.work_done()

    async def _report(self, item: Item, failure: ApiError | None) -> None:
        """Write status where it differs; come back when a ready pod becomes available."""
        replica_set = self.store.get("ReplicaSet", item.key)
        if replica_set is None:
            return
        now = self.clock.now()
        pods = self.store.where("Pod", "owner", uid(replica_set))
        active = [each for each in self.sightings.of(pods) if each.active]
        fields = replica_set_status(replica_set, active, now, _failed(failure, now) if failure else None)
        change = status_patch(status(replica_set), fields)
        if change:
            await self.write_status(replica_set, change)
        else:
            self.close_if_reached(replica_set)
        wait = next_available(active, number(spec(replica_set).get("minReadySeconds")), now)
        if wait is not None:
            self.queue.add_after(item.key, wait, "minReadySeconds")


def _failed(error: ApiError, now: int) -> dict[str, Any]:
    return {
        "type": "ReplicaFailure",
        "status": "True",
        "reason": "FailedCreate",
        "message": error.message or str(error),
        "lastTransitionTime": rfc3339(now),
    }


async def _all(calls: Any) -> None:
    """Await all, then raise the first error."""
    results = await asyncio.gather(*calls, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
