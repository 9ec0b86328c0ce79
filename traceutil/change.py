"""Which desired state is this? One pure function, `change_id`, and what it is made of (docs/spec.md 1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from traceutil.derive import content_hash
from traceutil.objects import Json, is_custom, items, section, text
from traceutil.times import parse_time

#: Keys that are not desired state.
_NOT_DESIRED = frozenset({"apiVersion", "kind", "metadata", "status"})
#: Writes through these subresources are not changes of desired state, although they touch `spec`.
_SIDE_DOORS = frozenset({"scale", "binding", "status"})


def change_id(obj: Json) -> str:
    """The change that `obj` is in: `deletion`, `g<generation>` or `<hash>@<time>`.

    The generation counts only where it moves with `spec` alone. It does not for Deployments, whose
    annotation edits move it; and for custom resources it cannot be told from one object whether there is a
    status subresource, and an answer that changed when the first status arrives would be two answers.
    """
    metadata = section(obj, "metadata")
    if metadata.get("deletionTimestamp"):
        return "deletion"
    generation = metadata.get("generation")
    if isinstance(generation, int) and text(obj, "kind") != "Deployment" and not is_custom(obj):
        return f"g{generation}"
    hashed = content_hash(desired_state(obj))
    time, timeless = newest_spec_writer(obj)
    suffix = f"+g{generation}" if timeless and isinstance(generation, int) else ""
    return f"{hashed}@{time}{suffix}"


def desired_state(obj: Json) -> dict[str, Any]:
    """All of an object but its type, metadata and status: `spec`, or `data`, `rules`, `webhooks` …"""
    return {key: value for key, value in obj.items() if key not in _NOT_DESIRED}


def spec_hash(obj: Json) -> str:
    """Hash of the stored desired state without `spec.replicas`, which stands beside it in a record."""
    desired = desired_state(obj)
    spec = desired.get("spec")
    if isinstance(spec, Mapping) and "replicas" in spec:
        desired["spec"] = {key: value for key, value in spec.items() if key != "replicas"}
    return content_hash(desired)


def replicas(obj: Json) -> int | None:
    """`spec.replicas`, where the object has it."""
    value = section(obj, "spec").get("replicas")
    return value if isinstance(value, int) else None


def newest_spec_writer(obj: Json, *, side_doors: bool = True) -> tuple[str, bool]:
    """(time as stored, whether an owner without a time exists) of the managers that own `f:spec`.

    `kubectl scale` leaves an entry that has no time.
    """
    newest, timeless = "", False
    for entry in items(section(obj, "metadata"), "managedFields"):
        if "f:spec" not in section(entry, "fieldsV1"):
            continue
        if not side_doors and entry.get("subresource") in _SIDE_DOORS:
            continue
        time = text(entry, "time")
        timeless = timeless or not time
        newest = max(newest, time)
    return newest, timeless


def spec_written_at(obj: Json) -> int | None:
    """Unix ns of the newest write of `f:spec` that was a change; None where managedFields do not say."""
    return parse_time(newest_spec_writer(obj, side_doors=False)[0])


def last_written_by_scale(obj: Json) -> bool:
    """Whether `spec.replicas` was last written through `/scale`: an autoscaler, `kubectl scale`."""
    return bool(_scales(obj))


def scaled_at(obj: Json) -> int | None:
    """Unix ns of the last write through `/scale`; None where it left no time (`kubectl scale` does not)."""
    times = (parse_time(entry.get("time")) for entry in _scales(obj))
    return max((time for time in times if time is not None), default=None)


def _scales(obj: Json) -> list[Json]:
    return [
        entry
        for entry in items(section(obj, "metadata"), "managedFields")
        if entry.get("subresource") == "scale"
        and "f:replicas" in section(section(entry, "fieldsV1"), "f:spec")
    ]


def same_desired_state(sent: Json, live: Json) -> bool:
    """Whether writing `sent` over `live` would leave the desired state as it is.

    `sent` may be a whole object, a merge patch or an apply configuration. An object that was read, changed
    and sent back (it has a resourceVersion) must be equal; of anything else, what it says must be so
    already, since the server adds defaults and leaves alone what a patch does not name.
    """
    whole = bool(section(sent, "metadata").get("resourceVersion"))
    if whole:
        mine, theirs = desired_state(sent), desired_state(live)
        return mine == theirs or (_within(mine, theirs) and _within(theirs, mine))
    return all(_within(value, live.get(key)) for key, value in desired_state(sent).items())


#: Where the API server rewrites quantities in their canonical form ("1000m" is stored as "1").
_QUANTITIES = frozenset({"limits", "requests", "capacity", "hard", "overhead", "sizeLimit"})
_QUANTITY = re.compile(r"([+-]?[0-9.]+)(m|u|n|[kMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]+)?")
_DECIMAL = {"n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6}


def _within(part: Any, whole: Any, quantity: bool = False) -> bool:
    if isinstance(part, Mapping):
        if not isinstance(whole, Mapping):
            return not part and whole is None
        return all(
            _within(value, whole.get(key), quantity or key in _QUANTITIES) for key, value in part.items()
        )
    if isinstance(part, list):
        return (
            isinstance(whole, list)
            and len(part) == len(whole)
            and all(_within(mine, theirs, quantity) for mine, theirs in zip(part, whole, strict=True))
        )
    return bool(part == whole) or (quantity and _amount(part) is not None and _amount(part) == _amount(whole))


def _amount(value: Any) -> Decimal | None:
    """A quantity's number (k8s.io/apimachinery, resource.Quantity); None where it is none."""
    match = _QUANTITY.fullmatch(str(value)) if isinstance(value, str | int | float) else None
    if match is None or len(match.group()) > 40:
        return None
    try:
        number = Decimal(match.group(1))
        suffix = match.group(2) or ""
        if suffix in _BINARY:
            return number * Decimal(1024) ** _BINARY[suffix]
        return number.scaleb(_DECIMAL[suffix] if suffix in _DECIMAL else int(suffix[1:] or 0))
    except ArithmeticError:
        return None
