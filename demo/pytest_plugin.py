"""A pytest fixture for your own tests: a fresh Kubernetes API server in memory.

def test_my_operator(embedded_cluster, tmp_path):
    kubeconfig = embedded_cluster.write_kubeconfig(tmp_path / "kubeconfig")
    ...  # point any client at it
    assert embedded_cluster.cluster.requests[RequestKey("create", "pods", "admin")] == 1
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from demo.apiserver import ClusterThread


@pytest.fixture
def embedded_cluster() -> Iterator[ClusterThread]:
    """A cluster of this test's own: `.url`, `.kubeconfig(user)`, `.write_kubeconfig(path)`, `.cluster`."""
    from demo.apiserver import ClusterThread  # only those who use it pay for the import

    with ClusterThread() as cluster:
        yield cluster
