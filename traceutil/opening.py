"""Open an object span: what its record says, from the write of desired state (docs/spec.md 5)."""

from __future__ import annotations

from dataclasses import replace

from opentelemetry.trace import SpanContext

from traceutil import derive
from traceutil.change import change_id, desired_state, spec_written_at
from traceutil.checks import seconds
from traceutil.decision import decide, derived_context
from traceutil.derive import content_hash
from traceutil.fan_out import shards_for
from traceutil.objects import Json, section, text
from traceutil.reading import classify, displaced, read_plain, read_record, superseded_by_derived
from traceutil.record import (
    Record,
    RecordLink,
    following,
    holds,
    is_copied,
    known_state,
    superseding,
)
from traceutil.refs import identity, names
from traceutil.settings import Settings
from traceutil.times import SECOND, clamp, parse_time
from traceutil.work import Work


def derived_record(obj: Json, settings: Settings) -> Record | None:
    """The object span that everybody derives alike, for a change that arrived with no context.

    None where the object has no uid yet.
    """
    metadata = section(obj, "metadata")
    uid = text(metadata, "uid")
    if not uid:
        return None
    ids = derive.object_ids(uid, change_id(obj))
    context = derived_context(ids, settings.ratio, superseded_by_derived(obj, settings))
    generation = metadata.get("generation")
    return Record(
        *ids,
        parent_id=0,
        flags=int(context.trace_flags),
        of=identity(obj, settings.cluster),
        start=derived_start(obj, settings.clock()),
        generation=generation if isinstance(generation, int) else None,
        shards=shards_for(obj, settings.max_children),
        links=_beside(obj, settings),
        state=context.trace_state.to_header(),
    )


def _beside(obj: Json, settings: Settings) -> tuple[RecordLink, ...]:
    """The carried context that a derived span stands beside: displaced, or fresh, where work goes on."""
    old = displaced(obj, settings)
    if old is not None:
        return (RecordLink("stale", old.trace_id, old.span_id),)
    plain = read_plain(obj, settings)
    if plain is None or classify(obj, read_record(obj, settings), plain, settings) != "plain":
        return ()
    return (RecordLink("foreign", plain.trace_id, plain.span_id),)


def was_open(record: Record, derived: Record, obj: Json, cluster: str) -> bool:
    """Whether a record that does not hold any more was open until the change `derived` came."""
    return (
        record.end is None
        and names(record.of, obj, cluster)
        and not is_copied(record, obj)
        and record.start // SECOND <= derived.start // SECOND
    )


def derived_start(obj: Json, now: int) -> int:
    """The server's second for this change (Unix ns), not later than now."""
    created = parse_time(section(obj, "metadata").get("creationTimestamp")) or 0
    written = spec_written_at(obj)
    start = created if written is None else max(created, written)
    return clamp(start or now, 0, now)


def opened(
    obj: Json,
    live: Json | None,
    creator: SpanContext | None,
    work: Work | None,
    *,
    settings: Settings,
    closer: str,
    deadline: float | None,
    live_open: Record | None,
) -> Record:
    """The record of the object span that the write of `obj` opens.

    Args:
        live: the object as it is in the cluster; None for a creation.
        creator: the object span (or span) on whose behalf it is written; None starts a new trace.
        live_open: the span that is open on `live`, which this write supersedes.
    """
    of = identity(live if live is not None else obj, settings.cluster)
    ids = _ids(obj, live, creator, of, settings)
    before = _before(live, live_open, creator, settings)
    flags, state = _decision(ids[0], creator, before or live_open, settings)
    record = Record(
        *ids,
        flags=flags,
        of=of,
        start=settings.clock(),
        generation=_next_generation(live),
        closer=closer,
        deadline=_deadline(deadline, work, settings),
        links=_links(creator, work, before),
        shards=shards_for({**(live or {}), **obj}, settings.max_children),
        state=state,
    )
    record = _sharded(record, work, text(section(obj, "metadata"), "name"))
    if live_open is not None:
        record, dropped = superseding(record, live_open)
    else:
        ended = _just_ended(live, settings)
        record, dropped = (record, 0) if ended is None else following(record, ended)
    if dropped:
        settings.health.count("prev_dropped", text(live or obj, "kind"), dropped)
    return record


def _just_ended(live: Json | None, settings: Settings) -> Record | None:
    """The span of `live` that ended so shortly ago that its closer may have been killed before the export,
    or whose episode is open: this write would wipe out all that the closer can know of it."""
    found = None if live is None else read_record(live, settings)
    if live is None or found is None or found.end is None:
        return None
    if is_copied(found, live) or not names(found.of, live, settings.cluster):
        return None
    drifts = found.drift is not None and found.drift.end is None
    recent = found.latch >= settings.clock() - int(settings.window * SECOND)
    return found if drifts or recent else None


def _ids(
    obj: Json, live: Json | None, creator: SpanContext | None, of: str, settings: Settings
) -> tuple[int, int, int]:
    """(trace id, span id, parent id)."""
    if creator is None:
        return settings.ids.trace_id(), settings.ids.span_id(), 0
    if of.endswith("*"):  # the server generates the name: such a create is never repeated as it is
        return creator.trace_id, settings.ids.span_id(), creator.span_id
    change = "create"
    if live is not None:
        generation = section(live, "metadata").get("generation")
        change = f"{content_hash(desired_state(obj))}@g{generation}"
    return creator.trace_id, derive.child_span_id(creator.span_id, of, change), creator.span_id


def _next_generation(live: Json | None) -> int | None:
    if live is None:
        return 1
    generation = section(live, "metadata").get("generation")
    return generation + 1 if isinstance(generation, int) else None


def _deadline(wanted: float | None, work: Work | None, settings: Settings) -> float | None:
    """The caller's, which may come from an object: one that no record can hold is counted, and is none."""
    if wanted is not None:
        try:
            return seconds(wanted)
        except ValueError:
            settings.health.count("malformed", "deadline")
    return None if work is None or work.place.record is None else work.place.record.deadline


def _decision(
    trace_id: int, creator: SpanContext | None, before: Record | None, settings: Settings
) -> tuple[int, str]:
    """Flags and state: the creator's, else those of a new trace that is linked to the change before."""
    if creator is not None:
        return int(creator.trace_flags.sampled), known_state(creator.trace_state.to_header())
    flags, state = decide(trace_id, settings.ratio, () if before is None else (before.context,))
    return int(flags), state.to_header()


def _before(
    live: Json | None, live_open: Record | None, creator: SpanContext | None, settings: Settings
) -> Record | None:
    """The span that had ended on a live object, where a new root follows it."""
    if live is None or live_open is not None or creator is not None:
        return None
    found = read_record(live, settings)
    return found if found is not None and holds(found, live, cluster=settings.cluster) else None


def _links(creator: SpanContext | None, work: Work | None, before: Record | None) -> tuple[RecordLink, ...]:
    links = []
    if work is not None and work.span_context.span_id != (creator.span_id if creator else 0):
        links.append(RecordLink("written_by", work.span_context.trace_id, work.span_context.span_id))
    if before is not None:
        links.append(RecordLink("previous", before.trace_id, before.span_id))
    return tuple(links)


def _sharded(record: Record, work: Work | None, name: str) -> Record:
    """The child's place beyond the fan-out bound: an overflow trace, by its name or its span id."""
    if work is None or not work.place.shards:
        return record
    shard = derive.shard_of(name or f"{record.span_id:016x}", work.place.shards)
    trace_id, root = derive.overflow_ids(work.object_context.span_id, shard)
    return replace(record, trace_id=trace_id, parent_id=root)


def deletion_record(obj: Json, creator: SpanContext, work: Work | None, settings: Settings) -> Record:
    """The object span of a deletion, in the deleter's own trace (docs/spec.md 7)."""
    uid = text(section(obj, "metadata"), "uid")
    derived = derive.object_ids(uid, "deletion")
    links = _links(creator, work, None)
    return Record(
        creator.trace_id,
        derived.span_id,
        creator.span_id,
        flags=int(creator.trace_flags.sampled),
        of=identity(obj, settings.cluster),
        start=settings.clock(),
        links=(*links, RecordLink("deletion", derived.trace_id, derived.span_id)),
        state=known_state(creator.trace_state.to_header()),
    )
