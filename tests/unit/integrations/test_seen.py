"""Was this request work? The table of docs/spec.md 9."""

from __future__ import annotations

from typing import Any

import pytest

from traceutil.desired import State
from traceutil.integrations.clients.seen import Answer, Seen, Write, seen, write_of
from traceutil.integrations.clients.target import target_of

WEB = target_of("/apis/apps/v1/namespaces/a/deployments/web")
ALL = target_of("/apis/apps/v1/namespaces/a/deployments")
STATUS = target_of("/apis/apps/v1/namespaces/a/deployments/web/status")
BINDING = target_of("/api/v1/namespaces/a/pods/web/binding")


def stored(version: str = "8", **metadata: Any) -> dict[str, Any]:
    return {"metadata": {"uid": "u", "resourceVersion": version, **metadata}}


TERMINATING = stored(deletionTimestamp="2026-01-01T00:00:00Z")
SUCCESS = {"kind": "Status", "status": "Success", "metadata": {}}
BEFORE, AFTER = {"before": State.IN_PROGRESS}, {"after": State.REACHED}

ROWS: list[tuple[str, Write, Answer, Seen]] = [
    ("a creation", Write("POST", ALL), Answer(201, stored()), "work"),
    ("a creation that is refused", Write("POST", ALL), Answer(409, SUCCESS), "no work"),
    ("a creation as a dry run", Write("POST", ALL, dry_run=True), Answer(201, stored()), "no work"),
    (
        "what is asked by POST and stored nowhere",
        Write("POST", ALL),
        Answer(201, {"metadata": {}}),
        "no work",
    ),
    ("a Binding", Write("POST", BINDING), Answer(201, SUCCESS), "work"),
    ("an answer that was not read", Write("POST", ALL), Answer(201), "unknown"),
    ("a conditional write that moved it", Write("PUT", WEB, expected="7"), Answer(200, stored()), "work"),
    ("a conditional write that did not", Write("PUT", WEB, expected="8"), Answer(200, stored()), "no work"),
    (
        "a blind patch that answers a version seen before",
        Write("PATCH", WEB),
        Answer(200, stored(), seen_before=True),
        "no work",
    ),
    ("a blind patch that answers a new version", Write("PATCH", WEB), Answer(200, stored()), "unknown"),
    ("an apply, or PUT, that creates", Write("PATCH", WEB), Answer(201, stored()), "work"),
    ("a patch that is refused", Write("PATCH", WEB), Answer(422, SUCCESS), "no work"),
    ("an answer that is no object", Write("PATCH", WEB), Answer(200, SUCCESS), "unknown"),
    (
        "a status that changes the verdict",
        Write("PATCH", STATUS, status_only=True),
        Answer(200, stored(), **BEFORE, **AFTER),
        "work",
    ),
    (
        "a status that leaves the verdict as it is",
        Write("PATCH", STATUS, expected="7", status_only=True),
        Answer(200, stored(), before=State.REACHED, after=State.REACHED),
        "no work",
    ),
    (
        "a status that moved nothing",
        Write("PATCH", STATUS, status_only=True),
        Answer(200, stored(), True, **BEFORE, **AFTER),
        "no work",
    ),
    (
        "a status of an object of which the verdict was not known",
        Write("PATCH", STATUS, status_only=True),
        Answer(200, stored(), **AFTER),
        "unknown",
    ),
    ("a deletion that is done at once", Write("DELETE", WEB), Answer(200, SUCCESS), "work"),
    ("a deletion that begins", Write("DELETE", WEB), Answer(200, TERMINATING), "work"),
    ("a deletion under way already", Write("DELETE", WEB), Answer(200, TERMINATING, True), "no work"),
    (
        "a deletion under way, on its version",
        Write("DELETE", WEB, expected="8"),
        Answer(200, TERMINATING),
        "no work",
    ),
    (
        "the deletion of an object last seen as it went",
        Write("DELETE", WEB),
        Answer(200, stored(), True),
        "work",
    ),
    ("the deletion of what is not there", Write("DELETE", WEB), Answer(404, SUCCESS), "no work"),
    ("the deletion of a collection", Write("DELETE", ALL), Answer(200, {"items": [stored()]}), "work"),
    ("the deletion of an empty collection", Write("DELETE", ALL), Answer(200, {"items": []}), "no work"),
    (
        "an Event",
        Write("POST", target_of("/api/v1/namespaces/a/events")),
        Answer(201, stored()),
        "no work",
    ),
    (
        "a heartbeat",
        Write("PUT", target_of("/apis/coordination.k8s.io/v1/namespaces/a/leases/b"), expected="7"),
        Answer(200, stored()),
        "no work",
    ),
    (
        "a question about rights",
        Write("POST", target_of("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews")),
        Answer(201, stored()),
        "no work",
    ),
    (
        "a token",
        Write("POST", target_of("/api/v1/namespaces/a/serviceaccounts/b/token")),
        Answer(201, stored()),
        "no work",
    ),
    (
        "a command in a pod",
        Write("POST", target_of("/api/v1/namespaces/a/pods/b/exec")),
        Answer(200, stored()),
        "no work",
    ),
]


@pytest.mark.parametrize(
    ("write", "answer", "expected"),
    [pytest.param(write, answer, expected, id=f"{id}: {expected}") for id, write, answer, expected in ROWS],
)
def test_seen(write: Write, answer: Answer, expected: Seen) -> None:
    assert expected == seen(write, answer)


STATUS_PATCH = {"status": {"replicas": 1}}
REMOVE = {"op": "remove", "path": "/status/x"}
TESTED = {"op": "test", "path": "/metadata/resourceVersion", "value": "7"}


@pytest.mark.parametrize(
    ("method", "target", "query", "body", "expected"),
    [
        pytest.param("GET", WEB, {}, None, None, id="a read is no write"),
        pytest.param("PUT", WEB, {}, stored("7"), Write("PUT", WEB, expected="7"), id="a whole object"),
        pytest.param("PUT", WEB, {}, stored("0"), Write("PUT", WEB), id="version 0 stands for any"),
        pytest.param(
            "POST", ALL, {"dryRun": ["All"]}, {}, Write("POST", ALL, dry_run=True), id="a dry run by query"
        ),
        pytest.param(
            "DELETE", WEB, {}, {"dryRun": ["All"]}, Write("DELETE", WEB, dry_run=True), id="a dry run by body"
        ),
        pytest.param(
            "DELETE",
            WEB,
            {},
            {"preconditions": {"resourceVersion": "7"}},
            Write("DELETE", WEB, expected="7"),
            id="a deletion on a version",
        ),
        pytest.param("PATCH", STATUS, {}, {}, Write("PATCH", STATUS, status_only=True), id="/status"),
        pytest.param(
            "PATCH",
            WEB,
            {},
            STATUS_PATCH | stored("7"),
            Write("PATCH", WEB, expected="7", status_only=True),
            id="a patch of status alone, to an object without the subresource",
        ),
        pytest.param(
            "PATCH", WEB, {}, STATUS_PATCH | {"spec": {}}, Write("PATCH", WEB), id="of spec and status"
        ),
        pytest.param(
            "PATCH",
            WEB,
            {},
            STATUS_PATCH | {"metadata": {"labels": {}}},
            Write("PATCH", WEB),
            id="of labels and status",
        ),
        pytest.param(
            "PATCH",
            WEB,
            {},
            [TESTED, REMOVE],
            Write("PATCH", WEB, expected="7", status_only=True),
            id="a JSON patch of status on a version",
        ),
        pytest.param(
            "PATCH", WEB, {}, [REMOVE, {"op": "remove", "path": "/statusx"}], Write("PATCH", WEB),
            id="a JSON patch of more than status",
        ),
        pytest.param("PATCH", WEB, {}, None, Write("PATCH", WEB), id="a body that cannot be read"),
    ],
)  # fmt: skip
def test_write_of(method: str, target: Any, query: Any, body: Any, expected: Write | None) -> None:
    assert expected == write_of(method, target, query, body)
