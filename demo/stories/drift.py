"""`drift`: a pod is deleted after convergence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo.stories.objects import deployment
from demo.stories.story import Story

if TYPE_CHECKING:
    from demo.stage import Stage


async def play(stage: Stage) -> None:
    await stage.create(deployment("web", stage.replicas), closer="deployment")
    await stage.settled()
    victim = (await stage.pods())[0]["metadata"]
    await stage.client.delete("Pod", stage.namespace, victim["name"], uid=victim["uid"])

    async def replaced() -> bool:
        return victim["name"] not in {pod["metadata"]["name"] for pod in await stage.pods()}

    await stage.until("the deleted pod to be gone", replaced)
    await stage.settled()


DRIFT = Story(
    "drift",
    "A Deployment is there; then somebody deletes one of its pods. Nobody changed what is desired, so "
    "the healing is a trace of its own, linked to the first.",
    play,
    traces=2,
)
