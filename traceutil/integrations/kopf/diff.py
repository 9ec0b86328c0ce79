"""kopf's memory of what it handled: our annotations are no part of it, and what it says of a change."""

from __future__ import annotations

import kopf

from traceutil.encode import own_keys
from traceutil.judging import Handled
from traceutil.objects import section
from traceutil.tracer import ObjectTracer


def ignore_our_annotations(settings: kopf.OperatorSettings, tracer: ObjectTracer) -> None:
    """Leave our annotations out of kopf's diff, so that writing them never re-triggers a handler.

    Idempotent. Fields are tuples: a dotted string would be ignored in silence.
    """
    storage = settings.persistence.diffbase_storage
    for each in (storage, *getattr(storage, "storages", ())):
        ignored = getattr(each, "ignored_fields", None)
        if isinstance(ignored, list):
            fields = [("metadata", "annotations", key) for key in own_keys(tracer.settings)]
            ignored.extend(field for field in fields if field not in ignored)


def handled(settings: kopf.OperatorSettings, body: kopf.Body) -> Handled | None:
    """Whether kopf is through with the change, well or not: what it handled last is what is desired."""
    essence = settings.persistence.diffbase_storage.fetch(body=body)
    if essence is None:
        return None
    return "done" if section(essence, "spec") == section(body, "spec") else None
