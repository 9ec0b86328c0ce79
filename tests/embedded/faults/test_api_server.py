"""An API server that refuses, breaks off and loses answers, behind a proxy: the same outcome as without."""

from __future__ import annotations

import pytest

from demo.target import embedded
from operators.workloads.clock import Clock
from tests.embedded.faults.ordeal import GOOD, outcomes
from tests.embedded.faults.plans import PLANS

pytestmark = pytest.mark.slow

SPEED = 10.0


async def test_every_trouble_passes() -> None:
    """Two whole traces, linked, nothing exported in two versions; then rest, after a bounded effort."""
    found = await outcomes(lambda clock: embedded(clock, 1), lambda: Clock(speed=SPEED), at_once=4)
    assert dict.fromkeys(PLANS, GOOD) == found
