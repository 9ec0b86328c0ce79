"""How a context is spelled on an object: one small file per dialect, read in one documented order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from opentelemetry.trace import SpanContext

from . import agent_sandbox, bare, jaeger, kruise, multigres, opencensus, operatortrace, posit, tekton, w3c
from .base import Carrier, Malformed

__all__ = ["DEFAULT_READ", "DEFAULT_WRITE", "Carrier", "Malformed", "by_name", "read_context"]

#: Precedence of reading: the standard, then what one tool writes, then formats that came before W3C.
DEFAULT_READ: tuple[Carrier, ...] = (
    w3c.CARRIER,  # tracing.k8s.io/traceparent, …/tracestate (KEP-5915)
    bare.CARRIER,  # traceparent, tracestate
    operatortrace.CARRIER,  # operatortrace.azure.microsoft.com/traceparent; older …/trace-id
    tekton.CARRIER,  # tekton.dev/{taskrun,customrun,pipelinerun}SpanContext, status.spanContext
    agent_sandbox.CARRIER,  # opentelemetry.io/trace-context
    kruise.CARRIER,  # agents.kruise.io/trace-context
    multigres.CARRIER,  # multigres.com/traceparent
    posit.CARRIER,  # posit.co/traceparent
    opencensus.CARRIER,  # trace.kubernetes.io/context (KEP-0034)
    jaeger.CARRIER,  # uber-trace-id
)
DEFAULT_WRITE: tuple[Carrier, ...] = (w3c.CARRIER,)

_BY_NAME = {carrier.name: carrier for carrier in DEFAULT_READ}


def by_name(*names: str) -> tuple[Carrier, ...]:
    """The carriers of these names, in the order given.

    Raises:
        ValueError: a name is unknown; the message lists those that exist.
    """
    unknown = [name for name in names if name not in _BY_NAME]
    if unknown:
        raise ValueError(f"unknown carrier {unknown[0]!r}; known are: {', '.join(_BY_NAME)}")
    return tuple(_BY_NAME[name] for name in names)


def read_context(
    annotations: Mapping[str, Any],
    status: Mapping[str, Any],
    carriers: tuple[Carrier, ...] = DEFAULT_READ,
    on_malformed: Callable[[str], None] | None = None,
) -> SpanContext | None:
    """The context of the first carrier that has a valid one; never raises, whatever the object holds.

    Args:
        annotations: `metadata.annotations`; anything but a mapping counts as none.
        status: `status`, likewise.
        carriers: in order of precedence.
        on_malformed: told the name of each carrier that was there, was malformed, and was skipped.
    """
    if type(annotations) is not dict and not isinstance(annotations, Mapping):
        annotations = {}
    if type(status) is not dict and not isinstance(status, Mapping):
        status = {}
    keys, status_keys = _DEFAULT_KEYS if carriers is DEFAULT_READ else _keys(carriers)
    if keys.isdisjoint(annotations) and status_keys.isdisjoint(status):
        return None
    for carrier in carriers:
        try:
            context = carrier.read(annotations, status)
        except Malformed:
            if on_malformed is not None:
                on_malformed(carrier.name)
        else:
            if context is not None:
                return context
    return None


@lru_cache(maxsize=64)
def _keys(carriers: tuple[Carrier, ...]) -> tuple[frozenset[str], frozenset[str]]:
    return (
        frozenset(key for carrier in carriers for key in carrier.keys),
        frozenset(key for carrier in carriers for key in carrier.status_keys),
    )


_DEFAULT_KEYS = _keys(DEFAULT_READ)
