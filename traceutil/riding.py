"""A record rides on a status write that is made anyway (docs/spec.md 3)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from traceutil.objects import Json, annotations_for_writing, as_json, is_custom, section, text
from traceutil.record import KEY, Record
from traceutil.room import has_room
from traceutil.settings import Settings


def ride(settings: Settings, patch: Any, record: Record, obj: Json) -> bool:
    """Put the record into a status write that is about to be made; whether it is in it."""
    if not settings.writing or patch is None or is_custom(obj):
        return False
    if not section(as_json(patch), "metadata").get("resourceVersion"):
        settings.health.count("unversioned", text(obj, "kind"))
        return False
    value = (record if record.closer else replace(record, closer=settings.component)).dumps()
    stored = section(section(obj, "metadata"), "annotations")
    if stored.get(KEY) == value:
        return True
    if not has_room(stored, {KEY: value}):
        settings.health.count("oversized", text(obj, "kind"))
        return False
    annotations_for_writing(patch)[KEY] = value
    return True
