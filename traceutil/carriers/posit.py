"""Posit: a traceparent under `posit.co/traceparent`."""

from __future__ import annotations

from .w3c import TraceparentCarrier

CARRIER = TraceparentCarrier("posit", "posit.co/traceparent")
