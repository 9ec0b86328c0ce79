"""`failure`: an image that does not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo.stories.objects import MISSING, deployment
from demo.stories.story import Story
from operators.workloads.kubelet.images import Image, Registry

if TYPE_CHECKING:
    from demo.stage import Stage

DEADLINE = 5


async def play(stage: Stage) -> None:
    wanted = deployment("web", stage.replicas, MISSING, progressDeadlineSeconds=DEADLINE)
    await stage.create(wanted, closer="deployment")
    await stage.settled()


FAILURE = Story(
    "failure",
    "A user mistypes the image's tag. The kubelet tries and backs off; after its progress deadline the "
    "Deployment has failed, and the trace says why.",
    play,
    registry=Registry({MISSING: Image(missing=True)}),
    replicas=1,
)
