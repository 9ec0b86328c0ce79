"""A Deployment with its ReplicaSets, and what should happen to them next. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from operators.workloads.deployment.revision import DESIRED_REPLICAS, MAX_REPLICAS, split
from operators.workloads.deployment.rolling import (
    Limits,
    Size,
    limits,
    new_size,
    old_sizes,
    proportional_sizes,
)
from operators.workloads.objects import Object, annotations_of, created, metadata, number, spec, status


@dataclass(frozen=True)
class Rollout:
    """`new`: the ReplicaSet of the current template, None before it exists; `old`: all others."""

    deployment: Object
    new: Object | None
    old: list[Object]
    limit: Limits

    @classmethod
    def of(cls, deployment: Object, owned: Sequence[Object]) -> Rollout:
        new, old = split(deployment, owned)
        return cls(deployment, new, old, limits_of(deployment))

    @property
    def everything(self) -> list[Object]:
        return [*([self.new] if self.new else []), *self.old]


@dataclass(frozen=True)
class Plan:
    """Sizes by ReplicaSet name (unchanged ones may be left out) and the size of the new one."""

    new: int
    sizes: dict[str, int] = field(default_factory=dict)
    may_start: bool = True


def limits_of(deployment: Object) -> Limits:
    replicas = number(spec(deployment).get("replicas"), 1)
    strategy = spec(deployment).get("strategy") or {}
    if strategy.get("type") == "Recreate":
        return Limits(replicas)
    given = strategy.get("rollingUpdate") or {}
    return limits(replicas, given.get("maxSurge", "25%"), given.get("maxUnavailable", "25%"))


def size_of(replica_set: Object) -> Size:
    most = annotations_of(replica_set).get(MAX_REPLICAS, "0")
    return Size(
        name=metadata(replica_set)["name"],
        desired=number(spec(replica_set).get("replicas"), 1),
        available=number(status(replica_set).get("availableReplicas")),
        created=created(replica_set),
        max_before=int(most) if most.isdigit() else 0,
    )


def is_scaled(rollout: Rollout) -> bool:
    """Was the Deployment resized since its ReplicaSets were last sized? (isScalingEvent)"""
    return any(
        annotations_of(each).get(DESIRED_REPLICAS) not in (None, str(rollout.limit.replicas))
        for each in rollout.everything
        if number(spec(each).get("replicas"), 1) > 0
    )


def plan_rolling(rollout: Rollout) -> Plan:
    """Grow the new ReplicaSet as far as it may; else shrink old ones as far as they may."""
    new = size_of(rollout.new) if rollout.new else Size("", 0)
    old = [size_of(each) for each in rollout.old]
    size = new_size(new, old, rollout.limit)
    if rollout.new is None or size != new.desired:
        return Plan(size, {new.name: size})
    return Plan(size, old_sizes(new, old, rollout.limit))


def plan_recreate(rollout: Rollout, old_pods: Sequence[Object]) -> Plan:
    """Empty the old ReplicaSets; start the new one when their last pod is gone.

    `old_pods`: pods of old ReplicaSets, those being deleted too: two versions never run side by side.
    """
    shrink = {each.name: 0 for each in map(size_of, rollout.old) if each.desired > 0}
    running = any(status(pod).get("phase") not in ("Succeeded", "Failed") for pod in old_pods)
    wanted = rollout.limit.replicas
    if shrink or running:
        return Plan(wanted, shrink, may_start=False)
    return Plan(wanted, {metadata(rollout.new)["name"]: wanted} if rollout.new else {})


def plan_scale(rollout: Rollout) -> dict[str, int]:
    """Sizes after the Deployment was resized, or while it is paused (deployment controller's `scale`)."""
    wanted = rollout.limit.replicas
    everything = [size_of(each) for each in rollout.everything]
    active = [each for each in everything if each.desired > 0]
    if len(active) <= 1:
        only = active or ([size_of(rollout.new)] if rollout.new else _latest(everything))
        return {each.name: wanted for each in only}
    if rollout.new is not None and _saturated(rollout.new, wanted):
        return {metadata(each)["name"]: 0 for each in rollout.old}
    if (spec(rollout.deployment).get("strategy") or {}).get("type") == "Recreate":
        return {}
    return {each.name: each.desired for each in active} | proportional_sizes(active, rollout.limit)


def _latest(sizes: Sequence[Size]) -> list[Size]:
    return [max(sizes, key=lambda each: each.created)] if sizes else []


def _saturated(new: Object, wanted: int) -> bool:
    """All pods wanted are new and available, so that old ones can only be too many (IsSaturated)."""
    size = size_of(new)
    return (size.desired, size.available) == (wanted, wanted) and annotations_of(new).get(
        DESIRED_REPLICAS
    ) == str(wanted)
