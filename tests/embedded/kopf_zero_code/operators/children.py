"""Creates a child for each object, and remembers its name in status. Knows nothing of tracing."""

import kopf
from kubernetes import client, config


@kopf.on.startup()
def connect(memo, **_):
    config.load_kube_config()
    memo.core = client.CoreV1Api()


@kopf.on.create("example.com", "v1", "databases")
def create_config(memo, name, namespace, spec, **_):
    child = {"apiVersion": "v1", "kind": "ConfigMap", "data": {"size": str(spec["size"])}}
    kopf.adopt(child, strict=True)
    memo.core.create_namespaced_config_map(namespace, child)
    return {"configMap": name}
