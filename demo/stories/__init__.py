"""The scenarios, by name. Imports nothing heavy: the list is shown by `traceutil demo --list`."""

from __future__ import annotations

from demo.stories.crash import CRASH
from demo.stories.deployment import DEPLOYMENT
from demo.stories.drift import DRIFT
from demo.stories.failure import FAILURE
from demo.stories.pod import POD
from demo.stories.rollout import ROLLOUT
from demo.stories.slow_pull import SLOW_PULL
from demo.stories.story import Story

STORIES: dict[str, Story] = {
    story.name: story for story in (POD, DEPLOYMENT, ROLLOUT, SLOW_PULL, FAILURE, DRIFT, CRASH)
}

__all__ = ["STORIES", "Story"]
