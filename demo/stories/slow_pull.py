"""`slow-pull`: a pod that takes 50 seconds; one look shows why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo.stories.objects import BIG, deployment
from demo.stories.story import Story
from operators.workloads.kubelet.images import MIB, Image, Registry

if TYPE_CHECKING:
    from demo.stage import Stage

#: 1.9 GiB at 38 MiB/s take 51 s, more or less by the seed.
IMAGES = Registry({BIG: Image(size=1946 * MIB, ready_after=1.5)}, bandwidth=38 * MIB)


async def play(stage: Stage) -> None:
    await stage.create(deployment("analytics", stage.replicas, BIG), closer="deployment")
    await stage.settled()


SLOW_PULL = Story(
    "slow-pull",
    "A user says: this pod took 50 seconds. Two of the three nodes had its image, of 1.9 GiB; the third had "
    "to pull it.",
    play,
    registry=IMAGES,
    cached={1: (BIG,), 3: (BIG,)},
    speed=10.0,
)
