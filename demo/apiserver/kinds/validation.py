"""Whether an object may be stored: the rules of its kind, worded as kube-apiserver words them."""

from __future__ import annotations

from collections.abc import Callable

from . import workloadrules
from .causes import Cause, Causes
from .fill import Obj
from .metadata import object_meta
from .otherrules import claim, node, service
from .podrules import pod_spec, pod_update

__all__ = ["Cause", "validate"]


def validate(obj: Obj, old: Obj | None) -> list[Cause]:
    """The causes for which a defaulted object is refused (422); empty if it may be stored.

    `old` is the stored object that a write replaces, None on creation. Of an unknown kind, only the metadata
    is looked at. Never raises, whatever the object holds.
    """
    group = str(obj.get("apiVersion", "")).rpartition("/")[0]
    causes = list(object_meta(obj, group))
    if rule := _KINDS.get((group, str(obj.get("kind")))):
        causes += rule(obj, old)
    return causes


def _pod(obj: Obj, old: Obj | None) -> Causes:
    yield from pod_spec(obj.get("spec"), "spec")
    if old is not None:
        yield from pod_update(obj, old)


_KINDS: dict[tuple[str, str], Callable[[Obj, Obj | None], Causes]] = {
    ("", "Pod"): _pod,
    ("", "Service"): service,
    ("", "Node"): node,
    ("", "PersistentVolumeClaim"): claim,
    ("apps", "Deployment"): workloadrules.deployment,
    ("apps", "ReplicaSet"): workloadrules.replicated,
    ("apps", "StatefulSet"): workloadrules.stateful_set,
    ("apps", "DaemonSet"): workloadrules.daemon_set,
    ("batch", "Job"): workloadrules.job,
    ("batch", "CronJob"): workloadrules.cron_job,
}
