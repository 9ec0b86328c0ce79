"""Who owns the number of replicas after a write through /scale."""

from __future__ import annotations

from typing import Any

import pytest

from demo.apiserver.fields.scaled import track_scale

REPLICAS = {"f:spec": {"f:replicas": {}}}
BOTH = {"f:spec": {"f:paused": {}, "f:replicas": {}}}
PAUSED = {"f:spec": {"f:paused": {}}}


def one(manager: str, fields: Any, operation: str = "Update", below: str = "", time: str = "T") -> Any:
    entry = {"manager": manager, "operation": operation, "apiVersion": "apps/v1", "time": time}
    entry |= {"fieldsType": "FieldsV1", "fieldsV1": fields} | ({"subresource": below} if below else {})
    return {key: value for key, value in entry.items() if value}


@pytest.mark.parametrize(
    ("before", "changed", "after"),
    [
        pytest.param(
            [one("a", BOTH)],
            True,
            [one("me", REPLICAS, below="scale", time=""), one("a", PAUSED)],
            id="another size: the writer takes the replicas from their owner",
        ),
        pytest.param(
            [one("a", BOTH)],
            False,
            [one("a", REPLICAS, time=""), one("a", PAUSED)],
            id="the same size: the owner holds them apart, without a time",
        ),
        pytest.param(
            [one("a", REPLICAS, time=""), one("a", PAUSED)],
            False,
            [one("a", PAUSED)],
            id="of two entries of one manager the later counts: nobody owns the replicas",
        ),
        pytest.param([one("a", PAUSED)], True, [one("a", PAUSED)], id="what nobody owned stays nobody's"),
        pytest.param(
            [one("a", BOTH, "Apply")], False, [one("a", BOTH, "Apply")], id="an applier's size is kept"
        ),
        pytest.param(
            [one("a", BOTH, "Apply")],
            True,
            [one("a", PAUSED, "Apply"), one("me", REPLICAS, below="scale", time="")],
            id="an applier loses another size",
        ),
        pytest.param(
            [one("b", REPLICAS, below="scale", time="")],
            True,
            [one("me", REPLICAS, below="scale", time="")],
            id="who scaled before loses it; an entry without fields vanishes",
        ),
    ],
)
def test_owners_of_the_replicas(before: list[Any], changed: bool, after: list[Any]) -> None:
    """The entries before and after the write of `me`."""
    obj = {"metadata": {"managedFields": before}}
    scaled = track_scale(obj, obj, path="spec.replicas", changed=changed, manager="me", api_version="apps/v1")
    assert after == scaled["metadata"]["managedFields"]
