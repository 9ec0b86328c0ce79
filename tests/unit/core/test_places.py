from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.core.objects import (
    TRACEPARENT,
    UID,
    Object,
    at,
    deployment,
    ns,
    owner_of_annotation,
    owner_of_spec,
    pod,
    reached,
    record_of,
    replica_set,
    with_record,
)
from tests.unit.core.resolving import DERIVED, OWNER, ids, links, resolved
from traceutil import derive
from traceutil.change import change_id
from traceutil.places import OPT_OUT, opted_out
from traceutil.record import KEY, Record
from traceutil.relation import Relation
from traceutil.semconv import RELATION, WAITED
from traceutil.settings import Settings
from traceutil.testing import CapturedSpans

TRACE, SPAN = 0x0AF7651916CD43DD8448EB211C80319C, 0xB7AD6B7169203331
PLAIN = {TRACEPARENT: f"00-{TRACE:032x}-{SPAN:016x}-01"}
WEB = record_of(deployment())
ENDED = replace(WEB, end=ns(9), reason="reached")


def carrying(obj: Object, *entries: Object) -> Object:
    """The object with a plain context, and managedFields."""
    obj["metadata"] |= {"annotations": dict(PLAIN), "managedFields": list(entries)}
    return obj


@pytest.mark.parametrize(
    ("obj", "placement", "parent", "linked"),
    [
        pytest.param(
            with_record(deployment(), WEB), "parent", (0xA1, 0xB1), [], id="an open record is the parent"
        ),
        pytest.param(
            with_record(deployment(), WEB, **PLAIN),
            "parent",
            (0xA1, 0xB1),
            [],
            id="the record stands alone, whoever has overwritten traceparent",
        ),
        pytest.param(
            with_record(pod(), replace(record_of(pod()), closer="kubelet")),
            "parent",
            (0xA1, 0xB1),
            [],
            id="an open record is the parent also where somebody else will close it",
        ),
        pytest.param(
            carrying(pod(), owner_of_annotation(95), owner_of_spec(90)),
            "parent",
            (TRACE, SPAN),
            [],
            id="a plain context younger than the deadline is the parent",
        ),
        pytest.param(carrying(pod()), "parent", (TRACE, SPAN), [], id="without managedFields it is a parent"),
        pytest.param(
            carrying(pod(), owner_of_annotation(5), owner_of_spec(9)),
            "derived",
            DERIVED,
            [("stale", SPAN)],
            id="a plain context with a newer owner of the spec is a link",
        ),
        pytest.param(
            carrying(pod(), owner_of_annotation(5), owner_of_spec(9, subresource="binding")),
            "parent",
            (TRACE, SPAN),
            [],
            id="a binding is no newer desired state",
        ),
        pytest.param(
            carrying(pod(), owner_of_annotation(-700)),
            "derived",
            DERIVED,
            [("stale", SPAN)],
            id="a plain context older than the deadline is a link",
        ),
        pytest.param(
            with_record(replica_set(), WEB),
            "derived",
            DERIVED,
            [("stale", 0xB1)],
            id="a copy that names another object is a link",
        ),
        pytest.param(
            with_record(replica_set(ownerReferences=[OWNER]), WEB),
            "parent",
            (0xA1, 0xB1),
            [],
            id="a copy of the controlling owner's open record is a parent",
        ),
        pytest.param(
            with_record(replica_set(ownerReferences=[{**OWNER, "controller": False}]), WEB),
            "derived",
            DERIVED,
            [("stale", 0xB1)],
            id="an owner that does not control is no parent",
        ),
        pytest.param(
            with_record(replica_set(ownerReferences=[OWNER]), replace(WEB, end=ns(9), reason="reached")),
            "derived",
            DERIVED,
            [("stale", 0xB1)],
            id="a copy of the owner's ended record is a link",
        ),
        pytest.param(
            with_record(pod(creationTimestamp=at(90)), record_of(pod())),
            "derived",
            DERIVED,
            [("stale", 0xB1)],
            id="a record restored from a back-up is a link",
        ),
        pytest.param(pod(), "derived", DERIVED, [], id="no context: the derived trace"),
        pytest.param(pod(uid=""), "root", None, [], id="no context and not stored yet: a new trace"),
        pytest.param(
            pod(annotations={KEY: "nonsense", **PLAIN}),
            "parent",
            (TRACE, SPAN),
            [],
            id="a malformed record beside a good traceparent: the traceparent counts",
        ),
        pytest.param(
            with_record(pod(deletionTimestamp=at(50)), record_of(pod())),
            "derived",
            derive.object_ids(UID, "deletion"),
            [("deletion", 0xB1)],
            id="a terminating object: the deletion's derived trace, linked to what it carries",
        ),
        pytest.param(
            pod(deletionTimestamp=at(50), uid=""),
            "root",
            None,
            [],
            id="terminating and without uid: a new trace",
        ),
    ],
)
def test_work_hangs(
    obj: Object, placement: str, parent: tuple[int, int] | None, linked: list[tuple[str, int]]
) -> None:
    place = resolved(obj)
    assert (placement, parent, linked) == (place.placement, ids(place.parent), links(place))


@pytest.mark.parametrize(
    ("relation", "record", "placement"),
    [
        pytest.param("link", WEB, "root", id="link: a new trace, while the span is open"),
        pytest.param("parent", ENDED, "parent", id="parent: under the span, after its end"),
    ],
)
def test_a_relation_can_be_forced(relation: Relation, record: Record, placement: str) -> None:
    assert placement == resolved(with_record(deployment(), record), relation).placement


def namespace(name: str) -> Object | None:
    held: dict[str, Object] = {
        "quiet": {"metadata": {"annotations": {OPT_OUT: "disabled"}}},
        "odd": {"metadata": 5},
    }
    return held.get(name)


@pytest.mark.parametrize(
    ("obj", "expected"),
    [
        pytest.param(pod(), False, id="nothing said"),
        pytest.param(pod(annotations={OPT_OUT: "disabled"}), True, id="on the object"),
        pytest.param(pod(annotations={OPT_OUT: "enabled"}), False, id="any other word"),
        pytest.param(pod(namespace="quiet"), True, id="on its Namespace, which the process holds"),
        pytest.param(pod(namespace="odd"), False, id="a Namespace of another shape"),
        pytest.param({"metadata": None}, False, id="no metadata at all"),
    ],
)
def test_opting_out(obj: Object, expected: bool) -> None:
    assert expected == opted_out(obj, Settings(namespaces=namespace))


def test_an_object_that_opted_out_is_left_alone(captured_spans: CapturedSpans) -> None:
    """No span, no annotation, no closing; its state is still told."""
    obj = with_record(deployment(annotations={OPT_OUT: "disabled"}), WEB)
    with captured_spans.tracer.start_span_from_object(obj, "test.Work") as span:
        assert not span.is_recording()
    child: Object = {"metadata": {"annotations": {OPT_OUT: "disabled"}}}
    captured_spans.tracer.trace_until_reached(child)
    assert child == {"metadata": {"annotations": {OPT_OUT: "disabled"}}}
    assert captured_spans.tracer.end_if_reached(reached(obj))
    assert list(captured_spans) == []


def test_a_span_says_where_it_hangs_and_how_long_its_object_waited(captured_spans: CapturedSpans) -> None:
    """Attributes of the object, the relation, and the wait since the write that brought the context."""
    captured_spans.advance(2.5)
    obj = with_record(deployment(resourceVersion="7"), WEB)
    with captured_spans.tracer.start_span_from_object(obj, "test.Work"):
        pass
    found = dict(captured_spans.one("test.Work").attributes or {})
    expected = {
        "k8s.namespace.name": "default",
        "k8s.deployment.name": "web",
        "k8s.deployment.uid": UID,
        "traceutil.object.generation": 1,
        "traceutil.object.resource_version": "7",
        "traceutil.span.type": "work",
        RELATION: "parent",
        WAITED: 2.5,
    }
    assert expected == found


def test_a_context_that_was_fresh_goes_stale(captured_spans: CapturedSpans) -> None:
    """Although the object did not change: ten minutes after its annotation was written."""
    obj = carrying(pod(), owner_of_annotation(0))
    for seconds in (0, 599, 1):
        captured_spans.advance(seconds)
        with captured_spans.tracer.start_span_from_object(obj, "test.Work"):
            pass
    found = [dict(span.attributes or {})[RELATION] for span in captured_spans]
    assert found == ["parent", "parent", "derived"]


def test_kinds_without_a_convention_are_named_by_our_own_keys() -> None:
    place = resolved(record_free("Database"))
    assert (
        place.attributes["traceutil.object.kind"],
        place.attributes["traceutil.object.name"],
    ) == ("Database", "x")


def record_free(kind: str) -> Object:
    return {"apiVersion": "example.com/v1", "kind": kind, "metadata": {"name": "x", "uid": UID}}


def test_a_derived_trace_is_the_same_from_everybody() -> None:
    """Ids come from uid and change, never from time or process."""
    obj = deployment(managedFields=[owner_of_spec(3)])
    expected = tuple(derive.object_ids(UID, change_id(obj)))
    assert expected == ids(resolved(obj).parent) == ids(resolved(obj, component="other").parent)
