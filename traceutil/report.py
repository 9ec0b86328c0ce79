"""What an exported object span looks like: the same from whoever exports it (docs/spec.md 6)."""

from __future__ import annotations

from typing import Any

from opentelemetry.trace import Link, SpanContext, TraceFlags

from traceutil import derive
from traceutil.change import change_id, last_written_by_scale, replicas, scaled_at
from traceutil.craft import Crafter, SpanEvent
from traceutil.decision import episode_context
from traceutil.objects import Json, section, text
from traceutil.places import deletion_context, kind_attributes
from traceutil.record import Drift, Record
from traceutil.refs import identity
from traceutil.semconv import (
    CHANGE,
    EMITTER,
    ERROR_TYPE,
    K8S_NAMESPACE_NAME,
    LINK,
    MESSAGE,
    OBJECT_GENERATION,
    REASON,
    RELATION,
    REPLICAS_FROM,
    REPLICAS_TO,
    SPAN_TYPE,
    START_RESOLUTION,
)
from traceutil.settings import Settings
from traceutil.times import clamp

FAILURES = frozenset({"failed", "overdue"})


def service_of(kind: str) -> str:
    """`service.name` of an object span: the component that writes the kind's status."""
    return "kubelet" if kind == "Pod" else kind.lower()


class Reporter:
    """Turns records into exported spans."""

    def __init__(self, settings: Settings, crafter: Crafter) -> None:
        self._settings = settings
        self._crafter = crafter

    def ended(self, record: Record, obj: Json, message: str, superseded_by: Record | None = None) -> None:
        """Export an object span that has its end and reason."""
        links = _links(record)
        if superseded_by is not None and superseded_by.trace_id != record.trace_id:
            links.append(_link("superseded_by", superseded_by.trace_id, superseded_by.span_id, record.flags))
        roots = [derive.overflow_ids(record.span_id, shard) for shard in range(record.shards)]
        links.extend(_link("overflow", *ids, record.flags) for ids in roots)
        self._export(record, obj, record.reason, message, links, more=_resolution(record, obj))
        for ids in roots:
            back = _link("overflow", record.trace_id, record.span_id, record.flags)
            own = SpanContext(*ids, False, record.context.trace_flags, record.context.trace_state)
            self._export(record, obj, record.reason, message, [back], own=own)

    def episode(self, record: Record, drift: Drift, obj: Json, reason: str = "") -> None:
        """Export a drift episode: a root of its own, linked to the span that had closed.

        `reason`: where it was neither reached nor recovered.
        """
        ids = derive.episode_ids(record.span_id, drift.latch)
        if not reason:
            reason = "recovered" if record.reason in FAILURES and record.end == drift.latch else "reached"
        self._export(
            record,
            obj,
            reason,
            "",
            [_link("drift", record.trace_id, record.span_id, record.flags)],
            own=episode_context(ids, self._settings.ratio, record.context),
            times=(drift.start, drift.end or drift.start),
            more={RELATION: "drift"},
        )

    def deletion(self, record: Record, obj: Json, gone: int) -> None:
        """Export the object span of a deletion, in the deleter's trace."""
        links = _links(record)
        ended = record.closed(gone, "reached")
        self._export(ended, obj, "reached", "", links, more={CHANGE: "deletion"})

    def derived_deletion(self, record: Record | None, obj: Json, start: int, gone: int) -> None:
        """Export the deletion's derived trace, in which others worked on the terminating object."""
        own = deletion_context(obj, self._settings)
        ids = (own.trace_id, own.span_id)
        known = record is not None
        of = identity(obj, self._settings.cluster)
        record = record or Record(*ids, parent_id=0, flags=int(own.trace_flags), of=of, start=start)
        links = [_link("deletion", record.trace_id, record.span_id, record.flags)] if known else []
        more = {CHANGE: "deletion"}
        self._export(record, obj, "reached", "", links, own=own, times=(start, gone), more=more)

    def _export(
        self,
        record: Record,
        obj: Json,
        reason: str,
        message: str,
        links: list[Link],
        *,
        own: SpanContext | None = None,
        times: tuple[int, int] | None = None,
        more: dict[str, Any] | None = None,
    ) -> None:
        kind = text(obj, "kind") or record.of.split("/")[2]
        attributes = self._attributes(record, obj, kind, reason, message) | (more or {})
        start, end = times if times is not None else (record.start, record.end or record.start)
        self._crafter.export(
            kind,
            own or record.context,
            record.parent_id if own is None else 0,
            service=service_of(kind),
            start=start,
            end=end,
            attributes=attributes,
            links=links,
            events=_scaled(record, obj, start, end) if own is None else (),
            error=(message or reason) if reason in FAILURES else None,
        )

    def _attributes(self, record: Record, obj: Json, kind: str, reason: str, message: str) -> dict[str, Any]:
        metadata = section(obj, "metadata")
        out: dict[str, Any] = {SPAN_TYPE: "object", REASON: reason}
        if namespace := text(metadata, "namespace"):
            out[K8S_NAMESPACE_NAME] = namespace
        out |= kind_attributes(kind, text(metadata, "name"), text(metadata, "uid"))
        if record.generation is not None:
            out[OBJECT_GENERATION] = record.generation
        if self._settings.component:
            out[EMITTER] = self._settings.component
        if message:
            out[MESSAGE] = message
        if reason in FAILURES:
            out[ERROR_TYPE] = message.split(":", 1)[0] or reason
        return out


def _resolution(record: Record, obj: Json) -> dict[str, Any]:
    """A derived start is known to the second: the server stores no more (docs/spec.md 10)."""
    derived = derive.object_ids(text(section(obj, "metadata"), "uid"), change_id(obj))
    return {START_RESOLUTION: 1.0} if derived.span_id == record.span_id else {}


def _scaled(record: Record, obj: Json, start: int, end: int) -> list[SpanEvent]:
    """An autoscaler moved the target while the span was open: no new change, but an event of this one."""
    target = replicas(obj)
    if record.replicas is None or target is None or target == record.replicas:
        return []
    if not last_written_by_scale(obj):
        return []
    at = clamp(scaled_at(obj) or end, start, end)
    return [SpanEvent("scaled", at, {REPLICAS_FROM: record.replicas, REPLICAS_TO: target})]


def _links(record: Record) -> list[Link]:
    return [_link(link.why, link.trace_id, link.span_id, record.flags) for link in record.links]


def _link(why: str, trace_id: int, span_id: int, flags: int) -> Link:
    return Link(SpanContext(trace_id, span_id, True, TraceFlags(flags)), {LINK: why})
