"""What the stage reads from objects, and what ends a story."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from demo.stage import Interrupted, is_ready, played, recorded_spans
from traceutil import record


@pytest.mark.parametrize(
    ("conditions", "ready"),
    [
        pytest.param([{"type": "Ready", "status": "True"}], True, id="Ready"),
        pytest.param([{"type": "Ready", "status": "False"}], False, id="not Ready"),
        pytest.param([{"type": "PodScheduled", "status": "True"}], False, id="only scheduled"),
        pytest.param(None, False, id="without conditions"),
    ],
)
def test_is_ready(conditions: list[dict[str, str]] | None, ready: bool) -> None:
    """A pod is ready when its condition says so."""
    assert ready is is_ready({"status": {"conditions": conditions}})


def recorded(span: int, **more: Any) -> dict[str, Any]:
    ids = {"trace": f"{1:032x}", "span": f"{span:016x}", "flags": "01"}
    return {**ids, "of": "//Pod/default/web", "gen": 1, "start": 1_790_000_000_000_000_000, **more}


@pytest.mark.parametrize(
    ("value", "spans"),
    [
        pytest.param(None, [], id="an object without a record"),
        pytest.param("{", [], id="a record that is none"),
        pytest.param(json.dumps(recorded(7)), [7], id="its own span"),
        pytest.param(json.dumps(recorded(7, prev=recorded(5))), [7, 5], id="and that which it supersedes"),
    ],
)
def test_recorded_spans(value: str | None, spans: list[int]) -> None:
    """The object spans whose end a story waits for stand in the object's record."""
    annotations = {} if value is None else {record.KEY: value}
    assert spans == recorded_spans({"metadata": {"annotations": annotations}})


def test_an_episode_is_waited_for() -> None:
    """The span of a drift has an id of its own."""
    start = 1_790_000_100_000_000_000
    closed = {"end": start - 2, "reason": "reached", "drift": {"start": start, "latch": start - 2}}
    own, episode = recorded_spans(
        {"metadata": {"annotations": {record.KEY: json.dumps(recorded(7, **closed))}}}
    )
    assert 7 == own
    assert episode not in (0, 7)


async def test_controllers_told_to_stop_end_the_story() -> None:
    """A signal ends the controllers; the story does not wait for what they will not do any more."""
    controllers = asyncio.create_task(asyncio.sleep(0))
    with pytest.raises(Interrupted):
        await played(asyncio.sleep(30), controllers)


async def test_controllers_that_fail_end_the_story() -> None:
    """Their error is the story's."""

    async def fail() -> None:
        raise ConnectionError("gone")

    with pytest.raises(ConnectionError, match="gone"):
        await played(asyncio.sleep(30), asyncio.create_task(fail()))


async def test_a_story_that_ends_leaves_its_controllers_running() -> None:
    """Whoever started them ends them."""
    controllers = asyncio.create_task(asyncio.sleep(30))
    await played(asyncio.sleep(0), controllers)
    assert not controllers.done()
    controllers.cancel()
