"""The open object span as an annotation: parse, check, write. It stands alone (docs/spec.md 3)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from opentelemetry.trace import SpanContext, TraceFlags

from traceutil import derive
from traceutil.carriers.base import Malformed
from traceutil.carriers.w3c import parse_tracestate
from traceutil.change import last_written_by_scale, replicas, spec_hash, spec_written_at
from traceutil.checks import count, flags, hex_id, seconds, sequence, string, unix_nano
from traceutil.decision import STATE_KEY
from traceutil.objects import Json, section
from traceutil.refs import names
from traceutil.times import SECOND, clamp, parse_time

#: The annotation that holds it.
KEY = "traceutil.dev/object-span"
#: Longest record that is read, in characters.
MAX_SIZE = 16 * 1024
#: Longest `tracestate` in a record, in characters: what everybody propagates (W3C Trace Context, 3.3.1.5).
MAX_STATE = 512
#: How many superseded spans a record holds before the oldest is dropped (and counted).
MAX_PREV = 3
#: An object created this long after its record's start got the record by copy (a re-applied export).
COPIED_AFTER = 60 * SECOND
#: A newer owner of `f:spec` counts from here on: managedFields times are whole seconds.
CLOCK_SLACK = 2 * SECOND


_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


@dataclass(frozen=True, slots=True)
class RecordLink:
    """A link of an object span: why it is there, and to what."""

    why: str
    trace_id: int
    span_id: int


@dataclass(frozen=True, slots=True)
class Drift:
    """The episode of drift after the span's end that is open, or was last. Unix ns.

    `latch`: when the span was last seen closed before this episode; the episode's ids are derived from it.
    """

    start: int
    latch: int
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One object span. Times in Unix ns; `deadline` in seconds; `parent_id` 0 for a root."""

    trace_id: int
    span_id: int
    parent_id: int
    flags: int
    of: str
    start: int
    generation: int | None = None
    closer: str = ""
    deadline: float | None = None
    links: tuple[RecordLink, ...] = ()
    shards: int = 0
    prev: Record | None = None
    spec: str = ""
    replicas: int | None = None
    end: int | None = None
    reason: str = ""
    drift: Drift | None = None
    state: str = ""

    @property
    def context(self) -> SpanContext:
        """The object span's context, as somebody else's span sees its parent."""
        state = parse_tracestate(self.state)
        return SpanContext(self.trace_id, self.span_id, True, TraceFlags(self.flags), state)

    @property
    def latch(self) -> int:
        """When it was last seen closed (Unix ns): its end, or that of its last drift episode."""
        if self.drift is None:
            return self.end or self.start
        return self.drift.latch if self.drift.end is None else self.drift.end

    @property
    def episode(self) -> derive.Ids | None:
        """The ids of the drift episode that is recorded, open or ended; None without one."""
        return None if self.drift is None else derive.episode_ids(self.span_id, self.drift.latch)

    def closed(self, end: int, reason: str) -> Record:
        """The same span, ended; never before its start."""
        return replace(self, end=max(end, self.start), reason=reason)

    def dumps(self) -> str:
        """Compact JSON; the same record gives the same bytes."""
        return _encode(_to_json(self))


def _to_json(record: Record) -> dict[str, Any]:
    out: dict[str, Any] = {"trace": f"{record.trace_id:032x}", "span": f"{record.span_id:016x}"}
    if record.parent_id:
        out["parent"] = f"{record.parent_id:016x}"
    out |= {"flags": f"{record.flags:02x}"}
    if record.state:
        out["state"] = record.state
    out["of"] = record.of
    if record.generation is not None:
        out["gen"] = record.generation
    out["start"] = record.start
    if record.closer:
        out["closer"] = record.closer
    if record.deadline is not None:
        out["deadline"] = record.deadline
    if record.links:
        out["links"] = [[link.why, f"{link.trace_id:032x}", f"{link.span_id:016x}"] for link in record.links]
    if record.shards:
        out["shards"] = record.shards
    if record.spec:
        out["spec"] = record.spec
    if record.replicas is not None:
        out["replicas"] = record.replicas
    if record.prev is not None:
        out["prev"] = _to_json(record.prev)
    if record.end is not None:
        out |= {"end": record.end, "reason": record.reason}
    if record.drift is not None:
        out["drift"] = {"start": record.drift.start, "latch": record.drift.latch}
        if record.drift.end is not None:
            out["drift"]["end"] = record.drift.end
    return out


def loads(value: object, *, max_links: int = 32) -> Record:
    """Read a record. Input is untrusted: types are checked, links capped, nesting bounded.

    Raises:
        Malformed: it is not a record.
    """
    if not isinstance(value, str) or not value or len(value) > MAX_SIZE:
        raise Malformed("object-span: not a string of sensible size")
    return _parsed(value, max_links)


@lru_cache(maxsize=16_384)  # a controller sees the same record in every version of an object
def _parsed(value: str, max_links: int) -> Record:
    try:
        return _from_json(json.loads(value), max_links, MAX_PREV)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Malformed(f"object-span: {error}") from error


def _from_json(data: Any, max_links: int, depth: int) -> Record:
    prev = data.get("prev") if isinstance(data, dict) else None
    drift = data["drift"] if isinstance(data, dict) and "drift" in data else None
    return Record(
        trace_id=hex_id(data["trace"], 32),
        span_id=hex_id(data["span"], 16),
        parent_id=hex_id(data["parent"], 16) if "parent" in data else 0,
        flags=flags(data["flags"]),
        of=string(data["of"]),
        start=unix_nano(data["start"]),
        generation=count(data["gen"]) if "gen" in data else None,
        closer=string(data.get("closer", "")),
        deadline=seconds(data["deadline"]) if "deadline" in data else None,
        links=tuple(_link(item) for item in sequence(data.get("links", []))[:max_links]),
        shards=min(count(data.get("shards", 0)), 1_000),
        prev=_from_json(prev, max_links, depth - 1) if prev is not None and depth > 0 else None,
        spec=string(data.get("spec", "")),
        replicas=count(data["replicas"]) if "replicas" in data else None,
        end=unix_nano(data["end"]) if "end" in data else None,
        reason=string(data.get("reason", "")),
        state=known_state(string(data.get("state", ""))),
        drift=None if drift is None else _drift(drift),
    )


def known_state(header: str) -> str:
    """A `tracestate` as a record holds it: a bad or long one is dropped, down to our own entry."""
    state = parse_tracestate(header)
    if len(header) <= MAX_STATE:
        return header if state else ""
    return "" if STATE_KEY not in state else f"{STATE_KEY}={state[STATE_KEY]}"


def _drift(value: Any) -> Drift:
    end = unix_nano(value["end"]) if "end" in value else None
    return Drift(unix_nano(value["start"]), unix_nano(value["latch"]), end)


def _link(value: Any) -> RecordLink:
    why, trace, span = value
    return RecordLink(string(why), hex_id(trace, 32), hex_id(span, 16))


def holds(record: Record, obj: Json, *, cluster: str = "") -> bool:
    """Whether the record speaks of the object in hand as it is desired now (docs/spec.md 3)."""
    metadata = section(obj, "metadata")
    if metadata.get("deletionTimestamp") or not names(record.of, obj, cluster):
        return False
    if is_copied(record, obj):
        return False
    generation = metadata.get("generation")
    if isinstance(generation, int) and record.generation is not None:
        if generation == record.generation:
            return True
        if generation < record.generation:
            return False
    return _spec_unchanged(record, obj)


def is_copied(record: Record, obj: Json) -> bool:
    """Whether the object was created long after the record's start: re-applied, or restored."""
    created = parse_time(section(obj, "metadata").get("creationTimestamp"))
    return created is not None and created > record.start + COPIED_AFTER


def _spec_unchanged(record: Record, obj: Json) -> bool:
    if record.spec:
        if spec_hash(obj) != record.spec:
            return False
        return record.replicas == replicas(obj) or last_written_by_scale(obj)
    newest = spec_written_at(obj)
    return newest is None or newest <= record.start + CLOCK_SLACK


def trusted(record: Record, obj: Mapping[str, Any], now: int) -> Record:
    """The record with its times brought into [creation − 60 s, now]: annotations are anybody's to write.

    A record that began before that got here by copy. It is left so, for `holds` to see.
    """
    created = parse_time(section(obj, "metadata").get("creationTimestamp"))
    floor = 0 if created is None else created - COPIED_AFTER
    return _bounded_times(record, min(floor, record.start), floor, now)


def _bounded_times(record: Record, low: int, prev_low: int, high: int) -> Record:
    start, end, prev, drift = clamp(record.start, low, high), record.end, record.prev, record.drift
    if end is not None:
        end = clamp(end, start, high)
    if prev is not None:
        prev = _bounded_times(prev, prev_low, prev_low, start)
    if drift is not None:
        began = min(drift.start, high)
        drift = Drift(began, drift.latch, None if drift.end is None else clamp(drift.end, began, high))
    if start == record.start and end == record.end and prev == record.prev and drift == record.drift:
        return record
    return replace(record, start=start, end=end, prev=prev, drift=drift)


def needs_stored_spec(record: Record, obj: Json) -> bool:
    """Whether the hash would tell more than the generation, which moves with a pod's spec alone."""
    return not record.spec and (not record.closer or obj.get("kind") != "Pod")


def with_stored_spec(record: Record, obj: Json) -> Record:
    """The record with the hash of the spec as the server stored it, which its writer could not know."""
    return record if record.spec else replace(record, spec=spec_hash(obj), replicas=replicas(obj))


def superseding(record: Record, live: Record | None) -> tuple[Record, int]:
    """`record` opened over the open span `live`: nested as `prev` and linked. Also how many were dropped."""
    if live is None:
        return record, 0
    link = RecordLink("superseded", live.trace_id, live.span_id)
    others = [each for each in record.links if each.span_id != live.span_id]
    return following(replace(record, links=(link, *others)), live)


def following(record: Record, live: Record) -> tuple[Record, int]:
    """`record` opened over `live`, nested as `prev`. Also how many open ones were dropped."""
    prev, dropped = _bounded(live, MAX_PREV - 1)
    return replace(record, prev=prev), dropped


def predecessors(record: Record) -> Iterator[tuple[Record, Record]]:
    """(record, the one that it followed), from the newest on."""
    while record.prev is not None:
        yield record, record.prev
        record = record.prev


def _bounded(record: Record, depth: int) -> tuple[Record, int]:
    if record.prev is None:
        return record, 0
    if depth == 0:
        return replace(record, prev=None), int(record.prev.end is None)
    prev, dropped = _bounded(record.prev, depth - 1)
    return replace(record, prev=prev), dropped
