"""Client-side apply: what to change in the live object, by what was applied before (a three-way merge).

The patch is a JSON merge patch (RFC 7386). Lists that built-in kinds merge by a key are merged here, so that
an element that somebody else added stays, and a default that the server filled in is no difference.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from traceutil.cli.apply.merge_lists import merged_list

Json = Mapping[str, Any]

#: What was applied last: kubectl's own annotation, so that both tools can be used in turn.
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def last_applied(live: Json) -> dict[str, Any] | None:
    """What was applied before; None where nobody says, or it cannot be read."""
    annotations = (live.get("metadata") or {}).get("annotations") or {}
    try:
        found = json.loads(annotations.get(LAST_APPLIED) or "null")
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def as_last_applied(manifest: Json) -> str:
    """The manifest as kubectl writes it into the annotation."""
    metadata = dict(manifest.get("metadata") or {})
    annotations = {
        key: value for key, value in (metadata.get("annotations") or {}).items() if key != LAST_APPLIED
    }
    whole = {**manifest, "metadata": {**metadata, "annotations": annotations}}
    return json.dumps(whole, separators=(",", ":"), sort_keys=True, ensure_ascii=False) + "\n"


def three_way(manifest: Json, live: Json, *, by_key: bool) -> dict[str, Any]:
    """The merge patch that makes `live` what the manifest says; {} where it is so already.

    Args:
        by_key: a built-in kind, whose lists of containers, ports … are merged by their keys.
    """
    before = last_applied(live)
    patch = _map_patch(_with_maps(before or {}), _with_maps(manifest), live, by_key)
    if before is None or as_last_applied(before) != as_last_applied(manifest):
        annotations = patch.setdefault("metadata", {}).setdefault("annotations", {})
        annotations[LAST_APPLIED] = as_last_applied(manifest)
    return patch


def _with_maps(manifest: Json) -> Json:
    """With labels and annotations, if empty ones: of these only what was applied goes, never all."""
    metadata = _mapping(manifest.get("metadata"))
    maps = {key: _mapping(metadata.get(key)) for key in ("labels", "annotations")}
    return {**manifest, "metadata": {**metadata, **maps}}


def _map_patch(before: Json, wanted: Json, live: Json, by_key: bool) -> dict[str, Any]:
    patch: dict[str, Any] = {}
    for key, value in wanted.items():
        if value is None:
            if live.get(key) is not None:
                patch[key] = None
            continue
        there = live.get(key)
        if isinstance(value, Mapping) and isinstance(there, Mapping):
            inner = _map_patch(_mapping(before.get(key)), value, there, by_key)
            if inner:
                patch[key] = inner
            continue
        if isinstance(value, list) and isinstance(there, list) and by_key:
            value = merged_list(key, before.get(key), value, there, merged)
        if value != there and (there is not None or value not in ({}, [])):
            patch[key] = value
    for key in before:
        if key not in wanted and live.get(key) is not None:
            patch[key] = None
    return patch


def merged(before: Any, wanted: Json, live: Json) -> dict[str, Any]:
    """`live` with what the manifest says of it: the patch, applied."""
    return patched(live, _map_patch(_mapping(before), wanted, live, by_key=True))


def patched(live: Json, patch: Json) -> dict[str, Any]:
    """`live` after a JSON merge patch (RFC 7386)."""
    result = dict(live)
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, Mapping):
            result[key] = patched(_mapping(result.get(key)), value)
        else:
            result[key] = value
    return result


def _mapping(value: Any) -> Json:
    return value if isinstance(value, Mapping) else {}
