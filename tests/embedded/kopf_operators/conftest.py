from __future__ import annotations

import pytest

from demo.apiserver import ClusterThread
from tests.embedded.kopf_operators.operators import Api


@pytest.fixture
def api(embedded_cluster: ClusterThread) -> Api:
    """A cluster of this test's own, with the custom resource defined."""
    client = Api(embedded_cluster)
    client.define()
    return client
