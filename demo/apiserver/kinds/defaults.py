"""Objects as kube-apiserver v1.36 stores them: with the defaults of their kind, and what admission adds.

Sources: `SetDefaults_*` in pkg/apis/{core,apps,batch}/v1, the registry strategies, and the admission
plugins that are on by default (ServiceAccount, Priority, DefaultTolerationSeconds, TaintNodesByCondition).
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import Any

from ..fields.builtin import DEFAULT_TOLERATIONS, NODE_STATUS, NOT_READY_TAINT
from .fill import Obj, as_list, as_map, each, fill, within
from .pods import canonical_amounts, pod_spec, quality_of_service, requests_from_limits, template


def default(obj: Obj) -> Obj:
    """The object with the defaults of its kind; of an unknown kind, the object itself.

    Pure, idempotent, and shares what it does not change. What an object gets only when it is new (a node's
    taint) is added while `metadata.resourceVersion` is absent.
    """
    group = str(obj.get("apiVersion", "")).rpartition("/")[0]
    change = _KINDS.get((group, str(obj.get("kind", ""))))
    return obj if change is None else change(obj)


def _pod(obj: Obj) -> Obj:
    obj = within(obj, "spec", lambda spec: _admitted(requests_from_limits(pod_spec(spec))))
    status = fill(
        as_map(obj.get("status")), {"phase": "Pending", "qosClass": quality_of_service(obj.get("spec"))}
    )
    return obj if status is obj.get("status") else {**obj, "status": status}


def _admitted(spec: Obj) -> Obj:
    spec = fill(spec, {"serviceAccountName": "default", "serviceAccount": "default"})
    tolerations = as_list(spec.get("tolerations"))
    missing = [one for one in DEFAULT_TOLERATIONS if not _tolerated(one["key"], tolerations)]
    if missing:
        spec = {**spec, "tolerations": [*tolerations, *missing]}
    return fill(spec, {"priority": 0, "enableServiceLinks": True, "preemptionPolicy": "PreemptLowerPriority"})


def _tolerated(key: Any, tolerations: list[Any]) -> bool:
    """Whether the pod says itself how long it stays on a node with this taint."""
    return any(
        isinstance(one, dict)
        and one.get("key") in (None, "", key)
        and one.get("effect") in (None, "", "NoExecute")
        for one in tolerations
    )


def _deployment(obj: Obj) -> Obj:
    def spec(found: Obj) -> Obj:
        found = fill(
            template(found),
            {"replicas": 1, "strategy": {}, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600},
        )
        return within(
            found, "strategy", lambda one: _rolling(one, {"maxUnavailable": "25%", "maxSurge": "25%"})
        )

    return fill(within(obj, "spec", spec), {"status": {}})


def _rolling(strategy: Obj, parameters: Obj) -> Obj:
    strategy = fill(strategy, {"type": "RollingUpdate"})
    if strategy["type"] != "RollingUpdate":
        return strategy
    strategy = fill(strategy, {"rollingUpdate": {}})
    return within(strategy, "rollingUpdate", lambda found: fill(found, parameters))


def _replica_set(obj: Obj) -> Obj:
    obj = within(obj, "spec", lambda spec: fill(template(spec), {"replicas": 1}))
    return fill(obj, {"status": {"replicas": 0}})


def _stateful_set(obj: Obj) -> Obj:
    retention = {"whenDeleted": "Retain", "whenScaled": "Retain"}

    def spec(found: Obj) -> Obj:
        found = fill(
            template(found),
            {
                "replicas": 1,
                "podManagementPolicy": "OrderedReady",
                "updateStrategy": {},
                "revisionHistoryLimit": 10,
            }
            | {"persistentVolumeClaimRetentionPolicy": retention},
        )
        found = within(found, "persistentVolumeClaimRetentionPolicy", lambda policy: fill(policy, retention))
        found = each(found, "volumeClaimTemplates", _claim_template)
        return within(found, "updateStrategy", lambda one: _rolling(one, {"partition": 0}))

    return fill(within(obj, "spec", spec), {"status": {"replicas": 0, "availableReplicas": 0}})


def _claim_template(claim: Obj) -> Obj:
    return _claim(fill(claim, {"apiVersion": "v1", "kind": "PersistentVolumeClaim"}))


def _daemon_set(obj: Obj) -> Obj:
    counts = ("currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady")

    def spec(found: Obj) -> Obj:
        found = fill(template(found), {"updateStrategy": {}, "revisionHistoryLimit": 10})
        return within(
            found, "updateStrategy", lambda one: _rolling(one, {"maxUnavailable": 1, "maxSurge": 0})
        )

    return fill(within(obj, "spec", spec), {"status": dict.fromkeys(counts, 0)})


def _job(obj: Obj) -> Obj:
    def spec(found: Obj) -> Obj:
        counts = {} if "completions" in found or "parallelism" in found else {"completions": 1}
        return fill(
            template(found),
            counts
            | {"parallelism": 1, "backoffLimit": 6, "completionMode": "NonIndexed", "suspend": False}
            | {"manualSelector": False}
            | {"podReplacementPolicy": "Failed" if found.get("podFailurePolicy") else "TerminatingOrFailed"},
        )

    return _job_selector(fill(within(obj, "spec", spec), {"status": {}}))


def _job_selector(obj: Obj) -> Obj:
    """The selector that the registry generates from the uid (`batch/job/strategy.go`), once there is one."""
    metadata, spec = as_map(obj.get("metadata")), obj.get("spec")
    if (
        "uid" not in metadata
        or not isinstance(spec, dict)
        or spec.get("selector")
        or spec.get("manualSelector")
    ):
        return obj
    uid, name = metadata["uid"], metadata.get("name", "")
    labels = {
        "batch.kubernetes.io/controller-uid": uid,
        "batch.kubernetes.io/job-name": name,
        "controller-uid": uid,
        "job-name": name,
    }

    def labelled(found: Obj) -> Obj:
        return {**found, "metadata": _with_labels(as_map(found.get("metadata")), labels)}

    selector = {"matchLabels": {"batch.kubernetes.io/controller-uid": uid}}
    obj = {**obj, "spec": within({**spec, "selector": selector}, "template", labelled)}
    own = as_map(as_map(obj["spec"].get("template")).get("metadata")).get("labels")
    return obj if metadata.get("labels") or not own else {**obj, "metadata": {**metadata, "labels": own}}


def _with_labels(metadata: Obj, labels: Obj) -> Obj:
    return {**metadata, "labels": fill(as_map(metadata.get("labels")), labels)}


def _cron_job(obj: Obj) -> Obj:
    history = {"successfulJobsHistoryLimit": 3, "failedJobsHistoryLimit": 1}

    def spec(found: Obj) -> Obj:
        found = within(
            found, "jobTemplate", lambda job: within(fill(job, {"metadata": {}}), "spec", template)
        )
        return fill(found, {"concurrencyPolicy": "Allow", "suspend": False} | history)

    return fill(within(obj, "spec", spec), {"status": {}})


def _service(obj: Obj) -> Obj:
    return fill(within(obj, "spec", _service_spec), {"status": {"loadBalancer": {}}})


def _service_spec(spec: Obj) -> Obj:
    spec = fill(spec, {"type": "ClusterIP", "sessionAffinity": "None"})
    if spec["sessionAffinity"] == "ClientIP":
        spec = fill(spec, {"sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 10800}}})
    spec = each(spec, "ports", _service_port)
    if spec["type"] == "ExternalName":
        return spec
    outside: Obj = {}
    if spec["type"] in ("NodePort", "LoadBalancer"):
        outside["externalTrafficPolicy"] = "Cluster"
    if spec["type"] == "LoadBalancer":
        outside["allocateLoadBalancerNodePorts"] = True
    families = {"ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack", "internalTrafficPolicy": "Cluster"}
    return fill(spec, outside | families)


def _service_port(port: Obj) -> Obj:
    defaults: Obj = {"protocol": "TCP"}
    if "port" in port:
        defaults["targetPort"] = port["port"]
    return fill(port, defaults)


def _claim(obj: Obj) -> Obj:
    def spec(found: Obj) -> Obj:
        found = within(found, "resources", lambda one: within(one, "requests", canonical_amounts))
        return fill(found, {"resources": {}, "volumeMode": "Filesystem"})

    obj = fill(within(obj, "spec", spec), {"status": {}})
    return within(obj, "status", lambda status: fill(status, {"phase": "Pending"}))


def _namespace(obj: Obj) -> Obj:
    obj = fill(obj, {"spec": {}, "status": {}})
    if "resourceVersion" not in as_map(obj.get("metadata")):
        obj = within(obj, "spec", lambda spec: fill(spec, {"finalizers": ["kubernetes"]}))
    name = as_map(obj.get("metadata")).get("name")
    if name:
        label = {"kubernetes.io/metadata.name": name}
        obj = within(obj, "metadata", lambda found: fill(found, {"labels": {}}))
        obj = within(
            obj, "metadata", lambda found: within(found, "labels", lambda labels: fill(labels, label))
        )
    return within(obj, "status", lambda status: fill(status, {"phase": "Active"}))


def _node(obj: Obj) -> Obj:
    obj = within(fill(obj, {"spec": {}, "status": {}}), "status", _node_status)
    if "resourceVersion" in as_map(obj.get("metadata")):
        return obj
    spec = as_map(obj["spec"])
    taints = as_list(spec.get("taints"))
    if any(as_map(taint).get("key") == NOT_READY_TAINT["key"] for taint in taints):
        return obj
    return {**obj, "spec": {**spec, "taints": [*taints, NOT_READY_TAINT]}}


def _node_status(status: Obj) -> Obj:
    capacity = {"allocatable": status["capacity"]} if "capacity" in status else {}
    return fill(status, NODE_STATUS | capacity)


def _secret(obj: Obj) -> Obj:
    plain = as_map(obj.get("stringData"))
    encoded = {key: b64encode(str(value).encode()).decode() for key, value in plain.items()}
    rest = {name: value for name, value in obj.items() if name != "stringData"}
    data = as_map(obj.get("data")) | encoded
    return fill(rest | ({"data": data} if data else {}), {"type": "Opaque"})


_KINDS: dict[tuple[str, str], Callable[[Obj], Obj]] = {
    ("", "Pod"): _pod,
    ("", "Service"): _service,
    ("", "PersistentVolumeClaim"): _claim,
    ("", "Namespace"): _namespace,
    ("", "Node"): _node,
    ("", "Secret"): _secret,
    ("apps", "Deployment"): _deployment,
    ("apps", "ReplicaSet"): _replica_set,
    ("apps", "StatefulSet"): _stateful_set,
    ("apps", "DaemonSet"): _daemon_set,
    ("batch", "Job"): _job,
    ("batch", "CronJob"): _cron_job,
}
