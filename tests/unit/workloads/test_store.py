"""The newest version of each object, found by what it is asked for."""

from __future__ import annotations

from typing import Any

import pytest

from operators.workloads.relist import vanished
from operators.workloads.store import Store


def pod(name: str, version: int, *, uid: str = "", owner: str = "", node: str = "") -> dict[str, Any]:
    references = [{"uid": owner, "controller": True}] if owner else []
    return {
        "kind": "Pod",
        "metadata": {
            "namespace": "default",
            "name": name,
            "uid": uid or name,
            "resourceVersion": str(version),
            "ownerReferences": references,
        },
        "spec": {"nodeName": node} if node else {},
    }


KEY = ("default", "a")


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        pytest.param(pod("a", 9), pod("a", 10), "10", id="a newer version replaces an older one"),
        pytest.param(pod("a", 10), pod("a", 9), "10", id="a late event changes nothing"),
        pytest.param(pod("a", 9), pod("a", 10, uid="b"), "10", id="so does a new object of that name"),
    ],
)
def test_put(first: dict[str, Any], second: dict[str, Any], expected: str) -> None:
    store = Store()
    store.put(first)
    store.put(second)
    found = store.get("Pod", KEY)
    assert found is not None
    assert expected == found["metadata"]["resourceVersion"]


def test_a_deleted_object_stays_deleted() -> None:
    """An event of before its deletion that comes late does not bring it back."""
    store = Store()
    store.put(pod("a", 1))
    store.remove(pod("a", 3))
    assert store.put(pod("a", 2)) is False
    assert store.get("Pod", KEY) is None


def test_a_late_deletion_spares_the_successor() -> None:
    """Another object of the same name has another uid."""
    store = Store()
    store.put(pod("a", 5, uid="new"))
    store.remove(pod("a", 4, uid="old"))
    assert store.get("Pod", KEY) is not None


def test_indexes_follow_changes() -> None:
    """A pod is found by its owner and its node, under the newest ones only."""
    store = Store()
    store.put(pod("a", 1, owner="rs"))
    store.put(pod("a", 2, owner="rs", node="n1"))
    assert [KEY[1]] == [each["metadata"]["name"] for each in store.where("Pod", "owner", "rs")]
    assert [] == store.where("Pod", "node", "")
    assert 1 == len(store.where("Pod", "node", "n1"))
    store.remove(pod("a", 3))
    assert [] == store.where("Pod", "owner", "rs")


@pytest.mark.parametrize(
    ("known", "listed", "at", "expected"),
    [
        pytest.param([pod("a", 1)], {"a"}, "9", [], id="what is listed is there"),
        pytest.param([pod("a", 1)], set(), "9", ["a"], id="what is not listed is gone"),
        pytest.param([pod("a", 10)], set(), "9", [], id="what is newer than the list may not be in it"),
    ],
)
def test_vanished(known: list[dict[str, Any]], listed: set[str], at: str, expected: list[str]) -> None:
    assert expected == [each["metadata"]["name"] for each in vanished(known, listed, at)]
