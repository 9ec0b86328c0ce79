"""The rules of pods and pod templates, after pkg/apis/core/validation of kube-apiserver."""

from __future__ import annotations

from typing import Any

from . import names
from .causes import (
    Causes,
    at_least,
    between,
    duplicate,
    forbidden,
    invalid,
    not_found,
    one_of,
    required,
)
from .fill import Obj, as_list, as_map
from .quantities import FORMAT, amount

_MAX_SECONDS = 2**31 - 1
_LISTS = ("initContainers", "containers")
_CHANGEABLE = (
    "pod updates may not change fields other than `spec.containers[*].image`,"
    "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
    "`spec.tolerations` (only additions to existing tolerations),"
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
)


def pod_spec(spec: Any, field: str) -> Causes:
    """The causes in a pod spec that stands at `field`."""
    spec = as_map(spec)
    volumes: set[Any] = set()
    yield from _volumes(spec, field, volumes)
    if not as_list(spec.get("containers")):
        yield required(f"{field}.containers")
    seen: set[Any] = set()
    for name in _LISTS:
        for index, container in enumerate(as_list(spec.get(name))):
            at = f"{field}.{name}[{index}]"
            yield from _name(as_map(container), at, seen)
            yield from _container(as_map(container), at, volumes)
    yield from one_of(f"{field}.restartPolicy", spec.get("restartPolicy"), "Always", "Never", "OnFailure")
    yield from one_of(
        f"{field}.dnsPolicy",
        spec.get("dnsPolicy"),
        "ClusterFirst",
        "ClusterFirstWithHostNet",
        "Default",
        "None",
    )
    yield from between(f"{field}.activeDeadlineSeconds", spec.get("activeDeadlineSeconds"), 1, _MAX_SECONDS)
    yield from at_least(
        f"{field}.terminationGracePeriodSeconds", spec.get("terminationGracePeriodSeconds"), 0
    )
    for index, toleration in enumerate(as_list(spec.get("tolerations"))):
        yield from _toleration(as_map(toleration), f"{field}.tolerations[{index}]")


def _name(item: Obj, at: str, seen: set[Any]) -> Causes:
    name = item.get("name")
    if not name:
        yield required(f"{at}.name")
        return
    for problem in names.label(str(name)):
        yield invalid(f"{at}.name", name, problem)
    if str(name) in seen:
        yield duplicate(f"{at}.name", name)
    seen.add(str(name))


def _volumes(spec: Obj, field: str, seen: set[Any]) -> Causes:
    for index, volume in enumerate(as_list(spec.get("volumes"))):
        at = f"{field}.volumes[{index}]"
        yield from _name(as_map(volume), at, seen)
        sources = as_map(volume).keys() - {"name"}
        for name in sorted(sources)[1:]:
            yield forbidden(f"{at}.{name}", "may not specify more than 1 volume type")


def _container(container: Obj, at: str, volumes: set[Any]) -> Causes:
    if not container.get("image"):
        yield required(f"{at}.image")
    yield from one_of(
        f"{at}.imagePullPolicy", container.get("imagePullPolicy"), "Always", "IfNotPresent", "Never"
    )
    for index, port in enumerate(as_list(container.get("ports"))):
        yield from _port(as_map(port), f"{at}.ports[{index}]")
    for index, variable in enumerate(as_list(container.get("env"))):
        if not as_map(variable).get("name"):
            yield required(f"{at}.env[{index}].name")
    yield from _mounts(container, f"{at}.volumeMounts", volumes)
    yield from _resources(as_map(container.get("resources")), f"{at}.resources")


def _port(port: Obj, at: str) -> Causes:
    if port.get("containerPort") is None:
        yield required(f"{at}.containerPort")
    yield from between(f"{at}.containerPort", port.get("containerPort"), 1, 65535)
    yield from one_of(f"{at}.protocol", port.get("protocol"), "SCTP", "TCP", "UDP")
    if name := port.get("name"):
        for problem in names.port_name(str(name)):
            yield invalid(f"{at}.name", name, problem)


def _mounts(container: Obj, field: str, volumes: set[Any]) -> Causes:
    seen: set[str] = set()
    for index, mount in enumerate(map(as_map, as_list(container.get("volumeMounts")))):
        at = f"{field}[{index}]"
        name, path = mount.get("name"), mount.get("mountPath")
        if not name:
            yield required(f"{at}.name")
        elif str(name) not in volumes:
            yield not_found(f"{at}.name", name)
        if not path:
            yield required(f"{at}.mountPath")
        elif str(path) in seen:
            yield invalid(f"{at}.mountPath", path, "must be unique")
        seen.add(str(path))


def _resources(resources: Obj, at: str) -> Causes:
    for kind in ("limits", "requests"):
        for name, value in as_map(resources.get(kind)).items():
            number = amount(value)
            if number is None:
                yield invalid(f"{at}.{kind}[{name}]", value, FORMAT)
            elif number < 0:
                yield invalid(f"{at}.{kind}[{name}]", value, "must be greater than or equal to 0")
    limits = as_map(resources.get("limits"))
    for name, value in as_map(resources.get("requests")).items():
        requested, limit = amount(value), amount(limits.get(name))
        if requested is not None and limit is not None and requested > limit:
            detail = f"must be less than or equal to {name} limit of {limits[name]}"
            yield invalid(f"{at}.requests", value, detail)


def _toleration(toleration: Obj, at: str) -> Causes:
    operator = toleration.get("operator")
    yield from one_of(f"{at}.operator", operator or None, "Equal", "Exists")
    yield from one_of(
        f"{at}.effect", toleration.get("effect") or None, "NoSchedule", "PreferNoSchedule", "NoExecute"
    )
    if operator == "Exists" and toleration.get("value"):
        yield invalid(f"{at}.operator", toleration, "value must be empty when `operator` is 'Exists'")
    if not toleration.get("key") and operator != "Exists":
        detail = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
        yield invalid(f"{at}.operator", operator or "", detail)


def pod_update(new: Obj, old: Obj) -> Causes:
    """What a write may not change in a stored pod's spec."""
    after, before = as_map(new.get("spec")), as_map(old.get("spec"))
    if after is before:
        return
    added = as_list(after.get("tolerations"))
    if any(one not in added for one in as_list(before.get("tolerations"))):
        yield forbidden(
            "spec.tolerations", "existing toleration can not be modified except its tolerationSeconds"
        )
    deadline = (before.get("activeDeadlineSeconds"), after.get("activeDeadlineSeconds"))
    if deadline[0] is not None and (not isinstance(deadline[1], int) or deadline[1] > deadline[0]):
        detail = f"must be less than or equal to previous value {deadline[0]}"
        yield invalid("spec.activeDeadlineSeconds", deadline[1], detail)
    if _fixed(after) != _fixed(before):
        yield forbidden("spec", _CHANGEABLE)


def _fixed(spec: Obj) -> Obj:
    """The part of a pod's spec that never changes. Gates and ephemeral containers have rules of their own."""
    free = {"activeDeadlineSeconds", "tolerations", "ephemeralContainers", "schedulingGates"}
    rest = {name: value for name, value in spec.items() if name not in free}
    for name in _LISTS:
        if name in rest:
            rest[name] = [{**as_map(one), "image": None} for one in as_list(rest[name])]
    return rest
