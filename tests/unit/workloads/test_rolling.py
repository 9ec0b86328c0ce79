"""The rolling update's arithmetic."""

from __future__ import annotations

from typing import Any

import pytest

from operators.workloads.deployment.rolling import (
    Limits,
    Size,
    limits,
    new_size,
    old_sizes,
    pods_from,
    proportional_sizes,
)


@pytest.mark.parametrize(
    ("value", "replicas", "up", "expected"),
    [
        pytest.param("25%", 10, True, 3, id="a percentage for surge rounds up"),
        pytest.param("25%", 10, False, 2, id="a percentage for unavailable rounds down"),
        pytest.param(4, 10, True, 4, id="a number is a number"),
        pytest.param("100%", 3, True, 3, id="all of them"),
        pytest.param("some", 3, True, 0, id="nonsense counts as nothing"),
        pytest.param("x%", 3, True, 0, id="a nonsense percentage counts as nothing"),
        pytest.param(-1, 3, True, 0, id="less than nothing counts as nothing"),
    ],
)
def test_pods_from(value: Any, replicas: int, up: bool, expected: int) -> None:
    assert expected == pods_from(value, replicas, up=up)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param((3, "25%", "25%"), Limits(3, 1, 0), id="the defaults let three pods become four"),
        pytest.param((10, "25%", "25%"), Limits(10, 3, 2), id="the defaults for ten pods"),
        pytest.param((3, 0, 0), Limits(3, 0, 1), id="two zeros let one pod be unavailable"),
        pytest.param((2, 0, 5), Limits(2, 0, 2), id="no more can be unavailable than there are"),
    ],
)
def test_limits(given: tuple[int, Any, Any], expected: Limits) -> None:
    assert expected == limits(*given)


@pytest.mark.parametrize(
    ("new", "old", "limit", "expected"),
    [
        pytest.param(0, [], Limits(3, 1, 0), 3, id="the first rollout goes straight to size"),
        pytest.param(0, [3], Limits(3, 1, 0), 1, id="a surge of one makes one new pod"),
        pytest.param(1, [3], Limits(3, 1, 0), 1, id="a full house waits"),
        pytest.param(1, [2], Limits(3, 1, 0), 2, id="each old pod gone makes room for a new one"),
        pytest.param(5, [], Limits(3, 1, 0), 3, id="too many new pods are cut at once"),
        pytest.param(0, [9], Limits(3, 1, 0), 0, id="more old pods than allowed leave no room"),
        pytest.param(2, [1], Limits(3, 5, 0), 3, id="never more than wanted, however large the surge"),
    ],
)
def test_new_size(new: int, old: list[int], limit: Limits, expected: int) -> None:
    sizes = [Size(f"old-{index}", count) for index, count in enumerate(old)]
    assert expected == new_size(Size("new", new), sizes, limit)


@pytest.mark.parametrize(
    ("new", "old", "limit", "expected"),
    [
        pytest.param(
            Size("new", 1, 0), [Size("a", 3, 3)], Limits(3, 1, 0), {},
            id="no old pod goes before the new one is available",
        ),
        pytest.param(
            Size("new", 1, 1), [Size("a", 3, 3)], Limits(3, 1, 0), {"a": 2},
            id="one new pod available lets one old one go",
        ),
        pytest.param(
            Size("new", 0, 0), [Size("a", 3, 3)], Limits(3, 0, 1), {"a": 2},
            id="one that may be unavailable goes before there is a new one",
        ),
        pytest.param(
            Size("new", 1, 0), [Size("a", 3, 1)], Limits(3, 1, 2), {"a": 1},
            id="pods that are not available go first",
        ),
        pytest.param(
            Size("new", 1, 1), [Size("young", 2, 2, created=9), Size("aged", 1, 1, created=1)],
            Limits(3, 1, 0), {"aged": 0},
            id="the oldest replica set shrinks first",
        ),
        pytest.param(
            Size("new", 2, 0), [Size("a", 3, 0)], Limits(3, 2, 0), {},
            id="new pods that do not come up keep old ones, even broken ones",
        ),
        pytest.param(
            Size("new", 3, 3), [Size("a", 1, 1), Size("b", 1, 1)], Limits(3, 2, 0), {"a": 0, "b": 0},
            id="with all new ones there the rest goes",
        ),
    ],
)  # fmt: skip
def test_old_sizes(new: Size, old: list[Size], limit: Limits, expected: dict[str, int]) -> None:
    assert expected == old_sizes(new, old, limit)


@pytest.mark.parametrize(
    ("active", "limit", "expected"),
    [
        pytest.param(
            [Size("new", 5, max_before=10), Size("old", 5, max_before=10)], Limits(20),
            {"new": 10, "old": 10},
            id="doubling doubles both",
        ),
        pytest.param(
            [Size("new", 4, created=2, max_before=10), Size("old", 6, created=1, max_before=10)], Limits(5),
            {"new": 2, "old": 3},
            id="halving halves both",
        ),
        pytest.param(
            [Size("a", 3, max_before=5), Size("b", 2, max_before=5)], Limits(0), {"a": 0, "b": 0},
            id="none wanted empties all",
        ),
        pytest.param(
            [Size("new", 1, created=2, max_before=2), Size("old", 1, created=1, max_before=2)], Limits(3),
            {"new": 2},
            id="what rounding leaves goes to the newer of two equals",
        ),
        pytest.param(
            [Size("a", 2, max_before=4), Size("b", 2, max_before=4)], Limits(4), {},
            id="nothing to spread changes nothing",
        ),
    ],
)  # fmt: skip
def test_proportional_sizes(active: list[Size], limit: Limits, expected: dict[str, int]) -> None:
    assert expected == proportional_sizes(active, limit)


@pytest.mark.parametrize(
    ("surge", "unavailable"),
    [
        pytest.param(1, 0, id="only surge"),
        pytest.param(0, 1, id="only unavailable"),
        pytest.param("25%", "25%", id="the defaults"),
        pytest.param("100%", "100%", id="everything at once"),
    ],
)
@pytest.mark.parametrize("replicas", [1, 3, 10])
def test_a_rollout_ends_and_keeps_its_promises(replicas: int, surge: Any, unavailable: Any) -> None:
    """Stepping with every new pod becoming available ends in all new, within both limits all the way."""
    limit = limits(replicas, surge, unavailable)
    new, old = Size("new", 0, 0), Size("old", replicas, replicas)
    for _ in range(200):
        if (new.desired, old.desired) == (replicas, 0):
            break
        grown = new_size(new, [old], limit)
        new = Size("new", grown, new.available)
        assert new.desired + old.desired <= limit.most
        shrunk = old_sizes(new, [old], limit).get("old", old.desired)
        old = Size("old", shrunk, min(old.available, shrunk))
        assert new.available + old.available >= limit.fewest_available
        new = Size("new", new.desired, new.desired)
    assert (replicas, 0) == (new.desired, old.desired)
