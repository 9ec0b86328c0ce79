"""The object span of what is about to be written: who will close it, and which annotations carry it."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from opentelemetry.context import Context

from traceutil import ObjectSpan, ObjectTracer
from traceutil.cli.cluster import FIELD_MANAGER
from traceutil.desired import State, desired_state_reached
from traceutil.desired.kinds import BUILT_IN_GROUPS
from traceutil.encode import own_keys
from traceutil.objects import group_of, items, section
from traceutil.record import KEY

Json = Mapping[str, Any]


class Opening:
    """Opens object spans in one context, with the deadline of whoever waits."""

    def __init__(self, tracer: ObjectTracer, context: Context, deadline: float | None) -> None:
        self.tracer = tracer
        self._context = context
        self._deadline = deadline

    def opened(
        self, predicted: Json, live: Json | None, *, reports: bool
    ) -> tuple[ObjectSpan, dict[str, str]]:
        """The span, and the annotations to write.

        Args:
            predicted: the whole object as the write will leave it.
            live: as it is now; None for a creation.
            reports: whether its kind has a status in which somebody can say that it is reached.
        """
        obj = without_tracing(predicted, self.tracer)
        if live is not None:  # it is the whole object: told apart from `live` exactly
            obj["metadata"]["resourceVersion"] = section(live, "metadata").get("resourceVersion")
        span = self.tracer.trace_until_reached(
            obj, live=live, deadline=self._deadline, closer=self._closer(obj, reports), context=self._context
        )
        annotations = section(section(obj, "metadata"), "annotations")
        keys = own_keys(self.tracer.settings)
        return span, {key: annotations[key] for key in keys if key in annotations}

    def _closer(self, obj: Json, reports: bool) -> str:
        """Us, where nobody else has to say that it is reached; else whoever owns the kind's status ('')."""
        waits = self._deadline is not None and reports
        ours = needs_nobody(obj) or (waits and is_custom_kind(obj))
        return self.tracer.settings.component if ours else ""


def needs_nobody(obj: Json) -> bool:
    """Whether it is reached as soon as it is stored, whatever status says: a ConfigMap, a Role."""
    bare = {key: value for key, value in obj.items() if key != "status"}
    bare["metadata"] = {**section(obj, "metadata"), "generation": 1}
    return desired_state_reached(bare).state is State.REACHED


def is_custom_kind(obj: Json) -> bool:
    """Whether a CustomResourceDefinition or an aggregated server defines it."""
    return group_of(obj) not in BUILT_IN_GROUPS


def without_tracing(obj: Json, tracer: ObjectTracer) -> dict[str, Any]:
    """A copy without our annotations."""
    found: dict[str, Any] = copy.deepcopy(dict(obj))
    metadata = found.setdefault("metadata", {})
    annotations = metadata.get("annotations")
    if isinstance(annotations, dict):
        for key in own_keys(tracer.settings):
            annotations.pop(key, None)
        if not annotations:
            del metadata["annotations"]
    return found


def owned_by_others(live: Json, tracer: ObjectTracer) -> set[str]:
    """Our context's keys that another manager owns: server-side apply does not take them over.

    The record is not among them: whoever writes it follows the same rules, and its owner is the kind's
    controller after the first status write.
    """
    ours: set[str] = set()
    theirs: set[str] = set()
    for entry in items(section(live, "metadata"), "managedFields"):
        owned = section(section(section(entry, "fieldsV1"), "f:metadata"), "f:annotations")
        keys = {key for key in own_keys(tracer.settings) if f"f:{key}" in owned and key != KEY}
        (ours if entry.get("manager") == FIELD_MANAGER else theirs).update(keys)
    return theirs - ours
