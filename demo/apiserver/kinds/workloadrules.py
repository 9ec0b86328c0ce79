"""The rules of the kinds that make pods, after pkg/apis/{apps,batch}/validation of kube-apiserver."""

from __future__ import annotations

import re
from typing import Any

from .causes import IMMUTABLE, Causes, at_least, forbidden, invalid, one_of, required, unsupported
from .fill import Obj, as_list, as_map
from .metadata import annotation_map, label_map
from .podrules import pod_spec

_PERCENT = (
    "a valid percent string must be a numeric string followed by an ending '%' "
    "(e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"
)
_STATEFUL_CHANGEABLE = (
    "replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy", "minReadySeconds",
)  # fmt: skip
#: What a suspended Job's template may still change.
_SCHEDULING = ("nodeSelector", "tolerations", "affinity", "schedulingGates")


def matches(selector: Any, found: Any) -> bool:
    """Whether a label selector selects an object with these labels."""
    selector, found = as_map(selector), as_map(found)
    if any(found.get(key) != value for key, value in as_map(selector.get("matchLabels")).items()):
        return False
    return all(_expression(as_map(one), found) for one in as_list(selector.get("matchExpressions")))


def _expression(one: Obj, found: Obj) -> bool:
    key, values = str(one.get("key")), as_list(one.get("values"))
    match one.get("operator"):
        case "In":
            return found.get(key) in values
        case "NotIn":
            return found.get(key) not in values
        case "Exists":
            return key in found
        case "DoesNotExist":
            return key not in found
    return False


def template(spec: Obj) -> Causes:
    """The causes in a workload's pod template."""
    metadata = as_map(as_map(spec.get("template")).get("metadata"))
    yield from label_map("spec.template.metadata.labels", metadata.get("labels"))
    yield from annotation_map("spec.template.metadata.annotations", metadata.get("annotations"))
    yield from pod_spec(as_map(spec.get("template")).get("spec"), "spec.template.spec")


def _selected(spec: Obj, kind: str) -> Causes:
    selector = spec.get("selector")
    if selector is None:
        yield required("spec.selector")
    elif not as_map(selector).get("matchLabels") and not as_map(selector).get("matchExpressions"):
        yield invalid("spec.selector", selector, f"empty selector is invalid for {kind}")
    found = as_map(as_map(spec.get("template")).get("metadata")).get("labels")
    if selector is not None and not matches(selector, found):
        yield invalid(
            "spec.template.metadata.labels", found or {}, "`selector` does not match template `labels`"
        )


def _running(spec: Obj) -> Causes:
    policy = as_map(as_map(spec.get("template")).get("spec")).get("restartPolicy")
    if policy in ("Never", "OnFailure"):
        yield unsupported("spec.template.spec.restartPolicy", policy, "Always")


def replicated(obj: Obj, old: Obj | None) -> Causes:
    """The causes in a ReplicaSet, and those that Deployments and StatefulSets share with it."""
    spec = as_map(obj.get("spec"))
    yield from at_least("spec.replicas", spec.get("replicas"), 0)
    yield from at_least("spec.minReadySeconds", spec.get("minReadySeconds"), 0)
    yield from at_least("spec.revisionHistoryLimit", spec.get("revisionHistoryLimit"), 0)
    yield from _selected(spec, {"StatefulSet": "statefulset"}.get(str(obj.get("kind")), "deployment"))
    yield from template(spec)
    yield from _running(spec)
    if obj.get("kind") != "StatefulSet":
        yield from unchanged(obj, old, "selector")


def unchanged(obj: Obj, old: Obj | None, *fields: str) -> Causes:
    """The fields of spec that were changed and may not be."""
    after, before = as_map(obj.get("spec")), as_map((old or {}).get("spec"))
    for name in fields if old is not None else ():
        if after.get(name) != before.get(name):
            yield invalid(f"spec.{name}", after.get(name), IMMUTABLE)


def deployment(obj: Obj, old: Obj | None) -> Causes:
    """The causes in a Deployment."""
    yield from replicated(obj, old)
    spec = as_map(obj.get("spec"))
    deadline, ready = spec.get("progressDeadlineSeconds"), spec.get("minReadySeconds") or 0
    yield from at_least("spec.progressDeadlineSeconds", deadline, 0)
    if isinstance(deadline, int) and isinstance(ready, int) and deadline <= ready:
        yield invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds")
    strategy = as_map(spec.get("strategy"))
    kind = strategy.get("type")
    yield from one_of("spec.strategy.type", kind, "Recreate", "RollingUpdate")
    if kind == "Recreate" and strategy.get("rollingUpdate") is not None:
        detail = "may not be specified when strategy `type` is 'Recreate'"
        yield forbidden("spec.strategy.rollingUpdate", detail)
    if kind in (None, "RollingUpdate"):
        yield from _rolling(as_map(strategy.get("rollingUpdate")), "spec.strategy.rollingUpdate")


def _rolling(parameters: Obj, field: str) -> Causes:
    for name in ("maxUnavailable", "maxSurge"):
        yield from _int_or_percent(f"{field}.{name}", parameters.get(name))
    unavailable, surge = parameters.get("maxUnavailable"), parameters.get("maxSurge")
    if _is_zero(unavailable) and _is_zero(surge):
        yield invalid(f"{field}.maxUnavailable", unavailable, "may not be 0 when `maxSurge` is 0")
    if isinstance(unavailable, str) and re.fullmatch("[0-9]+%", unavailable) and int(unavailable[:-1]) > 100:
        yield invalid(f"{field}.maxUnavailable", unavailable, "must not be greater than 100%")


def _int_or_percent(field: str, value: Any) -> Causes:
    if not isinstance(value, str):
        yield from at_least(field, value, 0)
    elif not re.fullmatch("[0-9]+%", value):
        yield invalid(field, value, _PERCENT)


def _is_zero(value: Any) -> bool:
    return (value == 0 and not isinstance(value, bool)) or (
        isinstance(value, str) and value.strip("0") == "%"
    )


def stateful_set(obj: Obj, old: Obj | None) -> Causes:
    """The causes in a StatefulSet."""
    yield from replicated(obj, old)
    spec, before = as_map(obj.get("spec")), as_map((old or {}).get("spec"))
    yield from one_of("spec.podManagementPolicy", spec.get("podManagementPolicy"), "OrderedReady", "Parallel")
    kind = as_map(spec.get("updateStrategy")).get("type")
    yield from one_of("spec.updateStrategy.type", kind, "RollingUpdate", "OnDelete")
    fixed = (spec.keys() | before.keys()) - set(_STATEFUL_CHANGEABLE)
    if old is not None and any(spec.get(name) != before.get(name) for name in fixed):
        listed = ", ".join(f"'{name}'" for name in _STATEFUL_CHANGEABLE[:-1])
        yield forbidden(
            "spec",
            f"updates to statefulset spec for fields other than {listed} and '{_STATEFUL_CHANGEABLE[-1]}' "
            "are forbidden",
        )


def daemon_set(obj: Obj, old: Obj | None) -> Causes:
    """The causes in a DaemonSet."""
    spec = as_map(obj.get("spec"))
    yield from _selected(spec, "daemonset")
    yield from template(spec)
    yield from _running(spec)
    yield from unchanged(obj, old, "selector")
    strategy = as_map(spec.get("updateStrategy"))
    yield from one_of("spec.updateStrategy.type", strategy.get("type"), "OnDelete", "RollingUpdate")
    if strategy.get("type") == "RollingUpdate":
        yield from _rolling(as_map(strategy.get("rollingUpdate")), "spec.updateStrategy.rollingUpdate")


def job(obj: Obj, old: Obj | None) -> Causes:
    """The causes in a Job. The selector is the server's to fill in; a template is for good."""
    spec = as_map(obj.get("spec"))
    for name in (
        "parallelism",
        "completions",
        "backoffLimit",
        "activeDeadlineSeconds",
        "ttlSecondsAfterFinished",
    ):
        yield from at_least(f"spec.{name}", spec.get(name), 0)
    yield from template(spec)
    yield from _ending(spec)
    yield from unchanged(obj, old, "selector", "completions", "completionMode")
    if old is not None and _job_template(obj, old) != _job_template(old, old):
        yield invalid("spec.template", spec.get("template"), IMMUTABLE)


def _ending(spec: Obj) -> Causes:
    policy = as_map(as_map(spec.get("template")).get("spec")).get("restartPolicy")
    if policy in (None, "Always"):
        yield unsupported("spec.template.spec.restartPolicy", policy or "", "OnFailure", "Never")


def _job_template(obj: Obj, old: Obj) -> Any:
    found = as_map(obj.get("spec")).get("template")
    suspended = as_map(old.get("spec")).get("suspend") is True
    if not suspended or as_map(old.get("status")).get("startTime"):
        return found
    kept = {
        name: value for name, value in as_map(as_map(found).get("spec")).items() if name not in _SCHEDULING
    }
    return {**as_map(found), "metadata": None, "spec": kept}


def cron_job(obj: Obj, _old: Obj | None) -> Causes:
    """The causes in a CronJob."""
    spec = as_map(obj.get("spec"))
    schedule = spec.get("schedule")
    if not schedule:
        yield required("spec.schedule")
    elif not str(schedule).startswith("@") and len(str(schedule).split()) != 5:
        count = len(str(schedule).split())
        yield invalid("spec.schedule", schedule, f"expected exactly 5 fields, found {count}: {schedule}")
    yield from one_of("spec.concurrencyPolicy", spec.get("concurrencyPolicy"), "Allow", "Forbid", "Replace")
    inner = as_map(as_map(spec.get("jobTemplate")).get("spec"))
    for cause in (*template(inner), *_ending(inner)):
        yield cause._replace(field=cause.field.replace("spec.", "spec.jobTemplate.spec.", 1))
