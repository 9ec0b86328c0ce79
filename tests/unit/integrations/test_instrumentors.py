"""The instrumentors, found and turned on as `opentelemetry-instrument` does."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Any

import pytest
from lightkube.core.generic_client import GenericSyncClient

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
    """Turned on it listens to all clients; turned off nothing is left."""
    before = GenericSyncClient.send
    LightkubeInstrumentor().instrument()
    assert (True, True) == (LISTENING.to_all, before is not GenericSyncClient.send)
    LightkubeInstrumentor().uninstrument()
    assert (False, True) == (LISTENING.to_all, before is GenericSyncClient.send)
