"""Field ownership is what a real API server recorded, write by write.

Not replayed, because the server itself does not track them: the binding of a pod, and a deletion, which only
sets the deletion timestamp. Not replayed as creations: objects that were there before it began, and
the `kubernetes` Service, whose cluster IP its writer states. The volume that the ServiceAccount admission
mounts into pods after tracking is taken out first. Events are read in the version in which they were written.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from demo.apiserver.fields.managed import track_update
from demo.apiserver.fields.schema import schema_for
from tests.recordings import load, names
from tests.unit.apiserver.objects import Obj

Step = tuple[Obj | None, Obj]
KINDS = ("Deployment", "ReplicaSet", "Pod", "Service", "EndpointSlice", "Node", "Event")


@cache
def steps(name: str, kind: str) -> tuple[Step, ...]:
    """Consecutive versions of each object of a kind in one recording; None before a creation."""
    return tuple(_steps(name, kind))


def _steps(name: str, kind: str) -> Iterator[Step]:
    last: dict[tuple[str, str], Obj] = {}
    for record in load(name):
        obj = without_token_volume(record["object"])
        if obj["kind"] != kind or (kind == "Event" and entries(obj)[-1]["apiVersion"] != obj["apiVersion"]):
            continue
        key = (obj["apiVersion"], obj["metadata"]["uid"])
        before = last.get(key)
        last[key] = obj
        if (before is None and is_creation(obj)) or (before is not None and is_tracked(before, obj)):
            yield before, obj


def entries(obj: Obj) -> list[Any]:
    return list(obj["metadata"].get("managedFields", ()))


def is_creation(obj: Obj) -> bool:
    metadata = obj["metadata"]
    if obj["kind"] == "Node" or metadata["name"] == "kubernetes":
        return False
    status = obj.get("status") or {}
    is_untouched = not (
        status.keys() - {"phase", "qosClass", "loadBalancer", "replicas"} or status.get("replicas")
    )
    return (
        len(entries(obj)) == 1 and metadata.get("generation", 1) == obj.get("count", 1) == 1 and is_untouched
    )


def is_tracked(before: Obj, after: Obj) -> bool:
    was, now = before["metadata"], after["metadata"]
    is_binding = after["kind"] == "Pod" and before["spec"].get("nodeName") != after["spec"].get("nodeName")
    return not is_binding and was.get("deletionTimestamp") == now.get("deletionTimestamp")


def without_token_volume(obj: Obj) -> Obj:
    if obj["kind"] != "Pod":
        return obj
    spec = without_tokens(obj["spec"], "volumes")
    for name in ("containers", "initContainers"):
        if name in spec:
            spec = spec | {name: [without_tokens(one, "volumeMounts") for one in spec[name]]}
    return obj | {"spec": spec}


def without_tokens(holder: Obj, name: str) -> Obj:
    kept = [one for one in holder.get(name, ()) if not one["name"].startswith("kube-api-access-")]
    rest = {key: value for key, value in holder.items() if key != name}
    return rest | ({name: kept} if kept else {})


def possible_writers(before: Obj | None, after: Obj) -> list[Any]:
    """The entries that changed; if none did, the write fell into the second of its writer's last one."""
    old = entries(before) if before else []
    return [one for one in entries(after) if one not in old] or entries(after)


def replayed(before: Obj | None, after: Obj, writer: Any) -> list[Any]:
    metadata = {name: value for name, value in after["metadata"].items() if name != "managedFields"}
    group = after["apiVersion"].rpartition("/")[0]
    result = track_update(
        before,
        after | {"metadata": metadata},
        manager=writer["manager"],
        api_version=writer["apiVersion"],
        subresource=writer.get("subresource", ""),
        now=writer["time"],
        schema=schema_for(group, after["kind"]),
    )
    return entries(result)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", names())
def test_every_recorded_write_of_one_manager_leaves_the_recorded_entries(name: str, kind: str) -> None:
    """Where the entries tell who wrote, replaying that write yields them: fields, times, order and all."""
    for before, after in steps(name, kind):
        writers = possible_writers(before, after)
        if len(writers) == 1:
            assert entries(after) == replayed(before, after, writers[0])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", names())
def test_a_write_that_took_fields_or_fell_into_the_same_second_is_explained_by_one_writer(
    name: str, kind: str
) -> None:
    """Several entries changed, or none: one of the candidates, as the writer, yields what was recorded."""
    for before, after in steps(name, kind):
        results = [replayed(before, after, writer) for writer in possible_writers(before, after)]
        assert entries(after) in results


@pytest.mark.parametrize(
    ("kind", "creations", "updates"),
    [
        ("Deployment", 3, 89),
        ("ReplicaSet", 7, 122),
        ("Pod", 20, 123),
        ("Service", 3, 0),
        ("EndpointSlice", 1, 26),
        ("Node", 0, 11),
        ("Event", 210, 19),
    ],
)
def test_so_many_writes_are_replayed(kind: str, creations: int, updates: int) -> None:
    """The replay covers what the recordings hold."""
    found = [before is None for name in names() for before, _ in steps(name, kind)]
    assert (creations, updates) == (sum(found), len(found) - sum(found))
