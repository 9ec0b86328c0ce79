"""Server-side apply."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from demo.apiserver.fields.managed import ApplyConflict, apply, track_update
from demo.apiserver.fields.schema import schema_for
from tests.unit.apiserver.objects import LATER, NOW, Obj, container, custom, deployment, owners, stored

SCHEMA = schema_for("apps", "Deployment")


def config(**spec: Any) -> Obj:
    """A configuration that states nothing but these fields of the spec."""
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": spec}


def containers(*items: Obj) -> Obj:
    return config(template={"spec": {"containers": list(items)}})


def applied(
    live: Obj | None, obj: Obj, manager: str, *, force: bool = False, now: str = NOW, sub: str = ""
) -> Obj:
    group, _, _ = obj["apiVersion"].rpartition("/")
    result = apply(
        live,
        obj,
        manager=manager,
        force=force,
        api_version=obj["apiVersion"],
        subresource=sub,
        now=now,
        schema=schema_for(group, obj["kind"]),
    )
    return result if result is live else stored(result)


def updated(live: Obj | None, obj: Obj, manager: str) -> Obj:
    return stored(
        track_update(
            live, obj, manager=manager, api_version="apps/v1", subresource="", now=NOW, schema=SCHEMA
        )
    )


def images(obj: Obj) -> dict[str, str]:
    return {one["name"]: one.get("image") for one in obj["spec"]["template"]["spec"]["containers"]}


def test_an_applier_owns_exactly_what_it_states() -> None:
    """Leaves and list items, under the operation Apply; not the structs above them."""
    live = applied(None, containers(container()), "alice")
    item: Obj = {".": {}, "f:image": {}, "f:name": {}}
    expected = {
        "manager": "alice",
        "operation": "Apply",
        "apiVersion": "apps/v1",
        "time": NOW,
        "fieldsType": "FieldsV1",
        "fieldsV1": {"f:spec": {"f:template": {"f:spec": {"f:containers": {'k:{"name":"app"}': item}}}}},
    }
    assert [expected] == live["metadata"]["managedFields"]


@pytest.mark.parametrize(
    ("first", "then", "message"),
    [
        pytest.param(
            "apply", config(replicas=4),
            'Apply failed with 1 conflict: conflict with "alice": .spec.replicas',
            id="a field that somebody applied",
        ),
        pytest.param(
            "update", config(replicas=4),
            'Apply failed with 1 conflict: conflict with "alice" using apps/v1: .spec.replicas',
            id="a field that somebody updated",
        ),
        pytest.param(
            "apply",
            config(replicas=4, template={"spec": {"containers": [container(image="x")]}}),
            'Apply failed with 2 conflicts: conflicts with "alice":\n- .spec.replicas\n'
            '- .spec.template.spec.containers[name="app"].image',
            id="several fields, with the item of a list named by its key",
        ),
    ],
)  # fmt: skip
def test_a_conflict_names_the_owner_and_the_field(first: str, then: Obj, message: str) -> None:
    """And leaves the object alone."""
    live = applied(None, deployment(), "alice") if first == "apply" else updated(None, deployment(), "alice")
    with pytest.raises(ApplyConflict) as caught:
        applied(live, then, "bob")
    assert message == caught.value.message


def test_a_conflict_lists_its_causes() -> None:
    """As `details.causes` of the Status wants them."""
    live = applied(None, deployment(), "alice")
    with pytest.raises(ApplyConflict) as caught:
        applied(live, config(replicas=4), "bob")
    assert caught.value.conflicts == [("alice", ".spec.replicas")]
    expected = {
        "reason": "FieldManagerConflict",
        "message": 'conflict with "alice"',
        "field": ".spec.replicas",
    }
    assert [expected] == caught.value.causes


def test_a_conflict_with_a_subresource_says_so() -> None:
    """As after `kubectl scale`."""
    live = updated(None, deployment(), "alice")
    scaled = stored(
        track_update(
            live, live | {"spec": live["spec"] | {"replicas": 9}}, manager="kubectl", api_version="apps/v1",
            subresource="scale", now=NOW, schema=SCHEMA,
        )
    )  # fmt: skip
    with pytest.raises(ApplyConflict, match='conflict with "kubectl" with subresource "scale" using apps/v1'):
        applied(scaled, config(replicas=4), "bob")


def test_force_takes_the_field_over() -> None:
    """The value changes, and the former owner loses just that field."""
    live = applied(None, deployment(), "alice")
    after = applied(live, config(replicas=4), "bob", force=True)
    assert after["spec"]["replicas"] == 4
    assert ["f:replicas" in owners(after)[who]["f:spec"] for who in ("alice", "bob")] == [False, True]


def test_stating_the_same_value_shares_the_field() -> None:
    """No conflict: both own it, and it stays as long as one of them states it."""
    live = applied(None, deployment(), "alice")
    shared = applied(live, config(replicas=3), "bob")
    after = applied(shared, config(paused=True), "bob")
    assert after["spec"]["replicas"] == 3
    assert ["f:replicas" in owners(after)[who]["f:spec"] for who in ("alice", "bob")] == [True, False]


def test_what_an_applier_no_longer_states_is_removed() -> None:
    """If nobody else owns it."""
    live = applied(None, config(replicas=3, paused=True), "alice")
    after = applied(live, config(replicas=3), "alice")
    assert after["spec"] == {"replicas": 3}


def test_what_an_applier_no_longer_states_stays_with_a_later_owner() -> None:
    """An update took it over."""
    live = applied(None, config(replicas=3, paused=True), "alice")
    taken = updated(live, live | {"spec": {"replicas": 5, "paused": True}}, "bob")
    after = applied(taken, config(paused=True), "alice")
    assert after["spec"] == {"replicas": 5, "paused": True}


def test_a_whole_struct_goes_with_its_last_field() -> None:
    """Together with what nobody owns within it, such as defaults."""
    live = applied(None, config(replicas=3, strategy={"rollingUpdate": {"maxSurge": 1}}), "alice")
    defaulted = live | {
        "spec": live["spec"] | {"strategy": {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 1}}}
    }
    assert applied(defaulted, config(replicas=3), "alice")["spec"] == {"replicas": 3}


def test_two_appliers_share_a_keyed_list() -> None:
    """Each states its own container, in any order, and takes only its own away."""
    live = applied(None, containers(container("a", image="one")), "alice")
    both = applied(live, containers(container("b", image="two")), "bob")
    alone = applied(both, config(replicas=1), "bob")
    assert [images(both), images(alone)] == [{"a": "one", "b": "two"}, {"a": "one"}]


def test_one_item_may_have_fields_of_several_appliers() -> None:
    """The item is named by its key in both configurations."""
    live = applied(None, containers({"name": "a", "image": "one"}), "alice")
    both = applied(live, containers({"name": "a", "env": [{"name": "X", "value": "1"}]}), "bob")
    (item,) = both["spec"]["template"]["spec"]["containers"]
    assert item == {"name": "a", "image": "one", "env": [{"name": "X", "value": "1"}]}


def test_the_applier_decides_the_order_of_its_items() -> None:
    """Items of others stay where they stood."""
    live = updated(None, containers(container("x"), container("a"), container("b")), "alice")
    after = applied(live, containers(container("b"), container("a")), "bob")
    assert list(images(after)) == ["x", "b", "a"]


def test_a_key_that_has_a_default_may_be_left_out() -> None:
    """A port without a protocol is the TCP port."""
    live = updated(None, containers(container(ports=[{"containerPort": 80, "protocol": "TCP"}])), "alice")
    after = applied(
        live, containers({"name": "app", "ports": [{"containerPort": 80, "name": "http"}]}), "bob"
    )
    (item,) = after["spec"]["template"]["spec"]["containers"]
    assert item["ports"] == [{"containerPort": 80, "protocol": "TCP", "name": "http"}]


def test_what_was_there_before_the_first_apply_has_an_owner() -> None:
    """An object without entries gets one for all that it says, so that conflicts can be seen."""
    with pytest.raises(
        ApplyConflict, match=r'conflict with "before-first-apply" using apps/v1: \.spec\.replicas'
    ):
        applied(stored(deployment()), config(replicas=4), "bob")


def test_applying_the_same_again_changes_nothing() -> None:
    """Not even the time: the result is the live object itself."""
    live = applied(None, deployment(), "alice")
    assert live is applied(live, copy.deepcopy(deployment()), "alice", now=LATER)


def test_applying_to_status_leaves_the_spec_alone() -> None:
    """And has an entry of its own."""
    live = applied(None, deployment(), "alice")
    status = config(replicas=9) | {"status": {"conditions": [{"type": "Ready", "status": "True"}]}}
    after = applied(live, status, "alice", sub="status")
    item: Obj = {".": {}, "f:status": {}, "f:type": {}}
    assert after["spec"]["replicas"] == 3
    assert {"f:status": {"f:conditions": {'k:{"type":"Ready"}': item}}} == owners(after)["alice/status"]


def test_an_object_without_a_schema_is_merged_by_fields() -> None:
    """Its lists are atomic, and belong to whoever states them."""
    live = applied(None, custom(spec={"a": {"x": 1}, "list": [1]}), "alice")
    after = applied(live, custom(spec={"a": {"y": 2}}), "bob")
    assert after["spec"] == {"a": {"x": 1, "y": 2}, "list": [1]}
    with pytest.raises(ApplyConflict, match=r"\.spec\.list"):
        applied(after, custom(spec={"list": [1, 2]}), "bob")


def test_nothing_is_mutated() -> None:
    """Neither the live object nor the configuration."""
    live, obj = applied(None, deployment(), "alice"), config(replicas=5)
    before = copy.deepcopy((live, obj))
    applied(live, obj, "bob", force=True)
    assert before == (live, obj)
