"""What a story is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from operators.workloads.kubelet.images import Registry

if TYPE_CHECKING:
    from demo.stage import Stage


@dataclass(frozen=True)
class Story:
    """A scenario: what happens, told in a few sentences, and the coroutine that makes it happen.

    `registry`: the simulated images; `cached`: which the nodes, by number from 1, have already.
    `speed`: how many times faster than real its time runs. `traces`: how many it ends with.
    `apart`: its controllers are processes of their own, which it may kill.
    """

    name: str
    told: str
    play: Callable[[Stage], Awaitable[None]]
    replicas: int = 3
    registry: Registry = field(default_factory=Registry)
    cached: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    speed: float = 1.0
    traces: int = 1
    apart: bool = False
