"""The Deployment controller's writes to ReplicaSets, and the trace that they carry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from operators.workloads.client import ApiError
from operators.workloads.controller import patch_of
from operators.workloads.deployment.progress import deadline_of
from operators.workloads.deployment.revision import (
    DESIRED_REPLICAS,
    MAX_REPLICAS,
    missing_annotations,
    new_replica_set,
    next_revision,
    wanted_annotations,
)
from operators.workloads.deployment.rollout import Rollout
from operators.workloads.objects import Object, key_of, metadata, uid
from operators.workloads.queue import Item

if TYPE_CHECKING:
    from operators.workloads.deployment.controller import DeploymentController

CLOSER = "replicaset"


class ReplicaSets:
    """Create, scale, annotate, delete: one request each, the answer goes into the store."""

    def __init__(self, controller: DeploymentController) -> None:
        self._controller = controller
        self._deleted: set[str] = set()

    def _wanted(self, rollout: Rollout) -> dict[str, str]:
        limit = rollout.limit
        return wanted_annotations(
            rollout.deployment, rollout.new, next_revision(rollout.old), limit.replicas, limit.most
        )

    def _missing(self, rollout: Rollout, replica_set: Object) -> dict[str, str]:
        limit = rollout.limit
        wanted = {DESIRED_REPLICAS: str(limit.replicas), MAX_REPLICAS: str(limit.most)}
        return missing_annotations(
            replica_set, self._wanted(rollout) if replica_set is rollout.new else wanted
        )

    async def create(self, rollout: Rollout, replicas: int, item: Item) -> None:
        control = self._controller
        child = new_replica_set(rollout.deployment, replicas, self._wanted(rollout))
        with control.work_on(rollout.deployment, "deployment.CreateReplicaSet", item):
            control.tracer.trace_until_reached(child, deadline=deadline_of(rollout.deployment), closer=CLOSER)
            control.store.put(await control.client.create(child))
            control.tracer.work_done()
        control.log.info("created ReplicaSet %s with %d pods", child["metadata"]["name"], replicas)

    async def scale(self, rollout: Rollout, replica_set: Object, replicas: int, item: Item) -> None:
        control = self._controller
        missing = self._missing(rollout, replica_set)
        body = patch_of(replica_set, annotations=missing, spec={"replicas": replicas})
        with control.work_on(rollout.deployment, "deployment.ScaleReplicaSet", item):
            control.tracer.trace_until_reached(
                body, live=replica_set, deadline=deadline_of(rollout.deployment), closer=CLOSER
            )
            await self._patch(replica_set, body)
            control.tracer.work_done()
        control.log.info("scaled ReplicaSet %s to %d", metadata(replica_set)["name"], replicas)

    async def annotate(self, rollout: Rollout, replica_set: Object) -> None:
        """Bring the annotations up to date; no change of desired state, so no context goes with it."""
        missing = self._missing(rollout, replica_set)
        if missing:
            await self._patch(replica_set, patch_of(replica_set, annotations=missing))

    async def _patch(self, replica_set: Object, body: dict[str, Any]) -> None:
        namespace, name = key_of(replica_set)
        self._controller.store.put(await self._controller.client.patch("ReplicaSet", namespace, name, body))

    async def delete(self, replica_set: Object) -> None:
        control = self._controller
        control.tracer.trace_deletion(replica_set)
        self._deleted.add(uid(replica_set))
        try:
            await control.client.delete("ReplicaSet", *key_of(replica_set), uid=uid(replica_set))
        except ApiError as error:
            if error.status != 404:
                raise
        control.store.remove(replica_set)
        control.log.info("deleted old ReplicaSet %s", metadata(replica_set)["name"])

    def gone(self, replica_set: Object) -> None:
        """The trace of a deletion that was made here ends when the object is gone."""
        if uid(replica_set) in self._deleted:
            self._deleted.discard(uid(replica_set))
            self._controller.close_as_deleted(replica_set)
