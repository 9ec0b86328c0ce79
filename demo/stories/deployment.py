"""`deployment`: the main job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo.stories.objects import deployment
from demo.stories.story import Story

if TYPE_CHECKING:
    from demo.stage import Stage


async def play(stage: Stage) -> None:
    await stage.create(deployment("web", stage.replicas), closer="deployment")
    await stage.settled()


DEPLOYMENT = Story(
    "deployment",
    "A user creates a Deployment. Four controllers that never call each other make it so: one trace, from "
    "the write until available == desired.",
    play,
)
