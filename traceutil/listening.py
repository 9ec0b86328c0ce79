"""Who tells us of a client's requests? Then silence is an answer: no work (docs/spec.md 9).

Of the process, as are the clients' classes that an integration changes.
"""

from __future__ import annotations

import threading


class Listening:
    """How many integrations are on: for all clients of a library, and for single ones."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._all = 0
        self._single = 0

    def begin(self, *, single: bool) -> None:
        """An integration was turned on, for a single client or for all."""
        self._add(single, 1)

    def end(self, *, single: bool) -> None:
        """It was turned off."""
        self._add(single, -1)

    def _add(self, single: bool, number: int) -> None:
        with self._lock:
            if single:
                self._single += number
            else:
                self._all += number

    @property
    def to_all(self) -> bool:
        """Whether every client of a library is listened to."""
        return self._all > 0

    @property
    def to_any(self) -> bool:
        """Whether at least one client is."""
        return self._all > 0 or self._single > 0


LISTENING = Listening()
