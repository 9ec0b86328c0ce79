"""How late a busy machine makes everything: what a test of real seconds may leave out of account."""

from __future__ import annotations

import threading
import time
from types import TracebackType

#: Seconds that each look sleeps.
TICK = 0.02


class Lateness:
    """`with Lateness() as late: …; took - late.seconds`: by how much sleeps in between lasted too long.

    Next to nothing on a quiet machine, so that a limit is as strict there as it looks.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._look, name="lateness", daemon=True)

    def _look(self) -> None:
        while not self._end.is_set():
            began = time.monotonic()
            time.sleep(TICK)
            self.seconds += time.monotonic() - began - TICK

    def __enter__(self) -> Lateness:
        self._thread.start()
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._end.set()
        self._thread.join()
