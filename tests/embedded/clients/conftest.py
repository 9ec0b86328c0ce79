from __future__ import annotations

from collections.abc import Iterator

import pytest

from demo.apiserver import ClusterThread
from tests.embedded.clients.fixtures import captured, driver

__all__ = ["captured", "driver", "shared_cluster"]


@pytest.fixture(scope="session")
def shared_cluster() -> Iterator[ClusterThread]:
    """One cluster for all clients; each test has a client of its own, and leaves nothing."""
    with ClusterThread() as cluster:
        yield cluster
