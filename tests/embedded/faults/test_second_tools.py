"""Another tool writes the same objects: nothing of it is undone, nobody is at war, the story is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from demo.target import Target, embedded
from operators.workloads.clock import Clock
from tests.embedded.faults import second_tools as tools

pytestmark = pytest.mark.slow


def write_kubeconfig(target: Target, file: Path) -> Path:
    """As the user."""
    user = target.connection("user")
    file.write_text(
        json.dumps(
            {
                "current-context": "c",
                "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
                "clusters": [{"name": "c", "cluster": {"server": user.server}}],
                "users": [{"name": "u", "user": {"token": user.token}}],
            }
        )
    )
    return file


@pytest.mark.parametrize(
    ("beside", "check"),
    [
        pytest.param(tools.beside_gitops, tools.check_gitops, id="GitOps that prunes unknown annotations"),
        pytest.param(tools.beside_an_owner, tools.check_owner, id="a manager that owns our key"),
        pytest.param(tools.beside_kep_5915, tools.check_kep_5915, id="a KEP-5915 controller in the middle"),
    ],
)
async def test_they_get_on(beside: Any, check: Any, tmp_path: Path) -> None:
    """Its writes are accepted, then all rest, and `traceutil show` tells one story."""
    clock = Clock(speed=10.0)
    async with embedded(clock, 1) as target:
        told = await beside(target, clock, write_kubeconfig(target, tmp_path / "kubeconfig"), tmp_path)
    check(told)
