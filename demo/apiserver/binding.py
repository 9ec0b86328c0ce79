"""The pods' own subresources: binding and eviction.

Source: kubernetes/pkg/registry/core/pod/storage/{storage,eviction}.go.
"""

from __future__ import annotations

from demo.apiserver.api import Api
from demo.apiserver.call import Call
from demo.apiserver.deletion import delete
from demo.apiserver.preconditions import check_identity, check_versions, metadata_of
from demo.apiserver.resources import Resource
from demo.apiserver.selectors import matches_label_selector
from demo.apiserver.status_errors import (
    ApiError,
    Cause,
    bad_request,
    conflict,
    invalid,
    success,
    too_many_requests,
)
from demo.apiserver.store import Object, Stored

BUDGETS = ("policy", "poddisruptionbudgets")


def bind(api: Api, call: Call, pods: Resource, binding: Object, name: str) -> Object:
    """Give a pod its node: spec.nodeName, PodScheduled=True, and the Binding's annotations.

    Labels of the Binding are added where the pod has none of that name.
    The generation does not move and no manager owns the change. 409 when the pod has a node already.
    """
    target = (binding.get("target") or {}).get("name")
    if not target:
        raise invalid(pods, name, [Cause("target.name", "FieldValueRequired", "Required value")])
    live = api.live(pods, call.info.namespace, name)
    sent = metadata_of(pods, binding)
    check_versions(pods, live.obj, sent)
    _check_unbound(pods, live)
    if not call.dry_run("CreateOptions"):
        api.store.put(pods.key, bound(live.obj, target, sent, api.timestamp()))
    return success(code=201)


def _check_unbound(pods: Resource, live: Stored) -> None:
    name, spec = live.obj["metadata"]["name"], live.obj.get("spec") or {}
    if live.obj["metadata"].get("deletionTimestamp"):
        raise conflict(pods, name, f"pod {name} is being deleted, cannot be assigned to a host")
    if spec.get("nodeName"):
        raise conflict(pods, name, f'pod {name} is already assigned to node "{spec["nodeName"]}"')
    if spec.get("schedulingGates"):
        raise conflict(pods, name, f"pod {name} has non-empty .spec.schedulingGates")


def bound(pod: Object, node: str, binding: Object, now: str) -> Object:
    """The pod on its node."""
    metadata = dict(pod["metadata"])
    if binding.get("annotations"):
        metadata["annotations"] = (metadata.get("annotations") or {}) | binding["annotations"]
    if binding.get("labels"):
        metadata["labels"] = binding["labels"] | (metadata.get("labels") or {})
    status = pod.get("status") or {}
    others = [c for c in status.get("conditions") or () if c.get("type") != "PodScheduled"]
    scheduled = {"type": "PodScheduled", "status": "True", "lastProbeTime": None, "lastTransitionTime": now}
    return pod | {
        "metadata": metadata,
        "spec": pod["spec"] | {"nodeName": node},
        "status": status | {"conditions": [*others, scheduled]},
    }


def bind_pod(api: Api, call: Call) -> Object:
    """POST pods/NAME/binding."""
    binding = call.object()
    if binding.get("kind") not in (None, "Binding"):
        raise bad_request(f"{binding['kind']} cannot be handled as a Binding")
    name = call.info.name
    if metadata_of(call.resource, binding).get("name") not in (None, "", name):
        raise bad_request(f"name in URL does not match name in Binding object: {name}")
    return bind(api, call, call.resource, binding, name)


def bind_by_body(api: Api, call: Call) -> Object:
    """POST bindings: the pod is the one that the Binding is named after."""
    binding = call.object()
    check_identity(call.resource, binding, call.info.namespace, None)
    pods = api.registry.find("", "v1", "pods")
    assert pods is not None
    return bind(api, call, pods, binding, metadata_of(pods, binding).get("name") or "")


def evict(api: Api, call: Call) -> Object:
    """POST pods/NAME/eviction: a deletion that PodDisruptionBudgets can refuse (429)."""
    eviction = call.object()
    live = api.live(call.resource, call.info.namespace, call.info.name)
    if refused := _refusal(api, live):
        raise refused
    options = eviction.get("deleteOptions") or {}
    delete(api, call.resource, live, options, call.dry_run("CreateOptions") or bool(options.get("dryRun")))
    return success(code=201)


def _refusal(api: Api, pod: Stored) -> ApiError | None:
    """What budgets say of it; a pod that does not run, or is going anyway, disturbs nobody."""
    metadata = pod.obj["metadata"]
    phase = (pod.obj.get("status") or {}).get("phase")
    if phase != "Running" or "deletionTimestamp" in metadata:
        return None
    for (namespace, name), budget in api.store.collection(BUDGETS).objects.items():
        selector = (budget.obj.get("spec") or {}).get("selector")
        if namespace != metadata["namespace"] or not matches_label_selector(
            selector, metadata.get("labels") or {}
        ):
            continue
        status = budget.obj.get("status") or {}
        if not status.get("disruptionsAllowed"):
            healthy, wanted = status.get("currentHealthy", 0), status.get("desiredHealthy", 0)
            told = f"The disruption budget {name} needs {wanted} healthy pods and has {healthy} currently"
            message = "Cannot evict pod as it would violate the pod's disruption budget."
            return too_many_requests(message, [Cause("", "DisruptionBudget", told)])
    return None
