"""The defaults of pods and pod templates, as `SetDefaults_*` in pkg/apis/core/v1 fill them in."""

from __future__ import annotations

from typing import Any

from .fill import Obj, as_list, as_map, each, fill, within
from .quantities import canonical

#: 0644, the mode of files in volumes.
_FILE_MODE = 420
_TERMINATION = {"terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File"}
_PROBE = {"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}
_POD_SPEC = {
    "restartPolicy": "Always",
    "terminationGracePeriodSeconds": 30,
    "dnsPolicy": "ClusterFirst",
    "securityContext": {},
    "schedulerName": "default-scheduler",
}
_CONTAINER_LISTS = ("initContainers", "containers", "ephemeralContainers")


def pod_spec(spec: Obj) -> Obj:
    """A pod spec, within a pod or a template, with its defaults."""
    spec = fill(spec, _POD_SPEC)
    if account := spec.get("serviceAccountName"):
        spec = fill(spec, {"serviceAccount": account})
    elif account := spec.get("serviceAccount"):
        spec = fill(spec, {"serviceAccountName": account})
    host_network = spec.get("hostNetwork") is True
    for name in _CONTAINER_LISTS:
        spec = each(spec, name, lambda container: _container(container, host_network))
    return each(spec, "volumes", _volume)


def template(owner: Obj) -> Obj:
    """The owner's `template` with its defaults."""
    return within(owner, "template", lambda found: within(fill(found, {"metadata": {}}), "spec", pod_spec))


def requests_from_limits(spec: Obj) -> Obj:
    """In a pod, what is limited but not requested is requested up to the limit."""
    for name in ("initContainers", "containers"):
        spec = each(spec, name, lambda container: within(container, "resources", _requests))
    return spec


def _requests(resources: Obj) -> Obj:
    limits = resources.get("limits")
    if not isinstance(limits, dict) or not limits:
        return resources
    requests = fill(as_map(resources.get("requests")), limits)
    return resources if requests is resources.get("requests") else {**resources, "requests": requests}


def pull_policy(image: str) -> str:
    """Always for the tag `latest`, stated or implied; else IfNotPresent."""
    if "@" in image:
        return "IfNotPresent"
    tag = image.rpartition("/")[2].partition(":")[2]
    return "Always" if tag in ("", "latest") else "IfNotPresent"


def _container(container: Obj, host_network: bool) -> Obj:
    container = fill(container, {"resources": {}})
    container = within(container, "resources", _resources)
    container = each(container, "ports", lambda port: _port(port, host_network))
    container = each(container, "env", _variable)
    for name in ("livenessProbe", "readinessProbe", "startupProbe"):
        container = within(container, name, _probe)
    container = within(container, "lifecycle", _lifecycle)
    image = container.get("image")
    policy = {"imagePullPolicy": pull_policy(image if isinstance(image, str) else "")}
    return fill(container, _TERMINATION | policy)


def _resources(resources: Obj) -> Obj:
    for name in ("limits", "requests"):
        resources = within(resources, name, canonical_amounts)
    return resources


def canonical_amounts(amounts: Obj) -> Obj:
    """The amounts, each as the API server writes it."""
    changed = {name: canonical(value) for name, value in amounts.items()}
    return amounts if changed == amounts else changed


def _port(port: Obj, host_network: bool) -> Obj:
    defaults = {"protocol": "TCP"}
    if host_network and "containerPort" in port:
        defaults["hostPort"] = port["containerPort"]
    return fill(port, defaults)


def _variable(variable: Obj) -> Obj:
    return within(variable, "valueFrom", lambda source: within(source, "fieldRef", _field))


def _field(reference: Obj) -> Obj:
    return fill(reference, {"apiVersion": "v1"})


def _probe(probe: Obj) -> Obj:
    probe = within(probe, "grpc", lambda call: fill(call, {"service": ""}))
    return fill(within(probe, "httpGet", _http), _PROBE)


def _http(request: Obj) -> Obj:
    return fill(request, {"path": "/", "scheme": "HTTP"})


def _lifecycle(lifecycle: Obj) -> Obj:
    for name in ("postStart", "preStop"):
        lifecycle = within(lifecycle, name, lambda handler: within(handler, "httpGet", _http))
    return lifecycle


def _volume(volume: Obj) -> Obj:
    if not volume.keys() - {"name"}:
        return {**volume, "emptyDir": {}}
    for name in ("secret", "configMap", "downwardAPI", "projected"):
        volume = within(volume, name, lambda source: fill(source, {"defaultMode": _FILE_MODE}))
    volume = within(volume, "hostPath", lambda source: fill(source, {"type": ""}))
    volume = within(volume, "downwardAPI", _downward)
    return within(volume, "projected", lambda source: each(source, "sources", _projection))


def _projection(source: Obj) -> Obj:
    source = within(source, "serviceAccountToken", lambda token: fill(token, {"expirationSeconds": 3600}))
    return within(source, "downwardAPI", _downward)


def _downward(source: Obj) -> Obj:
    return each(source, "items", lambda item: within(item, "fieldRef", _field))


def quality_of_service(spec: Any) -> str:
    """Guaranteed, Burstable or BestEffort, from what the (init) containers request and are limited to."""
    found = [
        as_map(container.get("resources"))
        for name in ("initContainers", "containers")
        for container in as_list(as_map(spec).get(name))
        if isinstance(container, dict)
    ]
    requests = [_computed(resources.get("requests")) for resources in found]
    limits = [_computed(resources.get("limits")) for resources in found]
    if not any(requests) and not any(limits):
        return "BestEffort"
    pairs = zip(requests, limits, strict=True)
    guaranteed = all(limit.keys() == {"cpu", "memory"} and request in ({}, limit) for request, limit in pairs)
    return "Guaranteed" if guaranteed else "Burstable"


def _computed(amounts: Any) -> Obj:
    counted = {name: canonical(value) for name, value in as_map(amounts).items() if name in ("cpu", "memory")}
    return {name: value for name, value in counted.items() if value != "0"}
