"""Every client against the embedded API server, which counts: the integrations add no request."""

from __future__ import annotations

from typing import Any

import pytest

from demo.apiserver import ClusterThread
from tests.conformance.objects import deployment
from tests.embedded.clients.drivers import DRIVERS
from traceutil import start_span_from_object
from traceutil.testing import CapturedSpans

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("driver", tuple(DRIVERS), indirect=True)
async def test_no_request_is_added(
    driver: Any, captured: CapturedSpans, shared_cluster: ClusterThread
) -> None:
    """With encoding on, the cluster gets the requests that it gets without."""
    counted = []
    for encode in (False, True):
        with driver.integration.instrument(driver.client, encode=encode):
            web = await driver.create(deployment("web"))
            shared_cluster.cluster.requests.clear()
            with start_span_from_object(web, "test.Reconcile"):
                await driver.create(deployment("child"))
                await driver.get("child")
                await driver.patch("child", {"spec": {"replicas": 4}})
                await driver.patch_status("child", {"status": {"replicas": 1}})
                await driver.delete("child")
            counted.append(dict(shared_cluster.cluster.requests))
            await driver.delete("web")
    assert counted[0] == counted[1]
