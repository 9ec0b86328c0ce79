"""What does a request's URL speak of? The paths of the API server, read (Kubernetes API concepts)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

#: Subresources of a namespace: `/namespaces/a/status` names no resource "status" in the namespace.
_OF_NAMESPACES = frozenset({"status", "finalize"})


@dataclass(frozen=True, slots=True)
class Target:
    """A resource, one object of it, or a subresource of that. `resource` '' : something else (`/version`)."""

    group: str = ""
    version: str = ""
    namespace: str = ""
    resource: str = ""
    name: str = ""
    subresource: str = ""


def target_of(path: str) -> Target:
    """The target of a path; what stands before `/api` or `/apis` (a proxy's prefix) is left out."""
    parts = [part for part in path.split("/") if part]
    for index, part in enumerate(parts):
        if part == "api" and len(parts) > index + 2:
            return _target("", parts[index + 1], parts[index + 2 :])
        if part == "apis" and len(parts) > index + 3:
            return _target(parts[index + 1], parts[index + 2], parts[index + 3 :])
    return Target()


def _target(group: str, version: str, rest: list[str]) -> Target:
    namespace = ""
    if rest[0] == "namespaces" and len(rest) > 2 and not (len(rest) == 3 and rest[2] in _OF_NAMESPACES):
        namespace, rest = rest[1], rest[2:]
    resource, name, *more = [*rest, ""] if len(rest) < 2 else rest
    return Target(group, version, namespace, resource, name, more[0] if more else "")


def split(url: str) -> tuple[str, dict[str, list[str]]]:
    """(all before the query, the query's parameters)."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}", parse_qs(parts.query) if parts.query else {}
