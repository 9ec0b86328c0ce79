"""The same troubles, between the controllers and a real API server."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from demo.target import Target, current
from operators.workloads.clock import Clock
from tests.cluster.control_plane import ControlPlane
from tests.embedded.faults.ordeal import GOOD, outcomes
from tests.embedded.faults.plans import PLANS


@pytest.fixture
def kubeconfig(control_plane: ControlPlane, tmp_path: Path) -> Path:
    return control_plane.write_kubeconfig(tmp_path / "kubeconfig", "user")


async def test_every_trouble_passes(kubeconfig: Path) -> None:
    """Two whole traces, linked, nothing exported in two versions; then rest, after a bounded effort."""

    def place(_: Clock) -> AbstractAsyncContextManager[Target]:
        return current(kubeconfig, None)

    found = await outcomes(place, Clock, at_once=4)
    assert dict.fromkeys(PLANS, GOOD) == found
