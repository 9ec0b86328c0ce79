"""The Deployment controller: one reconcile from what is to what should be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from operators.workloads.client import ApiError
from operators.workloads.conditions import status_patch
from operators.workloads.controller import Controller, EventType, Surroundings
from operators.workloads.deployment import progress, revision
from operators.workloads.deployment.hashing import same_template
from operators.workloads.deployment.replica_sets import ReplicaSets
from operators.workloads.deployment.rollout import Rollout, is_scaled, plan_recreate, plan_rolling, plan_scale
from operators.workloads.objects import (
    Object,
    annotations_of,
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
from traceutil.times import SECOND


class DeploymentController(Controller):
    name: ClassVar[str] = "deployment"
    kinds: ClassVar[tuple[str, ...]] = ("Deployment", "ReplicaSet", "Pod")

    def __init__(self, around: Surroundings) -> None:
        super().__init__(around)
        self.replica_sets = ReplicaSets(self)

    def on_event(self, event: EventType, obj: Object) -> None:
        if obj["kind"] == "Deployment":
            if event == "DELETED":
                self.close_as_deleted(obj)
            else:
                self.queue.add(key_of(obj), f"Deployment {event.lower()}")
        elif obj["kind"] == "ReplicaSet":
            self._on_replica_set(event, obj)
        elif event == "DELETED":
            self._on_pod_gone(obj)

    def _on_replica_set(self, event: EventType, obj: Object) -> None:
        if event == "DELETED":
            self.replica_sets.gone(obj)
        for each in self._owners(obj):
            self.queue.add(key_of(each), f"ReplicaSet {event.lower()}")

    def _owners(self, obj: Object) -> Sequence[Object]:
        if controller_uid(obj):
            owner = owner_in(self.store, obj, "Deployment")
            return [owner] if owner else []
        return owners_of_orphan(obj, self.store.where("Deployment", "namespace", key_of(obj)[0]))

    def _on_pod_gone(self, pod: Object) -> None:
        """Recreate waits for the last old pod to be gone."""
        replica_set = owner_in(self.store, pod, "ReplicaSet")
        owner = replica_set and owner_in(self.store, replica_set, "Deployment")
        if owner and (spec(owner).get("strategy") or {}).get("type") == "Recreate":
            self.queue.add(key_of(owner), "Pod deleted")

    def children_of(self, obj: Object) -> Sequence[Object]:
        return self.store.where("ReplicaSet", "owner", uid(obj))

    async def reconcile(self, item: Item) -> None:
        deployment = self.store.get("Deployment", item.key)
        if deployment is None:
            return None
        owned = await claim(self, deployment, "ReplicaSet")
        rollout = Rollout.of(deployment, owned)
        if being_deleted(deployment):
            return await self._report(deployment, rollout)
        created = False
        try:
            if spec(deployment).get("paused") or is_scaled(rollout):
                await self._resize(rollout, plan_scale(rollout), item)
                await self._note_size(rollout)
            elif (spec(deployment).get("strategy") or {}).get("type") == "Recreate":
                created = await self._recreate(rollout, item)
            else:
                created = await self._roll(rollout, item)
        except ApiError as error:
            if error.status != 409 or error.reason != "AlreadyExists":
                raise
            return await self._collided(deployment, rollout)
        await self._finish(item, created)
        return None

    async def _roll(self, rollout: Rollout, item: Item) -> bool:
        if rollout.new is None:
            await self.replica_sets.create(rollout, plan_rolling(rollout).new, item)
            return True
        plan = plan_rolling(rollout)
        await self._annotate_current(rollout, plan.new)
        await self._resize(rollout, plan.sizes, item)
        return False

    async def _recreate(self, rollout: Rollout, item: Item) -> bool:
        pods = [pod for each in rollout.old for pod in self.store.where("Pod", "owner", uid(each))]
        plan = plan_recreate(rollout, pods)
        await self._resize(rollout, plan.sizes, item)
        if rollout.new is None and plan.may_start:
            await self.replica_sets.create(rollout, plan.new, item)
            return True
        return False

    async def _annotate_current(self, rollout: Rollout, size: int) -> None:
        """Annotations of the current ReplicaSet, where no resize is about to carry them."""
        new = rollout.new
        if new is not None and size == number(spec(new).get("replicas"), 1):
            await self.replica_sets.annotate(rollout, new)

    async def _resize(self, rollout: Rollout, sizes: dict[str, int], item: Item) -> None:
        for each in rollout.everything:
            size = sizes.get(metadata(each)["name"])
            if size is not None and size != number(spec(each).get("replicas"), 1):
                await self.replica_sets.scale(rollout, each, size, item)

    async def _note_size(self, rollout: Rollout) -> None:
        """Also those whose size stayed must say for which size of the Deployment they were sized."""
        for each in rollout.everything:
            stored = self.store.get("ReplicaSet", key_of(each))
            if stored is each and number(spec(each).get("replicas"), 1) > 0:
                await self.replica_sets.annotate(rollout, each)

    async def _finish(self, item: Item, created: bool) -> None:
        """Report what is true after the writes; forget old ReplicaSets once all is done."""
        deployment = self.store.get("Deployment", item.key)
        if deployment is None:
            return
        owned = self.store.where("ReplicaSet", "owner", uid(deployment))
        rollout = Rollout.of(deployment, owned)
        complete = progress.is_complete(deployment, progress.counts(deployment, rollout.new, rollout.old))
        if complete and not spec(deployment).get("paused"):
            for each in revision.forgotten(deployment, rollout.old):
                await self.replica_sets.delete(each)
        await self._report(deployment, rollout, created=created)

    async def _collided(self, deployment: Object, rollout: Rollout) -> None:
        """A ReplicaSet of that name exists: ours, not seen yet, or another template's."""
        name = revision.name_of_new(deployment)
        found = await self.client.get("ReplicaSet", key_of(deployment)[0], name)
        self.store.put(found)
        ours = controller_uid(found) == uid(deployment) and same_template(
            spec(found).get("template") or {}, spec(deployment).get("template") or {}
        )
        if not ours:
            collisions = number(status(deployment).get("collisionCount")) + 1
            await self._report(deployment, rollout, collisions=collisions)
        self.queue.add(key_of(deployment), "ReplicaSet exists")

    async def _report(
        self, deployment: Object, rollout: Rollout, *, created: bool = False, collisions: int = 0
    ) -> None:
        """Write status where it differs, and look again when progress would be too slow."""
        fields = progress.counts(deployment, rollout.new, rollout.old)
        if collisions:
            fields["collisionCount"] = collisions
        conditions = progress.conditions(
            deployment,
            fields,
            new=rollout.new,
            replica_sets=rollout.everything,
            created=created,
            limit=rollout.limit,
            now=self.clock.now(),
        )
        change = status_patch(status(deployment), fields | {"conditions": conditions})
        annotations = self._revision_of(deployment, rollout.new)
        if change or annotations:
            await self.write_status(deployment, change, **annotations)
        else:
            self.close_if_reached(deployment)
        due = progress.overdue_at(deployment, conditions)
        if due is not None:
            wait = (due - self.clock.now()) / SECOND
            self.queue.add_after(key_of(deployment), max(wait, 0.0) + 0.001, "progress deadline")

    def _revision_of(self, deployment: Object, new: Object | None) -> dict[str, Any]:
        """The revision annotation, where the Deployment does not have its ReplicaSet's yet."""
        wanted = annotations_of(new).get(revision.REVISION) if new else None
        if wanted is None or annotations_of(deployment).get(revision.REVISION) == wanted:
            return {}
        return {revision.REVISION: wanted}
