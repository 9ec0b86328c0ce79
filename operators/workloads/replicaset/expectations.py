"""What did we ask for that we have not seen yet?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from operators.workloads.objects import Key
from traceutil.times import SECOND

#: After this many seconds an unseen request counts as lost. client-go-based controllers wait 300; here
#: answers go into the store at once, so only a lost answer leaves an expectation behind. If the pod was made
#: all the same, its event comes before that; else one is made too many, and deleted.
EXPIRES_AFTER = 10


@dataclass
class _Expected:
    creates: int = 0
    seen: set[str] = field(default_factory=set)
    deletes: set[str] = field(default_factory=set)
    since: int = 0


class Expectations:
    """Creates (by number: the server makes the names) and deletes (by uid) on their way, by owner.

    While any are outstanding the owner's pods must not be counted, or a second reconcile would make the
    same pods again (ControllerExpectations, UIDTrackingControllerExpectations).
    """

    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now
        self._expected: dict[Key, _Expected] = {}

    def _of(self, owner: Key) -> _Expected:
        expected = self._expected.setdefault(owner, _Expected())
        expected.since = self._now()
        return expected

    def expect_creates(self, owner: Key, count: int) -> None:
        self._of(owner).creates += count

    def expect_delete(self, owner: Key, uid: str) -> None:
        self._of(owner).deletes.add(uid)

    def create_seen(self, owner: Key, uid: str) -> None:
        """A pod was made: its answer came, or its event; whichever is first counts."""
        expected = self._expected.get(owner)
        if expected and expected.creates > 0 and uid not in expected.seen:
            expected.seen.add(uid)
            self.create_failed(owner)

    def create_failed(self, owner: Key) -> None:
        """One create failed for certain: there will be no pod."""
        expected = self._expected.get(owner)
        if expected and expected.creates > 0:
            expected.creates -= 1
            if not expected.creates:
                expected.seen.clear()

    def delete_seen(self, owner: Key, uid: str) -> None:
        expected = self._expected.get(owner)
        if expected:
            expected.deletes.discard(uid)

    def wait(self, owner: Key) -> float:
        """Seconds until what is outstanding counts as lost; 0 when nothing is, or all of it is lost."""
        expected = self._expected.get(owner)
        if expected is None or not (expected.creates or expected.deletes):
            return 0.0
        left = expected.since + EXPIRES_AFTER * SECOND - self._now()
        if left <= 0:
            del self._expected[owner]
            return 0.0
        return left / SECOND

    def forget(self, owner: Key) -> None:
        self._expected.pop(owner, None)
