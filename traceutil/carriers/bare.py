"""The bare header names as annotations: early Kubernetes prototypes of request tracing, and HyperShift."""

from __future__ import annotations

from .w3c import W3C

CARRIER = W3C("", name="bare")
