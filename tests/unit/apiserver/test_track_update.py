"""Who owns what after an update."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from demo.apiserver.fields.entries import MAX_UPDATE_MANAGERS
from demo.apiserver.fields.managed import track_update
from demo.apiserver.fields.schema import schema_for
from tests.unit.apiserver.objects import LATER, NOW, Obj, container, custom, deployment, owners, pod, stored

APPS = schema_for("apps", "Deployment")


def tracked(live: Obj | None, new: Obj, manager: str, now: str = NOW, subresource: str = "") -> Obj:
    group = new["apiVersion"].rpartition("/")[0]
    return track_update(
        live,
        new,
        manager=manager,
        api_version=new["apiVersion"],
        subresource=subresource,
        now=now,
        schema=schema_for(group, new["kind"]),
    )


def created(obj: Obj, manager: str = "alice") -> Obj:
    return stored(tracked(None, obj, manager))


def with_spec(obj: Obj, **spec: Any) -> Obj:
    return obj | {"spec": obj["spec"] | spec}


ENV = [{"name": "A", "value": "1"}]


@pytest.mark.parametrize(
    ("change", "alice", "bob"),
    [
        pytest.param(
            {"replicas": 5},
            {"f:selector": {}},
            {"f:replicas": {}},
            id="a changed field moves to whoever changed it",
        ),
        pytest.param(
            {"paused": True},
            {"f:replicas": {}, "f:selector": {}},
            {"f:paused": {}},
            id="an added field belongs to whoever added it",
        ),
        pytest.param(
            {"selector": {"matchLabels": {"app": "other"}}},
            {"f:replicas": {}},
            {"f:selector": {}},
            id="an atomic map changes hands as a whole",
        ),
        pytest.param(
            {"extra": {"inner": {"maxSurge": 1}}},
            {"f:replicas": {}, "f:selector": {}},
            {"f:extra": {".": {}, "f:inner": {".": {}, "f:maxSurge": {}}}},
            id="a new map is owned itself, too",
        ),
    ],
)
def test_an_update_owns_what_it_changed(change: Obj, alice: Obj, bob: Obj) -> None:
    """And nothing else: what it left alone stays with its owner."""
    live = created(deployment())
    found = owners(tracked(live, with_spec(live, **change), "bob"))
    left = {name: fields for name, fields in found["alice"]["f:spec"].items() if name != "f:template"}
    assert (alice, bob) == (left, found["bob"]["f:spec"])


def test_a_struct_that_every_object_has_belongs_to_nobody() -> None:
    """Only what is in it is somebody's."""
    strategy = {"strategy": {"rollingUpdate": {"maxSurge": 1}}}
    found = owners(created(deployment(**strategy)))["alice"]["f:spec"]
    assert found["f:strategy"] == {"f:rollingUpdate": {".": {}, "f:maxSurge": {}}}


def test_a_removed_field_belongs_to_nobody() -> None:
    """It leaves every entry, and an entry that has nothing left vanishes."""
    live = created(custom(spec={"a": 1}))
    live = stored(tracked(live, with_spec(live, b=2), "bob"))
    found = owners(tracked(live, live | {"spec": {"a": 1}}, "carol"))
    assert found == {"alice": {"f:spec": {".": {}, "f:a": {}}}}


def test_items_of_a_keyed_list_have_owners_of_their_own() -> None:
    """A second container belongs to whoever added it, and one field of the first to whoever changed it."""
    live = created(deployment())
    containers = [container(image="busybox:2", env=ENV), container("sidecar")]
    template = live["spec"]["template"] | {"spec": {"containers": containers}}
    found = owners(tracked(live, with_spec(live, template=template), "bob"))
    expected = {
        'k:{"name":"app"}': {
            "f:image": {},
            "f:env": {".": {}, 'k:{"name":"A"}': {".": {}, "f:name": {}, "f:value": {}}},
        },
        'k:{"name":"sidecar"}': {".": {}, "f:name": {}, "f:image": {}},
    }
    assert expected == found["bob"]["f:spec"]["f:template"]["f:spec"]["f:containers"]


def test_finalizers_are_a_set() -> None:
    """Each has its own owner, as each controller adds its own."""
    live = created(deployment() | {"metadata": {"name": "web", "finalizers": ["example.com/a"]}})
    finalizers = {"finalizers": ["example.com/a", "example.com/b"]}
    found = owners(tracked(live, live | {"metadata": live["metadata"] | finalizers}, "bob"))
    assert found["bob"] == {"f:metadata": {"f:finalizers": {'v:"example.com/b"': {}}}}


def test_duplicate_items_are_one_field() -> None:
    """An update may hold the same key twice; both items are then owned as one."""
    live = created(deployment())
    env = [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]
    template = live["spec"]["template"] | {"spec": {"containers": [container(env=env)]}}
    found = owners(tracked(live, with_spec(live, template=template), "bob"))
    added = found["bob"]["f:spec"]["f:template"]["f:spec"]["f:containers"]['k:{"name":"app"}']
    assert added == {"f:env": {".": {}, 'k:{"name":"A"}': {}}}


def test_a_write_through_status_has_an_entry_of_its_own() -> None:
    """One manager has one entry per subresource, and owns nothing of the spec through status."""
    live = created(deployment(), "operator")
    written = with_spec(live, replicas=9) | {"status": {"replicas": 3}}
    found = owners(tracked(live, written, "operator", subresource="status"))
    assert found["operator/status"] == {"f:status": {"f:replicas": {}}}
    assert found["operator"]["f:spec"]["f:replicas"] == {}


def test_the_status_of_a_new_object_belongs_to_nobody() -> None:
    """What a client states as status on creation is not stored either."""
    assert list(owners(created(deployment() | {"status": {"replicas": 1}}))["alice"]) == ["f:spec"]


def test_what_admission_fills_into_a_pod_belongs_to_nobody() -> None:
    """Whether it is there before or after tracking."""
    admitted = {"priority": 0, "preemptionPolicy": "PreemptLowerPriority", "serviceAccountName": "default"}
    assert owners(created(pod())) == owners(created(pod(**admitted)))


def test_an_unchanged_object_keeps_the_very_same_entries() -> None:
    """So a write that changes nothing is seen to change nothing."""
    live = created(deployment())
    again = copy.deepcopy(live)
    assert (
        live["metadata"]["managedFields"] is tracked(live, again, "bob", LATER)["metadata"]["managedFields"]
    )


@pytest.mark.parametrize(
    ("spec", "time"),
    [
        pytest.param({"replicas": 3}, NOW, id="a write that changes nothing leaves the time alone"),
        pytest.param({"replicas": 4}, LATER, id="a write of a field that was the writer's already is noted"),
    ],
)
def test_the_time_of_an_entry_is_that_of_the_last_write(spec: Obj, time: str) -> None:
    """To the second; only writes count."""
    live = created(deployment())
    (entry,) = tracked(live, with_spec(live, **spec), "alice", LATER)["metadata"]["managedFields"]
    assert time == entry["time"]


def test_a_write_through_scale_has_no_time() -> None:
    """As on a real server."""
    live = created(deployment())
    after = tracked(live, with_spec(live, replicas=4), "kubectl", subresource="scale")
    expected = {
        "manager": "kubectl",
        "operation": "Update",
        "apiVersion": "apps/v1",
        "fieldsType": "FieldsV1",
        "fieldsV1": {"f:spec": {"f:replicas": {}}},
        "subresource": "scale",
    }
    assert expected == after["metadata"]["managedFields"][0]


@pytest.mark.parametrize("sent", [[], [{}]], ids=["an empty list", "a list of one empty entry"])
def test_a_client_may_reset_the_entries(sent: list[Obj]) -> None:
    """They stay away on later updates."""
    live = created(deployment())
    reset = tracked(live, live | {"metadata": live["metadata"] | {"managedFields": sent}}, "bob")
    later = tracked(stored(reset), with_spec(reset, replicas=7), "bob")
    assert ["managedFields" in obj["metadata"] for obj in (reset, later)] == [False, False]


def test_entries_cannot_be_reset_through_a_subresource() -> None:
    """There, what the request says about entries is ignored."""
    live = created(deployment())
    sent = live | {"metadata": live["metadata"] | {"managedFields": []}}
    assert (
        live["metadata"]["managedFields"]
        == tracked(live, sent, "bob", subresource="status")["metadata"]["managedFields"]
    )


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param("text", id="not a map"),
        pytest.param({"manager": "x"}, id="fields missing"),
        pytest.param({"manager": "x", "operation": "Other", "apiVersion": "v1"}, id="unknown operation"),
    ],
)
def test_entries_that_cannot_be_read_are_as_if_not_sent(entry: Any) -> None:
    """The stored ones count."""
    live = created(deployment())
    sent = live | {"metadata": live["metadata"] | {"managedFields": [entry]}}
    assert owners(live) == owners(tracked(live, sent, "bob"))


def test_the_oldest_of_too_many_updaters_are_joined() -> None:
    """At most ten, with what the oldest owned under one name."""
    live = created(custom(spec={"start": 0}), "m00")
    for number in range(1, 14):
        written = with_spec(live, **{f"x{number}": number})
        live = stored(tracked(live, written, f"m{number:02}", f"2026-11-21T08:01:{number:02}Z"))
    found = owners(live)
    assert len(found) == MAX_UPDATE_MANAGERS
    assert {"f:start", "f:x1", "f:x4"} <= found["ancient-changes"]["f:spec"].keys()


@pytest.mark.parametrize(
    ("old", "new", "written"),
    [
        pytest.param({"a": {"b": 1}}, {"a": "text"}, {"f:a": {}}, id="a map became a scalar"),
        pytest.param(
            {"a": "text"}, {"a": {"b": 1}}, {"f:a": {".": {}, "f:b": {}}}, id="a scalar became a map"
        ),
        pytest.param({"a": [1]}, {"a": [1, 2]}, {"f:a": {}}, id="a list without a schema is atomic"),
        pytest.param({"a": True}, {"a": 1}, {"f:a": {}}, id="true is not 1"),
        pytest.param({"a": None}, {"a": {}}, {"f:a": {}}, id="null is not an empty map"),
        pytest.param({"a": {}}, {"a": {"b": {}}}, {"f:a": {"f:b": {}}}, id="an empty map was filled"),
    ],
)
def test_what_counts_as_written_without_a_schema(old: Obj, new: Obj, written: Obj) -> None:
    """Maps are granular, lists atomic, and a change of type is a change."""
    live = created(custom(spec=old))
    assert {"f:spec": written} == owners(tracked(live, live | {"spec": new}, "bob"))["bob"]


def test_nothing_is_mutated() -> None:
    """Neither the live nor the new object."""
    live = created(deployment())
    new = with_spec(live, replicas=4)
    before = copy.deepcopy((live, new))
    tracked(live, new, "bob")
    assert before == (live, new)
