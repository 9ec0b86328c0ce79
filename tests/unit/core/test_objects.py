"""The typed objects of kubernetes, lightkube and kr8s, kopf's and plain dicts, by all the same verbs."""

from __future__ import annotations

import copy
from typing import Any

import kopf
import kubernetes.client
import lightkube.resources.core_v1
import pytest
from lightkube.models.meta_v1 import ObjectMeta
from opentelemetry.trace import get_current_span

from tests.unit.core.libraries import GENERIC, READABLE, TYPED, Library
from tests.unit.core.objects import (
    TRACEPARENT,
    Object,
    at,
    database,
    deployment,
    reached,
    record_of,
    unreached,
    with_record,
)
from traceutil.objects import annotations_for_writing, as_json, controller_of, group_of, is_custom
from traceutil.record import KEY, holds, loads
from traceutil.testing import CapturedSpans

SELECTOR = {"matchLabels": {"app": "web"}}


def web(**metadata: Any) -> Object:
    obj = deployment(**metadata)
    obj["spec"]["selector"] = SELECTOR
    return obj


def params(*tables: dict[str, Library]) -> list[Any]:
    return [pytest.param(library, id=name) for table in tables for name, library in table.items()]


WRITABLE = [
    *(pytest.param(library, web(), id=name) for name, library in TYPED.items()),
    *(pytest.param(library, database(), id=f"custom: {name}") for name, library in GENERIC.items()),
]
READ = [
    *WRITABLE,
    *(pytest.param(library, web(), id=name) for name, library in READABLE.items()),
    *(pytest.param(library, database(), id=f"custom: {name}") for name, library in READABLE.items()),
]


def as_sent(obj: Object) -> Object:
    """As its writer builds it: without what the server sets."""
    sent = copy.deepcopy(obj)
    for key in ("uid", "resourceVersion", "generation", "creationTimestamp", "annotations"):
        sent["metadata"].pop(key, None)
    return sent


def as_stored(sent: Object, like: Object) -> Object:
    """As the server returns it."""
    result = copy.deepcopy(sent)
    result["kind"], result["apiVersion"] = like["kind"], like["apiVersion"]
    for key in ("uid", "resourceVersion", "generation", "creationTimestamp"):
        result["metadata"][key] = like["metadata"][key]
    return result


@pytest.mark.parametrize(("library", "obj"), READ)
def test_a_context_is_read(captured_spans: CapturedSpans, library: Library, obj: Object) -> None:
    """The record's, the same as from the dict."""
    live = with_record(obj, record_of(obj))
    context = captured_spans.tracer.context_from_object(library.load(live))
    assert get_current_span(context).get_span_context() == record_of(obj).context
    assert captured_spans.tracer.object_span(library.load(live)).record == record_of(obj)


@pytest.mark.parametrize(("library", "obj"), WRITABLE)
def test_a_context_is_written(captured_spans: CapturedSpans, library: Library, obj: Object) -> None:
    """In place, beside what is there; the client sends it."""
    sent = as_sent(obj)
    sent["metadata"]["annotations"] = {"a": "1"}
    for given in (sent, as_sent(obj)):
        loaded = library.load(given)
        with captured_spans.provider.get_tracer("t").start_as_current_span("caller") as span:
            captured_spans.tracer.encode_context_into_object(loaded)
        written = library.dump(loaded)["metadata"]["annotations"]
        assert f"{span.get_span_context().span_id:016x}" in written.pop(TRACEPARENT)
        assert written == given["metadata"].get("annotations", {})


@pytest.mark.parametrize(("library", "obj"), WRITABLE)
def test_an_object_span_is_opened_held_and_closed(
    captured_spans: CapturedSpans, library: Library, obj: Object
) -> None:
    """From the write, over the object as the server returns it, until it is reached."""
    loaded = library.load(as_sent(obj))
    span = captured_spans.tracer.trace_until_reached(loaded)
    stored = as_stored(library.dump(loaded), obj)
    record = loads(stored["metadata"]["annotations"][KEY])
    assert holds(record, stored)
    assert holds(record, as_json(library.load(stored)))
    assert not captured_spans.tracer.end_if_reached(library.load(unreached(stored)))
    assert captured_spans.tracer.end_if_reached(library.load(reached(stored)))
    closed = captured_spans.one(obj["kind"])
    assert closed.context is not None
    assert f"{closed.context.span_id:016x}" == span.span_id


@pytest.mark.parametrize(("library", "obj"), WRITABLE)
def test_an_unchanged_object_sends_the_same_again(
    captured_spans: CapturedSpans, library: Library, obj: Object
) -> None:
    """Read, encoded with live=, sent back: a no-op stays a no-op."""
    live = with_record(obj, record_of(obj))
    loaded = library.load(live)
    before = library.dump(loaded)
    with captured_spans.provider.get_tracer("t").start_as_current_span("caller"):
        captured_spans.tracer.encode_context_into_object(loaded, live=library.load(live))
    assert library.dump(loaded) == before


@pytest.mark.parametrize(("library", "obj"), WRITABLE)
def test_where_nothing_is_written_nothing_is_sent(
    captured_spans: CapturedSpans, library: Library, obj: Object
) -> None:
    """Not even an empty map of annotations."""
    loaded = library.load(as_sent(obj))
    before = library.dump(loaded)
    captured_spans.tracer.encode_context_into_object(loaded)
    captured_spans.tracer.encode_context_into_object(loaded, live=library.load(obj))
    assert library.dump(loaded) == before


def test_kopfs_patch_takes_a_context(captured_spans: CapturedSpans) -> None:
    """It is what kopf sends."""
    patch = kopf.Patch()
    with captured_spans.provider.get_tracer("t").start_as_current_span("caller"):
        captured_spans.tracer.encode_context_into_object(patch)
    assert TRACEPARENT in patch["metadata"]["annotations"]


def test_kopfs_body_is_read_only(captured_spans: CapturedSpans) -> None:
    """The message names what to pass instead; a write would change kopf's memory only."""
    with pytest.raises(TypeError, match="pass kopf's `patch`"):
        captured_spans.tracer.encode_context_into_object(kopf.Body(database()))  # type: ignore[arg-type]


def test_an_object_without_metadata_is_said_to_be_so(captured_spans: CapturedSpans) -> None:
    with pytest.raises(TypeError, match="V1Pod has no metadata"):
        captured_spans.tracer.encode_context_into_object(kubernetes.client.V1Pod.model_construct())


def test_a_status_write_of_a_typed_object_takes_the_record(captured_spans: CapturedSpans) -> None:
    """replace_namespaced_deployment_status(name, ns, obj): the whole object is the patch."""
    live = with_record(web(), record_of(web()))
    body = TYPED["kubernetes"].load(reached(live))
    captured_spans.tracer.end_if_reached(unreached(live))
    captured_spans.tracer.end_if_reached(unreached(live), patch=body)
    sent = TYPED["kubernetes"].dump(body)
    assert loads(sent["metadata"]["annotations"][KEY]).reason == "reached"


@pytest.mark.parametrize(
    ("obj", "kind", "group"),
    [
        pytest.param(
            kubernetes.client.V1Deployment.model_construct(),
            "Deployment",
            "apps",
            id="kubernetes: from the class",
        ),
        pytest.param(
            kubernetes.client.V1Pod.model_construct(), "Pod", "", id="kubernetes: of the core group"
        ),
        pytest.param(
            kubernetes.client.V1HorizontalPodAutoscaler.model_construct(),
            "HorizontalPodAutoscaler",
            "autoscaling",
            id="another group",
        ),
        pytest.param(
            lightkube.resources.core_v1.ConfigMap(metadata=ObjectMeta(name="c")),
            "ConfigMap",
            "",
            id="lightkube",
        ),
        pytest.param({"kind": "Job"}, "Job", "batch", id="a dict without apiVersion"),
        pytest.param(
            {"kind": "Database", "apiVersion": "example.com/v1"}, "Database", "example.com", id="custom"
        ),
    ],
)
def test_kind_and_group_are_known(obj: Any, kind: str, group: str) -> None:
    json = as_json(obj)
    assert (kind, group) == (json["kind"], group_of(json))


def test_an_event_of_the_official_client_is_an_event(captured_spans: CapturedSpans) -> None:
    """Its class is CoreV1Event: nothing is ever written into it."""
    event = kubernetes.client.CoreV1Event(
        involved_object=kubernetes.client.V1ObjectReference(),
        metadata=kubernetes.client.V1ObjectMeta(name="e"),
    )
    with captured_spans.provider.get_tracer("t").start_as_current_span("caller"):
        captured_spans.tracer.encode_context_into_object(event)
    assert event.metadata.annotations is None


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        pytest.param("example.com/v1", True, id="a group with a dot"),
        pytest.param("apps/v1", False, id="a built-in group"),
        pytest.param("v1", False, id="the core group"),
        pytest.param("networking.k8s.io/v1", False, id="a group of Kubernetes' own"),
        pytest.param(5, False, id="no text"),
    ],
)
def test_custom_resources_are_told_apart(version: Any, expected: bool) -> None:
    assert expected == is_custom({"apiVersion": version, "kind": "X"})


@pytest.mark.parametrize(
    ("owners", "expected"),
    [
        pytest.param([{"name": "a"}, {"name": "b", "controller": True}], "b", id="the one that controls"),
        pytest.param([{"name": "a", "controller": "true"}], None, id="a word is no boolean"),
        pytest.param("nonsense", None, id="no list"),
    ],
)
def test_the_controlling_owner(owners: Any, expected: str | None) -> None:
    owner = controller_of({"ownerReferences": owners})
    assert expected == (None if owner is None else owner["name"])


def test_datetimes_of_typed_objects_are_times() -> None:
    """The official client parses timestamps; they come back as RFC 3339."""
    for created, expected in ((5, True), (100, False)):
        obj = as_json(TYPED["kubernetes"].load(web(creationTimestamp=at(created))))
        assert expected == holds(record_of(web()), obj)


def test_annotations_are_made_where_there_are_none() -> None:
    for library in TYPED.values():
        loaded = library.load(as_sent(web()))
        annotations_for_writing(loaded)["a"] = "1"
        assert library.dump(loaded)["metadata"]["annotations"] == {"a": "1"}
