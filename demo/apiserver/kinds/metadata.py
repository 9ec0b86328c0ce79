"""The rules of object metadata: names, labels, annotations, owners, finalizers."""

from __future__ import annotations

from typing import Any

from . import names
from .causes import Causes, invalid, required, too_long
from .fill import Obj, as_list, as_map

#: Of all annotations of an object together, keys and values (apimachinery: TotalAnnotationSizeLimitB).
ANNOTATION_BYTES = 256 * 1024

_NAME_RULES: dict[tuple[str, str], names.Rule] = {
    ("", "Namespace"): names.label,
    ("", "Service"): names.label_1035,
}


def object_meta(obj: Obj, group: str) -> Causes:
    """The causes in an object's own metadata."""
    metadata = as_map(obj.get("metadata"))
    rule = _NAME_RULES.get((group, str(obj.get("kind"))), names.subdomain)
    if group == "rbac.authorization.k8s.io":
        rule = names.path_segment
    yield from _name(metadata, rule)
    yield from label_map("metadata.labels", metadata.get("labels"))
    yield from annotation_map("metadata.annotations", metadata.get("annotations"))
    yield from _owners(metadata.get("ownerReferences"))
    for index, finalizer in enumerate(as_list(metadata.get("finalizers"))):
        for problem in names.qualified(str(finalizer)):
            yield invalid(f"metadata.finalizers[{index}]", finalizer, problem)


def _name(metadata: Obj, rule: names.Rule) -> Causes:
    prefix = metadata.get("generateName")
    if prefix:
        # A prefix may end in a dash: what is generated does not.
        masked = str(prefix)[:-1] + "a" if str(prefix).endswith("-") else str(prefix)
        for problem in rule(masked):
            yield invalid("metadata.generateName", prefix, problem)
    name = metadata.get("name")
    if name:
        for problem in rule(str(name)):
            yield invalid("metadata.name", name, problem)
    elif not prefix:
        yield required("metadata.name", "name or generateName is required")


def label_map(field: str, found: Any) -> Causes:
    """The causes in a map of labels, as of an object or a template."""
    for key, value in as_map(found).items():
        for problem in names.qualified(key):
            yield invalid(field, key, problem)
        for problem in names.label_value(value) if isinstance(value, str) else ("must be a string",):
            yield invalid(field, value, problem)


def annotation_map(field: str, found: Any) -> Causes:
    """The causes in a map of annotations: keys as for labels but in any case, any text as a value."""
    total = 0
    for key, value in as_map(found).items():
        for problem in names.qualified(key.lower()):
            yield invalid(field, key, problem)
        if not isinstance(value, str):
            yield invalid(field, value, "must be a string")
            continue
        total += len(key.encode()) + len(value.encode())
    if total > ANNOTATION_BYTES:
        yield too_long(field, ANNOTATION_BYTES)


def _owners(found: Any) -> Causes:
    field = "metadata.ownerReferences"
    controllers = []
    for owner in map(as_map, as_list(found)):
        for name in ("apiVersion", "kind", "name", "uid"):
            if not owner.get(name):
                yield invalid(f"{field}.{name}", owner.get(name) or "", "must not be empty")
        if owner.get("controller") is True:
            controllers.append(f"{owner.get('apiVersion')}, Kind={owner.get('kind')}")
    if len(controllers) > 1:
        detail = f"Only one reference can have Controller set to true. Found {' and '.join(controllers)}"
        yield invalid(field, found, detail)
