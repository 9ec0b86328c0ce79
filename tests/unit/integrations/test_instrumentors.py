"""The instrumentors, found and turned on as `opentelemetry-instrument` does."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Any

import httpx2
import pytest
from lightkube import Client
from lightkube.config.kubeconfig import SingleConfig
from lightkube.config.models import Cluster, Context, User
from lightkube.core.generic_client import GenericSyncClient
from lightkube.resources.core_v1 import ConfigMap

from traceutil.integrations.instrumentors import (
    Kr8sInstrumentor,
    KubernetesClientInstrumentor,
    LightkubeInstrumentor,
)
from traceutil.listening import LISTENING


@pytest.mark.parametrize(
    "instrumentor", [KubernetesClientInstrumentor, LightkubeInstrumentor, Kr8sInstrumentor]
)
def test_entry_points(instrumentor: Any) -> None:
    """Each has an entry point by the name of its package, and works with the version that is installed."""
    found = {each.name: each.load() for each in entry_points(group="opentelemetry_instrumentor")}
    assert instrumentor is found[instrumentor.integration]
    assert None is instrumentor()._check_dependency_conflicts()


def test_on_and_off() -> None:
    """Turned on it listens; once a client was used, silence is an answer; turned off nothing is left."""
    before = GenericSyncClient.send

    def state() -> tuple[bool, bool, bool]:
        return LISTENING.to_any, LISTENING.to_all, before is GenericSyncClient.send

    instrumentor = LightkubeInstrumentor()
    instrumentor.instrument()
    assert (True, False, False) == state()
    config = SingleConfig("", Context(cluster=""), Cluster(server="http://127.0.0.1:1"), User())
    with pytest.raises(httpx2.ConnectError):
        Client(config, trust_env=False).get(ConfigMap, "a")
    assert (True, True, False) == state()
    instrumentor.uninstrument()
    assert (False, False, True) == state()
