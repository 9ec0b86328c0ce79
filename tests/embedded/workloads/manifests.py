"""What tests apply, and the images that they name."""

from __future__ import annotations

from typing import Any

from operators.workloads import Image

IMAGES = {
    "web:1": Image(),
    "web:2": Image(),
    "gone:1": Image(missing=True),
    "crash:1": Image(exit_after=1.0),
    "once:1": Image(exit_after=1.0, exits=1),
    "job:1": Image(exit_after=1.0, exit_code=0),
    "stuck:1": Image(ready_after=1e9),
}


def deployment(replicas: int = 3, image: str = "web:1", name: str = "web", **spec: Any) -> dict[str, Any]:
    container = {"name": "main", "image": image, "resources": {"requests": {"cpu": "100m"}}}
    if "probe" in spec:
        container["readinessProbe"] = spec.pop("probe")
    pod = {"containers": [container], **spec.pop("pod", {})}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": {"app": name}}, "spec": pod},
            **spec,
        },
    }


def pod(name: str = "solo", image: str = "web:1", **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {"containers": [{"name": "main", "image": image}], **spec},
    }


def image_patch(image: str) -> dict[str, Any]:
    return {"spec": {"template": {"spec": {"containers": [{"name": "main", "image": image}]}}}}


def generation(obj: dict[str, Any]) -> int:
    return int(obj["metadata"]["generation"])


def condition(obj: dict[str, Any], kind: str) -> dict[str, Any]:
    found = [each for each in obj.get("status", {}).get("conditions", []) if each["type"] == kind]
    return found[0] if found else {}
