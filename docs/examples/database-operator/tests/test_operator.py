"""The operator as it runs, on an API server in memory: what it writes, and the trace of it."""

import inspect

import pytest
from lightkube.generic_resource import create_namespaced_resource
from lightkube.resources.apps_v1 import StatefulSet
from lightkube.types import PatchType

Database = create_namespaced_resource("example.com", "v1", "Database", "databases")

pytestmark = [
    pytest.mark.usefixtures("operator"),
    pytest.mark.captured_spans("database-operator", real_time=True),
]


def become_ready(user, replicas):
    """What the StatefulSet controller does, of which there is none here."""
    counts = dict.fromkeys(("replicas", "readyReplicas", "updatedReplicas", "availableReplicas"), replicas)
    live = user.get(StatefulSet, "orders", namespace="default")
    status = {"observedGeneration": live.metadata.generation, **counts}
    user.patch(StatefulSet.Status, "orders", {"status": status}, namespace="default")


def test_a_database_from_its_creation_until_it_is_ready(user, captured_spans):
    """One trace: the Database, the work, and the StatefulSet until its replicas are there."""
    user.create(Database(metadata={"name": "orders"}, spec={"replicas": 2}), namespace="default")
    captured_spans.wait_for("Database")
    become_ready(user, replicas=2)
    captured_spans.wait_for("StatefulSet")

    assert captured_spans.tree("traceutil.reason") == inspect.cleandoc("""
        Database traceutil.reason=reached
          database.ApplyStatefulSet
          StatefulSet traceutil.reason=reached
    """)


def test_each_change_is_a_trace_of_its_own(user, captured_spans):
    """The second one is the trace of the update."""
    user.create(Database(metadata={"name": "orders"}, spec={"replicas": 2}), namespace="default")
    captured_spans.wait_for("Database")
    become_ready(user, replicas=2)
    captured_spans.wait_for("StatefulSet")

    bigger = {"spec": {"replicas": 3}}
    user.patch(Database, "orders", bigger, namespace="default", patch_type=PatchType.MERGE)
    captured_spans.wait_for("Database", count=2)
    become_ready(user, replicas=3)
    captured_spans.wait_for("StatefulSet", count=2)

    first, second = captured_spans.all("StatefulSet")
    assert first.context.trace_id != second.context.trace_id


def test_it_writes_once(user, captured_spans, embedded_cluster):
    """The embedded cluster counts requests by verb, resource and user."""
    user.create(Database(metadata={"name": "orders"}, spec={"replicas": 2}), namespace="default")
    captured_spans.wait_for("Database")

    requests = embedded_cluster.cluster.requests
    assert requests["patch", "statefulsets", "database-operator"] == 1
