"""The real servers as pytest fixtures, started when the first test asks for one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cluster.control_plane import ControlPlane
    from tests.cluster.jaeger import Jaeger


@pytest.fixture(scope="session")
def control_plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """etcd, kube-apiserver and Kubernetes' housekeeping, shared by the session."""
    from tests.cluster.control_plane import ControlPlane  # the import needs Linux, as the servers do

    with ControlPlane(tmp_path_factory.mktemp("control-plane")) as running:
        yield running


@pytest.fixture(scope="session")
def jaeger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jaeger]:
    """A Jaeger, shared by the session: tests tell their traces apart by id."""
    from tests.cluster.jaeger import Jaeger

    with Jaeger(tmp_path_factory.mktemp("jaeger")) as running:
        yield running
