"""The same second tools, on a real API server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from demo.target import current
from operators.workloads.clock import Clock
from tests.cluster.control_plane import ControlPlane
from tests.embedded.faults import second_tools as tools


@pytest.mark.parametrize(
    ("beside", "check"),
    [
        pytest.param(tools.beside_gitops, tools.check_gitops, id="GitOps that prunes unknown annotations"),
        pytest.param(tools.beside_an_owner, tools.check_owner, id="a manager that owns our key"),
        pytest.param(tools.beside_kep_5915, tools.check_kep_5915, id="a KEP-5915 controller in the middle"),
    ],
)
async def test_they_get_on(control_plane: ControlPlane, beside: Any, check: Any, tmp_path: Path) -> None:
    """Its writes are accepted, then all rest, and `traceutil show` tells one story."""
    kubeconfig = control_plane.write_kubeconfig(tmp_path / "kubeconfig", "user")
    async with current(kubeconfig, None) as target:
        told = await beside(target, Clock(), kubeconfig, tmp_path)
    check(told)
