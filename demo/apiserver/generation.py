"""When does `metadata.generation` move? One rule per family of kinds, as pure functions.

Source: the `PrepareForUpdate` strategies in kubernetes/pkg/registry/*/*/strategy.go and
apiextensions-apiserver/pkg/registry/customresource/strategy.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any


class GenerationRule(Enum):
    """What a kind counts as a change of its desired state."""

    NONE = "the kind has no generation"
    SPEC = "spec"
    SPEC_OR_ANNOTATIONS = "spec or annotations"
    ALL_BUT_METADATA_AND_STATUS = "anything but metadata and status"
    ALL_BUT_METADATA = "anything but metadata"


def first_generation(rule: GenerationRule) -> int | None:
    """The generation of a new object; None where the kind has none."""
    return None if rule is GenerationRule.NONE else 1


def desired_state_changed(rule: GenerationRule, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """True when `new` asks for something else than `old`, by the rule of its kind."""
    match rule:
        case GenerationRule.NONE:
            return False
        case GenerationRule.SPEC:
            return bool(old.get("spec") != new.get("spec"))
        case GenerationRule.SPEC_OR_ANNOTATIONS:
            return bool(old.get("spec") != new.get("spec") or _annotations(old) != _annotations(new))
        case GenerationRule.ALL_BUT_METADATA_AND_STATUS:
            return _without(old, "metadata", "status") != _without(new, "metadata", "status")
        case GenerationRule.ALL_BUT_METADATA:
            return _without(old, "metadata") != _without(new, "metadata")


def next_generation(rule: GenerationRule, old: Mapping[str, Any], new: Mapping[str, Any]) -> int | None:
    """The generation that `new` gets when it replaces `old`."""
    current: int | None = old["metadata"].get("generation")
    if current is None or not desired_state_changed(rule, old, new):
        return current
    return current + 1


def _annotations(obj: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] | None = obj["metadata"].get("annotations")
    return found or {}


def _without(obj: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    dropped = {"apiVersion", "kind", *keys}
    return {key: value for key, value in obj.items() if key not in dropped}
