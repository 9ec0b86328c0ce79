"""The rolling update's arithmetic: how many pods may be added or taken away now?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Any

from operators.workloads.objects import number


@dataclass(frozen=True)
class Size:
    """One ReplicaSet as the arithmetic sees it."""

    name: str
    desired: int  #: spec.replicas
    available: int = 0  #: status.availableReplicas
    created: int = 0  #: Unix ns
    max_before: int = 0  #: replicas + surge of the Deployment when it was last sized; 0 where unknown


@dataclass(frozen=True)
class Limits:
    """A Deployment's size and how far a rolling update may stray from it, in pods."""

    replicas: int
    surge: int = 0
    unavailable: int = 0

    @property
    def most(self) -> int:
        return self.replicas + self.surge

    @property
    def fewest_available(self) -> int:
        return max(0, self.replicas - self.unavailable)


def pods_from(value: Any, replicas: int, *, up: bool) -> int:
    """An int-or-percent field in pods; percentages of `replicas` round up or down; malformed is 0."""
    if isinstance(value, str) and value.endswith("%"):
        digits = value[:-1]
        exact = int(digits) * replicas / 100 if digits.isdigit() else 0
        return ceil(exact) if up else floor(exact)
    return max(0, number(value))


def limits(replicas: int, max_surge: Any = "25%", max_unavailable: Any = "25%") -> Limits:
    """Both limits in pods: surge rounds up, unavailable rounds down.

    Where both come out as 0 nothing could ever move, so one pod may be unavailable
    (deployment util ResolveFenceposts).
    """
    surge = pods_from(max_surge, replicas, up=True)
    unavailable = pods_from(max_unavailable, replicas, up=False)
    if surge == 0 and unavailable == 0:
        unavailable = 1
    return Limits(replicas, surge, min(unavailable, replicas) if replicas else unavailable)


def new_size(new: Size, old: Sequence[Size], limit: Limits) -> int:
    """How large the new ReplicaSet should be now (NewRSNewReplicas, reconcileNewReplicaSet)."""
    if new.desired >= limit.replicas:
        return limit.replicas
    room = limit.most - new.desired - sum(each.desired for each in old)
    return new.desired + min(max(room, 0), limit.replicas - new.desired)


def old_sizes(new: Size, old: Sequence[Size], limit: Limits) -> dict[str, int]:
    """New sizes of those old ReplicaSets that should shrink now (reconcileOldReplicaSets).

    Pods that are not available go first, whatever their number; then healthy ones, as long as
    `fewest_available` stay. Oldest ReplicaSets first.
    """
    pods = new.desired + sum(each.desired for each in old)
    new_unavailable = max(0, new.desired - new.available)
    spare = pods - limit.fewest_available - new_unavailable
    sizes = {each.name: each.desired for each in old}
    if spare <= 0:
        return {}
    oldest_first = sorted(old, key=lambda each: each.created)
    for each in oldest_first:
        unhealthy = max(0, each.desired - each.available)
        taken = min(spare, unhealthy)
        sizes[each.name] -= taken
        spare -= taken
    healthy_spare = new.available + sum(each.available for each in old) - limit.fewest_available
    for each in oldest_first:
        taken = min(max(healthy_spare, 0), sizes[each.name])
        sizes[each.name] -= taken
        healthy_spare -= taken
    return {each.name: sizes[each.name] for each in old if sizes[each.name] != each.desired}


def proportional_sizes(active: Sequence[Size], limit: Limits) -> dict[str, int]:
    """New sizes when a Deployment is scaled in the middle of a rollout (deployment controller's `scale`).

    What is to be added or taken away is spread in proportion to size, largest first; what rounding leaves
    goes to the first. `active`: ReplicaSets with more than 0 pods.
    """
    allowed = limit.most if limit.replicas > 0 else 0
    change = allowed - sum(each.desired for each in active)
    # Growing favours the newer of two equals, shrinking the older.
    ordered = sorted(active, key=lambda each: (-each.desired, -each.created if change > 0 else each.created))
    sizes, spread = {}, 0
    for each in ordered:
        share = _share(each, limit, change, spread)
        sizes[each.name] = each.desired + share
        spread += share
    if ordered and change:
        first = ordered[0].name
        sizes[first] = max(0, sizes[first] + change - spread)
    return {each.name: sizes[each.name] for each in active if sizes[each.name] != each.desired}


def _share(size: Size, limit: Limits, change: int, spread: int) -> int:
    """Of `change` pods, of which `spread` are given out, what falls to `size` (GetReplicaSetProportion)."""
    if size.desired == 0 or change in (0, spread):
        return 0
    if limit.replicas == 0:
        fraction = -size.desired
    else:
        grown = size.desired * limit.most / (size.max_before or limit.most)
        fraction = floor(grown + 0.5) - size.desired
    left = change - spread
    return min(fraction, left) if change > 0 else max(fraction, left)
