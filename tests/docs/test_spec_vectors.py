"""docs/spec-vectors.json: what other languages build to."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import pytest

from tests.docs.vectors import vectors
from tests.unit.house.tree import ROOT

PUBLISHED: dict[str, list[dict[str, Any]]] = json.loads((ROOT / "docs" / "spec-vectors.json").read_text())


def test_the_published_vectors_are_what_the_code_computes() -> None:
    """Whoever changes an id breaks every other implementation, and must see it here."""
    assert PUBLISHED == vectors()


def _digest(vector: dict[str, Any]) -> bytes:
    return sha256("\n".join(vector["lines"]).encode()).digest()


@pytest.mark.parametrize("kind", ["object_ids", "drift_ids", "overflow_ids"])
def test_trace_and_span_ids_follow_from_the_published_lines(kind: str) -> None:
    """SHA-256 of the lines: 16 bytes of trace id, then 8 of span id."""
    ids = [(vector["trace_id"], vector["span_id"]) for vector in PUBLISHED[kind]]

    assert ids == [(_digest(each)[:16].hex(), _digest(each)[16:24].hex()) for each in PUBLISHED[kind]]


def test_a_childs_span_id_follows_from_the_published_lines() -> None:
    """SHA-256 of the lines: the first 8 bytes."""
    published = PUBLISHED["child_span_id"]

    assert [each["span_id"] for each in published] == [_digest(each)[:8].hex() for each in published]


def test_a_shard_follows_from_the_published_lines() -> None:
    """SHA-256 of the lines: the first 8 bytes, modulo the number of shards."""
    for vector in PUBLISHED["shard"]:
        assert vector["shard"] == int.from_bytes(_digest(vector)[:8]) % vector["shards"]


def test_a_content_hash_follows_from_the_published_bytes() -> None:
    """SHA-256 of the canonical JSON: the first 16 hex digits."""
    for vector in PUBLISHED["content_hash"]:
        assert vector["hash"] == sha256(vector["canonical"].encode()).hexdigest()[:16]


def test_no_two_changes_of_one_deployment_share_an_id() -> None:
    """Scaled 2, 4, 2, 4, given a new image and undone: six changes; another manager's annotation is none."""
    told = {
        vector["case"]: vector["change"]
        for vector in PUBLISHED["change_id"]
        if vector["object"]["kind"] == "Deployment"
    }
    told.pop("annotated by the manager of f:spec: its time moves")

    assert told["created with 2 replicas"] == told.pop("annotated by another manager: the same change")
    assert 6 == len(set(told.values())) == len(told)
