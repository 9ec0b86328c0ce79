"""The controllers of a story in processes of their own, one of which may be killed in the middle."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from demo.crew import Crew, Part
from demo.receiver import Receiver, receiving
from demo.stage import StoryFailed
from operators.workloads.clock import Clock
from traceutil.view.result import Outage, Result
from traceutil.view.units import duration

#: Seconds between two looks whether all are alive.
_GLANCE = 0.1


class ControllerDied(StoryFailed):
    """A controller's process ended although nobody killed it."""


@dataclass
class Apart:
    """The processes, their spans, and what was done to them."""

    crew: Crew
    clock: Clock
    parts: dict[str, Part]
    receiver: Receiver
    outages: list[Outage] = field(default_factory=list)
    dropped: int = 0
    _down: set[str] = field(default_factory=set)

    async def crash(self, name: str, seconds: float) -> None:
        """SIGKILL; a successor starts so many seconds later, and is at work when this returns."""
        part = self.parts[name]
        self._down.add(name)
        killed = self.clock.now()
        await asyncio.to_thread(self.crew.kill, name)
        await self.clock.sleep(seconds)
        successor = None if part.ledger is None else part.ledger.with_suffix(f".{len(self.outages) + 1}")
        self.parts[name] = replace(part, ledger=successor)
        await self._start(name)
        self._down.discard(name)
        begun = set() if part.ledger is None else set(part.ledger.read_text().split())
        self.outages.append(Outage(name, killed, self.clock.now(), tuple(sorted(begun))))

    async def start(self) -> None:
        await asyncio.gather(*map(self._start, self.parts))

    async def _start(self, name: str) -> None:
        await asyncio.to_thread(self.crew.start, self.parts[name])
        await asyncio.to_thread(self.crew.ready, name)

    async def stop(self) -> None:
        """End all; their spans have been delivered then, or are counted in `dropped`."""
        self.dropped += sum(
            await asyncio.gather(*(asyncio.to_thread(self.crew.stop, name) for name in self.parts))
        )

    async def watch(self) -> None:
        """Return never.

        Raises:
            ControllerDied: one of the processes has ended by itself.
        """
        while True:
            for name in self.parts.keys() - self._down:
                if (code := self.crew.exit_code(name)) is not None:
                    raise ControllerDied(f"{name} ended with exit code {code}")
            await asyncio.sleep(_GLANCE)

    def lost(self) -> tuple[Outage, ...]:
        """The outages, each with the spans that the killed process had begun and that never arrived."""
        return tuple(
            replace(each, lost=tuple(span for span in each.lost if int(span, 16) not in self.receiver))
            for each in self.outages
        )

    def told(self, result: Result) -> Result:
        """With what happened to the processes."""
        outages, start = self.lost(), min((span.start for span in result.spans), default=0)
        notes = [
            f"{each.controller} killed (SIGKILL) after {duration(each.start - start)}, replaced "
            f"{duration(each.end - each.start)} later; {len(each.lost)} spans that it had begun are lost"
            for each in outages
        ]
        return replace(
            result,
            dropped=(result.dropped or 0) + self.dropped,
            outages=outages,
            notes=[*result.notes, "each controller a process of its own", *notes],
        )


@asynccontextmanager
async def apart(clock: Clock, roles: Sequence[Part]) -> AsyncIterator[Apart]:
    """The processes at work; killed, if need be, at the end of the block."""
    with tempfile.TemporaryDirectory(prefix="traceutil-") as directory, Crew() as crew:
        async with receiving() as receiver:
            parts = {
                part.name: replace(
                    part,
                    endpoints=(receiver.url, *part.endpoints),
                    ledger=Path(directory) / f"{part.name}.begun",
                )
                for part in roles
            }
            processes = Apart(crew, clock, parts, receiver)
            await processes.start()
            yield processes


__all__ = ["Apart", "ControllerDied", "apart"]
