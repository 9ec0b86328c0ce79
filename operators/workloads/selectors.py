"""Does a label selector choose these labels? (metav1.LabelSelector)"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def selects(selector: Mapping[str, Any] | None, labels: Mapping[str, str]) -> bool:
    """True when every matchLabels pair and every matchExpressions requirement holds.

    An empty or missing selector chooses nothing here: apps/v1 refuses such a selector, and a controller
    that took it for "everything" would adopt the whole namespace.
    """
    wanted: Mapping[str, str] = (selector or {}).get("matchLabels") or {}
    expressions = (selector or {}).get("matchExpressions") or ()
    if not wanted and not expressions:
        return False
    return all(labels.get(key) == value for key, value in wanted.items()) and all(
        requirement_holds(each, labels) for each in expressions
    )


def requirement_holds(requirement: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """One matchExpressions entry: In, NotIn, Exists, DoesNotExist; for node affinity also Gt and Lt."""
    key, values = requirement.get("key", ""), requirement.get("values") or ()
    match requirement.get("operator"):
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
        case "Gt":
            return _compares(labels.get(key), values, 1)
        case "Lt":
            return _compares(labels.get(key), values, -1)
        case _:
            return False


def _compares(label: str | None, values: Any, sign: int) -> bool:
    try:
        return (int(label or "") - int(values[0])) * sign > 0
    except (ValueError, IndexError, TypeError):
        return False
