"""What was asked for: the attributes of a request, and the key under which it is counted.

The reading of paths is that of k8s.io/apiserver/pkg/endpoints/request/requestinfo.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class RequestKey(NamedTuple):
    """How requests are counted: Kubernetes verb, `pods` or `pods/status`, and the user of the token."""

    verb: str
    resource: str
    user: str


class RequestInfo(NamedTuple):
    """One request, read from its method, path and query."""

    verb: str
    group: str
    version: str
    namespace: str
    plural: str
    name: str
    subresource: str

    @property
    def counted_as(self) -> str:
        return f"{self.plural}/{self.subresource}" if self.subresource else self.plural


VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete", "GET": "get", "HEAD": "get"}
NAMESPACE_SUBRESOURCES = frozenset({"status", "finalize"})


def is_true(query: Mapping[str, str], name: str) -> bool:
    """A boolean query parameter: anything but `false` and `0` is true, even no value at all.

    Source: k8s.io/apimachinery/pkg/runtime/conversion.go, Convert_Slice_string_To_bool.
    """
    return name in query and query[name].lower() not in ("false", "0")


def read_request(method: str, path: str, query: Mapping[str, str]) -> RequestInfo | None:
    """The request's attributes; None when the path names no resource (discovery, health, ...)."""
    parts = [part for part in path.split("/") if part]
    if len(parts) >= 3 and parts[0] == "api":
        group, version, rest = "", parts[1], parts[2:]
    elif len(parts) >= 4 and parts[0] == "apis":
        group, version, rest = parts[1], parts[2], parts[3:]
    else:
        return None
    watched = rest[0] == "watch" and len(rest) > 1
    rest = rest[1:] if watched else rest
    namespace = ""
    if rest[0] == "namespaces" and len(rest) >= 2:
        namespace = rest[1]
        if len(rest) > 2 and rest[2] not in NAMESPACE_SUBRESOURCES:
            rest = rest[2:]
    plural, name, subresource = (*rest, "", "")[:3]
    if plural == "namespaces":
        namespace = ""
    verb = _verb(method, name, watched or (not name and is_true(query, "watch")))
    return RequestInfo(verb, group, version, namespace, plural, name, "/".join(rest[2:]) or subresource)


def _verb(method: str, name: str, watched: bool) -> str:
    verb = VERBS.get(method, method.lower())
    if verb == "get" and watched:
        return "watch"
    if name:
        return verb
    return {"get": "list", "delete": "deletecollection"}.get(verb, verb)
