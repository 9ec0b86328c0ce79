"""Where work on an object hangs: which parent, which links, which attributes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from opentelemetry.context import Context
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, set_span_in_context

from traceutil import derive
from traceutil.change import change_id
from traceutil.decision import derived_context, episode_context
from traceutil.fan_out import shards_for
from traceutil.objects import Json, controller_of, section, text
from traceutil.reading import (
    classify,
    deleted_by_derived,
    read_plain,
    read_record,
    stale_at,
    superseded_by_derived,
)
from traceutil.record import Record
from traceutil.refs import identity
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
    return replace(found, fresh_until=stale_at(obj, settings)) if carried == "plain" else found


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
        ids = derive.episode_ids(record.span_id, latch)
        episode = episode_context(ids, settings.ratio, record.context)
        return _place(obj, placement, episode, links, record, None)
    uid = text(section(obj, "metadata"), "uid")
    if placement == "root" or not uid:
        return _place(obj, "root", None, links, record, None)
    ids = derive.object_ids(uid, change_id(obj))
    own = derived_context(ids, settings.ratio, superseded_by_derived(obj, settings))
    closed = closed_at(ids.span_id)
    if closed is None:
        return _place(obj, "derived", own, links, None, None, shards_for(obj, settings.max_children))
    episode = episode_context(derive.episode_ids(ids.span_id, closed), settings.ratio, own)
    return _place(obj, "drift", episode, (Link(own, {LINK: "drift"}),), None, None)


def _why(placement: Placement, carried: Carried) -> str:
    if placement == "drift":
        return "drift"
    return "stale" if carried in ("stale", "foreign") else "cause"


def deletion_context(obj: Json, settings: Settings, *, shown: bool = True) -> SpanContext:
    """The derived trace of an object's deletion. `shown`: whether it is exported at all."""
    ids = derive.object_ids(text(section(obj, "metadata"), "uid"), "deletion")
    return derived_context(ids, settings.ratio, deleted_by_derived(obj, settings), shown=shown)


def _terminating(obj: Json, settings: Settings) -> Place:
    """Whoever works on a terminating object works in the derived trace of its deletion (docs/spec.md 7)."""
    metadata = section(obj, "metadata")
    uid = text(metadata, "uid")
    if not uid:
        return _place(obj, "root", None, (), None, None)
    shown = controller_of(metadata) is None or settings.export_owned_deletions
    parent = deletion_context(obj, settings, shown=shown)
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
