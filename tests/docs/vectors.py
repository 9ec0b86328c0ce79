"""The test vectors of docs/spec.md, as the code computes them.

`python -m tests.docs.vectors > docs/spec-vectors.json` writes them anew; a test keeps the two equal.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from typing import Any

from opentelemetry.trace import SpanContext, TraceFlags, TraceState

from traceutil import derive
from traceutil.change import change_id, spec_hash
from traceutil.decision import decide
from traceutil.record import Drift, Record, RecordLink, loads, superseding
from traceutil.refs import identity

UID = "5c8f4e2a-9d61-4b0e-8a57-1f2e3d4c5b6a"
MONDAY = "2026-01-05T09:00:00Z"


def vectors() -> dict[str, Any]:
    """All of them, by what is computed."""
    return {
        "identity": [_identity(*each) for each in _IDENTITIES],
        "content_hash": [_hashed(value) for value in ({}, {"b": 1, "a": "é"}, {"spec": {"replicas": 2}})],
        "change_id": [{"case": case, "object": obj, "change": change_id(obj)} for case, obj in _changes()],
        "spec_hash": [{"object": obj, "hash": spec_hash(obj)} for obj in (_deployment(2), _deployment(4))],
        "object_ids": [_object_ids(change) for change in ("g1", "g2", "deletion")],
        "child_span_id": [_child(change) for change in ("create", "3ee5c4f7a2b19d08@g4")],
        "drift_ids": [_drift(1_767_603_601_000_000_000), _drift(1_767_603_700_000_000_000)],
        "overflow_ids": [_overflow(0), _overflow(1)],
        "shard": [_shard("web-0", 3), _shard("web-1", 3), _shard("00f067aa0ba902b7", 2)],
        "sampled": [_sampled(trace, ratio) for trace in _TRACES for ratio in (0.0, 0.25, 0.5, 1.0)],
        "sampled_for_links": [_for_links(*each) for each in _LINKS],
        "record": [{"case": case, **_record(record)} for case, record in _records()],
    }


def _hexed(ids: derive.Ids) -> dict[str, str]:
    return {"trace_id": f"{ids.trace_id:032x}", "span_id": f"{ids.span_id:016x}"}


_IDENTITIES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("", {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"namespace": "a", "name": "web"}}),
    ("", {"apiVersion": "v1", "kind": "Pod", "metadata": {"namespace": "a", "generateName": "web-6d4f-"}}),
    ("", {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-1"}}),
    ("prod", {"apiVersion": "example.com/v1", "kind": "Database", "metadata": {"name": "b"}}),
)


def _identity(cluster: str, obj: dict[str, Any]) -> dict[str, Any]:
    return {"cluster": cluster, "object": obj, "identity": identity(obj, cluster)}


def _hashed(value: Any) -> dict[str, Any]:
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return {"value": value, "canonical": canonical, "hash": derive.content_hash(value)}


def _deployment(
    replicas: int, *managers: dict[str, Any], generation: int = 1, image: str = "web:1"
) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "namespace": "default",
            "name": "web",
            "uid": UID,
            "generation": generation,
            "creationTimestamp": MONDAY,
            "managedFields": list(managers or (_manager(MONDAY),)),
        },
        "spec": {
            "replicas": replicas,
            "template": {"spec": {"containers": [{"name": "web", "image": image}]}},
        },
    }


def _manager(time: str, *fields: str, name: str = "kubectl-edit") -> dict[str, Any]:
    owned: dict[str, Any] = {field: {} for field in fields or ("f:spec",)}
    return {"manager": name, "operation": "Update", "time": time, "fieldsV1": owned}


#: `kubectl scale` leaves an entry that has no time.
_SCALE = {
    "manager": "kubectl",
    "operation": "Update",
    "subresource": "scale",
    "fieldsV1": {"f:spec": {"f:replicas": {}}},
}


def _changes() -> list[tuple[str, dict[str, Any]]]:
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"uid": UID, "generation": 1}, "spec": {}}
    replica_set = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"uid": UID, "generation": 3}}
    custom = {"apiVersion": "example.com/v1", "kind": "Database", "metadata": {"uid": UID, "generation": 3}}
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"uid": UID}, "data": {"a": "1"}}
    gone = {**pod, "metadata": {"uid": UID, "generation": 2, "deletionTimestamp": MONDAY}}
    return [
        ("a pod: its generation", pod),
        ("a ReplicaSet: its generation", replica_set),
        ("a custom resource: hash and time, never its generation", {**custom, "spec": {"size": 3}}),
        ("no generation: the hash of all that is not metadata or status", config),
        ("whatever is being deleted", gone),
        *_changes_of_a_deployment(),
    ]


def _changes_of_a_deployment() -> list[tuple[str, dict[str, Any]]]:
    first = _manager(MONDAY)
    rolled, undone = _manager("2026-01-05T09:10:00Z"), _manager("2026-01-05T09:20:00Z")
    other = _manager("2026-01-05T09:30:00Z", "f:metadata", name="kubectl-annotate")
    same = _manager("2026-01-05T09:30:00Z", "f:metadata", "f:spec")
    return [
        ("created with 2 replicas", _deployment(2, first)),
        ("annotated by another manager: the same change", _deployment(2, first, other, generation=2)),
        ("annotated by the manager of f:spec: its time moves", _deployment(2, same, generation=2)),
        ("scaled to 4", _deployment(4, first, _SCALE, generation=2)),
        ("scaled back to 2", _deployment(2, first, _SCALE, generation=3)),
        ("scaled to 4 again", _deployment(4, first, _SCALE, generation=4)),
        ("a new image", _deployment(2, rolled, generation=2, image="web:2")),
        ("rollout undo: the first spec again", _deployment(2, undone, generation=3)),
    ]


def _object_ids(change: str) -> dict[str, Any]:
    lines = ["traceutil/1", "object", UID, change]
    return {"uid": UID, "change": change, "lines": lines, **_hexed(derive.object_ids(UID, change))}


def _child(change: str) -> dict[str, Any]:
    creator, child = 0x00F067AA0BA902B7, "/apps/ReplicaSet/default/web-6d4f"
    lines = ["traceutil/1", "child", f"{creator:016x}", child, change]
    span_id = f"{derive.child_span_id(creator, child, change):016x}"
    return {
        "creator": f"{creator:016x}",
        "child": child,
        "change": change,
        "lines": lines,
        "span_id": span_id,
    }


def _drift(latch: int) -> dict[str, Any]:
    span = 0x00F067AA0BA902B7
    lines = ["traceutil/1", "drift", f"{span:016x}", str(latch)]
    return {
        "span_id_of": f"{span:016x}",
        "latch": latch,
        "lines": lines,
        **_hexed(derive.episode_ids(span, latch)),
    }


def _overflow(shard: int) -> dict[str, Any]:
    span = 0x00F067AA0BA902B7
    lines = ["traceutil/1", "overflow", f"{span:016x}", str(shard)]
    return {
        "span_id_of": f"{span:016x}",
        "shard": shard,
        "lines": lines,
        **_hexed(derive.overflow_ids(span, shard)),
    }


def _shard(key: str, shards: int) -> dict[str, Any]:
    return {
        "key": key,
        "shards": shards,
        "lines": ["traceutil/1", "shard", key],
        "shard": derive.shard_of(key, shards),
    }


_TRACES = (
    0x4BF92F3577B34DA6_3FFFFFFFFFFFFFFF,
    0x4BF92F3577B34DA6_4000000000000000,
    0x4BF92F3577B34DA6_A3CE929D0E0E4736,
)


def _sampled(trace_id: int, ratio: float) -> dict[str, Any]:
    return {"trace_id": f"{trace_id:032x}", "ratio": ratio, "sampled": derive.sampled(trace_id, ratio)}


#: (trace id, flags and tracestate of what it is linked to), at a ratio of a quarter.
_LINKS = (
    (_TRACES[0], 0, ""),
    (_TRACES[2], 1, ""),
    (_TRACES[2], 0, ""),
    (_TRACES[2], 1, "traceutil=l:1"),
    (_TRACES[2], 1, "traceutil=x:2;l:1,ot=th:c"),
)


def _for_links(trace_id: int, flags: int, state: str) -> dict[str, Any]:
    linked = SpanContext(1, 1, True, TraceFlags(flags), TraceState.from_header([state]))
    found, found_state = decide(trace_id, 0.25, [linked])
    return {
        "trace_id": f"{trace_id:032x}",
        "ratio": 0.25,
        "linked": {"flags": f"{flags:02x}", "state": state},
        "flags": f"{found:02x}",
        "state": found_state.to_header(),
    }


def _records() -> list[tuple[str, Record]]:
    trace, start = 0x4BF92F3577B34DA6A3CE929D0E0E4736, 1_767_603_600_000_000_000
    of = "/apps/Deployment/default/web"
    root = Record(trace, 0x00F067AA0BA902B7, 0, 1, of, start, generation=1, closer="deployment-controller")
    child = Record(
        trace, 0x53995C3F42CD8AD8, root.span_id, 1, "/apps/ReplicaSet/default/web-6d4f", start + 5,
        generation=1, closer="replicaset-controller", deadline=600.0,
        links=(RecordLink("written_by", trace, 0x7A085853722DC6D2),),
    )  # fmt: skip
    stored = Record(
        trace, 0x00F067AA0BA902B7, 0, 1, of, start, generation=1, closer="deployment-controller",
        spec=spec_hash(_deployment(2)), replicas=2,
    )  # fmt: skip
    ended = stored.closed(start + 12_360_000_000, "reached")
    later = Record(
        trace + 1, 0x1, 0, 1, of, start + 3_000_000_000, generation=2, closer="deployment-controller"
    )
    drifted = Record(
        trace, 0x00F067AA0BA902B7, 0, 1, of, start, generation=1, closer="deployment-controller",
        end=start + 1, reason="reached", drift=Drift(start + 20, start + 1, start + 30),
    )  # fmt: skip
    return [
        ("a root, as its writer opens it", root),
        ("a child, written by a controller", child),
        ("with the hash of the stored spec, by the owner of status", stored),
        ("closed", ended),
        ("opened over an open one", superseding(later, stored)[0]),
        ("after an episode of drift", drifted),
        ("sampled for the sake of a link", replace(later, state="traceutil=l:1")),
    ]


def _record(record: Record) -> dict[str, Any]:
    value = record.dumps()
    if loads(value) != record:
        raise AssertionError(value)
    return {"annotation": value, "json": json.loads(value)}


if __name__ == "__main__":
    json.dump(vectors(), sys.stdout, indent=1, ensure_ascii=False)
    print()
