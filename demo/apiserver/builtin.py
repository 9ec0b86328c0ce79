"""The kinds that every cluster has, as one table."""

from __future__ import annotations

from demo.apiserver.generation import GenerationRule as G
from demo.apiserver.resources import Resource, ScalePaths

ALL = ("all",)
DAEMON_STATUS = {
    "currentNumberScheduled": 0,
    "numberMisscheduled": 0,
    "desiredNumberScheduled": 0,
    "numberReady": 0,
}
BUDGET_STATUS = {"disruptionsAllowed": 0, "currentHealthy": 0, "desiredHealthy": 0, "expectedPods": 0}
SPEC = G.SPEC

CORE = (
    Resource("", "v1", "namespaces", "Namespace", False, ("ns",), status=True,
             initial_status={"phase": "Active"}, subresources=("finalize",)),
    Resource("", "v1", "nodes", "Node", False, ("no",), status=True, status_at_create=True),
    Resource("", "v1", "pods", "Pod", True, ("po",), ALL, SPEC, status=True,
             initial_status={"phase": "Pending"}, subresources=("binding", "eviction"),
             delete_returns_object=True),
    Resource("", "v1", "bindings", "Binding"),
    Resource("", "v1", "services", "Service", True, ("svc",), ALL, status=True,
             initial_status={"loadBalancer": {}}, create_on_update=True, delete_returns_object=True),
    Resource("", "v1", "endpoints", "Endpoints", True, ("ep",), create_on_update=True),
    Resource("", "v1", "configmaps", "ConfigMap", True, ("cm",)),
    Resource("", "v1", "secrets", "Secret"),
    Resource("", "v1", "serviceaccounts", "ServiceAccount", True, ("sa",), delete_returns_object=True),
    Resource("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", True, ("pvc",), status=True,
             initial_status={"phase": "Pending"}, delete_returns_object=True),
    Resource("", "v1", "persistentvolumes", "PersistentVolume", False, ("pv",), status=True,
             initial_status={"phase": "Pending"}, delete_returns_object=True),
    Resource("", "v1", "events", "Event", True, ("ev",), create_on_update=True),
    Resource("", "v1", "resourcequotas", "ResourceQuota", True, ("quota",), status=True,
             delete_returns_object=True),
    Resource("", "v1", "limitranges", "LimitRange", True, ("limits",)),
    Resource("", "v1", "podtemplates", "PodTemplate", delete_returns_object=True),
    Resource("", "v1", "replicationcontrollers", "ReplicationController", True, ("rc",), ALL, SPEC,
             status=True, initial_status={"replicas": 0}, scale=ScalePaths(), delete_orphans=True),
)  # fmt: skip

WORKLOADS = (
    Resource("apps", "v1", "deployments", "Deployment", True, ("deploy",), ALL, G.SPEC_OR_ANNOTATIONS,
             status=True, status_drops_labels=True, scale=ScalePaths()),
    Resource("apps", "v1", "replicasets", "ReplicaSet", True, ("rs",), ALL, SPEC, status=True,
             initial_status={"replicas": 0}, scale=ScalePaths()),
    Resource("apps", "v1", "statefulsets", "StatefulSet", True, ("sts",), ALL, SPEC, status=True,
             initial_status={"replicas": 0, "availableReplicas": 0}, scale=ScalePaths()),
    Resource("apps", "v1", "daemonsets", "DaemonSet", True, ("ds",), ALL, SPEC, status=True,
             initial_status=DAEMON_STATUS),
    Resource("apps", "v1", "controllerrevisions", "ControllerRevision"),
    Resource("batch", "v1", "jobs", "Job", True, (), ALL, SPEC, status=True, delete_orphans=True),
    Resource("batch", "v1", "cronjobs", "CronJob", True, ("cj",), ALL, SPEC, status=True),
    Resource("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler", True, ("hpa",), ALL,
             status=True, initial_status={"desiredReplicas": 0, "currentMetrics": None}),
    Resource("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget", True, ("pdb",), (), SPEC,
             status=True, initial_status=BUDGET_STATUS, unconditional_update=False),
)  # fmt: skip

CLUSTER = (
    Resource("coordination.k8s.io", "v1", "leases", "Lease", unconditional_update=False,
             create_on_update=True),
    Resource("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice", True, (), (), G.ALL_BUT_METADATA),
    Resource("events.k8s.io", "v1", "events", "Event", True, ("ev",), create_on_update=True,
             stored_as=("", "events")),
    Resource("networking.k8s.io", "v1", "ingresses", "Ingress", True, ("ing",), (), SPEC, status=True,
             initial_status={"loadBalancer": {}}),
    Resource("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy", True, ("netpol",), (), SPEC),
    Resource("networking.k8s.io", "v1", "ingressclasses", "IngressClass", False, (), (), SPEC),
    Resource("scheduling.k8s.io", "v1", "priorityclasses", "PriorityClass", False, ("pc",)),
    Resource("node.k8s.io", "v1", "runtimeclasses", "RuntimeClass", False, unconditional_update=False),
    Resource("storage.k8s.io", "v1", "storageclasses", "StorageClass", False, ("sc",),
             delete_returns_object=True),
    Resource("storage.k8s.io", "v1", "csinodes", "CSINode", False, delete_returns_object=True),
    Resource("storage.k8s.io", "v1", "csidrivers", "CSIDriver", False, delete_returns_object=True),
    Resource("storage.k8s.io", "v1", "volumeattachments", "VolumeAttachment", False, status=True,
             unconditional_update=False, delete_returns_object=True),
    Resource("rbac.authorization.k8s.io", "v1", "roles", "Role", create_on_update=True),
    Resource("rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding", create_on_update=True),
    Resource("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole", False, create_on_update=True),
    Resource("rbac.authorization.k8s.io", "v1", "clusterrolebindings", "ClusterRoleBinding", False,
             create_on_update=True),
    Resource("admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations",
             "MutatingWebhookConfiguration", False, (), (), G.ALL_BUT_METADATA, unconditional_update=False),
    Resource("admissionregistration.k8s.io", "v1", "validatingwebhookconfigurations",
             "ValidatingWebhookConfiguration", False, (), (), G.ALL_BUT_METADATA, unconditional_update=False),
    Resource("apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", False,
             ("crd", "crds"), ("api-extensions",), SPEC, status=True, unconditional_update=False),
    Resource("apiregistration.k8s.io", "v1", "apiservices", "APIService", False, (), ("api-extensions",),
             SPEC, status=True, unconditional_update=False),
)  # fmt: skip

REVIEWS = (
    Resource("authorization.k8s.io", "v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview", False),
    Resource("authorization.k8s.io", "v1", "selfsubjectrulesreviews", "SelfSubjectRulesReview", False),
    Resource("authorization.k8s.io", "v1", "subjectaccessreviews", "SubjectAccessReview", False),
    Resource("authentication.k8s.io", "v1", "selfsubjectreviews", "SelfSubjectReview", False),
)  # fmt: skip

CREATE_ONLY = frozenset({("", "bindings"), *(review.key for review in REVIEWS)})
"""Resources that answer a POST and store nothing."""

BUILTIN = CORE + WORKLOADS + CLUSTER + REVIEWS
