"""Where a process dies: named points, counted by the process itself, which kills itself at the n-th."""

from __future__ import annotations

import json
import os
import signal
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

Point = Literal[
    "before a write",
    "after a write, before the export",
    "after a status write, before the export",
    "with a batch waiting",
    "after an export",
]
POINTS: tuple[Point, ...] = get_args(Point)


@dataclass(frozen=True)
class Death:
    """At which point, the how-manieth time that it is reached, and the file in which that is reported."""

    point: Point
    occasion: int
    report: Path


@dataclass(frozen=True)
class Reported:
    """What a process wrote before it killed itself."""

    controller: str
    point: str
    occasion: int
    what: str


class Fate:
    """Told of every point that the process reaches."""

    def __init__(self, controller: str, death: Death | None) -> None:
        self._controller, self._death = controller, death
        self._lock = threading.Lock()
        self._met = 0

    def meet(self, point: Point, what: str) -> None:
        """Return, or never."""
        death = self._death
        if death is None or point != death.point:
            return
        with self._lock:
            self._met += 1
            if self._met == death.occasion:
                _report(death, self._controller, what)
                os.kill(os.getpid(), signal.SIGKILL)
                signal.pause()  # until it has come


def _report(death: Death, controller: str, what: str) -> None:
    said = {"controller": controller, "point": death.point, "occasion": death.occasion, "what": what}
    with death.report.open("w") as file:
        json.dump(said, file)
        file.flush()
        os.fsync(file.fileno())


def reported(death: Death) -> Reported | None:
    """What the process said; None where it has not got there."""
    return Reported(**json.loads(death.report.read_text())) if death.report.exists() else None
