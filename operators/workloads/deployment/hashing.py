"""The name of a pod template: pod-template-hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

HASH_LABEL = "pod-template-hash"

# No vowels and no look-alikes, so that no name spells a word (k8s.io/apimachinery rand.SafeEncodeString).
_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
_LENGTH = 10


def template_hash(template: Mapping[str, Any], collisions: int = 0) -> str:
    """Ten characters that name `template`; another ten for each hash collision counted in status.

    Kubernetes hashes a Go dump of the struct, which cannot be repeated here; only equality matters, and
    that is decided by comparing templates (`same_template`), never by this hash.
    """
    content = json.dumps([template, collisions], sort_keys=True, separators=(",", ":"))
    number = int.from_bytes(hashlib.sha256(content.encode()).digest()[:12], "big")
    letters = []
    for _ in range(_LENGTH):
        number, index = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[index])
    return "".join(letters)


def without_hash(template: Mapping[str, Any]) -> dict[str, Any]:
    """`template` less its pod-template-hash label."""
    meta = dict(template.get("metadata") or {})
    meta["labels"] = {key: value for key, value in (meta.get("labels") or {}).items() if key != HASH_LABEL}
    return {**template, "metadata": {key: value for key, value in meta.items() if value}}


def same_template(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """True where two templates differ at most in the hash label (EqualIgnoreHash)."""
    return without_hash(one) == without_hash(other)
