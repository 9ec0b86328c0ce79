"""A trace can be looked at soon after the object is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cluster.control_plane import ControlPlane
from tests.cluster.jaeger import Jaeger
from tests.cluster.visible import measure, told

#: Seconds from status write to the root in Jaeger, with default settings.
BOUND = 2.0


def test_root_in_jaeger(
    control_plane: ControlPlane, jaeger: Jaeger, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every root is there within the bound; the figure is printed."""
    seconds = measure(control_plane, jaeger, tmp_path)
    with capsys.disabled():
        print(f"\n{told(seconds)}")
    assert max(seconds) < BOUND, told(seconds)
