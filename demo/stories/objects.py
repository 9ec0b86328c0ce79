"""The objects that the user of a story writes."""

from __future__ import annotations

from typing import Any

IMAGE = "registry.example/web:1.0"
NEWER = "registry.example/web:1.1"
NEWEST = "registry.example/web:1.2"
BIG = "registry.example/analytics:2.1"
MISSING = "registry.example/web:typo"


def pod_spec(image: str) -> dict[str, Any]:
    """One container with a readiness probe."""
    return {
        "containers": [
            {
                "name": "web",
                "image": image,
                "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}},
                "readinessProbe": {"httpGet": {"path": "/healthz", "port": 8080}, "periodSeconds": 1},
            }
        ],
        "terminationGracePeriodSeconds": 1,
    }


def pod(name: str, image: str = IMAGE) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": {"app": name}},
        "spec": pod_spec(image),
    }


def deployment(name: str, replicas: int, image: str = IMAGE, **spec: Any) -> dict[str, Any]:
    labels = {"app": name}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "labels": labels},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod_spec(image)},
            **spec,
        },
    }


def set_image(image: str) -> Any:
    """A change of `spec`: another image."""

    def change(spec: dict[str, Any]) -> None:
        spec["template"]["spec"]["containers"][0]["image"] = image

    return change
