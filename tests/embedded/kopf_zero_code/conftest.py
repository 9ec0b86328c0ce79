from __future__ import annotations

from collections.abc import Iterator

import pytest

from demo.apiserver import ClusterThread
from tests.embedded.kopf_operators.operators import Api
from tests.unit.core.receivers import Received, http_receiver


@pytest.fixture
def api(embedded_cluster: ClusterThread) -> Api:
    """A cluster of this test's own, with the custom resource defined."""
    client = Api(embedded_cluster)
    client.define()
    return client


@pytest.fixture
def collector() -> Iterator[Received]:
    with http_receiver() as received:
        yield received
