"""Is a Deployment done, on its way, or stuck?"""

from __future__ import annotations

from typing import Any

import pytest

from operators.workloads.clock import rfc3339
from operators.workloads.conditions import status_patch, with_condition, with_news
from operators.workloads.deployment.hashing import same_template, template_hash
from operators.workloads.deployment.progress import conditions, counts, overdue_at
from operators.workloads.deployment.revision import (
    copied_annotations,
    forgotten,
    new_replica_set,
    split,
    wanted_annotations,
)
from operators.workloads.deployment.rolling import limits
from operators.workloads.objects import condition
from traceutil.times import SECOND

NOW = 1_800_000_000 * SECOND
TEMPLATE: dict[str, Any] = {
    "metadata": {"labels": {"app": "web"}},
    "spec": {"containers": [{"name": "web", "image": "web:1"}]},
}
REVISION = "deployment.kubernetes.io/revision"


def deployment(status: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "default", "uid": "d", "generation": 4},
        "spec": {
            "replicas": 3,
            "progressDeadlineSeconds": 600,
            "selector": {"matchLabels": {"app": "web"}},
            "template": TEMPLATE,
            **spec,
        },
        "status": status or {},
    }


def replica_set(name: str, pods: int, available: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": name, "generation": 1, "annotations": more.get("annotations", {})},
        "spec": {"replicas": more.get("desired", pods), "template": more.get("template", TEMPLATE)},
        "status": {
            "replicas": pods,
            "readyReplicas": available,
            "availableReplicas": available,
            "observedGeneration": 1,
            "conditions": more.get("conditions", []),
        },
    }


def progressing(reason: str, seconds_ago: int, status: str = "True") -> dict[str, Any]:
    stamp = rfc3339(NOW - seconds_ago * SECOND)
    return {
        "type": "Progressing",
        "status": status,
        "reason": reason,
        "lastUpdateTime": stamp,
        "lastTransitionTime": stamp,
    }


def judged(
    old_status: dict[str, Any], new: dict[str, Any], *old: dict[str, Any], created: bool = False, **spec: Any
) -> dict[str, Any]:
    """All conditions by type, after a reconcile that found these ReplicaSets."""
    object_ = deployment(old_status, **spec)
    result = conditions(
        object_,
        counts(object_, new, old),
        new=new,
        replica_sets=[new, *old],
        created=created,
        limit=limits(3),
        now=NOW,
    )
    return {each["type"]: each for each in result}


@pytest.mark.parametrize(
    ("old_status", "new", "old", "options", "expected"),
    [
        pytest.param(
            {}, replica_set("new", 0, desired=3), [], {"created": True},
            ("True", "NewReplicaSetCreated"), id="a new replica set was made",
        ),
        pytest.param(
            {}, replica_set("new", 0, desired=3), [], {},
            ("True", "FoundNewReplicaSet"), id="one was found that somebody else made",
        ),
        pytest.param(
            {"conditions": [progressing("NewReplicaSetCreated", 60)]}, replica_set("new", 2, 1), [], {},
            ("True", "ReplicaSetUpdated"), id="more pods than before are progress",
        ),
        pytest.param(
            {"conditions": [progressing("ReplicaSetUpdated", 60)]}, replica_set("new", 3, 3), [], {},
            ("True", "NewReplicaSetAvailable"), id="all of the new template and available is done",
        ),
        pytest.param(
            {"conditions": [progressing("ReplicaSetUpdated", 60)], "updatedReplicas": 3, "replicas": 4},
            replica_set("new", 3, 3), [replica_set("old", 1)], {},
            ("True", "ReplicaSetUpdated"), id="an old pod that is left keeps it from being done",
        ),
        pytest.param(
            {"conditions": [progressing("ReplicaSetUpdated", 700)], "updatedReplicas": 3, "replicas": 3},
            replica_set("new", 3), [], {},
            ("False", "ProgressDeadlineExceeded"), id="no progress for longer than the deadline is failure",
        ),
        pytest.param(
            {"conditions": [progressing("ReplicaSetUpdated", 500)], "updatedReplicas": 3, "replicas": 3},
            replica_set("new", 3), [], {},
            ("True", "ReplicaSetUpdated"), id="no progress within the deadline is patience",
        ),
        pytest.param(
            {"conditions": [progressing("ProgressDeadlineExceeded", 100, "False")], "updatedReplicas": 3,
             "replicas": 3},
            replica_set("new", 3, 3), [], {},
            ("True", "NewReplicaSetAvailable"), id="late success is success",
        ),
        pytest.param(
            {"conditions": [progressing("NewReplicaSetAvailable", 9000)], "updatedReplicas": 3, "replicas": 3,
             "availableReplicas": 3},
            replica_set("new", 3, 2), [], {},
            ("True", "NewReplicaSetAvailable"), id="a pod that dies afterwards is no new rollout",
        ),
        pytest.param(
            {"conditions": [progressing("ReplicaSetUpdated", 60)]}, replica_set("new", 1), [],
            {"paused": True}, ("Unknown", "DeploymentPaused"), id="paused says so",
        ),
    ],
)  # fmt: skip
def test_progressing(
    old_status: dict[str, Any],
    new: dict[str, Any],
    old: list[dict[str, Any]],
    options: dict[str, Any],
    expected: tuple[str, str],
) -> None:
    found = judged(old_status, new, *old, **options)["Progressing"]
    assert expected == (found["status"], found["reason"])


def test_progress_restarts_the_deadline_but_not_the_transition() -> None:
    """lastUpdateTime moves with each step, lastTransitionTime only with the status."""
    before = progressing("ReplicaSetUpdated", 60)
    found = judged({"conditions": [before]}, replica_set("new", 2, 1))["Progressing"]
    assert rfc3339(NOW) == found["lastUpdateTime"]
    assert before["lastTransitionTime"] == found["lastTransitionTime"]


def test_without_a_deadline_there_is_no_progressing() -> None:
    """A Deployment without progressDeadlineSeconds does not report progress."""
    assert "Progressing" not in judged({}, replica_set("new", 1), progressDeadlineSeconds=None)


@pytest.mark.parametrize(
    ("available", "expected"),
    [
        pytest.param(3, ("True", "MinimumReplicasAvailable"), id="enough pods"),
        pytest.param(2, ("False", "MinimumReplicasUnavailable"), id="one too few"),
    ],
)
def test_available(available: int, expected: tuple[str, str]) -> None:
    found = judged({}, replica_set("new", 3, available))["Available"]
    assert expected == (found["status"], found["reason"])


def test_a_replica_set_that_cannot_make_pods_is_passed_on() -> None:
    """ReplicaFailure of a ReplicaSet stands on its Deployment too, and goes when it goes."""
    failure = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate"}
    found = judged({}, replica_set("new", 0, desired=3, conditions=[failure]))
    assert found["ReplicaFailure"]["reason"] == "FailedCreate"
    assert "ReplicaFailure" not in judged({"conditions": [failure]}, replica_set("new", 3))


def test_counts() -> None:
    """Old and new pods add up; zeros are left out."""
    found = counts(deployment(), replica_set("new", 2, 1), [replica_set("old", 2, 2, desired=1)])
    assert found == {
        "observedGeneration": 4,
        "replicas": 4,
        "updatedReplicas": 2,
        "readyReplicas": 3,
        "availableReplicas": 3,
    }


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param(progressing("ReplicaSetUpdated", 60), NOW + 540 * SECOND, id="from the last progress"),
        pytest.param(progressing("NewReplicaSetAvailable", 60), None, id="never once it is done"),
        pytest.param(progressing("ProgressDeadlineExceeded", 60), None, id="only once"),
    ],
)
def test_overdue_at(found: dict[str, Any], expected: int | None) -> None:
    assert expected == overdue_at(deployment(), [found])


def test_the_current_replica_set_is_the_one_with_the_template() -> None:
    """The hash label and the name do not matter, only the template does."""
    hashed = {**TEMPLATE, "metadata": {"labels": {"app": "web", "pod-template-hash": "abc"}}}
    other = {**TEMPLATE, "spec": {"containers": [{"name": "web", "image": "web:2"}]}}
    new, old = replica_set("web-abc", 3, template=hashed), replica_set("web-def", 0, template=other)
    assert (new, [old]) == split(deployment(), [old, new])


def test_template_hash() -> None:
    """Equal templates have equal hashes, in any order of keys; a collision gives another one."""
    shuffled = dict(reversed(list(TEMPLATE.items())))
    assert template_hash(TEMPLATE) == template_hash(shuffled)
    assert template_hash(TEMPLATE) != template_hash(TEMPLATE, 1)
    assert not same_template(TEMPLATE, {**TEMPLATE, "spec": {}})


def test_new_replica_set_selects_its_own_pods_only() -> None:
    """The hash is in its name, its labels, its selector and its template's labels."""
    made = new_replica_set(deployment(), 2, {"a": "b"})
    digest = made["metadata"]["labels"]["pod-template-hash"]
    assert f"web-{digest}" == made["metadata"]["name"]
    assert {"app": "web", "pod-template-hash": digest} == made["spec"]["selector"]["matchLabels"]
    assert {"app": "web", "pod-template-hash": digest} == made["spec"]["template"]["metadata"]["labels"]
    assert same_template(made["spec"]["template"], TEMPLATE)
    assert TEMPLATE["metadata"]["labels"] == {"app": "web"}


def test_trace_contexts_are_not_copied() -> None:
    """A Deployment's annotations go to its ReplicaSet, its trace and its book-keeping do not."""
    given = deployment()
    given["metadata"]["annotations"] = {
        "team": "web",
        REVISION: "3",
        "tracing.k8s.io/traceparent": "00-…",
        "traceutil.dev/object-span": "{}",
    }
    assert copied_annotations(given) == {"team": "web"}


def test_a_replica_set_used_again_gets_a_new_revision() -> None:
    """`rollout undo` raises the revision and remembers the old one."""
    current = replica_set("web-abc", 0, annotations={REVISION: "1"})
    wanted = wanted_annotations(deployment(), current, 3, 3, 4)
    assert (wanted[REVISION], wanted["deployment.kubernetes.io/revision-history"]) == ("3", "1")


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        pytest.param(2, [], id="as many as may be kept"),
        pytest.param(1, ["a"], id="the oldest revision beyond the limit"),
        pytest.param(0, ["a"], id="never one that still has pods"),
        pytest.param(None, [], id="ten without a limit"),
    ],
)
def test_forgotten(limit: int | None, expected: list[str]) -> None:
    old = [
        replica_set("b", 1, annotations={REVISION: "2"}),
        replica_set("a", 0, annotations={REVISION: "1"}),
    ]
    found = forgotten(deployment(revisionHistoryLimit=limit), old)
    assert expected == [each["metadata"]["name"] for each in found]


def test_conditions_keep_their_transition_time() -> None:
    """The same status keeps its time; another one takes the new time; others stay in their place."""
    old = [{"type": "A", "status": "True", "lastTransitionTime": "1"}, {"type": "B", "status": "True"}]
    same = with_condition(old, {"type": "A", "status": "True", "reason": "x", "lastTransitionTime": "2"})
    turned = with_condition(old, {"type": "A", "status": "False", "lastTransitionTime": "2"})
    assert (same[0]["lastTransitionTime"], turned[0]["lastTransitionTime"]) == ("1", "2")
    assert [each["type"] for each in turned] == ["A", "B"]


def test_a_changed_message_is_no_news() -> None:
    """The same status and reason leave the whole list as it was."""
    old = [{"type": "A", "status": "True", "reason": "r", "message": "one"}]
    assert old == with_news(old, {"type": "A", "status": "True", "reason": "r", "message": "two"})
    assert condition(with_news(old, {"type": "A", "status": "True", "reason": "s"}), "A") != old[0]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param({"a": 1}, {"a": 1}, {}, id="equal is nothing to send"),
        pytest.param({"a": 1, "b": 2}, {"a": 1}, {"b": None}, id="what went is null"),
        pytest.param({"a": 1}, {"a": 2, "c": 3}, {"a": 2, "c": 3}, id="what changed or came is sent"),
    ],
)
def test_status_patch(old: dict[str, Any], new: dict[str, Any], expected: dict[str, Any]) -> None:
    assert expected == status_patch(old, new)
