"""From client-side to server-side apply: what kubectl's annotation concedes, and how it is kept up to date.

Source: lastappliedmanager.go and lastappliedupdater.go in apimachinery/pkg/util/managedfields.
"""

from __future__ import annotations

import json
from typing import Any

from .compare import applied_fields, compare
from .fieldset import FieldSet, difference
from .schema import Obj, Schema

ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration"
#: The field manager that migrates; users opt out of it with another one.
KUBECTL = "kubectl"


def conceded(live: Obj | None, manager: str, api_version: str, schema: Schema) -> FieldSet:
    """The fields over which an apply of this manager has no conflict: what it applied by itself before."""
    text = _annotations(live).get(ANNOTATION)
    if manager != KUBECTL or live is None or not isinstance(text, str):
        return {}
    try:
        last = json.loads(text)
    except ValueError:
        return {}
    if not isinstance(last, dict) or last.get("apiVersion") != api_version:
        return {}
    fields = applied_fields(last, schema, "")
    for differs in compare(last, live, schema, ""):
        fields = difference(fields, differs)
    return fields


def kept_up_to_date(obj: Obj, manager: str, applied: Obj) -> Obj:
    """The object after an apply; where it has kubectl's annotation, that now says what kubectl applied."""
    annotations = _annotations(obj)
    if manager != KUBECTL or not annotations.get(ANNOTATION):
        return obj
    metadata = applied.get("metadata") or {}
    stated = {key: value for key, value in _annotations(applied).items() if key != ANNOTATION}
    told = applied | {"metadata": metadata | ({"annotations": stated} if "annotations" in metadata else {})}
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
    if annotations[ANNOTATION] == text:
        return obj
    return obj | {"metadata": obj["metadata"] | {"annotations": annotations | {ANNOTATION: text}}}


def _annotations(obj: Obj | None) -> dict[str, Any]:
    found = ((obj or {}).get("metadata") or {}).get("annotations")
    return found if isinstance(found, dict) else {}
