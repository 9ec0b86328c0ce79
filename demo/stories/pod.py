"""`pod`: one bare pod."""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo.stories.objects import pod
from demo.stories.story import Story

if TYPE_CHECKING:
    from demo.stage import Stage


async def play(stage: Stage) -> None:
    await stage.create(pod("web"), closer="kubelet")
    await stage.settled()


POD = Story(
    "pod",
    "A user creates a bare Pod. The scheduler finds a node, the kubelet makes it run; the trace ends when it "
    "is Ready.",
    play,
    replicas=1,
)
