"""What is said about an object's desired state."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where an object stands between the desired state that was written and the actual one."""

    REACHED = "reached"
    IN_PROGRESS = "in_progress"
    FAILED = "failed"
    TERMINATING = "terminating"
    GONE = "gone"
    UNKNOWN = "unknown"


_FINAL = frozenset({State.REACHED, State.FAILED, State.GONE})
_AS_WISHED = frozenset({State.REACHED, State.GONE})


@dataclass(frozen=True, slots=True)
class Convergence:
    """The verdict. Its truth value is true only where actual == desired: reached, or gone.

    Args:
        state: the verdict itself.
        reason: one CamelCase word, status's own where it has one ("ProgressDeadlineExceeded").
        message: what is missing, or status's own words; for people.
        due: Unix ns at which somebody must look again (a deadline); set by whoever knows one.
    """

    state: State
    reason: str = ""
    message: str = ""
    due: int | None = None

    @property
    def final(self) -> bool:
        """Whether this change of desired state needs no more looking after."""
        return self.state in _FINAL

    def __bool__(self) -> bool:
        return self.state in _AS_WISHED


REACHED = Convergence(State.REACHED)


def in_progress(reason: str, message: str) -> Convergence:
    """Not there yet, and why."""
    return Convergence(State.IN_PROGRESS, reason, message)


def failed(reason: str, message: str) -> Convergence:
    """Failed for good: nobody will try again for this desired state."""
    return Convergence(State.FAILED, reason, message)
