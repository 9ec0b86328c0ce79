"""What a controller sends, what the server then stores, and the record in it."""

from __future__ import annotations

import copy

from tests.unit.core.objects import Object
from traceutil.record import KEY, Record, loads
from traceutil.testing import CapturedSpans


def new(obj: Object) -> Object:
    """The object as its writer sends it for creation: without what the server sets."""
    sent = copy.deepcopy(obj)
    for key in ("uid", "resourceVersion", "generation", "creationTimestamp", "managedFields"):
        sent["metadata"].pop(key, None)
    return sent


def record_in(obj: Object) -> Record:
    return loads(obj["metadata"]["annotations"][KEY])


def opened(spans: CapturedSpans, owner: Object, child: Object, deadline: float | None = None) -> Record:
    """The record that work on `owner` writes into `child`."""
    with spans.tracer.start_span_from_object(owner, "test.Create", only_if_work=True):
        spans.tracer.trace_until_reached(child, deadline=deadline)
    return record_in(child)


def patch_to(obj: Object, version: str | None = "1") -> Object:
    """The status write that brings the stored object to the status of `obj`."""
    metadata = {} if version is None else {"resourceVersion": version}
    return {"metadata": metadata, "status": copy.deepcopy(obj["status"])}


def accepted(obj: Object, patch: Object) -> Object:
    """The object as the server stores it after that write."""
    result = copy.deepcopy(obj)
    result["status"] = patch["status"]
    result["metadata"]["annotations"] |= patch["metadata"].get("annotations", {})
    result["metadata"]["resourceVersion"] = str(int(result["metadata"]["resourceVersion"]) + 1)
    return result


def write(obj: Object, status: Object) -> Object:
    return {"metadata": {"resourceVersion": obj["metadata"]["resourceVersion"]}, "status": status}
