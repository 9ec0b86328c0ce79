"""`rollout`: a second change before the first is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo.stories.objects import NEWER, deployment, set_image
from demo.stories.story import Story

if TYPE_CHECKING:
    from demo.stage import Stage


async def play(stage: Stage) -> None:
    await stage.create(deployment("web", stage.replicas), closer="deployment")

    async def pulling() -> bool:
        pods = await stage.pods()
        return len(pods) >= stage.replicas and all(pod["spec"].get("nodeName") for pod in pods)

    await stage.until("the pods to be bound", pulling)
    await stage.change(await stage.get("Deployment", "web"), set_image(NEWER))
    await stage.settled()


ROLLOUT = Story(
    "rollout",
    "A user creates a Deployment, and changes its image before it is there. The first trace ends as "
    "superseded, the second as reached; each links the other.",
    play,
    traces=2,
)
