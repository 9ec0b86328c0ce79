"""Where crashes happen: the embedded cluster, empty."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from demo.apiserver import ClusterThread
from operators.workloads import node_specs
from tests.crashes.ward import Place


@pytest.fixture
def place(embedded_cluster: ClusterThread) -> Iterator[Place]:
    """A cluster of its own for each test, on this machine's clock."""
    return Place(embedded_cluster.kubeconfig, "default", tuple(node_specs(3)))
