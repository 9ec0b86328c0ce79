"""Context into objects and patches. What stays equal stays equal, byte for byte (docs/spec.md 5)."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any

from opentelemetry.context import Context
from opentelemetry.trace import SpanContext

from traceutil.carriers.baggage import Baggage
from traceutil.objects import Json, section, text
from traceutil.places import opted_out
from traceutil.record import KEY
from traceutil.room import has_room
from traceutil.settings import Settings

#: When a pod was scheduled: Unix ns, decimal. A Binding's annotations are merged into the pod.
SCHEDULED_AT = "traceutil.dev/scheduled-at"
#: Kinds that are written all the time and move no state: context never travels with them.
_NEVER = frozenset({"Event", "Lease"})


def may_write(obj: Json, settings: Settings) -> bool:
    """Whether anything may be written into this object at all."""
    return (
        settings.enabled
        and settings.writing
        and text(obj, "kind") not in _NEVER
        and not opted_out(obj, settings)
    )


def own_keys(settings: Settings) -> list[str]:
    """The annotation keys that we write: the record and those of the configured carriers."""
    keys = [KEY, *(key for carrier in settings.write for key in carrier.keys)]
    return [*keys, Baggage(settings.baggage).key] if settings.baggage else keys


def carry_over(live: Json, annotations: MutableMapping[str, Any], settings: Settings) -> None:
    """Desired state is unchanged: the live object's carriers are kept, so that a no-op stays a no-op.

    A carrier that the live object lacks is taken out, where a former encode put it in.
    """
    stored = section(section(live, "metadata"), "annotations")
    for key in own_keys(settings):
        if key in stored:
            annotations[key] = stored[key]
        elif key in annotations:
            del annotations[key]


def foreign_owner(live: Json, keys: list[str], manager: str) -> str | None:
    """The manager, other than `manager`, that owns one of our keys through server-side apply; else None."""
    entries = section(live, "metadata").get("managedFields")
    for entry in entries if isinstance(entries, list) else ():
        if (
            not isinstance(entry, Mapping)
            or entry.get("operation") != "Apply"
            or entry.get("manager") == manager
        ):
            continue
        owned = section(section(section(entry, "fieldsV1"), "f:metadata"), "f:annotations")
        if any(f"f:{key}" in owned for key in keys):
            return text(entry, "manager")
    return None


def write_context(
    context: SpanContext,
    annotations: MutableMapping[str, Any],
    settings: Settings,
    *,
    record: str | None = None,
    otel: Context | None = None,
    kind: str = "",
) -> bool:
    """Write the context, and the record where there is one, into the annotations.

    Refuses, counts and returns False where they would pass 256 KiB.
    """
    added: dict[str, str] = {} if record is None else {KEY: record}
    for carrier in settings.write:
        carrier.write(context, added)
    if settings.baggage:
        Baggage(settings.baggage).write(otel, added)
    if len(annotations) > 0 and not has_room(annotations, added):
        settings.health.count("oversized", kind)
        return False
    if record is None:
        annotations.pop(KEY, None)
    annotations.update(added)
    return True


def json_patch(live: Json, added: Mapping[str, str]) -> list[dict[str, Any]]:
    """RFC 6902 operations that set annotations, and lose none that is there.

    Where `live` has no annotations, a map is added, guarded by a test of its resourceVersion: somebody else
    may add one in between.
    """
    if not added:
        return []
    metadata = section(live, "metadata")
    if not isinstance(metadata.get("annotations"), Mapping):
        guard = {
            "op": "test",
            "path": "/metadata/resourceVersion",
            "value": text(metadata, "resourceVersion"),
        }
        return [guard, {"op": "add", "path": "/metadata/annotations", "value": dict(added)}]
    return [
        {"op": "add", "path": f"/metadata/annotations/{escape(key)}", "value": value}
        for key, value in added.items()
    ]


def escape(key: str) -> str:
    """A key as a JSON Pointer segment (RFC 6901): `~` is `~0`, `/` is `~1`."""
    return key.replace("~", "~0").replace("/", "~1")
