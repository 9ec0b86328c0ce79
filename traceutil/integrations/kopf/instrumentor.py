"""Traces kopf operators that were not changed: `opentelemetry-instrument kopf run …`."""

from __future__ import annotations

import atexit
import inspect
import logging
import os
from collections.abc import Callable, Collection, Mapping
from importlib.metadata import version
from typing import Any

import kopf
from kopf._core.actions import application, execution
from kopf._core.reactor import processing
from opentelemetry.instrumentation.instrumentor import BaseInstrumentor  # type: ignore[attr-defined] # it opts out of typing
from opentelemetry.instrumentation.utils import unwrap
from wrapt import wrap_function_wrapper

from traceutil.current import current_tracer
from traceutil.environment import flag
from traceutil.integrations.kopf.hooks import Hooks
from traceutil.tracer import ObjectTracer

_LOG = logging.getLogger(__name__)

#: The functions of kopf that are wrapped, the arguments that are read by name, and the hook around each.
_WRAPPED: tuple[tuple[Any, str, frozenset[str], str], ...] = (
    (
        processing,
        "process_resource_event",
        frozenset({"registry", "settings", "resource", "raw_event"}),
        "event",
    ),
    (execution, "execute_handler_once", frozenset({"handler", "cause", "state"}), "handler"),
    (execution, "invoke_handler", frozenset(), "invoke"),
    (application, "patch_and_check", frozenset({"body", "patch"}), "patch"),
    (kopf, "adopt", frozenset({"objs"}), "adopt"),
)


class KopfInstrumentor(BaseInstrumentor):  # type: ignore[misc]
    """A span for each attempt of each resource handler, in the trace of its object (docs/zero-code.md).

    `instrument()` takes:

    - `tracer`: the `ObjectTracer` to use; default: the current one of each operator's context, whose settings
      are `TRACEUTIL_*` and whose spans go to OpenTelemetry's global provider;
    - `tracer_provider`: where spans go, with the settings of the environment;
    - `adopt`: whether `kopf.adopt` writes context into the children; default: `TRACEUTIL_KOPF_ADOPT`.
    """

    _hooks: Hooks | None = None

    def instrumentation_dependencies(self) -> Collection[str]:
        """The versions of kopf whose inner functions are known."""
        return ("kopf >= 1.44, < 2",)

    def _instrument(self, **kwargs: Any) -> None:
        try:
            tracer = _tracer_from(kwargs)
            adopt = kwargs.get("adopt")
            adopt = flag(os.environ, "TRACEUTIL_KOPF_ADOPT") if adopt is None else bool(adopt)
        except ValueError as error:
            _LOG.error("kopf is not traced: %s", error)
            return
        missing = _missing()
        if missing:
            _LOG.error("kopf is not traced: kopf %s has no %s", version("kopf"), ", ".join(missing))
            return
        self._hooks = Hooks(tracer, adopt=adopt)
        for module, name, _, hook in _WRAPPED:
            wrap_function_wrapper(module, name, getattr(self._hooks, hook))
        atexit.register(_flush, tracer)

    def _uninstrument(self, **_kwargs: Any) -> None:
        if self._hooks is None:
            return
        self._hooks.active = False  # operators that are running hold the wrappers
        self._hooks = None
        for module, name, _, _ in _WRAPPED:
            unwrap(module, name)
        atexit.unregister(_flush)


def _tracer_from(kwargs: Mapping[str, Any]) -> Callable[[], ObjectTracer]:
    tracer, provider = kwargs.get("tracer"), kwargs.get("tracer_provider")
    if tracer is None and provider is not None:
        tracer = ObjectTracer.from_env(provider=provider)
    if tracer is not None:
        return lambda: tracer
    current_tracer()  # a variable that cannot be used is named now
    return current_tracer


def _missing() -> list[str]:
    """What this version of kopf lacks of what is wrapped."""
    lacking = []
    for module, name, arguments, _hook in _WRAPPED:
        function = getattr(module, name, None)
        if function is None or not arguments <= inspect.signature(function).parameters.keys():
            lacking.append(f"{module.__name__}.{name}({', '.join(sorted(arguments))})")
    return lacking


def _flush(tracer: Callable[[], ObjectTracer]) -> None:
    """At exit, before the SDK's own: export what is folded, and say what was lost."""
    used = tracer()
    used.flush()
    for (loss, detail), count in sorted(used.health.snapshot().items()):
        _LOG.warning("tracing lost: %s %s: %d", loss, detail, count)
