"""Which ReplicaSet is the current one, what is its revision, and which old ones are forgotten?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from operators.workloads.deployment.hashing import HASH_LABEL, same_template, template_hash
from operators.workloads.objects import (
    Object,
    annotations_of,
    being_deleted,
    carries_trace,
    controller_reference,
    created,
    metadata,
    number,
    spec,
    status,
)

REVISION = "deployment.kubernetes.io/revision"
REVISION_HISTORY = "deployment.kubernetes.io/revision-history"
DESIRED_REPLICAS = "deployment.kubernetes.io/desired-replicas"
MAX_REPLICAS = "deployment.kubernetes.io/max-replicas"
#: The Deployment controller's own book-keeping, and kubectl's: never copied (skipCopyAnnotation).
NOT_COPIED = frozenset(
    {
        REVISION, REVISION_HISTORY, DESIRED_REPLICAS, MAX_REPLICAS,
        "kubectl.kubernetes.io/last-applied-configuration", "deprecated.deployment.rollback.to",
    }
)  # fmt: skip


def split(deployment: Object, owned: Sequence[Object]) -> tuple[Object | None, list[Object]]:
    """The ReplicaSet of the current template (the oldest of several), and all others."""
    template = spec(deployment).get("template") or {}
    for each in sorted(owned, key=_age):
        if same_template(spec(each).get("template") or {}, template):
            return each, [other for other in owned if other is not each]
    return None, list(owned)


def _age(obj: Object) -> tuple[int, str]:
    return created(obj), metadata(obj).get("name") or ""


def revision(obj: Object) -> int:
    text = annotations_of(obj).get(REVISION, "0")
    return int(text) if text.isdigit() else 0


def next_revision(old: Sequence[Object]) -> int:
    return max((revision(each) for each in old), default=0) + 1


def copied_annotations(deployment: Object) -> dict[str, str]:
    """The Deployment's annotations that its current ReplicaSet gets too; trace contexts never."""
    return {
        key: value
        for key, value in annotations_of(deployment).items()
        if key not in NOT_COPIED and not carries_trace(key)
    }


def wanted_annotations(
    deployment: Object, current: Object | None, number_of: int, replicas: int, most: int
) -> dict[str, str]:
    """The annotations that the current ReplicaSet should have (SetNewReplicaSetAnnotations).

    A ReplicaSet that becomes current again (`rollout undo`) gets the new, higher revision and remembers
    the one that it had.
    """
    wanted = copied_annotations(deployment) | {DESIRED_REPLICAS: str(replicas), MAX_REPLICAS: str(most)}
    if current is None:
        return wanted | {REVISION: str(number_of)}
    had = revision(current)
    if had < number_of:
        wanted[REVISION] = str(number_of)
        if had:
            past = annotations_of(current).get(REVISION_HISTORY)
            wanted[REVISION_HISTORY] = f"{past},{had}" if past else str(had)
    return wanted


def missing_annotations(current: Object, wanted: Mapping[str, str]) -> dict[str, str]:
    has = annotations_of(current)
    return {key: value for key, value in wanted.items() if has.get(key) != value}


def _hash_of(deployment: Object) -> str:
    template = spec(deployment).get("template") or {}
    return template_hash(template, number(status(deployment).get("collisionCount")))


def name_of_new(deployment: Object) -> str:
    """The name of the ReplicaSet for the Deployment's current template."""
    return f"{metadata(deployment)['name']}-{_hash_of(deployment)}"


def new_replica_set(deployment: Object, replicas: int, wanted: Mapping[str, str]) -> dict[str, Any]:
    """The ReplicaSet for the Deployment's current template, with `replicas` pods and owned by it."""
    template = spec(deployment).get("template") or {}
    meta = template.get("metadata") or {}
    hashed = {HASH_LABEL: _hash_of(deployment)}
    labelled = {**(meta.get("labels") or {}), **hashed}
    selector = spec(deployment).get("selector") or {}
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "name": name_of_new(deployment),
            "namespace": metadata(deployment).get("namespace"),
            "labels": labelled,
            "annotations": dict(wanted),
            "ownerReferences": [controller_reference(deployment)],
        },
        "spec": {
            "replicas": replicas,
            "minReadySeconds": number(spec(deployment).get("minReadySeconds")),
            "selector": {
                **selector,
                "matchLabels": {**(selector.get("matchLabels") or {}), **hashed},
            },
            "template": {**template, "metadata": {**meta, "labels": labelled}},
        },
    }


def forgotten(deployment: Object, old: Sequence[Object]) -> list[Object]:
    """Old ReplicaSets beyond revisionHistoryLimit, lowest revision first: empty ones only."""
    kept = number(spec(deployment).get("revisionHistoryLimit"), 10)
    candidates = sorted(old, key=revision)[: max(0, len(old) - kept)]
    return [each for each in candidates if _is_idle(each)]


def _is_idle(replica_set: Object) -> bool:
    observed = number(status(replica_set).get("observedGeneration"))
    return (
        not being_deleted(replica_set)
        and number(spec(replica_set).get("replicas"), 1) == 0
        and number(status(replica_set).get("replicas")) == 0
        and observed >= number(metadata(replica_set).get("generation"))
    )
