"""Strategic merge patches."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from demo.apiserver.fields.patches import PatchError, strategic_merge_patch
from demo.apiserver.fields.schema import schema_for
from tests.unit.apiserver.objects import Obj

SPEC: Obj = {
    "nodeSelector": {"disk": "ssd", "zone": "a"},
    "tolerations": [{"key": "x"}],
    "containers": [
        {"name": "a", "image": "one", "env": [{"name": "V", "value": "1"}, {"name": "W", "value": "2"}]},
        {"name": "b", "image": "two", "ports": [{"containerPort": 80, "protocol": "TCP"}]},
    ],
}
POD = {"metadata": {"name": "p", "finalizers": ["x/a", "x/b"], "labels": {"l": "1"}}, "spec": SPEC}
A: Obj
B: Obj
A, B = SPEC["containers"]


def patched(patch: Any) -> Obj:
    return strategic_merge_patch(POD, patch, schema_for("", "Pod"))


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        pytest.param(
            {"containers": [{"name": "b", "image": "new"}]},
            [A, {**B, "image": "new"}],
            id="an item of a keyed list is merged",
        ),
        pytest.param(
            {"containers": [{"name": "c", "image": "new", "command": None}]},
            [A, B, {"name": "c", "image": "new"}],
            id="a new item is appended, without its nulls",
        ),
        pytest.param(
            {"containers": [{"$patch": "delete", "name": "a"}]}, [B], id="an item is deleted by a directive"
        ),
        pytest.param(
            {"containers": [{"$patch": "delete", "name": "zzz"}]},
            [A, B],
            id="an item that is not there is not",
        ),
        pytest.param(
            {"containers": [{"$patch": "replace"}, {"name": "z"}]},
            [{"name": "z"}],
            id="a list is replaced by a directive",
        ),
        pytest.param(
            {"containers": [{"name": "a", "env": [{"name": "W", "value": "9"}]}]},
            [{**A, "env": [{"name": "V", "value": "1"}, {"name": "W", "value": "9"}]}, B],
            id="lists nest",
        ),
        pytest.param(
            {"containers": [{"name": "a", "env": [{"name": "V", "$patch": "delete"}]}]},
            [{**A, "env": [{"name": "W", "value": "2"}]}, B],
            id="directives nest",
        ),
        pytest.param(
            {"containers": [{"name": "b", "ports": [{"containerPort": 80, "name": "http"}]}]},
            [A, {**B, "ports": [{"containerPort": 80, "protocol": "TCP", "name": "http"}]}],
            id="ports are merged by number alone",
        ),
        pytest.param(
            {"$setElementOrder/containers": [{"name": "b"}, {"name": "a"}]},
            [B, A],
            id="items are put in order",
        ),
        pytest.param(
            {
                "$setElementOrder/containers": [{"name": "c"}, {"name": "a"}],
                "containers": [{"name": "c"}],
            },
            [{"name": "c"}, A, B],
            id="items that the order does not name stay after what they followed",
        ),
        pytest.param(
            {"containers": [{"name": "a", "$retainKeys": ["name", "image"], "image": "new"}]},
            [{"name": "a", "image": "new"}, B],
            id="only retained keys are kept",
        ),
        pytest.param(
            {"containers": [{"name": "a", "$patch": "replace", "image": "new"}]},
            [{"name": "a", "image": "new"}],
            id="an item with the replace directive is the whole list",
        ),
    ],
)
def test_containers_after_a_patch(patch: Obj, expected: list[Obj]) -> None:
    """Merged by name."""
    assert expected == patched({"spec": patch})["spec"]["containers"]


@pytest.mark.parametrize(
    ("patch", "path", "expected"),
    [
        pytest.param(
            {"spec": {"nodeSelector": {"zone": "b"}}},
            ("spec", "nodeSelector"),
            {"disk": "ssd", "zone": "b"},
            id="a map is merged, even one that is atomic for apply",
        ),
        pytest.param(
            {"spec": {"nodeSelector": {"$patch": "replace", "zone": "b"}}},
            ("spec", "nodeSelector"),
            {"zone": "b"},
            id="a map is replaced by a directive",
        ),
        pytest.param(
            {"spec": {"nodeSelector": {"$patch": "delete"}}},
            ("spec", "nodeSelector"),
            {},
            id="a map is emptied by a directive",
        ),
        pytest.param(
            {"spec": {"nodeSelector": {"disk": None}}},
            ("spec", "nodeSelector"),
            {"zone": "a"},
            id="null removes a field",
        ),
        pytest.param(
            {"spec": {"tolerations": [{"key": "y"}]}},
            ("spec", "tolerations"),
            [{"key": "y"}],
            id="a list without a key is replaced",
        ),
        pytest.param(
            {"metadata": {"finalizers": ["x/b", "x/c"]}},
            ("metadata", "finalizers"),
            ["x/a", "x/b", "x/c"],
            id="a set of scalars is united",
        ),
        pytest.param(
            {"metadata": {"$deleteFromPrimitiveList/finalizers": ["x/a"]}},
            ("metadata", "finalizers"),
            ["x/b"],
            id="a scalar is deleted from its set",
        ),
        pytest.param(
            {"metadata": {"$setElementOrder/finalizers": ["x/b", "x/a"]}},
            ("metadata", "finalizers"),
            ["x/b", "x/a"],
            id="scalars are put in order",
        ),
    ],
)
def test_a_field_after_a_patch(patch: Obj, path: tuple[str, str], expected: Any) -> None:
    """And the pod itself is as it was."""
    before = copy.deepcopy(POD)
    assert expected == patched(patch)[path[0]][path[1]]
    assert before == POD


@pytest.mark.parametrize(
    "patch",
    [
        pytest.param([], id="not an object"),
        pytest.param({"spec": {"containers": [{"image": "x"}]}}, id="an item without its key"),
        pytest.param({"spec": {"containers": ["x"]}}, id="an item that is no map"),
        pytest.param({"spec": {"$patch": "frobnicate"}}, id="an unknown directive"),
        pytest.param({"spec": {"$retainKeys": ["a"], "b": 1}}, id="retained keys that leave out the patch"),
        pytest.param({"spec": {"$setElementOrder/containers": {}}}, id="an order that is no list"),
        pytest.param(
            {"metadata": {"$deleteFromPrimitiveList/finalizers": "x"}}, id="a deletion that is no list"
        ),
        pytest.param({"metadata": {"finalizers": [["x"]]}}, id="a list among scalars"),
    ],
)
def test_a_malformed_patch_is_refused(patch: Any) -> None:
    """With 400."""
    with pytest.raises(PatchError) as caught:
        patched(patch)
    assert caught.value.code == 400
