"""Label and field selectors: parsing, and whether an object matches.

Grammar: k8s.io/apimachinery/pkg/labels/selector.go and pkg/fields/selector.go.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from demo.apiserver.resources import Resource
from demo.apiserver.status_errors import ApiError, bad_request

_NAME = r"[A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?"
_REQUIREMENT = re.compile(
    rf"\s*(?:(?P<absent>!)\s*(?P<gone>{_NAME})"
    rf"|(?P<key>{_NAME})\s*(?:(?P<op>==|=|!=)\s*(?P<value>[^,()\s]*)|\s+(?P<set>in|notin)\s*\((?P<values>[^()]*)\))?)"
    r"\s*(?:,|$)"
)
_FIELD = re.compile(r"(?P<path>[^=!,]+)(?P<op>==|=|!=)(?P<value>(?:\\.|[^,])*)(?:,|$)")

FIELDS: dict[tuple[str, str], tuple[str, ...]] = {
    ("", "pods"): (
        "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName",
        "spec.hostNetwork", "status.phase", "status.podIP", "status.nominatedNodeName",
    ),
    ("", "events"): (
        "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid",
        "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath",
        "reason", "reportingComponent", "source", "type",
    ),
    ("", "secrets"): ("type",),
    ("", "namespaces"): ("status.phase",),
    ("", "nodes"): ("spec.unschedulable",),
    ("", "services"): ("spec.clusterIP", "spec.type"),
    ("", "replicationcontrollers"): ("status.replicas",),
    ("apps", "replicasets"): ("status.replicas",),
    ("batch", "jobs"): ("status.successful",),
}  # fmt: skip
"""Field labels beyond metadata.name and metadata.namespace (the SelectableFields of each kind)."""


class Requirement(NamedTuple):
    """`operator` is one of in, notin, exists, absent."""

    key: str
    operator: str
    values: frozenset[str] = frozenset()

    def matches(self, found: str | None) -> bool:
        match self.operator:
            case "in":
                return found in self.values
            case "notin":
                return found not in self.values
            case "exists":
                return found is not None
        return found is None


class Selection(NamedTuple):
    """What of a collection a list or a watch is about."""

    namespace: str = ""
    labels: tuple[Requirement, ...] = ()
    fields: tuple[Requirement, ...] = ()

    @property
    def everything(self) -> bool:
        return not (self.namespace or self.labels or self.fields)

    @property
    def name(self) -> str | None:
        """The one name selected by `metadata.name=`, if there is one."""
        for field in self.fields:
            if field.key == "metadata.name" and field.operator == "in":
                return next(iter(field.values))
        return None

    def matches(self, obj: Mapping[str, Any]) -> bool:
        metadata = obj["metadata"]
        if self.namespace and metadata.get("namespace") != self.namespace:
            return False
        labels = metadata.get("labels") or {}
        return all(r.matches(labels.get(r.key)) for r in self.labels) and all(
            r.matches(field_value(obj, r.key)) for r in self.fields
        )


def select(resource: Resource, namespace: str, labels: str, fields: str) -> Selection:
    """The selection of a request; raises 400 for what cannot be parsed or is not selectable."""
    return Selection(namespace, parse_labels(labels), parse_fields(resource, fields, labels))


def parse_labels(text: str) -> tuple[Requirement, ...]:
    """Equality- and set-based requirements, all of which must hold."""
    found: list[Requirement] = []
    at = 0
    while at < len(text):
        match = _REQUIREMENT.match(text, at)
        if match is None:
            raise bad_request(f'unable to parse requirement: found "{text[at:]}", expected: a label selector')
        found.append(_requirement(match))
        at = match.end()
    return tuple(found)


def _requirement(match: re.Match[str]) -> Requirement:
    if match["absent"]:
        return Requirement(match["gone"], "absent")
    if match["set"]:
        values = frozenset(value.strip() for value in match["values"].split(","))
        return Requirement(match["key"], match["set"], values)
    if match["op"]:
        operator = "notin" if match["op"] == "!=" else "in"
        return Requirement(match["key"], operator, frozenset({match["value"]}))
    return Requirement(match["key"], "exists")


def parse_fields(resource: Resource, text: str, labels: str = "") -> tuple[Requirement, ...]:
    """`path=value` and `path!=value`, comma-separated; 400 when the kind does not offer the path."""
    known = ("metadata.name", "metadata.namespace", *FIELDS.get(resource.key, ()), *resource.selectable)
    found: list[Requirement] = []
    at = 0
    while at < len(text):
        match = _FIELD.match(text, at)
        if match is None:
            raise bad_request(f'invalid selector: "{text}"; can\'t understand "{text[at:]}"')
        path = match["path"].strip()
        if path not in known:
            raise _not_selectable(resource, labels, text, path)
        value = re.sub(r"\\(.)", r"\1", match["value"])
        found.append(Requirement(path, "notin" if match["op"] == "!=" else "in", frozenset({value})))
        at = match.end()
    return tuple(found)


def _not_selectable(resource: Resource, labels: str, fields: str, path: str) -> ApiError:
    return bad_request(
        f'Unable to find "{resource.group}/{resource.version}, Resource={resource.plural}" that match label '
        f'selector "{labels}", field selector "{fields}": field label not supported: {path}'
    )


def field_value(obj: Mapping[str, Any], path: str) -> str:
    """A field as selectors compare it: text, empty where it is absent, `true`/`false` for booleans."""
    value: Any = obj
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    if path == "source" and isinstance(value, Mapping):
        value = value.get("component")
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "false" if path in ("spec.unschedulable", "spec.hostNetwork") else ""
    return str(value)


def matches_label_selector(selector: Mapping[str, Any] | None, labels: Mapping[str, str]) -> bool:
    """A `LabelSelector` object (matchLabels, matchExpressions); None selects nothing, {} everything."""
    if selector is None:
        return False
    operators = {"In": "in", "NotIn": "notin", "Exists": "exists", "DoesNotExist": "absent"}
    wanted = [Requirement(k, "in", frozenset({v})) for k, v in (selector.get("matchLabels") or {}).items()]
    for expression in selector.get("matchExpressions") or ():
        values = frozenset(expression.get("values") or ())
        wanted.append(Requirement(expression["key"], operators[expression["operator"]], values))
    return all(requirement.matches(labels.get(requirement.key)) for requirement in wanted)


def label_selector_text(selector: Mapping[str, Any] | None) -> str:
    """A `LabelSelector` object as the text of a query, as `Scale.status.selector` holds it."""
    if not selector:
        return ""
    parts = [f"{key}={value}" for key, value in sorted((selector.get("matchLabels") or {}).items())]
    for expression in selector.get("matchExpressions") or ():
        key, values = expression["key"], ",".join(sorted(expression.get("values") or ()))
        shapes = {"In": f"{key} in ({values})", "NotIn": f"{key} notin ({values})", "Exists": key}
        parts.append(shapes.get(expression["operator"], f"!{key}"))
    return ",".join(parts)
