"""Client-side apply: what a three-way merge changes."""

from __future__ import annotations

from typing import Any

import pytest

from traceutil.cli.apply.merge import LAST_APPLIED, as_last_applied, last_applied, three_way

Json = dict[str, Any]


def obj(spec: Any, **metadata: Any) -> Json:
    return {"apiVersion": "v1", "kind": "X", "metadata": {"name": "a", **metadata}, "spec": spec}


def live(spec: Any, before: Json | None, **metadata: Any) -> Json:
    annotations = {**metadata.pop("annotations", {})}
    if before is not None:
        annotations[LAST_APPLIED] = as_last_applied(before)
    return obj(spec, annotations=annotations, **metadata)


def patch(wanted: Json, there: Json, *, by_key: bool = True) -> Json:
    """The patch without the note of what was applied."""
    found = three_way(wanted, there, by_key=by_key)
    found.get("metadata", {}).get("annotations", {}).pop(LAST_APPLIED, None)
    return {key: value for key, value in found.items() if value not in ({}, {"annotations": {}})}


@pytest.mark.parametrize(
    ("before", "wanted", "there", "expected"),
    [
        pytest.param(
            {"a": 1}, {"a": 1}, {"a": 1, "default": 2}, {}, id="the server's defaults are no difference"
        ),
        pytest.param({"a": 1}, {"a": 2}, {"a": 1}, {"a": 2}, id="a value that changed"),
        pytest.param({"a": 1}, {"a": 1}, {"a": 3}, {"a": 1}, id="what somebody else changed is put right"),
        pytest.param(
            {"a": 1, "b": 1}, {"a": 1}, {"a": 1, "b": 1}, {"b": None}, id="what is not wanted any more goes"
        ),
        pytest.param({"a": 1}, {"a": 1}, {"a": 1, "b": 1}, {}, id="what somebody else added stays"),
        pytest.param(None, {"a": 1}, {"a": 1, "b": 1}, {}, id="of what was never applied nothing goes"),
        pytest.param({}, {"a": None}, {"a": 1}, {"a": None}, id="null takes away"),
        pytest.param({}, {"a": None}, {}, {}, id="null of what is not there is nothing"),
        pytest.param({}, {"a": {}, "b": []}, {}, {}, id="an empty map or list is not stored"),
        pytest.param(
            {"a": {"x": 1, "y": 1}},
            {"a": {"y": 2}},
            {"a": {"x": 1, "y": 1, "z": 1}},
            {"a": {"y": 2, "x": None}},
            id="all of it deeper down too",
        ),
    ],
)
def test_maps(before: Json | None, wanted: Json, there: Json, expected: Json) -> None:
    """What was applied, what is wanted, what is there: what to change."""
    found = patch(obj(wanted), live(there, None if before is None else obj(before)))

    assert ({"spec": expected} if expected else {}) == found


WEB: Json = {"name": "web", "image": "web:1"}
STORED: Json = {**WEB, "imagePullPolicy": "IfNotPresent"}
SIDECAR: Json = {"name": "sidecar", "image": "proxy:1"}
NEW: Json = {"name": "new", "image": "new:1"}


@pytest.mark.parametrize(
    ("before", "wanted", "there", "expected"),
    [
        pytest.param([WEB], [WEB], [STORED], None, id="an element with defaults is no difference"),
        pytest.param([WEB], [WEB], [STORED, SIDECAR], None, id="a sidecar that was injected stays"),
        pytest.param([WEB], [WEB], [SIDECAR, STORED], None, id="where it was put"),
        pytest.param(
            [WEB],
            [{**WEB, "image": "web:2"}],
            [STORED, SIDECAR],
            [{**STORED, "image": "web:2"}, SIDECAR],
            id="beside a change too",
        ),
        pytest.param([WEB, SIDECAR], [WEB], [STORED, SIDECAR], [STORED], id="an element of ours goes"),
        pytest.param(
            [WEB], [NEW, WEB], [STORED, SIDECAR], [NEW, STORED, SIDECAR], id="a new one in the author's place"
        ),
        pytest.param(
            [{**WEB, "tty": True}], [WEB], [{**STORED, "tty": True}], [STORED], id="a member of it goes"
        ),
    ],
)
def test_lists_with_a_key(before: Any, wanted: Any, there: Any, expected: Any) -> None:
    """Containers are merged by name."""
    found = patch(obj({"containers": wanted}), live({"containers": there}, obj({"containers": before})))

    assert ({} if expected is None else {"spec": {"containers": expected}}) == found


@pytest.mark.parametrize(
    ("field", "wanted", "there", "by_key", "expected"),
    [
        pytest.param("args", ["a"], ["a", "b"], True, ["a"], id="a list of words is the manifest's"),
        pytest.param("containers", [WEB], [STORED], False, [WEB], id="and every list of a custom resource"),
        pytest.param(
            "ports",
            [{"port": 53}, {"port": 53, "protocol": "UDP"}],
            [{"port": 53, "protocol": "TCP", "nodePort": 3}, {"port": 53, "protocol": "UDP"}],
            True,
            None,
            id="ports are told apart by protocol, TCP where it is not said",
        ),
        pytest.param(
            "ports",
            [{"port": 1}, {"port": 1}],
            [{"port": 1}],
            True,
            [{"port": 1}, {"port": 1}],
            id="two elements alike: no key",
        ),
        pytest.param("finalizers", ["mine"], ["theirs", "mine"], True, None, id="finalizers are a set"),
    ],
)
def test_other_lists(field: str, wanted: Any, there: Any, by_key: bool, expected: Any) -> None:
    """Which lists are merged, and how their elements are told apart."""
    found = patch(obj({field: wanted}), live({field: there}, obj({field: wanted})), by_key=by_key)

    assert ({} if expected is None else {"spec": {field: expected}}) == found


def test_annotations_of_others_stay() -> None:
    """The last annotation of a manifest goes, and none of anybody else's with it."""
    before = obj({}, annotations={"mine": "1"}, labels={"mine": "1"})
    there = live({}, before, annotations={"mine": "1", "theirs": "2"}, labels={"mine": "1", "theirs": "2"})

    assert {"metadata": {"annotations": {"mine": None}, "labels": {"mine": None}}} == patch(obj({}), there)


def test_what_was_applied_is_noted() -> None:
    """As kubectl notes it, so that either can go on."""
    wanted = obj({"b": 1, "a": 1})
    noted = '{"apiVersion":"v1","kind":"X","metadata":{"annotations":{},"name":"a"},"spec":{"a":1,"b":1}}\n'

    assert {"metadata": {"annotations": {LAST_APPLIED: noted}}} == three_way(
        wanted, obj({"a": 1, "b": 1}), by_key=True
    )
    assert {} == three_way(wanted, live({"a": 1, "b": 1}, wanted), by_key=True)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param('{"spec": {}}', {"spec": {}}, id="an object"),
        pytest.param("{", None, id="no JSON"),
        pytest.param("[]", None, id="no object"),
    ],
)
def test_what_was_applied_is_read(value: str, expected: Any) -> None:
    """Anybody may have written the annotation."""
    assert expected == last_applied({"metadata": {"annotations": {LAST_APPLIED: value}}})
