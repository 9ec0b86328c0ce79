"""What `traceutil apply` does on any API server: these tests run on the embedded one and on a real one."""

from __future__ import annotations

import pytest

from tests.conformance.http_client import APPLY, Client
from tests.embedded.cli.applying import (
    PARENT,
    Json,
    Place,
    config,
    definition,
    ready,
    results,
    stateful_set,
    widget,
)


@pytest.mark.parametrize(
    "how", [pytest.param((), id="client side"), pytest.param(("--server-side",), id="server side")]
)
def test_an_unchanged_manifest_writes_nothing(place: Place, how: tuple[str, ...]) -> None:
    """Applied again it moves no resourceVersion, opens no trace and sends no span."""
    objects = (config(), stateful_set())
    first = place.apply(*how, objects=objects)
    before = [place.stored("ConfigMap", "settings"), place.stored("StatefulSet", "db")]
    sent = len(place.collector.spans)
    again = place.apply(*how, objects=objects)

    assert [("ConfigMap", "created", None), ("StatefulSet", "created", None)] == results(first)
    assert [("ConfigMap", "unchanged", None), ("StatefulSet", "unchanged", None)] == results(again)
    assert before == [place.stored("ConfigMap", "settings"), place.stored("StatefulSet", "db")]
    assert (None, sent) == (again.document["release"], len(place.collector.spans))
    assert [each["traceId"] for each in first.document["objects"]] == [
        each["traceId"] for each in again.document["objects"]
    ]


@pytest.mark.parametrize(
    "how", [pytest.param((), id="client side"), pytest.param(("--server-side",), id="server side")]
)
def test_labels_alone_open_no_trace(place: Place, how: tuple[str, ...]) -> None:
    """They are written, and neither a release nor an object sends a span."""
    place.apply(*how, objects=(config("a"), config("b")))
    sent = len(place.collector.spans)
    labelled = {**config("a"), "metadata": {"name": "a", "labels": {"tier": "front"}}}
    again = place.apply(*how, objects=(labelled, config("b")))

    assert [("ConfigMap", "configured", None), ("ConfigMap", "unchanged", None)] == results(again)
    assert (None, sent) == (again.document["release"], len(place.collector.spans))


@pytest.mark.parametrize(
    "how", [pytest.param((), id="client side"), pytest.param(("--server-side",), id="server side")]
)
def test_a_change_opens_a_trace_linked_to_the_one_before(place: Place, how: tuple[str, ...]) -> None:
    """The former span, still open, is superseded: its record goes into the new one."""
    first = place.apply(*how, objects=(stateful_set(),))
    place.apply(*how, objects=({**stateful_set(), "metadata": {"name": "db", "labels": {"tier": "data"}}},))
    labelled = place.stored("StatefulSet", "db")
    second = place.apply(*how, objects=(stateful_set(image="db:2"),))
    stored = place.stored("StatefulSet", "db")

    assert [("StatefulSet", "configured", None)] == results(second)
    old, new = (each.document["objects"][0] for each in (first, second))
    assert old["traceId"] != new["traceId"]
    assert old["traceId"] in labelled["metadata"]["annotations"]["tracing.k8s.io/traceparent"]
    record = stored["metadata"]["annotations"]["traceutil.dev/object-span"]
    assert new["spanId"] in record
    assert f'["superseded","{old["traceId"]}","{old["spanId"]}"]' in record
    assert "db:2" == stored["spec"]["template"]["spec"]["containers"][0]["image"]


def test_apply_closes_what_nobody_else_closes(place: Place) -> None:
    """A StatefulSet whose controller does not trace is reached; its span hangs under the release's."""
    becomes_ready = place.once_stored("StatefulSet", "db", ready, "/status")
    with place.meanwhile(becomes_ready):
        answer = place.apply("--wait", objects=(config(), stateful_set()))

    assert [("ConfigMap", "created", "reached"), ("StatefulSet", "created", "reached")] == results(answer)
    release = answer.document["release"]
    spans = place.spans(release["traceId"])
    assert 0 == answer.code
    assert {("Release", None), ("ConfigMap", release["spanId"]), ("StatefulSet", release["spanId"])} == {
        (span.name, span.parent_id) for span in spans
    }
    assert 3 == len(spans)
    root = next(span for span in spans if span.name == "Release")
    assert all(root.start <= span.start and span.end <= root.end for span in spans)


def test_a_pipeline_is_the_parent(place: Place) -> None:
    """One object hangs under TRACEPARENT itself; of several, their release does."""
    environ = {"TRACEPARENT": PARENT}
    one = place.apply_as_a_process("--wait", objects=(config("one"),), environ=environ)
    two = place.apply("--wait", objects=(config("two"), config("three")), environ=environ)
    spans = place.spans(PARENT.split("-")[1])

    assert {PARENT.split("-")[1]} == {each["traceId"] for a in (one, two) for each in a.document["objects"]}
    assert [("ConfigMap", PARENT.split("-")[2]), ("Release", PARENT.split("-")[2])] == [
        (span.name, span.parent_id) for span in spans if span.parent_id == PARENT.split("-")[2]
    ]
    assert 4 == len(spans)


def test_a_definition_is_written_before_what_it_defines(place: Place) -> None:
    """Whatever their order in the file; the custom resource is reached when its status says so."""

    def is_ready(obj: Json) -> Json:
        return {"status": {"conditions": [{"type": "Ready", "status": "True"}]}}

    with place.meanwhile(place.once_stored("Widget", "a", is_ready, "/status")):
        answer = place.apply("--wait", objects=(widget(), definition()))

    kinds = [(kind, state) for kind, _, state in results(answer)]
    assert ([("CustomResourceDefinition", "reached"), ("Widget", "reached")], 0) == (kinds, answer.code)
    assert "Widget" in {span.name for span in place.spans(answer.document["release"]["traceId"])}


def test_a_kind_without_status_is_not_waited_for(place: Place) -> None:
    """Nobody can ever report on it; that is said, and is no failure."""
    silent = {**widget(), "kind": "Plan"}
    answer = place.apply("--wait", objects=(definition("plans", subresources={}), silent))

    assert (("Plan", "created", "unknown"), 0) == (results(answer)[1], answer.code)
    assert "its kind has no status" == answer.document["objects"][1]["message"]


def test_what_is_not_reached_in_time(place: Place) -> None:
    """Exit code 3; the span ends as overdue, at the deadline to the nanosecond."""
    answer = place.apply("--wait", "--timeout", "1s", objects=(stateful_set("slow"),))

    assert ([("StatefulSet", "created", "in progress")], 3) == (results(answer), answer.code)
    (span,) = place.spans(answer.document["objects"][0]["traceId"])
    assert ("StatefulSet", "overdue", 10**9) == (
        span.name,
        span.attributes["traceutil.reason"],
        span.end - span.start,
    )


def test_a_tool_that_prunes_our_annotations(place: Place) -> None:
    """The span is closed all the same: apply knows what it opened."""

    def prune(client: Client) -> None:
        gone = {"traceutil.dev/object-span": None, "tracing.k8s.io/traceparent": None}
        place.once_stored("StatefulSet", "db", lambda obj: {"metadata": {"annotations": gone}})(client)
        place.once_stored("StatefulSet", "db", ready, "/status")(client)

    with place.meanwhile(prune):
        answer = place.apply("--wait", objects=(stateful_set(),))
    (applied,) = answer.document["objects"]

    assert ([("StatefulSet", "created", "reached")], 0) == (results(answer), answer.code)
    assert [applied["spanId"]] == [span.span_id for span in place.spans(applied["traceId"])]


def test_what_is_deleted_meanwhile(place: Place) -> None:
    """Exit code 1: nobody will reach it."""

    def delete(client: Client) -> None:
        place.once_stored("StatefulSet", "gone", lambda obj: {"metadata": {"labels": {"a": "b"}}})(client)
        client.request("DELETE", place.path("StatefulSet", "gone"))

    with place.meanwhile(delete):
        answer = place.apply("--wait", objects=(stateful_set("gone"),))

    assert ([("StatefulSet", "created", "deleted")], 1) == (results(answer), answer.code)


def test_what_somebody_changes_meanwhile(place: Place) -> None:
    """Another apply supersedes this one, which ends with 1 and says so."""

    def change(client: Client) -> None:
        place.once_stored("StatefulSet", "db", lambda obj: {"metadata": {"labels": {"a": "b"}}})(client)
        place.apply_as_a_process(objects=(stateful_set(image="db:2"),))

    with place.meanwhile(change):
        answer = place.apply("--wait", objects=(stateful_set(),))

    assert ([("StatefulSet", "created", "superseded")], 1) == (results(answer), answer.code)


def test_what_the_server_refuses_stops_nothing_else(place: Place) -> None:
    """The rest is written; the refusal is told in one line, with its remedy."""
    bad = {**config("bad"), "metadata": {"name": "Not A Name"}}
    answer = place.apply(objects=(config("a"), bad, config("b")))

    assert [
        ("ConfigMap", "created", None),
        ("ConfigMap", "refused", None),
        ("ConfigMap", "created", None),
    ] == results(answer)
    assert 2 == answer.code
    assert "traceutil: ConfigMap/Not A Name: the API server refused POST" in answer.err
    assert answer.err.rstrip().endswith("change what is sent")
    assert ("a", "b") == tuple(place.stored("ConfigMap", name)["metadata"]["name"] for name in ("a", "b"))


def test_a_conflict_of_owners(place: Place) -> None:
    """Server-side apply names the owner and the remedy, which helps."""
    other = {**config(), "data": {"a": "theirs"}}
    where = place.path("ConfigMap", "settings")
    made = place.user.request("PATCH", where, other, content_type=APPLY, fieldManager="gitops")
    refused = place.apply("--server-side", objects=(config(),))
    kept = place.stored("ConfigMap", "settings")["data"]
    forced = place.apply("--server-side", "--force-conflicts", objects=(config(),))

    assert (201, 2, 0) == (made.code, refused.code, forced.code)
    assert 'conflict with "gitops"' in refused.err
    assert "take them with --force-conflicts" in refused.err
    assert ({"a": "theirs"}, {"a": "1"}) == (kept, place.stored("ConfigMap", "settings")["data"])


def test_a_change_after_the_owner_of_status_wrote_the_record(place: Place) -> None:
    """Server-side apply takes the record over from the kind's controller, and nothing else."""
    place.apply("--server-side", objects=(stateful_set(),))
    record = place.stored("StatefulSet", "db")["metadata"]["annotations"]["traceutil.dev/object-span"]

    def signed(obj: Json) -> Json:
        own = {"traceutil.dev/object-span": record[:-1] + ',"closer":"statefulset"}'}
        return {
            "metadata": {"annotations": own, "resourceVersion": obj["metadata"]["resourceVersion"]},
            **ready(obj),
        }

    place.once_stored("StatefulSet", "db", signed, "/status")(place.user)
    answer = place.apply("--server-side", objects=(stateful_set(image="db:2"),))
    stored = place.stored("StatefulSet", "db")["metadata"]["annotations"]

    assert ([("StatefulSet", "configured", None)], 0) == (results(answer), answer.code)
    assert answer.document["objects"][0]["spanId"] in stored["traceutil.dev/object-span"]
    assert answer.document["objects"][0]["traceId"] in stored["tracing.k8s.io/traceparent"]


def test_from_client_side_to_server_side(place: Place) -> None:
    """What this tool owns by client-side apply is no conflict for it."""
    place.apply(objects=(stateful_set(),))
    answer = place.apply("--server-side", objects=(stateful_set(image="db:2"),))
    again = place.apply("--server-side", objects=(stateful_set(image="db:2"),))

    assert [("StatefulSet", "configured", None)] == results(answer)
    assert [("StatefulSet", "unchanged", None)] == results(again)


def test_what_others_added_stays(place: Place) -> None:
    """A sidecar that was injected, and others' annotations, outlive a client-side apply."""
    place.apply(objects=(stateful_set(),))
    sidecar = {"name": "sidecar", "image": "proxy:1"}

    def inject(obj: Json) -> Json:
        containers = [*obj["spec"]["template"]["spec"]["containers"], sidecar]
        return {
            "metadata": {"annotations": {"theirs": "1"}},
            "spec": {"template": {"spec": {"containers": containers}}},
        }

    place.once_stored("StatefulSet", "db", inject)(place.user)
    place.apply(objects=(stateful_set(image="db:2"),))
    stored = place.stored("StatefulSet", "db")

    assert "1" == stored["metadata"]["annotations"]["theirs"]
    assert ["db:2", "proxy:1"] == [each["image"] for each in stored["spec"]["template"]["spec"]["containers"]]


def test_a_name_that_the_server_generates(place: Place) -> None:
    """Each apply makes one more, and says its name."""
    generated = {**config(), "metadata": {"generateName": "run-"}}
    names = [place.apply(objects=(generated,)).document["objects"][0]["name"] for _ in range(2)]

    assert [True, True] == [name.startswith("run-") and len(name) == 9 for name in names]
    assert 2 == len(set(names))


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param(
            ({**config(), "kind": "Gadget"},),
            "the cluster has no kind Gadget in v1; correct it, or apply its CustomResourceDefinition too",
            id="a kind that is not there",
        ),
        pytest.param(
            ({**config(), "metadata": {"name": "a", "namespace": "elsewhere"}},),
            "ConfigMap/a is of namespace elsewhere, not ",
            id="another namespace than -n",
        ),
    ],
)
def test_what_cannot_be_written_is_told_first(place: Place, objects: tuple[Json, ...], expected: str) -> None:
    """Nothing at all is written."""
    answer = place.apply(objects=(config("first"), *objects))

    assert (2, "", {}) == (answer.code, answer.out, place.stored("ConfigMap", "first"))
    assert expected in answer.err
    assert 1 == len(answer.err.splitlines())
