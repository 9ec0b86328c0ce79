"""Sets of field paths."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.apiserver.fields.fieldset import (
    FieldSet,
    Path,
    difference,
    dotted,
    from_fields_v1,
    intersection,
    to_fields_v1,
    union,
)

elements = st.sampled_from(["f:a", "f:b", "f:c", 'k:{"name":"x"}', 'v:"y"', "i:0"])
paths = st.frozensets(st.lists(elements, min_size=1, max_size=4).map(tuple), max_size=8)


@pytest.mark.parametrize(
    ("encoded", "expected"),
    [
        pytest.param({"f:a": {}}, {("f:a",)}, id="a leaf is in the set"),
        pytest.param({"f:a": {"f:b": {}}}, {("f:a", "f:b")}, id="a node above it is not"),
        pytest.param(
            {"f:a": {".": {}, "f:b": {}}}, {("f:a",), ("f:a", "f:b")}, id="unless it says so with a dot"
        ),
        pytest.param(
            {"f:a": {'k:{"name":"x"}': {".": {}, "f:b": {}}}},
            {("f:a", 'k:{"name":"x"}'), ("f:a", 'k:{"name":"x"}', "f:b")},
            id="an item of a keyed list is one element",
        ),
        pytest.param({}, set(), id="the empty set"),
    ],
)
def test_a_stored_set_is_read(encoded: FieldSet, expected: set[Path]) -> None:
    """And written back as it was."""
    assert expected == from_fields_v1(encoded)
    assert encoded == to_fields_v1(expected)


@given(paths)
def test_reading_what_was_written_yields_the_same_set(some: frozenset[Path]) -> None:
    """For any set."""
    assert some == from_fields_v1(to_fields_v1(some))


@given(paths, paths)
def test_the_operations_are_those_of_sets(a: frozenset[Path], b: frozenset[Path]) -> None:
    """Union, difference and intersection, computed on the stored shape, which stays canonical."""
    x, y = to_fields_v1(a), to_fields_v1(b)
    expected: list[Any] = [to_fields_v1(a | b), to_fields_v1(a - b), to_fields_v1(a & b)]
    assert expected == [union(x, y), difference(x, y), intersection(x, y)]


@given(paths, paths)
def test_an_operation_that_changes_nothing_returns_the_same_object(
    a: frozenset[Path], b: frozenset[Path]
) -> None:
    """So an unchanged entry is recognised by identity."""
    x, y = to_fields_v1(a), to_fields_v1(b)
    assert (a - b == a) <= (difference(x, y) is x)
    assert (bool(a) and b <= a) <= (union(x, y) is x)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("f:spec", "f:replicas"), ".spec.replicas"),
        (("f:containers", 'k:{"name":"app"}', "f:image"), '.containers[name="app"].image'),
        (("f:ports", 'k:{"port":80,"protocol":"TCP"}'), '.ports[port=80,protocol="TCP"]'),
        (("f:finalizers", 'v:"a/b"'), '.finalizers[="a/b"]'),
        (("f:list", "i:3"), ".list[3]"),
    ],
)
def test_a_path_is_printed_as_the_server_prints_it(path: Path, expected: str) -> None:
    """As in the messages of conflicts."""
    assert expected == dotted(path)
