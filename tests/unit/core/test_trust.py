"""Whose sampling flags are believed: a setting by writer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pytest

from tests.unit.core.objects import (
    TRACEPARENT,
    Object,
    database,
    deployment,
    owner_of_annotation,
    record_of,
    replica_set,
    unreached,
    with_record,
)
from tests.unit.core.writing import new, record_in
from traceutil import ObjectTracer, derive
from traceutil.reading import read_plain, read_record
from traceutil.record import KEY, superseding
from traceutil.settings import Settings
from traceutil.testing import capture_spans
from traceutil.trust import Trust, believes

OURS = frozenset({"apply", "deployment-controller"})


@pytest.mark.parametrize(
    ("trust", "writers", "expected"),
    [
        pytest.param("all", ["mallory"], True, id="all: whoever wrote"),
        pytest.param("all", [], True, id="all: even where nobody knows"),
        pytest.param("none", ["apply"], False, id="none: whoever wrote"),
        pytest.param(OURS, ["apply"], True, id="a collection: who is in it"),
        pytest.param(OURS, ["mallory"], False, id="a collection: nobody else"),
        pytest.param(OURS, ["mallory", "apply"], True, id="two own the same value: one of them suffices"),
        pytest.param(OURS, [], False, id="a collection: not where nobody knows"),
        pytest.param({"", "apply"}, [], True, id="unless the manager without a name is in it"),
        pytest.param(lambda name: name.endswith("-controller"), ["a-controller"], True, id="a function: yes"),
        pytest.param(lambda name: name.endswith("-controller"), ["kubectl"], False, id="a function: no"),
        pytest.param([], ["apply"], False, id="an empty collection is nobody"),
    ],
)
def test_flags_are_believed(trust: Trust, writers: Collection[str], expected: bool) -> None:
    assert expected == believes(trust, writers)


def test_a_lone_name_is_refused() -> None:
    """It would be taken letter by letter."""
    with pytest.raises(ValueError, match=r"trust='apply': use .* a collection of field managers"):
        ObjectTracer(trust="apply")


#: The ratio of a half takes the first and not the second.
TAKEN, LEFT = 0x1, 0xFFFF_FFFF_FFFF_FFFF
WEB = record_of(deployment())


def recorded(trace_id: int, flags: int, *writers: str, **fields: Any) -> Object:
    """A Deployment with a record, and the managers that own it."""
    managers = [owner_of_annotation(0, KEY, manager=writer) for writer in writers]
    record = replace(WEB, trace_id=trace_id, flags=flags, **fields)
    return with_record(deployment(managedFields=managers), record)


def settings(trust: Trust = OURS) -> Settings:
    return Settings(component="test", ratio=0.5, trust=trust)


@pytest.mark.parametrize(
    ("obj", "expected"),
    [
        pytest.param(recorded(LEFT, 1, "apply"), (1, ""), id="a trusted 01 is obeyed"),
        pytest.param(recorded(TAKEN, 0, "apply"), (0, ""), id="a trusted 00 is obeyed"),
        pytest.param(recorded(LEFT, 1, "mallory"), (0, "traceutil=l:1"), id="a hostile 01 forces nothing"),
        pytest.param(recorded(TAKEN, 0, "mallory"), (1, "traceutil=l:1"), id="a hostile 00 hides nothing"),
        pytest.param(recorded(LEFT, 1), (0, "traceutil=l:1"), id="01 of nobody knows whom forces nothing"),
        pytest.param(
            recorded(LEFT, 1, "apply", state="traceutil=l:1"), (1, "traceutil=l:1"), id="a trusted mark stays"
        ),
        pytest.param(
            recorded(LEFT, 1, "mallory", state="a=b"), (0, "traceutil=l:1,a=b"), id="another's state is kept"
        ),
    ],
)  # fmt: skip
def test_a_record(obj: Object, expected: tuple[int, str]) -> None:
    """At a ratio of a half; the ids are continued whoever wrote it."""
    found = read_record(obj, settings())
    assert found is not None
    assert WEB.span_id == found.span_id
    assert expected == (found.flags, found.state)


def test_what_a_record_supersedes_is_judged_with_it() -> None:
    """Its flags stand in the same annotation."""
    whole, _ = superseding(replace(WEB, trace_id=TAKEN, flags=1), replace(WEB, trace_id=LEFT, flags=1))
    managers = [owner_of_annotation(0, KEY, manager="mallory")]
    found = read_record(with_record(deployment(managedFields=managers), whole), settings())
    assert found is not None
    assert found.prev is not None
    assert (1, 0) == (found.flags, found.prev.flags)


BARE = "traceparent"


def plain(**annotations: tuple[int, str]) -> Object:
    """A ConfigMap-like object with sampled contexts by key, each with its writer."""
    managers = [owner_of_annotation(0, key, manager=writer) for key, (_, writer) in annotations.items()]
    values = {key: f"00-{trace:032x}-00000000000000b1-01" for key, (trace, _) in annotations.items()}
    return database(annotations=values, managedFields=managers)


def mixed() -> Object:
    """A trusted `traceparent`; the `tracestate` that belongs to it is somebody else's."""
    obj = plain(**{TRACEPARENT: (LEFT, "apply")})
    state = TRACEPARENT.replace("parent", "state")
    obj["metadata"]["annotations"][state] = "a=b"
    obj["metadata"]["managedFields"].append(owner_of_annotation(0, state, manager="mallory"))
    return obj


@pytest.mark.parametrize(
    ("obj", "trust", "expected"),
    [
        pytest.param(plain(**{TRACEPARENT: (LEFT, "apply")}), OURS, (LEFT, 1), id="a trusted writer's"),
        pytest.param(plain(**{TRACEPARENT: (LEFT, "mallory")}), OURS, (LEFT, 0), id="a stranger's"),
        pytest.param(plain(**{TRACEPARENT: (LEFT, "apply")}), "none", (LEFT, 0), id="where none is trusted"),
        pytest.param(
            plain(**{TRACEPARENT: (LEFT, "mallory"), BARE: (TAKEN, "apply")}),
            OURS,
            (LEFT, 0),
            id="a stranger's, beside another key of a trusted one",
        ),
        pytest.param(mixed(), OURS, (LEFT, 0), id="a trusted writer's, beside a stranger's tracestate"),
        pytest.param(plain(), OURS, None, id="nothing"),
    ],
)
def test_a_context_without_a_record(obj: Object, trust: Trust, expected: tuple[int, int] | None) -> None:
    """As whoever wrote the very key that is read."""
    found = read_plain(obj, settings(trust))
    assert expected == (None if found is None else (found.trace_id, found.trace_flags))


def test_a_context_in_status_is_its_writers() -> None:
    """Tekton copies the context into status; the owner of that field counts."""
    headers = {"traceparent": f"00-{LEFT:032x}-00000000000000b1-01"}
    entry = {"manager": "mallory", "fieldsV1": {"f:status": {"f:spanContext": {}}}}
    found = []
    for manager in ("mallory", "apply"):
        obj = database(managedFields=[{**entry, "manager": manager}]) | {"status": {"spanContext": headers}}
        context = read_plain(obj, settings())
        found.append(context and int(context.trace_flags))
    assert [0, 1] == found


@pytest.mark.parametrize("claimed", [0, 1])
def test_a_stranger_decides_about_nothing(claimed: int) -> None:
    """Two processes see 200 of a stranger's objects: both sample the same half, children and all."""
    decided = []
    for component in ("one", "two"):
        with capture_spans(component, ratio=0.5, trust=OURS) as spans:
            children = []
            for n in range(200):
                trace = derive.object_ids(f"stranger-{n}", "x").trace_id
                obj = unreached(recorded(trace, claimed, "mallory"))
                obj["metadata"]["uid"] = f"u{n}"
                child = new(replica_set())
                with spans.tracer.start_span_from_object(obj, "test.Work"):
                    spans.tracer.trace_until_reached(child)
                children.append(record_in(child))
            traces = {span.context.trace_id for span in spans if span.context}
        assert traces == {each.trace_id for each in children if each.flags}
        assert all(derive.sampled(each.trace_id, 0.5) == bool(each.flags) for each in children)
        decided.append(traces)
    assert decided[0] == decided[1]
    assert 80 <= len(decided[0]) <= 120
