"""What is written, and the trace in it: no cluster, no operator, no time passes."""

from copy import deepcopy

import pytest

from database_operator import stateful_set
from traceutil import start_span_from_object
from traceutil.testing import CapturedSpans

DATABASE = {
    "apiVersion": "example.com/v1",
    "kind": "Database",
    "metadata": {"name": "orders", "namespace": "shop", "uid": "7f3a", "generation": 1},
    "spec": {"replicas": 2},
}


def stored(child: dict) -> dict:
    """As the API server answers a creation."""
    answer = deepcopy(child)
    answer["metadata"] |= {"uid": "9c1e", "resourceVersion": "5", "generation": 1}
    return answer


def test_the_stateful_set_is_part_of_the_trace(captured_spans: CapturedSpans) -> None:
    """Its span hangs under the Database's, beside the work; it ends when all replicas are ready."""
    with start_span_from_object(DATABASE, "test.Work"):
        child = stored(stateful_set(DATABASE, live=None))
    captured_spans.advance(seconds=3)
    assert captured_spans.drive(child, replicas=2, updatedReplicas=2, readyReplicas=2, availableReplicas=2)

    work, ready = captured_spans.one("test.Work"), captured_spans.one("StatefulSet")
    assert work.parent.span_id == ready.parent.span_id
    assert ready.end_time - ready.start_time == 3_000_000_000


@pytest.mark.captured_spans("database-operator")
def test_a_database_that_never_gets_ready_is_overdue(captured_spans: CapturedSpans) -> None:
    """After five minutes, although one of two replicas is there."""
    child = stored(stateful_set(DATABASE, live=None))
    captured_spans.drive(child, replicas=2, readyReplicas=1)
    captured_spans.advance(seconds=301)
    captured_spans.drive(child)

    assert captured_spans.tree("traceutil.reason") == "StatefulSet traceutil.reason=overdue"


def test_an_unchanged_database_writes_what_is_there(captured_spans: CapturedSpans) -> None:
    """Annotations and all, so that the write moves nothing; and it is no work, so there is no span."""
    live = stored(stateful_set(DATABASE, live=None))
    with start_span_from_object(DATABASE, "test.Again", only_if_work=True):
        again = stateful_set(DATABASE, live=live)

    assert again["metadata"]["annotations"] == live["metadata"]["annotations"]
    assert captured_spans.all("test.Again") == []
