"""Context into objects and patches. What stays equal stays equal, byte for byte (docs/spec.md 5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opentelemetry.context import Context
from opentelemetry.trace import SpanContext

from traceutil.carriers.baggage import Baggage
from traceutil.objects import Json, annotations_for_writing, items, section, text
from traceutil.places import opted_out
from traceutil.record import KEY
from traceutil.room import has_room
from traceutil.settings import Settings

#: When a pod was scheduled: Unix ns, decimal. A Binding's annotations are merged into the pod.
SCHEDULED_AT = "traceutil.dev/scheduled-at"
#: Kinds that are written all the time and move no state: context never travels with them.
_NEVER = frozenset({"Event", "Lease"})
_NO_KEYS: frozenset[str] = frozenset()


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


def carry_over(live: Json, obj: Any, body: Json, settings: Settings) -> None:
    """Desired state is unchanged: the live object's carriers are kept, so that a no-op stays a no-op.

    A carrier that the live object lacks is taken out, where a former encode put it in. Where there is nothing
    to keep, `obj` stays as it is: even an empty map would be a request, for kopf's `patch`.
    """
    stored = section(section(live, "metadata"), "annotations")
    sent = section(section(body, "metadata"), "annotations")
    foreign = foreign_keys(live, body, settings)
    kept = {key: stored[key] for key in own_keys(settings) if key in stored and key not in foreign}
    out = [key for key in own_keys(settings) if key in sent and key not in kept]
    if not kept and not out:
        return
    annotations = annotations_for_writing(obj)
    annotations.update(kept)
    for key in out:
        del annotations[key]


def foreign_keys(live: Json | None, body: Json, settings: Settings) -> frozenset[str]:
    """Our keys that server-side apply must leave alone: another manager owns them.

    Applying them would be a conflict, or take them over. Told only where the field manager is known, and for
    apply configurations: objects that say their apiVersion and have no resourceVersion.
    """
    if live is None or not settings.field_manager or not body.get("apiVersion"):
        return _NO_KEYS
    if section(body, "metadata").get("resourceVersion"):
        return _NO_KEYS
    keys = own_keys(settings)
    foreign: set[str] = set()
    for entry in items(section(live, "metadata"), "managedFields"):
        if entry.get("operation") == "Apply" and entry.get("manager") == settings.field_manager:
            continue
        owned = section(section(section(entry, "fieldsV1"), "f:metadata"), "f:annotations")
        foreign.update(key for key in keys if f"f:{key}" in owned)
    return frozenset(foreign)


def write_context(
    context: SpanContext,
    obj: Any,
    body: Json,
    settings: Settings,
    *,
    live: Json | None = None,
    record: str | None = None,
    otel: Context | None = None,
) -> bool:
    """Write the context, and the record where there is one, into the annotations of `obj` (`body` in JSON).

    Refuses, counts and returns False where they would pass 256 KiB, together with what `live` has.
    """
    added: dict[str, str] = {} if record is None else {KEY: record}
    for carrier in settings.write:
        carrier.write(context, added)
    if settings.baggage:
        Baggage(settings.baggage).write(otel, added)
    for key in foreign_keys(live, body, settings):
        if added.pop(key, None) is not None:
            settings.health.count("foreign_owner", text(body, "kind"))
    sent = section(section(body, "metadata"), "annotations")
    stored = sent if live is None else {**section(section(live, "metadata"), "annotations"), **sent}
    if stored and not has_room(stored, added):
        settings.health.count("oversized", text(body, "kind"))
        return False
    former = [key for key in own_keys(settings) if key in sent and key not in added]
    if added or former:
        annotations = annotations_for_writing(obj)
        for key in former:  # the record or tracestate of another context
            del annotations[key]
        annotations.update(added)
    return KEY in added or record is None


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
