"""Ids that everybody derives alike, from fields that are stored in objects.

Every id is a cut of SHA-256 over UTF-8 lines joined by "\\n", the first of which is `traceutil/1` and the
second says what is derived. The bytes and test vectors are published in docs/spec.md 2.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any, NamedTuple

_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str).encode


class Ids(NamedTuple):
    """A trace id (128 bits) and a span id (64 bits), both never zero."""

    trace_id: int
    span_id: int


def _digest(*lines: str) -> bytes:
    return sha256("\n".join(("traceutil/1", *lines)).encode("utf-8", "surrogatepass")).digest()


def _ids(*lines: str) -> Ids:
    digest = _digest(*lines)
    return Ids(int.from_bytes(digest[:16]) or 1, int.from_bytes(digest[16:24]) or 1)


def object_ids(uid: str, change: str) -> Ids:
    """Ids of the object span of a change that arrived with no context."""
    return _ids("object", uid, change)


def episode_ids(span_id: int, latch: int) -> Ids:
    """Ids of a drift episode of the object span `span_id`, which last closed at `latch` (Unix ns)."""
    return _ids("drift", f"{span_id:016x}", str(latch))


def overflow_ids(span_id: int, shard: int) -> Ids:
    """Ids of overflow trace number `shard` of the object span `span_id`."""
    return _ids("overflow", f"{span_id:016x}", str(shard))


def child_span_id(creator: int, child: str, change: str) -> int:
    """The object span id of a child, as its writer knows it.

    Args:
        creator: object span id of the object on whose behalf the child is written.
        child: the child's identity.
        change: `create`, `delete` or the hash of the spec that is sent.
    """
    return int.from_bytes(_digest("child", f"{creator:016x}", child, change)[:8]) or 1


def shard_of(key: str, shards: int) -> int:
    """Which of `shards` overflow traces a child belongs to: by its name, or its object span id in hex."""
    return int.from_bytes(_digest("shard", key)[:8]) % shards


def sampled(trace_id: int, ratio: float) -> bool:
    """The cluster-wide decision for a derived trace id.

    The rule of OpenTelemetry's TraceIdRatioBased sampler: its low 64 bits below ratio · 2^64.
    """
    return (trace_id & 0xFFFFFFFFFFFFFFFF) < round(ratio * 2**64)


def content_hash(value: Any) -> str:
    """16 hex digits of SHA-256 over the canonical JSON (sorted keys, no spaces) of `value`."""
    return sha256(_canonical(value).encode("utf-8", "surrogatepass")).hexdigest()[:16]
