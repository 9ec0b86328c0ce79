"""The images of a simulated registry, and how what is in them behaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

MIB = 1024 * 1024


@dataclass(frozen=True)
class Image:
    """One image. Sizes in bytes, times in seconds after the container's start."""

    size: int = 48 * MIB
    ready_after: float = 0.5  #: when its readiness probe first succeeds
    exit_after: float | None = None  #: when it ends by itself; None: never
    exit_code: int = 1
    exits: int | None = None  #: how many of its runs end so; None: all
    stop_after: float = 0.3  #: how long it takes to end after SIGTERM
    missing: bool = False  #: the registry does not have it


@dataclass(frozen=True)
class Registry:
    """What can be pulled, and how fast.

    `bandwidth`: bytes per second that one pull gets; `latency`: seconds that the registry takes to
    answer. `other`: what every image that is not listed is like; None: not found.
    """

    images: Mapping[str, Image] = field(default_factory=dict)
    other: Image | None = field(default_factory=Image)
    bandwidth: float = 45 * MIB
    latency: float = 0.15

    def find(self, reference: str) -> Image | None:
        image = self.images.get(reference, self.other)
        return None if image is None or image.missing else image
