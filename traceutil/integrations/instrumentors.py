"""The integrations of clients as instrumentors, for `opentelemetry-instrument`: entry points name them."""

from __future__ import annotations

from collections.abc import Collection
from importlib import import_module
from typing import Any, ClassVar

from opentelemetry.instrumentation.instrumentor import BaseInstrumentor  # type: ignore[attr-defined] # untyped

from traceutil.integrations.clients.patching import Instrumentation


class _ClientInstrumentor(BaseInstrumentor):  # type: ignore[misc]
    """Turns one integration on for all clients of a library.

    `instrument(encode=…, tracer=…)` takes what the integration's function takes; without, the environment
    decides (`TRACEUTIL_ENCODE_CREATED`).
    """

    integration: ClassVar[str]
    dependency: ClassVar[str]
    _on: Instrumentation | None = None

    def instrumentation_dependencies(self) -> Collection[str]:
        return [self.dependency]

    def _instrument(self, **kwargs: Any) -> None:
        module = import_module(f"traceutil.integrations.{self.integration}")
        self._on = module.instrument(encode=kwargs.get("encode"), tracer=kwargs.get("tracer"))
        self._on.count_when_used()

    def _uninstrument(self, **_: Any) -> None:
        if self._on is not None:
            self._on.uninstrument()
            self._on = None


class KubernetesClientInstrumentor(_ClientInstrumentor):
    """`kubernetes`, the official client."""

    integration = "kubernetes"
    dependency = "kubernetes >= 31"


class LightkubeInstrumentor(_ClientInstrumentor):
    """`lightkube`."""

    integration = "lightkube"
    dependency = "lightkube >= 0.15"


class Kr8sInstrumentor(_ClientInstrumentor):
    """`kr8s`."""

    integration = "kr8s"
    dependency = "kr8s >= 0.20"
