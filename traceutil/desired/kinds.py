"""Which rule judges which kind."""

from __future__ import annotations

from collections.abc import Callable

from .custom import conditions, custom
from .customresourcedefinition import customresourcedefinition
from .daemonset import daemonset
from .deployment import deployment
from .fields import Json
from .job import job
from .namespace import namespace
from .node import node
from .persistentvolumeclaim import persistentvolumeclaim
from .pod import pod
from .replicaset import replicaset
from .service import service
from .statefulset import statefulset
from .verdict import REACHED, Convergence

Rule = Callable[[Json], Convergence]


def stored(_obj: Json) -> Convergence:
    """A kind that is as wished as soon as it is stored: nobody has to make it so."""
    return REACHED


RULES: dict[tuple[str, str], Rule] = {
    ("apps", "Deployment"): deployment,
    ("apps", "ReplicaSet"): replicaset,
    ("apps", "StatefulSet"): statefulset,
    ("apps", "DaemonSet"): daemonset,
    ("", "ReplicationController"): replicaset,
    ("", "Pod"): pod,
    ("batch", "Job"): job,
    ("batch", "CronJob"): stored,
    ("", "PersistentVolumeClaim"): persistentvolumeclaim,
    ("", "Service"): service,
    ("", "Namespace"): namespace,
    ("", "Node"): node,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): customresourcedefinition,
}
_BY_KIND = {kind: rule for (_, kind), rule in RULES.items()}

#: Groups that the API server itself serves; of these, kinds without a rule need no reconciling, unless
#: they report a condition. Custom resources may use other names under k8s.io (gateway.networking.k8s.io).
BUILT_IN_GROUPS = frozenset(
    {
        "", "apps", "batch", "autoscaling", "policy", "extensions", "rbac.authorization.k8s.io",
        "networking.k8s.io", "storage.k8s.io", "storagemigration.k8s.io", "apiextensions.k8s.io",
        "apiregistration.k8s.io", "admissionregistration.k8s.io", "certificates.k8s.io",
        "coordination.k8s.io", "discovery.k8s.io", "events.k8s.io", "flowcontrol.apiserver.k8s.io",
        "node.k8s.io", "scheduling.k8s.io", "resource.k8s.io", "authentication.k8s.io",
        "authorization.k8s.io", "internal.apiserver.k8s.io",
    }
)  # fmt: skip


def rule_for(group: str | None, kind: str) -> Rule:
    """The rule of a kind; an object that does not say its apiVersion is judged by its kind alone."""
    if group is None:
        return _BY_KIND.get(kind, custom)
    rule = RULES.get((group, kind))
    if rule is not None:
        return rule
    return conditions if group in BUILT_IN_GROUPS else custom
