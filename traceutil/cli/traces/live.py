"""What the cluster has of an object: itself, what it owns, and what owns it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from traceutil.cli.cluster import Cluster, Target
from traceutil.cli.connection import Refused
from traceutil.cli.errors import BadInput
from traceutil.cli.resources import Resource, split_target
from traceutil.objects import is_custom, section, text
from traceutil.view.live import below, controller_of
from traceutil.view.wanted import Wanted

Json = dict[str, Any]

_PODS = ("Pod",)
#: What an object of a kind may own, by kind; of other kinds anything below, and all of their own group.
_BELOW: Mapping[str, Sequence[str]] = {
    "CronJob": ("Job", *_PODS),
    "DaemonSet": _PODS,
    "Deployment": ("ReplicaSet", *_PODS),
    "Job": _PODS,
    "Pod": (),
    "ReplicaSet": _PODS,
    "StatefulSet": _PODS,
}
_WORKLOADS = ("CronJob", "DaemonSet", "Deployment", "Job", "Pod", "ReplicaSet", "StatefulSet")
_GROUPS = frozenset({"", "apps", "batch"})
#: So many owners, each that of the one before, are read: CronJob, Job, Pod are two.
_OWNERS = 5


@dataclass(frozen=True, slots=True)
class Seen:
    """`obj` None: not there, or nobody to ask; `notes` says which, where a reader must know.

    `owners`: its controller, the controller of that, and so on.
    """

    wanted: Wanted
    obj: Json | None = None
    owned: Sequence[Json] = ()
    notes: tuple[str, ...] = ()
    owners: Sequence[Json] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """Where to look: the words of the command line. None: as kubectl would.

    `offline`: no cluster is asked that was not named.
    """

    words: Sequence[str]
    namespace: str | None = None
    kubeconfig: Path | None = None
    context: str | None = None
    offline: bool = False

    @property
    def names_a_cluster(self) -> bool:
        return self.kubeconfig is not None or self.context is not None


async def look(asked: Asked) -> Seen:
    """The object and what it owns. Without a cluster it is known by name alone.

    Raises:
        BadInput: the words name nothing; the cluster that was asked for does not answer.
    """
    word, name = split_target(asked.words)
    alone = Wanted.of(word, name, asked.namespace)
    if not asked.names_a_cluster and (asked.offline or not _has_cluster(os.environ)):
        return Seen(alone)
    try:
        async with Cluster(asked.kubeconfig, asked.context) as cluster:
            return await _look(cluster, asked)
    except BadInput as error:
        if asked.names_a_cluster:
            raise
        return Seen(alone, notes=(f"found by name: {error}",))


def _has_cluster(environ: Mapping[str, str]) -> bool:
    """Whether kubectl would know one, without being told."""
    files = environ.get("KUBECONFIG") or str(Path.home() / ".kube" / "config")
    in_cluster = "KUBERNETES_SERVICE_HOST" in environ
    return in_cluster or any(Path(each).is_file() for each in files.split(os.pathsep))


async def _look(cluster: Cluster, asked: Asked) -> Seen:
    target = await cluster.resolve(asked.words, asked.namespace)
    wanted = Wanted(target.resource.kind, target.name, target.namespace or None)
    obj = await cluster.get(target)
    if obj is None:
        return Seen(wanted, notes=(f"{wanted} is not in the cluster: found by name",))
    kinds = _BELOW.get(wanted.kind, _WORKLOADS)
    own_group = target.resource.group if is_custom(obj) else None
    resources = [each for each in _preferred(await cluster.resources()) if _may_own(each, kinds, own_group)]
    selector = _selector(obj) if wanted.kind in _BELOW else ""
    found: list[Json] = []
    refused: list[str] = []
    for resource in resources:
        try:
            found += await cluster.list(resource, target.namespace, selector=selector)
        except Refused:
            refused.append(resource.plural)
    notes = (f"not allowed to list {', '.join(refused)}",) if refused else ()
    owned = [dict(each) for each in below(obj, found)]
    return Seen(wanted, obj, owned, notes, await _owners(cluster, obj, target.namespace))


async def _owners(cluster: Cluster, obj: Json, namespace: str) -> list[Json]:
    """As far up as they are there and may be read: they say where the object belongs, no more."""
    found: list[Json] = []
    current: Json | None = obj
    while current is not None and len(found) < _OWNERS:
        reference = controller_of(current)
        if reference is None:
            break
        resource = await cluster.resource(text(reference, "apiVersion"), text(reference, "kind"))
        if resource is None:
            break
        try:
            placed = namespace if resource.namespaced else ""
            current = await cluster.get(Target(resource, placed, text(reference, "name")))
        except Refused:
            break
        if current is not None:
            found.append(current)
    return found


def _preferred(resources: Sequence[Resource]) -> list[Resource]:
    """Each kind once, in the version that the server prefers."""
    return list({(each.group, each.kind): each for each in reversed(resources)}.values())


def _may_own(resource: Resource, kinds: Sequence[str], own_group: str | None) -> bool:
    built_in = resource.group in _GROUPS and resource.kind in kinds
    return resource.namespaced and (built_in or resource.group == own_group)


def _selector(obj: Json) -> str:
    """The labels that what it owns has, where it says them so that a list can be asked for them."""
    selector = section(section(obj, "spec"), "selector")
    labels = section(selector, "matchLabels")
    if selector.get("matchExpressions"):
        return ""
    return ",".join(f"{key}={value}" for key, value in sorted(labels.items()))
