"""Any propagator that OpenTelemetry has configured (b3, ottrace, …), its headers as annotations."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any

from opentelemetry.context import Context
from opentelemetry.propagators.textmap import Getter, Setter, TextMapPropagator
from opentelemetry.trace import NonRecordingSpan, SpanContext, get_current_span, set_span_in_context

from .base import MAX_VALUE, Malformed
from .w3c import PREFIX

#: Headers that are no span context; see `baggage`.
_NO_CONTEXT = frozenset({"baggage"})


class Propagator:
    """A propagator's headers, each an annotation under one prefix.

    Args:
        propagator: it must name the headers that it uses in `fields`.
        name: what it is called in settings and counters.
        prefix: of the annotation keys.
    """

    status_keys: tuple[str, ...] = ()

    def __init__(self, propagator: TextMapPropagator, name: str, prefix: str = PREFIX) -> None:
        self.name = name
        self.keys: tuple[str, ...] = tuple(
            prefix + field for field in sorted(propagator.fields) if field not in _NO_CONTEXT
        )
        self._propagator = propagator
        self._getter = _AnnotationGetter(prefix)
        self._setter = _AnnotationSetter(prefix)

    def read(self, annotations: Mapping[str, Any], _status: Mapping[str, Any], /) -> SpanContext | None:
        """See `Carrier.read`. Whatever the propagator raises means that it cannot read the value."""
        if not any(annotations.get(key) for key in self.keys):
            return None
        try:
            extracted = self._propagator.extract(annotations, context=Context(), getter=self._getter)
        except Exception as error:
            raise Malformed(f"{self.name}: {type(error).__name__}") from error
        found = get_current_span(extracted).get_span_context()
        if not found.is_valid:
            raise Malformed(f"{self.name}: headers without a valid context")
        return SpanContext(found.trace_id, found.span_id, True, found.trace_flags, found.trace_state)

    def write(self, context: SpanContext, annotations: MutableMapping[str, str]) -> None:
        """See `Carrier.write`. Headers that this context does not need are removed."""
        for key in self.keys:
            annotations.pop(key, None)
        current = set_span_in_context(NonRecordingSpan(context), Context())
        self._propagator.inject(annotations, context=current, setter=self._setter)


class _AnnotationGetter(Getter[Mapping[str, Any]]):
    def __init__(self, prefix: str) -> None:
        self._prefix = prefix

    def get(self, carrier: Mapping[str, Any], key: str) -> list[str] | None:
        value = carrier.get(self._prefix + key)
        return [value] if isinstance(value, str) and 0 < len(value) <= MAX_VALUE else None

    def keys(self, carrier: Mapping[str, Any]) -> list[str]:
        start = len(self._prefix)
        return [key[start:] for key in carrier if isinstance(key, str) and key.startswith(self._prefix)]


class _AnnotationSetter(Setter[MutableMapping[str, str]]):
    def __init__(self, prefix: str) -> None:
        self._prefix = prefix

    def set(self, carrier: MutableMapping[str, str], key: str, value: str) -> None:
        carrier[self._prefix + key] = value
