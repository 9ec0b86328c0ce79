"""Which resourceVersions were seen before a request was sent? What comes back unmoved was no work."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from traceutil.memory import Bounded

#: Side by side in what the API server writes: Go's order of fields for built-in kinds, the alphabet's for
#: custom resources. Where they are not, nothing is seen, and a write is presumed to be work.
_PAIR = re.compile(
    rb'"uid":"([^"\\]{1,64})","resourceVersion":"([^"\\]{1,64})"'
    rb'|"resourceVersion":"([^"\\]{1,64})",(?:"selfLink":"[^"\\]*",)?"uid":"([^"\\]{1,64})"'
)


def versions_in(data: bytes) -> Iterator[tuple[str, str]]:
    """(uid, resourceVersion) of each object in an answer, found without parsing it."""
    for found in _PAIR.finditer(data):
        typed_uid, typed_version, version, uid = found.groups()
        yield (typed_uid or uid).decode(), (typed_version or version).decode()


class Versions:
    """The newest resourceVersion by uid, and when it was first seen; forgets what was seen longest ago."""

    def __init__(self, size: int = 8_192) -> None:
        self._size = size
        self._ticks = itertools.count(1)
        self._seen: Bounded[str, tuple[str, int]] = Bounded(size)

    def tick(self) -> int:
        """A moment: pass it to `seen_before`."""
        return next(self._ticks)

    def note(self, data: bytes) -> None:
        """Remember the objects of an answer; of a long list as many as fit."""
        for uid, version in itertools.islice(versions_in(data), self._size):
            self.note_one(uid, version)

    def note_one(self, uid: str, version: str) -> None:
        known = self._seen.get(uid)
        if known is None or known[0] != version:
            self._seen.set(uid, (version, next(self._ticks)))

    def seen_before(self, uid: str, version: str, moment: int) -> bool:
        """Whether this version was seen before the moment: a watch may be ahead of the answer."""
        known = self._seen.get(uid)
        return known is not None and known[0] == version and known[1] < moment
