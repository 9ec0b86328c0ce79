"""Why an object is refused: one cause per field, worded as by kube-apiserver (`field.Error.ErrorBody`)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias


class Cause(NamedTuple):
    """One entry of `details.causes` of a Status with code 422."""

    field: str
    reason: str
    message: str


Causes: TypeAlias = Iterator[Cause]

IMMUTABLE = "field is immutable"


def required(field: str, detail: str = "") -> Cause:
    """The field must be there."""
    return Cause(field, "FieldValueRequired", f"Required value: {detail}" if detail else "Required value")


def invalid(field: str, value: Any, detail: str) -> Cause:
    """The field has a value that the rule in `detail` forbids."""
    return Cause(field, "FieldValueInvalid", f"Invalid value: {shown(value)}: {detail}")


def duplicate(field: str, value: Any) -> Cause:
    """An item with this key stands earlier in the list."""
    return Cause(field, "FieldValueDuplicate", f"Duplicate value: {shown(value)}")


def forbidden(field: str, detail: str) -> Cause:
    """The field may not be set, or not be changed."""
    return Cause(field, "FieldValueForbidden", f"Forbidden: {detail}")


def not_found(field: str, value: Any) -> Cause:
    """The field refers to something that the object does not have."""
    return Cause(field, "FieldValueNotFound", f"Not found: {shown(value)}")


def unsupported(field: str, value: Any, *supported: str) -> Cause:
    """The field's value is none of the supported ones."""
    listed = ", ".join(shown(one) for one in supported)
    message = f"Unsupported value: {shown(value)}: supported values: {listed}"
    return Cause(field, "FieldValueNotSupported", message)


def too_long(field: str, limit: int) -> Cause:
    """The field holds more than `limit` bytes."""
    return Cause(field, "FieldValueTooLong", f"Too long: may not be more than {limit} bytes")


def shown(value: Any) -> str:
    """A value as it stands in a message."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=str)


def one_of(field: str, value: Any, *supported: str) -> Causes:
    """Nothing if the value is supported or absent."""
    if value is not None and value not in supported:
        yield unsupported(field, value, *supported)


def at_least(field: str, value: Any, minimum: int) -> Causes:
    """Nothing if the value is absent, or an integer from `minimum` on."""
    if value is None:
        return
    if not isinstance(value, int) or isinstance(value, bool):
        yield invalid(field, value, "must be an integer")
    elif value < minimum:
        yield invalid(field, value, f"must be greater than or equal to {minimum}")


def between(field: str, value: Any, low: int, high: int) -> Causes:
    """Nothing if the value is absent, or an integer within the bounds."""
    if value is None:
        return
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        yield invalid(field, value, f"must be between {low} and {high}, inclusive")
