"""An object carries the trace that last changed its desired state.

Trace context travels in Kubernetes objects, so that controllers which never call each other still produce one
joined trace: from the write of desired state until actual state equals it.
"""

from __future__ import annotations

from traceutil.causes import Causes
from traceutil.current import current_tracer, use
from traceutil.desired import Convergence, State
from traceutil.health import Health
from traceutil.object_span import ObjectSpan
from traceutil.objects import KubernetesObject, WritableObject
from traceutil.relation import Relation
from traceutil.settings import Settings
from traceutil.traced import traced
from traceutil.tracer import ObjectTracer
from traceutil.verbs import (
    context_from_object,
    context_json_patch,
    desired_state_reached,
    encode_context_into_object,
    end_if_reached,
    object_span,
    start_span_from_object,
    trace_deletion,
    trace_until_reached,
    work_done,
)

__all__ = [
    "Causes",
    "Convergence",
    "Health",
    "KubernetesObject",
    "ObjectSpan",
    "ObjectTracer",
    "Relation",
    "Settings",
    "State",
    "WritableObject",
    "context_from_object",
    "context_json_patch",
    "current_tracer",
    "desired_state_reached",
    "encode_context_into_object",
    "end_if_reached",
    "object_span",
    "start_span_from_object",
    "trace_deletion",
    "trace_until_reached",
    "traced",
    "use",
    "work_done",
]
