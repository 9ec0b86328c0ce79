"""A trace has a bound: children beyond it get traces of their own."""

from __future__ import annotations

import pytest

from tests.unit.core.objects import (
    Object,
    deployment,
    pod,
    reached,
    record_of,
    replica_set,
    unreached,
    with_record,
)
from tests.unit.core.writing import new, opened
from traceutil import derive
from traceutil.fan_out import shards_for
from traceutil.testing import capture_spans


@pytest.mark.parametrize(
    ("obj", "expected"),
    [
        pytest.param(replica_set(1000), 0, id="as many as the bound: one trace"),
        pytest.param(replica_set(1001), 2, id="one more: two overflow traces"),
        pytest.param(replica_set(5000), 5, id="five times the bound: five"),
        pytest.param(deployment(5000), 0, id="a Deployment's children are few"),
        pytest.param({"kind": "Job", "spec": {"parallelism": 2001}}, 3, id="a Job, by its parallelism"),
        pytest.param({"kind": "ReplicaSet", "spec": {"replicas": "5000"}}, 0, id="a number as text is none"),
    ],
)
def test_children_beyond_the_bound_get_traces_of_their_own(obj: Object, expected: int) -> None:
    assert expected == shards_for(obj, 1000)


def test_overflow_children_go_by_name_into_traces_with_derived_ids() -> None:
    """Under the overflow's own root, whose number was fixed when the owner's span was opened."""
    record = record_of(replica_set(30), shards=3)
    owner = with_record(replica_set(40), record)
    with capture_spans(max_children=10) as spans:
        children = [opened(spans, owner, new(pod(name=f"web-{n}"))) for n in range(30)]
    roots = [derive.overflow_ids(record.span_id, shard) for shard in range(3)]
    assert {(child.trace_id, child.parent_id) for child in children} == set(roots)
    first = derive.overflow_ids(record.span_id, derive.shard_of("web-0", 3))
    assert (children[0].trace_id, children[0].parent_id) == first


def test_overflow_traces_and_their_parent_link_each_other() -> None:
    """All are exported when the parent's span closes, sampled as it is, whatever the ratio."""
    record = record_of(replica_set(30), shards=3)
    with capture_spans(max_children=10, ratio=0.0) as spans:
        spans.tracer.end_if_reached(unreached(with_record(replica_set(30), record)))
        spans.tracer.end_if_reached(reached(with_record(replica_set(30), record)))
        found = spans.all("ReplicaSet")
    roots = {tuple(derive.overflow_ids(record.span_id, shard)) for shard in range(3)}
    main = [span for span in found if span.context is not None and span.context.span_id == record.span_id]
    linked = {(link.context.trace_id, link.context.span_id) for link in main[0].links}
    back = [link.context.span_id for span in found if span not in main for link in span.links]
    assert linked == roots
    assert back == [record.span_id] * 3
