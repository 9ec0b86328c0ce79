"""What an object carries: its record and its plain context, and what of them is believed (docs/spec.md 3)."""

from __future__ import annotations

from dataclasses import replace

from opentelemetry.trace import SpanContext

from traceutil.carriers import read_context
from traceutil.carriers.base import Carrier, Malformed
from traceutil.change import spec_written_at
from traceutil.decision import disbelieved
from traceutil.objects import Json, controller_of, items, section, text
from traceutil.record import KEY, Record, holds, is_copied, loads, trusted
from traceutil.refs import names, owner_identity
from traceutil.relation import Carried
from traceutil.settings import Settings
from traceutil.times import SECOND, parse_time
from traceutil.trust import believes_all


def read_record(obj: Json, settings: Settings) -> Record | None:
    """The object's record, checked and clamped, its flags such as we believe them.

    A malformed one is counted and left alone.
    """
    value = section(section(obj, "metadata"), "annotations").get(KEY)
    if value is None:
        return None
    try:
        record = loads(value, max_links=settings.max_links)
    except Malformed:
        settings.health.count("malformed", "object-span")
        return None
    record = trusted(record, obj, settings.clock())
    if settings.trust == "all" or believes_all(settings.trust, obj, (KEY,)):
        return record
    return _decided_anew(record, settings.ratio)


def _decided_anew(record: Record, ratio: float) -> Record:
    context = disbelieved(record.context, ratio)
    prev = None if record.prev is None else _decided_anew(record.prev, ratio)
    return replace(record, flags=int(context.trace_flags), state=context.trace_state.to_header(), prev=prev)


def read_plain(obj: Json, settings: Settings) -> SpanContext | None:
    """The first valid context in the configured carriers, its flags such as we believe them.

    Malformed ones are counted.
    """
    if settings.trust == "all":
        return _read(obj, settings.read, settings)
    for carrier in settings.read:
        context = _read(obj, (carrier,), settings)
        if context is not None:
            believed = believes_all(settings.trust, obj, carrier.keys, carrier.status_keys)
            return context if believed else disbelieved(context, settings.ratio)
    return None


def _read(obj: Json, carriers: tuple[Carrier, ...], settings: Settings) -> SpanContext | None:
    return read_context(
        section(section(obj, "metadata"), "annotations"),
        section(obj, "status"),
        carriers,
        lambda carrier: settings.health.count("malformed", carrier),
    )


def superseded_by_derived(obj: Json, settings: Settings) -> tuple[SpanContext, ...]:
    """The change before this one, for whose sake the derived trace of this one may be sampled.

    Told from the record that still stands on the object, so that every process says the same: where the
    generation is not the very next, there was a change in between that left no record.
    """
    record = read_record(obj, settings)
    if record is None or record.generation is None or not _is_its_own(record, obj, settings):
        return ()
    generation = section(obj, "metadata").get("generation")
    return (record.context,) if generation == record.generation + 1 else ()


def deleted_by_derived(obj: Json, settings: Settings) -> tuple[SpanContext, ...]:
    """The last known change of an object, for whose sake the derived trace of its deletion may be sampled."""
    record = read_record(obj, settings)
    return (record.context,) if record is not None and _is_its_own(record, obj, settings) else ()


def _is_its_own(record: Record, obj: Json, settings: Settings) -> bool:
    return names(record.of, obj, settings.cluster) and not is_copied(record, obj)


def classify(obj: Json, record: Record | None, plain: SpanContext | None, settings: Settings) -> Carried:
    """What the object carries (docs/spec.md 3): see `relation.Carried`."""
    if record is not None:
        if holds(record, obj, cluster=settings.cluster):
            return "open" if record.end is None else "closed"
        if _is_owners(record, obj, settings.cluster):
            return "owner"
    if plain is None:
        return "nothing" if record is None else "foreign"
    if record is not None and _is_older(plain, record):
        return "foreign"
    return "plain" if is_fresh(obj, settings) else "stale"


def _is_older(plain: SpanContext, record: Record) -> bool:
    """Whether the record knows the context as its own, or as that of a change before it.

    Times cannot tell: a manager that writes spec again moves the time of the annotation that it once wrote.
    """
    return plain.span_id == record.span_id or any(plain.span_id == link.span_id for link in record.links)


def displaced(obj: Json, settings: Settings) -> SpanContext | None:
    """The context of an earlier change that still stands on the object, where a derived one displaces it."""
    plain = read_plain(obj, settings)
    if plain is None:
        return None
    carried = classify(obj, read_record(obj, settings), plain, settings)
    return plain if carried in ("foreign", "stale") else None


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


def stale_at(obj: Json, settings: Settings) -> int | None:
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
