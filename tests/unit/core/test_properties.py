"""Bad input never raises: any bytes, any JSON, 300 KiB, wrong types, in every carrier and in the record."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opentelemetry.context import get_current

from tests.unit.core.objects import deployment, ns, pod, record_of, unreached
from traceutil.carriers import DEFAULT_READ
from traceutil.change import change_id, same_desired_state, spec_hash
from traceutil.record import KEY, MAX_SIZE, Drift, Record, RecordLink, holds, loads
from traceutil.testing import CapturedSpans

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
READ = [key for carrier in DEFAULT_READ for key in carrier.keys]

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
)
any_text = st.text(st.characters(), max_size=80) | st.binary(max_size=80).map(lambda b: b.decode("latin-1"))
big = st.integers(0, 3).map(lambda n: ("{" * n) + "x" * 300 * 1024)
carried = any_text | values.map(lambda value: json.dumps(value)) | big | values


def near_misses() -> st.SearchStrategy[str]:
    """Good records of which one field is wrong."""
    good = json.loads(record_of(deployment(), end=ns(1), reason="reached", drift=Drift(1, 2)).dumps())
    fields = st.sampled_from([*good, "prev", "links", "shards", "deadline", "spec", "replicas"])
    return st.tuples(fields, values | any_text).map(lambda pair: json.dumps({**good, pair[0]: pair[1]}))


def every_verb(spans: CapturedSpans, obj: dict[str, Any]) -> None:
    tracer = spans.tracer
    before = get_current()
    with tracer.start_span_from_object(obj, "test.Work", only_if_work=True):
        child: dict[str, Any] = {"spec": {"replicas": 9}}
        tracer.encode_context_into_object(child, live=obj)
        tracer.trace_until_reached(child, live=obj)
    tracer.context_json_patch(obj)
    tracer.object_span(obj)
    tracer.desired_state_reached(obj)
    patch = {"metadata": {"resourceVersion": "1"}, "status": {"replicas": 1}}
    tracer.end_if_reached(obj, patch=patch)
    tracer.end_if_reached(obj)
    tracer.end_if_reached(obj, deleted=True)
    assert get_current() == before


@QUICK
@given(key=st.sampled_from([KEY, *READ]), value=carried | near_misses())
def test_any_value_of_a_carrier(key: str, value: Any) -> None:
    """No verb raises; what is no context leaves the context as it was, and is counted."""
    spans = CapturedSpans()
    obj = unreached(deployment(annotations={key: value}))
    every_verb(spans, copy.deepcopy(obj))
    fresh = CapturedSpans()
    context = fresh.tracer.context_from_object(obj, get_current())
    if context == get_current() and isinstance(value, str) and value and key == KEY:
        try:
            loads(value)
        except ValueError:
            assert fresh.tracer.health.total("malformed") == 1


@QUICK
@given(
    metadata=st.dictionaries(
        st.sampled_from(
            [
                "name",
                "generateName",
                "namespace",
                "uid",
                "generation",
                "resourceVersion",
                "annotations",
                "ownerReferences",
                "managedFields",
                "creationTimestamp",
                "deletionTimestamp",
                "deletionGracePeriodSeconds",
            ]
        ),
        values,
    ),
    spec=values,
    status=values,
    kind=st.sampled_from(["Deployment", "Pod", "Job", "Database"]) | values,
)
def test_any_object(metadata: Any, spec: Any, status: Any, kind: Any) -> None:
    """Cluster data of any shape never raises."""
    obj = {"apiVersion": "apps/v1", "kind": kind, "metadata": metadata, "spec": spec, "status": status}
    every_verb(CapturedSpans(), obj)
    assert change_id(obj) == change_id(copy.deepcopy(obj))
    assert spec_hash(obj) == spec_hash(copy.deepcopy(obj))


@QUICK
@given(metadata=values, spec=values)
def test_any_metadata(metadata: Any, spec: Any) -> None:
    every_verb(CapturedSpans(), {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})


ids = st.integers(1, 2**64 - 1)
times = st.integers(0, 2**63 - 1)
names = st.text(st.characters(codec="utf-8"), max_size=20)
links = st.builds(RecordLink, names, st.integers(1, 2**128 - 1), ids)
drifts = st.none() | st.builds(Drift, times, times, st.none() | times)


def records(depth: int = 3) -> st.SearchStrategy[Record]:
    return st.builds(
        Record,
        trace_id=st.integers(1, 2**128 - 1),
        span_id=ids,
        parent_id=st.integers(0, 2**64 - 1),
        flags=st.integers(0, 255),
        of=names,
        start=times,
        generation=st.none() | st.integers(0, 2**53 - 1),
        closer=names,
        deadline=st.none() | st.floats(0, 1e8),
        links=st.lists(links, max_size=4).map(tuple),
        shards=st.integers(0, 1_000),
        prev=records(depth - 1) | st.none() if depth else st.none(),
        spec=names,
        replicas=st.none() | st.integers(0, 2**53 - 1),
        end=st.none() | times,
        reason=names,
        drift=drifts,
    ).map(lambda r: r if r.end is not None else Record(**{**_fields(r), "reason": ""}))


def _fields(record: Record) -> dict[str, Any]:
    return {name: getattr(record, name) for name in Record.__dataclass_fields__}


@QUICK
@given(record=records())
def test_every_record_survives_being_written_and_read(record: Record) -> None:
    """And is judged without raising, on any object."""
    text = record.dumps()
    if len(text) < MAX_SIZE:
        assert loads(text + " ") == record, "read by another process, which does not remember these bytes"
    every_verb(CapturedSpans(), pod(annotations={KEY: text + " "}))
    assert holds(record, pod()) in (True, False)


@QUICK
@given(sent=values, live=values)
def test_desired_states_of_any_shape_can_be_compared(sent: Any, live: Any) -> None:
    """And an object is the same as itself."""
    one, two = {"spec": sent}, {"spec": live}
    assert same_desired_state(one, two) in (True, False)
    if json.dumps(sent) == json.dumps(sent) and "NaN" not in json.dumps(sent):
        assert same_desired_state(one, copy.deepcopy(one))
