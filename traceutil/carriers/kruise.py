"""OpenKruise agents: a traceparent under `agents.kruise.io/trace-context`."""

from __future__ import annotations

from .w3c import TraceparentCarrier

CARRIER = TraceparentCarrier("kruise", "agents.kruise.io/trace-context")
