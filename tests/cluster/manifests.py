"""One manifest, or a few, of each kind that controllers rely on."""

from __future__ import annotations

from typing import Any

from tests.conformance.objects import GROUP, custom_object, definition, deployment, pod, replica_set

Obj = dict[str, Any]
SELECTOR = {"matchLabels": {"app": "web"}}
POD = {"containers": [{"name": "app", "image": "registry.example/web:1"}]}
TEMPLATE = {"metadata": {"labels": {"app": "web"}}, "spec": POD}
#: A pod that says something of everything that is defaulted.
FULL_POD: Obj = {
    "terminationGracePeriodSeconds": 1,
    "initContainers": [
        {"name": "init", "image": "registry.example/init"},
        {"name": "sidecar", "image": "registry.example/sidecar:2", "restartPolicy": "Always"},
    ],
    "containers": [
        {
            "name": "app",
            "image": "registry.example/web:1",
            "ports": [{"containerPort": 80}],
            "env": [
                {"name": "PLAIN", "value": "1"},
                {"name": "NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
            ],
            "readinessProbe": {"httpGet": {"path": "/ready", "port": 80}},
            "livenessProbe": {"tcpSocket": {"port": 80}},
            "startupProbe": {"exec": {"command": ["true"]}},
            "lifecycle": {"preStop": {"httpGet": {"port": 80}}},
            "resources": {"requests": {"cpu": "50m"}, "limits": {"memory": "64Mi", "cpu": "1"}},
            "volumeMounts": [{"name": "scratch", "mountPath": "/scratch"}],
            "securityContext": {"runAsUser": 1},
        }
    ],
    "volumes": [
        {"name": "scratch", "emptyDir": {}},
        {"name": "config", "configMap": {"name": "settings"}},
        {"name": "secret", "secret": {"secretName": "key"}},
        {"name": "host", "hostPath": {"path": "/data"}},
        {
            "name": "info",
            "downwardAPI": {"items": [{"path": "n", "fieldRef": {"fieldPath": "metadata.name"}}]},
        },
        {"name": "joined", "projected": {"sources": [{"configMap": {"name": "settings"}}]}},
    ],
    "tolerations": [{"key": "example.com/gpu", "operator": "Exists"}],
    "topologySpreadConstraints": [
        {
            "maxSkew": 1,
            "topologyKey": "zone",
            "whenUnsatisfiable": "DoNotSchedule",
            "labelSelector": SELECTOR,
        }
    ],
}
CLAIM = {
    "metadata": {"name": "data"},
    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
}


def obj(api_version: str, kind: str, spec: Obj | None = None, **fields: Any) -> Obj:
    made = {"apiVersion": api_version, "kind": kind, "metadata": {"name": "web"}}
    return made | ({} if spec is None else {"spec": spec}) | fields


#: The definitions of the custom objects below.
DEFINITIONS = (definition("plains", "Plain"), definition("stateds", "Stated", subresources={"status": {}}))

#: What the test is called → (API path, plural, manifest).
MANIFESTS: dict[str, tuple[str, str, Obj]] = {
    "a pod": ("/api/v1", "pods", pod()),
    "a pod with everything": ("/api/v1", "pods", obj("v1", "Pod", FULL_POD)),
    "a Deployment": ("/apis/apps/v1", "deployments", deployment()),
    "a Deployment that recreates, of pods with everything": (
        "/apis/apps/v1",
        "deployments",
        obj(
            "apps/v1",
            "Deployment",
            {
                "selector": SELECTOR,
                "strategy": {"type": "Recreate"},
                "template": {"metadata": TEMPLATE["metadata"], "spec": FULL_POD},
            },
        ),
    ),
    "a ReplicaSet": ("/apis/apps/v1", "replicasets", replica_set()),
    "a StatefulSet": (
        "/apis/apps/v1",
        "statefulsets",
        obj(
            "apps/v1",
            "StatefulSet",
            {
                "selector": SELECTOR,
                "serviceName": "web",
                "template": TEMPLATE,
                "volumeClaimTemplates": [CLAIM],
            },
        ),
    ),
    "a Job": (
        "/apis/batch/v1",
        "jobs",
        obj("batch/v1", "Job", {"template": {"spec": POD | {"restartPolicy": "Never"}}}),
    ),
    "a Service": (
        "/api/v1",
        "services",
        obj("v1", "Service", {"selector": {"app": "web"}, "ports": [{"port": 80}]}),
    ),
    "a headless Service": (
        "/api/v1",
        "services",
        obj("v1", "Service", {"clusterIP": "None", "selector": {"app": "web"}, "ports": [{"port": 80}]}),
    ),
    "a Service under another name": (
        "/api/v1",
        "services",
        obj("v1", "Service", {"type": "ExternalName", "externalName": "web.example"}),
    ),
    "a ConfigMap": ("/api/v1", "configmaps", obj("v1", "ConfigMap", data={"key": "value"})),
    "a Secret": ("/api/v1", "secrets", obj("v1", "Secret", data={"key": "dmFsdWU="})),
    "a Secret in plain text": ("/api/v1", "secrets", obj("v1", "Secret", stringData={"key": "value"})),
    "a custom object": (f"/apis/{GROUP}/v1", "plains", custom_object("Plain", spec={"size": 1})),
    "a custom object with a status of its own": (
        f"/apis/{GROUP}/v1",
        "stateds",
        custom_object("Stated", spec={"size": 1, "list": [1]}, status={"ready": True}),
    ),
    "a PodDisruptionBudget": (
        "/apis/policy/v1",
        "poddisruptionbudgets",
        obj("policy/v1", "PodDisruptionBudget", {"minAvailable": 1, "selector": SELECTOR}),
    ),
    "a Lease": (
        "/apis/coordination.k8s.io/v1",
        "leases",
        obj("coordination.k8s.io/v1", "Lease", {"holderIdentity": "me", "leaseDurationSeconds": 15}),
    ),
    "a Role": (
        "/apis/rbac.authorization.k8s.io/v1",
        "roles",
        obj(
            "rbac.authorization.k8s.io/v1",
            "Role",
            rules=[{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}],
        ),
    ),
}
