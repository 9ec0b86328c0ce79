"""Which resourceVersions were seen before a request was sent."""

from __future__ import annotations

import json
from typing import Any

import pytest

from traceutil.integrations.clients.versions import Versions, versions_in

TYPED = {"name": "a", "namespace": "b", "uid": "u-1", "resourceVersion": "7", "generation": 1}
SORTED = {"name": "a", "resourceVersion": "7", "uid": "u-1"}


def compact(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(compact({"metadata": TYPED}), [(b"u-1", b"7")], id="a built-in kind, in Go's order"),
        pytest.param(
            compact({"metadata": SORTED}), [(b"u-1", b"7")], id="a custom resource, in the alphabet's"
        ),
        pytest.param(
            compact(
                {"metadata": {"resourceVersion": "9"}, "items": [{"metadata": TYPED}, {"metadata": TYPED}]}
            ),
            [(b"u-1", b"7"), (b"u-1", b"7")],
            id="the items of a list, not the list",
        ),
        pytest.param(
            compact({"metadata": {"ownerReferences": [{"uid": "u-0"}], **TYPED}}),
            [(b"u-1", b"7")],
            id="an owner's uid is not the object's",
        ),
        pytest.param(
            compact({"involvedObject": {"uid": "u-0", "apiVersion": "v1", "resourceVersion": "5"}}),
            [],
            id="an Event's object is told of at second hand",
        ),
        pytest.param(
            compact({"metadata": {"annotations": {"last": compact({"metadata": TYPED}).decode()}}}),
            [],
            id="JSON in an annotation is text",
        ),
        pytest.param(json.dumps({"metadata": TYPED}).encode(), [], id="with spaces it is not seen"),
        pytest.param(b"k8s\x00\x01protobuf", [], id="nor in another format"),
    ],
)
def test_versions_in(data: bytes, expected: list[tuple[bytes, bytes]]) -> None:
    assert expected == list(versions_in(data))


def test_seen_before() -> None:
    """A version counts from when it was first seen: a watch may show a write before its answer does."""
    versions = Versions()
    versions.note_one(b"u", b"1")
    sent = versions.tick()
    versions.note_one(b"u", b"1")
    assert versions.seen_before("u", "1", sent)
    versions.note_one(b"u", b"2")
    assert not versions.seen_before("u", "2", sent)
    assert versions.seen_before("u", "2", versions.tick())
    assert not versions.seen_before("other", "2", versions.tick())


def test_a_long_list_is_cut() -> None:
    """Memory is bounded, and so is the time that a list takes."""
    versions = Versions(size=2)
    versions.note(compact([{"uid": f"u-{n}", "resourceVersion": "1"} for n in range(5)]))
    now = versions.tick()
    assert [True, True, False] == [versions.seen_before(f"u-{n}", "1", now) for n in range(3)]
