from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.unit.core.objects import (
    Object,
    at,
    database,
    deployment,
    ns,
    owner_of_spec,
    pod,
    record_of,
    replica_set,
    with_record,
)
from traceutil.carriers.base import Malformed
from traceutil.change import spec_hash
from traceutil.reading import read_record
from traceutil.record import MAX_SIZE, Drift, Record, RecordLink, holds, loads, superseding, with_stored_spec
from traceutil.settings import Settings
from traceutil.testing import FixedClock

WEB = record_of(deployment())
FULL = replace(
    WEB,
    parent_id=0xC1,
    flags=0,
    deadline=30.5,
    links=(RecordLink("written_by", 1, 2),),
    shards=3,
    prev=replace(WEB, span_id=0xB0, end=ns(1), reason="superseded"),
    spec="0123456789abcdef",
    replicas=0,
    end=ns(4),
    reason="reached",
    drift=Drift(ns(5), ns(4), ns(6)),
)


def parsed(record: Record, **options: int) -> Record:
    """Written and read by another process: this one remembers what it wrote, by its very bytes."""
    return loads(record.dumps() + " ", **options)


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(WEB, id="the least"),
        pytest.param(FULL, id="everything"),
        pytest.param(replace(WEB, drift=Drift(ns(5), ns(4))), id="an open episode of drift"),
        pytest.param(replace(WEB, generation=None, flags=255), id="no generation; all flag bits"),
    ],
)
def test_a_record_survives_being_written_and_read(record: Record) -> None:
    assert record == parsed(record)


def test_the_bytes_of_a_record() -> None:
    """Published in docs/spec.md 3."""
    expected = (
        '{"trace":"000000000000000000000000000000a1","span":"00000000000000b1","flags":"01",'
        '"of":"/apps/Deployment/default/web","gen":1,"start":1767225600000000000,"closer":"test"}'
    )
    assert expected == WEB.dumps()


GOOD: dict[str, Any] = json.loads(FULL.dumps())


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(None, id="nothing"),
        pytest.param(5, id="a number"),
        pytest.param("", id="an empty string"),
        pytest.param("{", id="no JSON"),
        pytest.param("[]", id="a list"),
        pytest.param('"text"', id="a string in JSON"),
        pytest.param("[" * 5_000, id="brackets without end"),
        pytest.param("1" * 5_000, id="a number of 5,000 digits"),
        pytest.param("x" * (MAX_SIZE + 1), id="too long"),
        pytest.param(json.dumps({**GOOD, "trace": "0" * 32}), id="a trace id of zeros"),
        pytest.param(json.dumps({**GOOD, "trace": " " * 32}), id="a trace id of spaces"),
        pytest.param(json.dumps({**GOOD, "span": "b1"}), id="a short span id"),
        pytest.param(json.dumps({**GOOD, "span": "+0000000000000b1"}), id="a span id with a sign"),
        pytest.param(json.dumps({**GOOD, "flags": "  "}), id="flags of spaces"),
        pytest.param(json.dumps({**GOOD, "flags": 1}), id="flags as a number"),
        pytest.param(json.dumps({**GOOD, "start": True}), id="a start of true"),
        pytest.param(json.dumps({**GOOD, "start": -1}), id="a start before 1970"),
        pytest.param(json.dumps({**GOOD, "start": 2**63}), id="a start beyond 64 bits"),
        pytest.param(json.dumps({**GOOD, "deadline": float("nan")}), id="a deadline that is no number"),
        pytest.param(json.dumps({**GOOD, "deadline": "30"}), id="a deadline as text"),
        pytest.param(json.dumps({**GOOD, "closer": "\ud800"}), id="a closer that is no Unicode"),
        pytest.param(json.dumps({**GOOD, "links": {}}), id="links that are no list"),
        pytest.param(json.dumps({**GOOD, "links": [["why"]]}), id="a link of one part"),
        pytest.param(json.dumps({**GOOD, "prev": []}), id="a predecessor that is a list"),
        pytest.param(json.dumps({**GOOD, "drift": []}), id="drift that is a list"),
        pytest.param(json.dumps({key: GOOD[key] for key in GOOD if key != "of"}), id="without its object"),
    ],
)
def test_what_is_no_record_is_malformed(value: object) -> None:
    with pytest.raises(Malformed):
        loads(value)


def test_links_are_capped() -> None:
    """Annotations are anybody's to write."""
    many = replace(WEB, links=tuple(RecordLink("cause", n, n) for n in range(1, 100)))
    assert len(parsed(many, max_links=32).links) == 32


def test_a_nest_of_predecessors_is_read_three_deep() -> None:
    """The rest, which no writer of ours makes, is left out."""
    nested = WEB
    for span_id in range(2, 8):
        nested = replace(WEB, span_id=span_id, prev=nested)
    assert depth(parsed(nested)) == 3


def depth(record: Record) -> int:
    return 0 if record.prev is None else 1 + depth(record.prev)


def test_a_span_opened_over_open_spans_keeps_three() -> None:
    """The oldest is dropped, and said to be."""
    record, dropped = WEB, 0
    for span_id in range(2, 7):
        record, dropped = superseding(replace(WEB, span_id=span_id), record)
    assert (depth(record), dropped) == (3, 1)
    assert RecordLink("superseded", WEB.trace_id, 5) == record.links[0]


HASHED = with_stored_spec(WEB, deployment(2))
SCALED = owner_of_spec(20, subresource="scale")


@pytest.mark.parametrize(
    ("record", "obj", "expected"),
    [
        pytest.param(WEB, deployment(), True, id="a creation, generation 1"),
        pytest.param(
            replace(WEB, generation=2), deployment(generation=2), True, id="an update, stored as live + 1"
        ),
        pytest.param(replace(WEB, generation=2), deployment(), False, id="an update that was refused"),
        pytest.param(
            HASHED, deployment(generation=5), True, id="an older generation, the stored spec unchanged"
        ),
        pytest.param(
            HASHED, deployment(2, "web:2", generation=5), False, id="an older generation, another spec"
        ),
        pytest.param(
            HASHED,
            deployment(4, generation=2, managedFields=[SCALED]),
            True,
            id="other replicas alone, last written through /scale",
        ),
        pytest.param(HASHED, deployment(4, generation=2), False, id="other replicas, written as desired"),
        pytest.param(
            HASHED,
            deployment(4, "web:2", generation=2, managedFields=[SCALED]),
            False,
            id="replicas through /scale, and another image",
        ),
        pytest.param(
            WEB,
            deployment(generation=2, managedFields=[owner_of_spec(0)]),
            True,
            id="no hash, an older generation, no newer owner of the spec",
        ),
        pytest.param(
            WEB,
            deployment(generation=2, managedFields=[owner_of_spec(2)]),
            True,
            id="no hash, an owner of the spec within the two seconds of slack",
        ),
        pytest.param(
            WEB,
            deployment(generation=2, managedFields=[owner_of_spec(3)]),
            False,
            id="no hash, and a newer owner of the spec",
        ),
        pytest.param(
            WEB,
            deployment(generation=2, managedFields=[owner_of_spec(50, subresource="scale")]),
            True,
            id="no hash, and a newer owner through /scale only",
        ),
        pytest.param(WEB, deployment(creationTimestamp=at(60)), True, id="created 60 s after its start"),
        pytest.param(
            WEB, deployment(creationTimestamp=at(61)), False, id="created later: restored from a back-up"
        ),
        pytest.param(WEB, deployment(name="copy"), False, id="a copy that names another object"),
        pytest.param(WEB, deployment(namespace="other"), False, id="a copy in another namespace"),
        pytest.param(WEB, replica_set(), False, id="a copy on another kind"),
        pytest.param(WEB, deployment(deletionTimestamp=at(5)), False, id="the object is being deleted"),
        pytest.param(
            replace(WEB, of="/apps/Deployment//web"),
            deployment(),
            True,
            id="its writer had the namespace in the path only",
        ),
        pytest.param(
            replace(record_of(pod()), of="//Pod/default/web-6d4-*"),
            pod(generateName="web-6d4-"),
            True,
            id="the server generated the name",
        ),
        pytest.param(
            replace(record_of(pod()), of="//Pod/default/web-6d4-*"),
            pod(generateName="web-777-"),
            False,
            id="the name was generated for another",
        ),
        pytest.param(
            record_of(database(), generation=None),
            database(managedFields=[owner_of_spec(1)]),
            True,
            id="no generation recorded, no newer owner of the spec",
        ),
    ],
)
def test_a_record_holds(record: Record, obj: Object, expected: bool) -> None:
    assert expected == holds(record, obj)
    settings = Settings(clock=FixedClock(ns(100)))
    found = read_record(with_record(obj, record), settings)
    assert found is not None
    assert expected == holds(found, obj), "as read from the object, clamped"


def test_a_record_names_its_cluster() -> None:
    """A copy in another cluster, where the setting says so, is foreign."""
    here = replace(WEB, of="east/apps/Deployment/default/web")
    assert holds(here, deployment(), cluster="east")
    assert not holds(here, deployment(), cluster="west")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param({"start": ns(999)}, (ns(100), None), id="a start in the future is now"),
        pytest.param({"start": ns(5)}, (ns(5), None), id="a start in between stands"),
        pytest.param({"start": ns(-60)}, (ns(-60), None), id="a start 60 s before creation stands"),
        pytest.param(
            {"start": ns(5), "end": 2**62, "reason": "reached"},
            (ns(5), ns(100)),
            id="an end in the future is now",
        ),
        pytest.param(
            {"start": ns(5), "end": 0, "reason": "reached"},
            (ns(5), ns(5)),
            id="an end before the start is the start",
        ),
    ],
)
def test_times_are_brought_into_bounds(fields: dict[str, Any], expected: tuple[int, int | None]) -> None:
    obj = with_record(deployment(), replace(WEB, **fields))
    found = read_record(obj, Settings(clock=FixedClock(ns(100))))
    assert found is not None
    assert expected == (found.start, found.end)


def test_a_predecessors_times_are_brought_into_bounds() -> None:
    """It starts at most 60 s before the object was created, and not after its successor."""
    early, late = replace(WEB, start=0), replace(WEB, start=ns(90))
    for prev, expected in ((early, ns(-60)), (late, ns(50))):
        obj = with_record(deployment(), replace(WEB, start=ns(50), prev=prev))
        found = read_record(obj, Settings(clock=FixedClock(ns(100))))
        assert found is not None
        assert found.prev is not None
        assert expected == found.prev.start


def test_the_stored_hash_is_noted_once() -> None:
    """A change through /scale moves the target, and not what was recorded."""
    assert (spec_hash(deployment(2)), 2) == (HASHED.spec, HASHED.replicas)
    assert with_stored_spec(HASHED, deployment(9)) == HASHED


def test_an_end_is_never_before_the_start() -> None:
    assert ns(0) == WEB.closed(ns(-5), "reached").end


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        pytest.param(replace(WEB, end=ns(4)), ns(4), id="its end"),
        pytest.param(replace(WEB, end=ns(4), drift=Drift(ns(9), ns(4))), ns(4), id="not moved by open drift"),
        pytest.param(
            replace(WEB, end=ns(4), drift=Drift(ns(9), ns(4), ns(12))), ns(12), id="the end of drift"
        ),
    ],
)
def test_the_latch_of_a_record(record: Record, expected: int) -> None:
    assert expected == record.latch
