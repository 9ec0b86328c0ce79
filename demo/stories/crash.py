"""`crash`: a controller is killed in the middle of a rollout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo.stories.objects import deployment
from demo.stories.story import Story

if TYPE_CHECKING:
    from demo.stage import Stage

#: Seconds until the kubelet's successor is started.
DOWN = 0.5


async def play(stage: Stage) -> None:
    await stage.create(deployment("web", stage.replicas), closer="deployment")

    async def pulling() -> bool:
        pods = await stage.pods()
        started = [pod for pod in pods if (pod.get("status") or {}).get("podIP")]
        return len(started) >= stage.replicas

    await stage.until("the pods to have their sandboxes", pulling)
    assert stage.crash is not None, "the story's controllers are apart"
    await stage.crash("kubelet", DOWN)
    await stage.settled()


CRASH = Story(
    "crash",
    "A user creates a Deployment. While its images are pulled, the kubelet is killed (SIGKILL), and another "
    "takes over with nothing but the objects to go by. Each controller is a process of its own.",
    play,
    apart=True,
)
