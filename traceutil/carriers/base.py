"""What every carrier is, and the limits that hold for all of them."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any, Protocol

from opentelemetry.trace import SpanContext

#: Longest value, in characters, that is looked into. No dialect needs a tenth of it.
MAX_VALUE = 65_536


class Malformed(ValueError):
    """An annotation that claims to be a context and is none; counted by the caller, never raised to users."""


class Carrier(Protocol):
    """One dialect: how a span context is spelled on a Kubernetes object."""

    @property
    def name(self) -> str:
        """What the dialect is called in settings and in counters: "w3c", "tekton", …"""

    @property
    def keys(self) -> tuple[str, ...]:
        """Annotation keys that the dialect owns."""

    @property
    def status_keys(self) -> tuple[str, ...]:
        """Keys directly under `status` that the dialect reads; mostly none."""

    def read(self, annotations: Mapping[str, Any], status: Mapping[str, Any], /) -> SpanContext | None:
        """The remote span context, or None where the dialect is absent.

        Raises:
            Malformed: the dialect's key is there, and its value is no context.
        """

    def write(self, context: SpanContext, annotations: MutableMapping[str, str]) -> None:
        """Put `context`, which must be valid, among the annotations; others are left alone."""


def text(annotations: Mapping[str, Any], key: str) -> str | None:
    """The value under `key`; None where it is absent, null or empty.

    Raises:
        Malformed: the value is no string, or longer than `MAX_VALUE`.
    """
    value = annotations.get(key)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise Malformed(f"{key}: {type(value).__name__} instead of a string")
    if len(value) > MAX_VALUE:
        raise Malformed(f"{key}: {len(value)} characters")
    return value
