"""Merge patches (RFC 7386) and JSON patches (RFC 6902)."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.apiserver.fields.patches import PatchError, json_patch, merge_patch

scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=3)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)
maps = st.dictionaries(st.text(max_size=3), values, max_size=4)


@pytest.mark.parametrize(
    ("obj", "patch", "expected"),
    [
        # RFC 7386, appendix A.
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_a_merge_patch(obj: Any, patch: Any, expected: Any) -> None:
    """The examples of the RFC."""
    assert expected == merge_patch(obj, patch)


@given(values, values)
def test_a_merge_patch_twice_is_as_good_as_once(obj: Any, patch: Any) -> None:
    """And mutates nothing."""
    before = copy.deepcopy((obj, patch))
    once = merge_patch(obj, patch)
    assert once == merge_patch(once, patch)
    assert before == (obj, patch)


@pytest.mark.parametrize(
    ("obj", "ops", "expected"),
    [
        pytest.param({"a": 1}, [{"op": "add", "path": "/b", "value": 2}], {"a": 1, "b": 2}, id="add a field"),
        pytest.param(
            {"a": [1]}, [{"op": "add", "path": "/a/0", "value": 0}], {"a": [0, 1]}, id="add before an item"
        ),
        pytest.param(
            {"a": [1]}, [{"op": "add", "path": "/a/-", "value": 2}], {"a": [1, 2]}, id="add at the end"
        ),
        pytest.param(
            {"a": [1]}, [{"op": "add", "path": "/a/1", "value": 2}], {"a": [1, 2]}, id="add at the length"
        ),
        pytest.param({"a": 1}, [{"op": "add", "path": "/a", "value": 2}], {"a": 2}, id="add over a field"),
        pytest.param(
            {"a": 1}, [{"op": "replace", "path": "", "value": {"b": 1}}], {"b": 1}, id="replace the whole"
        ),
        pytest.param(
            {"a": 1},
            [{"op": "replace", "path": "/b", "value": 2}],
            {"a": 1, "b": 2},
            id="replace what is absent",
        ),
        pytest.param(
            {"a": 1},
            [{"op": "copy", "from": "/b", "path": "/c"}],
            {"a": 1, "c": None},
            id="what is absent is null",
        ),
        pytest.param({"a": 1}, [{"op": "add", "path": "/b"}], {"a": 1, "b": None}, id="no value is null"),
        pytest.param(
            {"a": [1, 2]}, [{"op": "remove", "path": "/a/-1"}], {"a": [1]}, id="the last item by -1"
        ),
        pytest.param(
            {"a": [1, 2]}, [{"op": "remove", "path": "/a/01"}], {"a": [1]}, id="zeros before an index"
        ),
        pytest.param({"a": 1, "b": 2}, [{"op": "remove", "path": "/a"}], {"b": 2}, id="remove a field"),
        pytest.param({"a": [1, 2]}, [{"op": "remove", "path": "/a/0"}], {"a": [2]}, id="remove an item"),
        pytest.param(
            {"a": {"b": 1}}, [{"op": "replace", "path": "/a/b", "value": 2}], {"a": {"b": 2}}, id="replace"
        ),
        pytest.param(
            {"a": [1, 2]},
            [{"op": "replace", "path": "/a/1", "value": 3}],
            {"a": [1, 3]},
            id="replace an item",
        ),
        pytest.param({"a": 1}, [{"op": "move", "from": "/a", "path": "/b"}], {"b": 1}, id="move"),
        pytest.param({"a": 1}, [{"op": "copy", "from": "/a", "path": "/b"}], {"a": 1, "b": 1}, id="copy"),
        pytest.param(
            {"a/b~c": 1}, [{"op": "remove", "path": "/a~1b~0c"}], {}, id="slash and tilde are escaped"
        ),
        pytest.param({"~1": 1}, [{"op": "remove", "path": "/~01"}], {}, id="the tilde is unescaped last"),
        pytest.param(
            {"a": {"b": [1]}},
            [{"op": "test", "path": "/a", "value": {"b": [1]}}],
            {"a": {"b": [1]}},
            id="test",
        ),
        pytest.param(
            {"a": 1}, [{"op": "test", "path": "/b", "value": None}], {"a": 1}, id="what is absent equals null"
        ),
        pytest.param(
            {"a": [{"b": 1}]},
            [{"op": "test", "path": "/a/0/b", "value": 1}, {"op": "replace", "path": "/a/0/b", "value": 2}],
            {"a": [{"b": 2}]},
            id="operations follow each other",
        ),
    ],
)
def test_a_json_patch(obj: Any, ops: list[Any], expected: Any) -> None:
    """All six operations; the target is not mutated."""
    before = copy.deepcopy(obj)
    assert expected == json_patch(obj, ops)
    assert before == obj


@pytest.mark.parametrize(
    ("ops", "code"),
    [
        pytest.param([{"op": "test", "path": "/a", "value": [1]}], 422, id="a test that fails"),
        pytest.param([{"op": "test", "path": "/t", "value": 1}], 422, id="true is not 1"),
        pytest.param([{"op": "remove", "path": "/x"}], 422, id="remove what is not there"),
        pytest.param([{"op": "add", "path": "/x/y", "value": 1}], 422, id="add below what is not there"),
        pytest.param([{"op": "add", "path": "/t/y", "value": 1}], 422, id="add below a scalar"),
        pytest.param([{"op": "add", "path": "/a/3", "value": 1}], 422, id="add beyond the end"),
        pytest.param(
            [{"op": "replace", "path": "/x/y", "value": 1}], 422, id="replace below what is not there"
        ),
        pytest.param([{"op": "test", "path": "/x/y"}], 422, id="test below what is not there"),
        pytest.param([{"op": "remove", "path": ""}], 422, id="remove the whole"),
        pytest.param([{"op": "remove", "path": "/a/-3"}], 422, id="before the first item"),
        pytest.param([{"op": "remove", "path": "/a/-"}], 422, id="the end is not an item"),
        pytest.param([{"op": "move", "from": "/m", "path": "/m/x"}], 422, id="move into itself"),
        pytest.param([{"op": "frobnicate", "path": "/a"}], 422, id="an unknown operation"),
        pytest.param([{"op": "add", "value": 1}], 422, id="no path"),
        pytest.param([{"op": "add", "path": "a", "value": 1}], 422, id="not a pointer"),
        pytest.param([{"op": "copy", "path": "/a"}], 422, id="no source"),
        pytest.param(["add"], 400, id="not an operation"),
        pytest.param({"op": "add"}, 400, id="not a list"),
    ],
)
def test_a_json_patch_that_cannot_be_applied(ops: Any, code: int) -> None:
    """422 where the object does not fit, 400 where the patch is malformed."""
    with pytest.raises(PatchError) as caught:
        json_patch({"a": [1, 2], "t": True, "m": {"x": 1}}, ops)
    assert code == caught.value.code


@given(maps, st.text(max_size=4), values)
def test_what_was_added_passes_its_test(obj: Any, key: str, value: Any) -> None:
    """For any field name, however it must be escaped."""
    path = "/" + key.replace("~", "~0").replace("/", "~1")
    ops = [{"op": "add", "path": path, "value": value}, {"op": "test", "path": path, "value": value}]
    assert {**obj, key: value} == json_patch(obj, ops)
