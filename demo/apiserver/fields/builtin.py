"""The schemas of the built-in kinds, after the list and map types in the API reference of v1.36."""

from __future__ import annotations

from typing import Any

from .schema import (
    ATOM,
    META,
    SCALARS,
    TEMPLATE_META,
    UNTYPED,
    Node,
    Obj,
    Schema,
    atomic_merged_by,
    keyed,
    struct,
)

_CONDITIONS = keyed("type")
_SELECTOR = ATOM

_RESOURCES = struct(claims=keyed("name"))
_HANDLER = struct(httpGet=struct(httpHeaders=ATOM))
_CONTAINER = struct(
    env=keyed(
        "name",
        item=struct(
            valueFrom=struct(
                fieldRef=ATOM, resourceFieldRef=ATOM, secretKeyRef=ATOM, configMapKeyRef=ATOM, fileKeyRef=ATOM
            )
        ),
    ),
    ports=keyed("containerPort", "protocol", merge_key="containerPort", protocol="TCP"),
    volumeMounts=keyed("mountPath"),
    volumeDevices=keyed("devicePath"),
    resources=_RESOURCES,
    lifecycle=struct(postStart=_HANDLER, preStop=_HANDLER),
)
_SECRET_REF = struct(secretRef=ATOM)
_VOLUME = struct(
    csi=struct(nodePublishSecretRef=ATOM),
    cephfs=_SECRET_REF,
    iscsi=_SECRET_REF,
    rbd=_SECRET_REF,
    flexVolume=_SECRET_REF,
    ephemeral=struct(volumeClaimTemplate=struct(spec=struct(selector=ATOM, dataSource=ATOM))),
)
_WEIGHTED_PODS = struct(
    requiredDuringSchedulingIgnoredDuringExecution=ATOM, preferredDuringSchedulingIgnoredDuringExecution=ATOM
)
_POD_SPEC = struct(
    containers=keyed("name", item=_CONTAINER),
    initContainers=keyed("name", item=_CONTAINER),
    ephemeralContainers=keyed("name", item=_CONTAINER),
    volumes=keyed("name", item=_VOLUME),
    imagePullSecrets=keyed("name", item=ATOM),
    hostAliases=keyed("ip"),
    nodeSelector=ATOM,
    affinity=struct(nodeAffinity=_WEIGHTED_PODS, podAffinity=_WEIGHTED_PODS, podAntiAffinity=_WEIGHTED_PODS),
    topologySpreadConstraints=keyed(
        "topologyKey", "whenUnsatisfiable", merge_key="topologyKey", item=struct(labelSelector=_SELECTOR)
    ),
    schedulingGates=keyed("name"),
    resourceClaims=keyed("name"),
    resources=_RESOURCES,
)
_TEMPLATE = struct(metadata=TEMPLATE_META, spec=_POD_SPEC)
_WORKLOAD = struct(selector=_SELECTOR, template=_TEMPLATE)
_JOB_SPEC = struct(selector=_SELECTOR, template=_TEMPLATE)

_EMPTY_TEMPLATE: Obj = {"metadata": {}, "spec": {"containers": None}}
_NODE_INFO = (
    "machineID systemUUID bootID kernelVersion osImage containerRuntimeVersion kubeletVersion "
    "kubeProxyVersion operatingSystem architecture"
)
_RESET = {"": frozenset({"status"}), "status": frozenset({"spec"})}


def _kind(spec: Node = UNTYPED, status: Node = UNTYPED, empty_spec: Any = None, **more: Any) -> Schema:
    """A kind with metadata, spec and status, of which the given parts of the empty object exist at once."""
    root = struct(metadata=META, spec=spec, status=status)
    skeleton = {"metadata": {}, "spec": empty_spec or {}, "status": more.pop("empty_status", {})}
    return Schema(root, skeleton=skeleton, reset=_RESET, **more)


def _plain(empty: Obj | None = None, **fields: Node) -> Schema:
    """A kind without spec and status."""
    return Schema(struct(metadata=META, **fields), skeleton={"metadata": {}, **(empty or {})})


def _workload(strategy: str | None, status_zeros: str, **more: Any) -> Schema:
    empty: Obj = {"selector": None, "template": _EMPTY_TEMPLATE}
    if strategy:
        empty[strategy] = {}
    zeros = dict.fromkeys(status_zeros.split(), 0)
    status = struct(conditions=_CONDITIONS)
    return _kind(_WORKLOAD, status, empty_spec=empty, empty_status=zeros, **more)


#: Seconds that a pod tolerates a node that is not ready or unreachable (admission DefaultTolerationSeconds).
DEFAULT_TOLERATIONS = [
    {"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}
    for key in ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")
]
#: The status of a node of which nothing is known.
NODE_STATUS: Obj = {
    "daemonEndpoints": {"kubeletEndpoint": {"Port": 0}},
    "nodeInfo": dict.fromkeys(_NODE_INFO.split(), ""),
}
#: A node is tainted until it reports ready (admission TaintNodesByCondition).
NOT_READY_TAINT = {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}

_POD = _kind(
    _POD_SPEC,
    struct(
        conditions=_CONDITIONS,
        podIPs=keyed("ip"),
        hostIPs=atomic_merged_by("ip"),
        resourceClaimStatuses=keyed("name"),
        resources=_RESOURCES,
    ),
    empty_spec={"containers": None},
    admitted=(
        (("spec", "tolerations"), DEFAULT_TOLERATIONS.__eq__),
        (("spec", "priority"), (0).__eq__),
        (("spec", "preemptionPolicy"), "PreemptLowerPriority".__eq__),
        (("spec", "serviceAccountName"), "default".__eq__),
        (("spec", "serviceAccount"), "default".__eq__),
    ),
)
_NODE = _kind(
    struct(taints=atomic_merged_by("key"), podCIDRs=SCALARS, configSource=struct(configMap=UNTYPED)),
    struct(conditions=_CONDITIONS, addresses=keyed("type"), volumesAttached=keyed("name"), images=ATOM),
    empty_status=NODE_STATUS,
    admitted=((("spec", "taints"), [NOT_READY_TAINT].__eq__),),
)
_SERVICE = _kind(
    struct(
        ports=keyed("port", "protocol", merge_key="port", protocol="TCP"),
        selector=_SELECTOR,
    ),
    struct(conditions=_CONDITIONS),
    empty_status={"loadBalancer": {}},
    admitted=(
        (("spec", "clusterIP"), "None".__ne__),
        (("spec", "clusterIPs"), ["None"].__ne__),
        (("spec", "ipFamilies"), ["IPv4"].__eq__),
        (("spec", "ipFamilyPolicy"), "SingleStack".__eq__),
    ),
)
_CLAIM = _kind(
    struct(selector=_SELECTOR, dataSource=ATOM),
    struct(conditions=_CONDITIONS, allocatedResourceStatuses=UNTYPED),
    empty_spec={"resources": {}},
)
#: Labels that tie a Job and its pods together; nobody owns those that the server generates.
JOB_LABELS = frozenset(
    ("batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name", "controller-uid", "job-name")
)


def _only_job_labels(labels: Any) -> bool:
    return isinstance(labels, dict) and labels.keys() == JOB_LABELS


def _is_generated(selector: Any) -> bool:
    labels = selector.get("matchLabels") if isinstance(selector, dict) else None
    return isinstance(labels, dict) and [*labels] == ["batch.kubernetes.io/controller-uid"]


_JOB = _kind(
    _JOB_SPEC,
    struct(
        conditions=atomic_merged_by("type"),
        uncountedTerminatedPods=struct(succeeded=SCALARS, failed=SCALARS),
    ),
    empty_spec={"template": _EMPTY_TEMPLATE},
    admitted=(
        (("metadata", "labels"), _only_job_labels),
        (("spec", "template", "metadata", "labels"), _only_job_labels),
        *(
            (("spec", "template", "metadata", "labels", name), lambda value: isinstance(value, str))
            for name in JOB_LABELS
        ),
        (("spec", "selector"), _is_generated),
    ),
)
_CRON_JOB = _kind(
    struct(jobTemplate=struct(metadata=TEMPLATE_META, spec=_JOB_SPEC)),
    struct(active=ATOM),
    empty_spec={"schedule": "", "jobTemplate": {"metadata": {}, "spec": {"template": _EMPTY_TEMPLATE}}},
)
_EVENT_TIMES = {"firstTimestamp": None, "lastTimestamp": None, "eventTime": None}
_EVENT = _plain(
    {**_EVENT_TIMES, "involvedObject": {}, "source": {}, "reportingComponent": "", "reportingInstance": ""},
    involvedObject=ATOM,
    related=ATOM,
)
_DEPRECATED_TIMES = {"deprecatedFirstTimestamp": None, "deprecatedLastTimestamp": None}
_EVENTS_V1 = _plain(
    {"eventTime": None, "regarding": {}, "deprecatedSource": {}, **_DEPRECATED_TIMES},
    regarding=ATOM,
    related=ATOM,
)

SCHEMAS: dict[tuple[str, str], Schema] = {
    ("", "Pod"): _POD,
    ("", "Node"): _NODE,
    ("", "Service"): _SERVICE,
    ("", "PersistentVolumeClaim"): _CLAIM,
    ("", "PersistentVolume"): _kind(struct(claimRef=ATOM, csi=UNTYPED)),
    ("", "Namespace"): _kind(
        struct(finalizers=ATOM),
        struct(conditions=_CONDITIONS),
        admitted=((("spec", "finalizers"), ["kubernetes"].__eq__),),
    ),
    ("", "ConfigMap"): _plain(),
    ("", "Secret"): _plain(),
    ("", "Event"): _EVENT,
    ("", "Endpoints"): _plain(subsets=ATOM),
    ("", "ServiceAccount"): _plain(
        secrets=keyed("name", item=ATOM), imagePullSecrets=ATOM, automountServiceAccountToken=UNTYPED
    ),
    ("events.k8s.io", "Event"): _EVENTS_V1,
    ("apps", "Deployment"): _workload("strategy", "", status_labels=False),
    ("apps", "ReplicaSet"): _workload(None, "replicas"),
    ("apps", "StatefulSet"): _workload("updateStrategy", "replicas availableReplicas"),
    ("apps", "DaemonSet"): _workload(
        "updateStrategy", "currentNumberScheduled numberMisscheduled desiredNumberScheduled numberReady"
    ),
    ("batch", "Job"): _JOB,
    ("batch", "CronJob"): _CRON_JOB,
    ("discovery.k8s.io", "EndpointSlice"): _plain(
        {"addressType": "", "endpoints": None, "ports": None}, endpoints=ATOM, ports=ATOM
    ),
    ("coordination.k8s.io", "Lease"): _kind(),
    ("rbac.authorization.k8s.io", "Role"): _plain({"rules": None}, rules=ATOM),
    ("rbac.authorization.k8s.io", "ClusterRole"): _plain({"rules": None}, rules=ATOM),
    ("rbac.authorization.k8s.io", "RoleBinding"): _plain(roleRef=ATOM, subjects=ATOM),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): _plain(roleRef=ATOM, subjects=ATOM),
    ("networking.k8s.io", "Ingress"): _kind(),
    ("autoscaling", "HorizontalPodAutoscaler"): _kind(
        struct(metrics=ATOM, scaleTargetRef=UNTYPED), struct(conditions=_CONDITIONS)
    ),
    ("policy", "PodDisruptionBudget"): _kind(struct(selector=ATOM), struct(conditions=_CONDITIONS)),
    ("apiextensions.k8s.io", "CustomResourceDefinition"): _kind(
        struct(names=UNTYPED),
        struct(conditions=_CONDITIONS, storedVersions=ATOM),
        empty_spec={"names": {}},
    ),
}
