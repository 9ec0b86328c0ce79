"""Was this request work? One pure function of what was sent and what was answered (docs/spec.md 9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from traceutil.desired import State
from traceutil.integrations.clients.target import Target
from traceutil.objects import Json, items, section, text

#: `unknown`: the server accepted it, and nobody can tell whether it moved anything. It is presumed work.
Seen = Literal["work", "no work", "unknown"]

_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
#: Written all the time, or asked by POST: they move no state.
_NEVER = frozenset({"events", "leases"})
_NEVER_GROUPS = frozenset({"authentication.k8s.io", "authorization.k8s.io"})
_NEVER_SUBRESOURCES = frozenset({"attach", "exec", "log", "portforward", "proxy", "token"})
#: What a patch of status says besides status, to name its object.
_NAMING = frozenset({"name", "namespace", "uid", "resourceVersion"})


@dataclass(frozen=True, slots=True)
class Write:
    """A request that may change something.

    Args:
        expected: the resourceVersion on which it is conditional; '' where on none.
        status_only: whether it can change nothing but status.
    """

    method: str
    target: Target
    dry_run: bool = False
    expected: str = ""
    status_only: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said.

    Args:
        status: HTTP status code.
        body: its JSON; None where nobody has read it.
        seen_before: the answered resourceVersion had been seen before the request was sent.
        before, after: the verdicts on the object before and after; None where unknown.
    """

    status: int
    body: Json | None = None
    seen_before: bool = False
    before: State | None = None
    after: State | None = None


def moves_state(target: Target) -> bool:
    """Whether writes there can be work at all: not Events, Leases, reviews, tokens, exec."""
    return (
        bool(target.resource)
        and target.resource not in _NEVER
        and target.group not in _NEVER_GROUPS
        and target.subresource not in _NEVER_SUBRESOURCES
    )


def write_of(method: str, target: Target, query: Mapping[str, list[str]], body: Any) -> Write | None:
    """The write that a request is; None for reads."""
    if method not in _WRITES:
        return None
    options = body if isinstance(body, Mapping) else {}
    dry_run = bool(query.get("dryRun") or (method == "DELETE" and options.get("dryRun")))
    return Write(method, target, dry_run, _expected(method, body), _status_only(method, target, body))


def _expected(method: str, body: Any) -> str:
    if isinstance(body, list):
        tests = [op.get("value") for op in items({"ops": body}, "ops") if _tests_version(op)]
        return tests[0] if tests and isinstance(tests[0], str) else ""
    if not isinstance(body, Mapping):
        return ""
    version = text(section(body, "preconditions" if method == "DELETE" else "metadata"), "resourceVersion")
    return "" if version == "0" else version  # the API server takes "0" as "any"


def _tests_version(operation: Json) -> bool:
    return operation.get("op") == "test" and operation.get("path") == "/metadata/resourceVersion"


def _status_only(method: str, target: Target, body: Any) -> bool:
    if target.subresource == "status":
        return True
    if method != "PATCH":
        return False
    if isinstance(body, list):
        changes = [op for op in items({"ops": body}, "ops") if op.get("op") != "test"]
        return bool(changes) and all(f"{text(op, 'path')}/".startswith("/status/") for op in changes)
    if not isinstance(body, Mapping) or "status" not in body:
        return False
    return body.keys() <= {"apiVersion", "kind", "metadata", "status"} and (
        section(body, "metadata").keys() <= _NAMING
    )


def seen(write: Write, answer: Answer) -> Seen:
    """Whether the request was work."""
    if not 200 <= answer.status < 300 or write.dry_run or not moves_state(write.target):
        return "no work"
    if answer.body is None:
        return "unknown"
    if answer.status == 201 and write.method != "POST":
        return "work"  # created by PUT or apply
    if write.method == "DELETE":
        return _deletion(write, answer, answer.body)
    version = text(section(answer.body, "metadata"), "resourceVersion")
    if write.method == "POST":
        return "work" if version or answer.body.get("kind") == "Status" else "no work"
    if version and (version == write.expected or answer.seen_before):
        return "no work"
    if write.status_only:
        if answer.before is None or answer.after is None:
            return "unknown"
        return "work" if answer.before != answer.after else "no work"
    return "work" if version and write.expected else "unknown"


def _deletion(write: Write, answer: Answer, body: Json) -> Seen:
    """A deletion is work unless there was nothing to delete, or it had been under way already."""
    if not write.target.name and isinstance(body.get("items"), list):
        return "work" if body["items"] else "no work"
    metadata = section(body, "metadata")
    unmoved = answer.seen_before or text(metadata, "resourceVersion") == (write.expected or None)
    return "no work" if metadata.get("deletionTimestamp") and unmoved else "work"
