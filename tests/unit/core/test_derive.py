"""Vectors of docs/spec.md 2: another language that derives these ids derives all of them."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256

import pytest

from traceutil import derive

UID = "11111111-2222-3333-4444-555555555555"


def hex_of(ids: derive.Ids) -> tuple[str, str]:
    return f"{ids.trace_id:032x}", f"{ids.span_id:016x}"


@pytest.mark.parametrize(
    ("change", "trace_id", "span_id"),
    [
        pytest.param("g1", "c603473a638a141672224c4a7423f632", "189d7aafdc7cfbb2", id="a creation"),
        pytest.param(
            "g2",
            "a2e3ee2c689f8ae4dab890b01e26cab0",
            "34424ebaa63a8150",
            id="the next change of the same object",
        ),
        pytest.param("deletion", "ed9b08b12605b5b735f7059a3e6ea9e2", "af7669c77ce4afa6", id="its deletion"),
        pytest.param(
            "40a4d1fb0e5dd8bc@2026-01-01T00:00:05Z",
            "6875be5ffddaa13d852fb14f4c8835ab",
            "07b083105d5f463d",
            id="a change told by hash and time",
        ),
    ],
)
def test_ids_of_an_object_span(change: str, trace_id: str, span_id: str) -> None:
    assert (trace_id, span_id) == hex_of(derive.object_ids(UID, change))


def test_the_bytes_are_those_of_the_specification() -> None:
    """SHA-256 over lines: version, what is derived, its fields; cut to 16 and 8 bytes."""
    digest = sha256(f"traceutil/1\nobject\n{UID}\ng1".encode()).digest()
    assert (digest[:16].hex(), digest[16:24].hex()) == hex_of(derive.object_ids(UID, "g1"))


def test_ids_of_a_drift_episode() -> None:
    assert hex_of(derive.episode_ids(0xB7AD6B7169203331, 1_767_225_600_000_000_000)) == (
        "34e4c17f5ef9e271d3db07d107058b08",
        "ed03b97ed7e6e20f",
    )


def test_ids_of_an_overflow_trace() -> None:
    assert hex_of(derive.overflow_ids(0xB7AD6B7169203331, 3)) == (
        "37fe2b724b9b9339e62db8747c588ad4",
        "1c8ae8ff90123fcf",
    )


def test_id_of_a_child() -> None:
    expected = "af02d3ad3d5357f5"
    assert (
        expected
        == f"{derive.child_span_id(0xB7AD6B7169203331, '/apps/ReplicaSet/default/web', 'create'):016x}"
    )


def test_ids_differ_by_every_field() -> None:
    """No two of these may collide: a child's creation, its deletion, another child, another creator."""
    ids = {
        derive.child_span_id(1, "a", "create"),
        derive.child_span_id(1, "a", "delete"),
        derive.child_span_id(1, "b", "create"),
        derive.child_span_id(2, "a", "create"),
        derive.object_ids("a", "b").span_id,
        derive.object_ids("b", "a").span_id,
        derive.episode_ids(1, 2).span_id,
        derive.overflow_ids(1, 2).span_id,
    }
    assert len(ids) == 8


def test_an_id_is_never_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    """Should a digest be all zeros, the ids are one: W3C forbids zero."""

    class Zeros:
        def __init__(self, _: bytes) -> None: ...

        def digest(self) -> bytes:
            return bytes(32)

    monkeypatch.setattr(derive, "sha256", Zeros)
    assert derive.Ids(1, 1) == derive.object_ids("u", "g1")
    assert derive.child_span_id(1, "a", "create") == 1


def test_text_of_any_kind_is_hashed() -> None:
    """Even half a surrogate pair, which is no UTF-8."""
    assert derive.object_ids("\ud800", "g1") != derive.object_ids("\ud801", "g1")


def test_children_spread_over_the_shards() -> None:
    """3,000 names into 3 overflow traces: each gets a third, give or take; the same name the same trace."""
    counts = Counter(derive.shard_of(f"web-{n}", 3) for n in range(3_000))
    assert {0, 1, 2} == set(counts)
    assert all(900 < count < 1_100 for count in counts.values())
    assert derive.shard_of("web-6d4-a", 3) == 1


@pytest.mark.parametrize(
    ("trace_id", "ratio", "expected"),
    [
        pytest.param(2**128 - 1, 1.0, True, id="all are sampled at a ratio of one"),
        pytest.param(1 << 64, 0.0, False, id="none at a ratio of zero, not even low bits of zero"),
        pytest.param(0x7FFFFFFFFFFFFFFF, 0.5, True, id="low bits below half of the range, at a half"),
        pytest.param(0x8000000000000000, 0.5, False, id="low bits at half of the range, at a half"),
        pytest.param((5 << 64) | 0x7FFFFFFFFFFFFFFF, 0.5, True, id="the high bits do not matter"),
    ],
)
def test_the_cluster_wide_ratio(trace_id: int, ratio: float, expected: bool) -> None:
    assert expected == derive.sampled(trace_id, ratio)


def test_the_hash_of_content_is_of_canonical_json() -> None:
    """Order of keys does not matter; order of lists does."""
    assert sha256(b'{"a":[1,2],"b":"\xc3\xa9"}').hexdigest()[:16] == derive.content_hash(
        {"b": "é", "a": [1, 2]}
    )
    assert derive.content_hash([1, 2]) != derive.content_hash([2, 1])
