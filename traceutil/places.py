"""Where work on an object hangs: which parent, which links, which attributes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from opentelemetry.context import Context
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context

from traceutil import derive
from traceutil.carriers import read_context
from traceutil.carriers.base import Malformed
from traceutil.change import change_id, spec_written_at
from traceutil.fan_out import shards_for
from traceutil.objects import Json, controller_of, items, section, text
from traceutil.record import KEY, Record, holds, loads, trusted
from traceutil.refs import identity, owner_identity
from traceutil.relation import Carried, Placement, Relation, place
from traceutil.semconv import (
    CONVENTIONAL_KINDS,
    K8S_NAMESPACE_NAME,
    LINK,
    OBJECT_GENERATION,
    OBJECT_KIND,
    OBJECT_NAME,
    OBJECT_RESOURCE_VERSION,
    OBJECT_UID,
    RELATION,
    SPAN_TYPE,
)
from traceutil.settings import Settings
from traceutil.times import SECOND, parse_time

#: Per object or namespace: `disabled` keeps tracing away from it.
OPT_OUT = "traceutil.dev/tracing"


@dataclass(frozen=True, slots=True)
class Place:
    """The answer. `parent` None: a new root. `since`: Unix ns of the write that brought the context."""

    placement: Placement
    parent: SpanContext | None
    context: Context
    links: tuple[Link, ...]
    attributes: dict[str, Any]
    #: What is said again of the stages inside the work: the object's name, to be searched by.
    stage_attributes: dict[str, Any]
    key: str
    record: Record | None = None
    since: int | None = None
    shards: int = 0
    #: Unix ns at which a context without a record becomes stale, where that is known.
    fresh_until: int | None = None


def opted_out(obj: Json, settings: Settings) -> bool:
    """Whether the object, or its Namespace where the process holds it, has the opt-out annotation."""
    metadata = section(obj, "metadata")
    if section(metadata, "annotations").get(OPT_OUT) == "disabled":
        return True
    if settings.namespaces is None:
        return False
    namespace = text(metadata, "namespace")
    held = settings.namespaces(namespace) if namespace else None
    return held is not None and section(section(held, "metadata"), "annotations").get(OPT_OUT) == "disabled"


def read_record(obj: Json, settings: Settings) -> Record | None:
    """The object's record, checked and clamped; a malformed one is counted and left alone."""
    value = section(section(obj, "metadata"), "annotations").get(KEY)
    if value is None:
        return None
    try:
        record = loads(value, max_links=settings.max_links)
    except Malformed:
        settings.health.count("malformed", "object-span")
        return None
    return trusted(record, obj, settings.clock())


def read_plain(obj: Json, settings: Settings) -> SpanContext | None:
    """The first valid context in the configured carriers; malformed ones are counted."""
    return read_context(
        section(section(obj, "metadata"), "annotations"),
        section(obj, "status"),
        settings.read,
        lambda carrier: settings.health.count("malformed", carrier),
    )


def classify(obj: Json, record: Record | None, plain: SpanContext | None, settings: Settings) -> Carried:
    """What the object carries (docs/spec.md 3): see `relation.Carried`."""
    if record is not None:
        if holds(record, obj, cluster=settings.cluster):
            return "open" if record.end is None else "closed"
        if _is_owners(record, obj, settings.cluster):
            return "owner"
    if plain is None:
        return "nothing" if record is None else "foreign"
    if record is not None and plain.span_id == record.span_id:
        return "foreign"
    return "plain" if is_fresh(obj, settings) else "stale"


def _is_owners(record: Record, obj: Json, cluster: str) -> bool:
    owner = controller_of(section(obj, "metadata"))
    if owner is None or record.end is not None:
        return False
    return record.of == owner_identity(obj, owner, cluster)


def is_fresh(obj: Json, settings: Settings) -> bool:
    """Whether a context without a record is still that of the newest change: younger than the deadline, no
    newer owner of `f:spec`; without managedFields, yes."""
    keys = [key for carrier in settings.read for key in carrier.keys]
    written = annotation_written_at(obj, keys)
    if written is None:
        return True
    spec = spec_written_at(obj)
    if spec is not None and spec > written:
        return False
    return settings.clock() - written < deadline_of(text(obj, "kind"), settings) * SECOND


def _stale_at(obj: Json, settings: Settings) -> int | None:
    """When a plain context that is fresh now will be older than the deadline (Unix ns)."""
    written = annotation_written_at(obj, [key for carrier in settings.read for key in carrier.keys])
    return None if written is None else written + int(deadline_of(text(obj, "kind"), settings) * SECOND)


def annotation_written_at(obj: Json, keys: list[str]) -> int | None:
    """Unix ns at which a manager that owns one of the annotations `keys` last wrote; None if not known."""
    newest: int | None = None
    for entry in items(section(obj, "metadata"), "managedFields"):
        owned = section(section(section(entry, "fieldsV1"), "f:metadata"), "f:annotations")
        if any(f"f:{key}" in owned for key in keys):
            time = parse_time(entry.get("time"))
            newest = time if newest is None or (time is not None and time > newest) else newest
    return newest


def deadline_of(kind: str, settings: Settings) -> float:
    """Seconds after which an object span of this kind is overdue, unless it says otherwise itself."""
    return settings.deadlines.get(kind, settings.deadline)


def derived_context(ids: derive.Ids, settings: Settings, *, sampled: bool = True) -> SpanContext:
    """The context of a derived object span, with the cluster-wide decision in its flags."""
    flags = TraceFlags(int(sampled and derive.sampled(ids.trace_id, settings.ratio)))
    return SpanContext(ids.trace_id, ids.span_id, True, flags)


def resolve(
    obj: Json,
    settings: Settings,
    relation: Relation,
    closed_at: Callable[[int], int | None],
) -> Place:
    """Where work on `obj` hangs.

    Args:
        closed_at: when this process closed the object span with that id (Unix ns); None if it did not.
    """
    metadata = section(obj, "metadata")
    if metadata.get("deletionTimestamp"):
        return _terminating(obj, settings)
    record, plain = read_record(obj, settings), read_plain(obj, settings)
    carried = classify(obj, record, plain, settings)
    if carried in ("open", "owner") and record is not None and closed_at(record.span_id) is not None:
        carried = "closed" if carried == "open" else "foreign"
    placement = place(relation, carried)
    known = record if carried in ("open", "closed", "owner") else None
    named = known.context if known is not None else plain
    if named is None and record is not None:
        named = record.context
    found = _placed(obj, settings, placement, carried, known, named, closed_at)
    return replace(found, fresh_until=_stale_at(obj, settings)) if carried == "plain" else found


def _placed(
    obj: Json,
    settings: Settings,
    placement: Placement,
    carried: Carried,
    record: Record | None,
    named: SpanContext | None,
    closed_at: Callable[[int], int | None],
) -> Place:
    since = record.start if record is not None and record.end is None else None
    if placement == "parent":
        return _place(obj, placement, named, (), record, since, record.shards if record else 0)
    links = () if named is None else (Link(named, {LINK: _why(placement, carried)}),)
    if placement == "drift" and record is not None:
        if record.closer not in ("", settings.component) and settings.component:
            return _place(obj, "root", None, links, record, None)  # nobody here would export the episode
        latch = max(record.latch, closed_at(record.span_id) or 0)
        sampled = bool(record.flags & TraceFlags.SAMPLED)
        episode = derived_context(derive.episode_ids(record.span_id, latch), settings, sampled=sampled)
        return _place(obj, placement, episode, links, record, None)
    uid = text(section(obj, "metadata"), "uid")
    if placement == "root" or not uid:
        return _place(obj, "root", None, links, record, None)
    ids = derive.object_ids(uid, change_id(obj))
    own = derived_context(ids, settings)
    closed = closed_at(ids.span_id)
    if closed is None:
        return _place(obj, "derived", own, links, None, None, shards_for(obj, settings.max_children))
    sampled = own.trace_flags.sampled
    episode = derived_context(derive.episode_ids(ids.span_id, closed), settings, sampled=sampled)
    return _place(obj, "drift", episode, (Link(own, {LINK: "drift"}),), None, None)


def _why(placement: Placement, carried: Carried) -> str:
    if placement == "drift":
        return "drift"
    return "stale" if carried in ("stale", "foreign") else "cause"


def _terminating(obj: Json, settings: Settings) -> Place:
    """Whoever works on a terminating object works in the derived trace of its deletion (docs/spec.md 7)."""
    metadata = section(obj, "metadata")
    uid = text(metadata, "uid")
    if not uid:
        return _place(obj, "root", None, (), None, None)
    shown = controller_of(metadata) is None or settings.export_owned_deletions
    parent = derived_context(derive.object_ids(uid, "deletion"), settings, sampled=shown)
    record = read_record(obj, settings)
    carried = record.context if record is not None else read_plain(obj, settings)
    links = () if carried is None else (Link(carried, {LINK: "deletion"}),)
    return _place(obj, "derived", parent, links, None, None)


def _place(
    obj: Json,
    placement: Placement,
    parent: SpanContext | None,
    links: tuple[Link, ...],
    record: Record | None,
    since: int | None,
    shards: int = 0,
) -> Place:
    span = NonRecordingSpan(parent if parent is not None else SpanContext(0, 0, True))
    named = object_attributes(obj)
    attributes = named | version_attributes(obj) | {SPAN_TYPE: "work"}
    attributes[RELATION] = "link" if placement == "root" and links else placement
    stage = {key: value for key, value in named.items() if not key.endswith(".uid")}
    context = set_span_in_context(span, Context())
    return Place(placement, parent, context, links, attributes, stage, object_key(obj), record, since, shards)


def object_key(obj: Json) -> str:
    """Tells objects apart within a process: the uid, or the identity where there is none yet."""
    return text(section(obj, "metadata"), "uid") or identity(obj)


def object_attributes(obj: Json) -> dict[str, Any]:
    """`k8s.*` attributes of the object a span belongs to: its namespace, name and uid."""
    metadata = section(obj, "metadata")
    out: dict[str, Any] = {}
    if namespace := text(metadata, "namespace"):
        out[K8S_NAMESPACE_NAME] = namespace
    name = text(metadata, "name") or text(metadata, "generateName")
    return out | kind_attributes(text(obj, "kind"), name, text(metadata, "uid"))


def version_attributes(obj: Json) -> dict[str, Any]:
    """Which version of the object: its generation and resourceVersion, where it has them."""
    metadata = section(obj, "metadata")
    out: dict[str, Any] = {}
    generation = metadata.get("generation")
    if isinstance(generation, int):
        out[OBJECT_GENERATION] = generation
    if version := text(metadata, "resourceVersion"):
        out[OBJECT_RESOURCE_VERSION] = version
    return out


def kind_attributes(kind: str, name: str, uid: str) -> dict[str, Any]:
    """Name and uid, by the conventions where they have the kind, else under our own keys."""
    if kind in CONVENTIONAL_KINDS:
        prefix = f"k8s.{kind.lower()}"
        out = {f"{prefix}.name": name}
        if uid:
            out[f"{prefix}.uid"] = uid
        return out
    out = {OBJECT_KIND: kind, OBJECT_NAME: name}
    if uid:
        out[OBJECT_UID] = uid
    return out
