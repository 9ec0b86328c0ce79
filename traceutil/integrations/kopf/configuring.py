"""For operators that use the verbs: no handler is re-triggered, roots are closed, wrong decorators are found.

Call `configure(settings)` from the operator's `@kopf.on.startup()`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import kopf

from traceutil.current import current_tracer
from traceutil.integrations.kopf.diff import handled, ignore_our_annotations
from traceutil.tracer import ObjectTracer

#: Id of our handlers.
CLOSING = "traceutil-close"


def configure(
    settings: kopf.OperatorSettings,
    *,
    tracer: ObjectTracer | None = None,
    prefix: str | None = None,
    registry: kopf.OperatorRegistry | None = None,
) -> None:
    """Prepare an operator for tracing; call it from `@kopf.on.startup()`.

    - Our annotations are left out of kopf's diff, so that writing them never re-triggers a handler.
    - Traced timers are told from daemons.
    - For each resource with a traced handler, object spans are closed from an `on.event` of our own, which
      costs no request.

    Args:
        settings: kopf's, changed in place.
        tracer: None: the current one.
        prefix: separate persistence for this operator (finalizer, progress, last-handled configuration): two
            kopf operators on one object need two, or the second never runs its create handler.
        registry: None: kopf's default registry.

    Raises:
        TypeError: a function has `@traced` above `@kopf.on…`, where it would silently never be called.
    """
    tracer = tracer or current_tracer()
    registry = registry or kopf.get_default_registry()
    _check_order(_handlers(registry))
    for handler in _handlers(registry):
        if hasattr(handler, "interval") and hasattr(handler.fn, "__traceutil__"):
            handler.fn.__traceutil__.is_timer = True
    if prefix is not None:
        _separate(settings, prefix)
    ignore_our_annotations(settings, tracer)
    _close_from_events(registry, settings, tracer)


def _separate(settings: kopf.OperatorSettings, prefix: str) -> None:
    settings.persistence.finalizer = f"{prefix}/finalizer"
    settings.persistence.progress_storage = kopf.AnnotationsProgressStorage(prefix=prefix)
    settings.persistence.diffbase_storage = kopf.AnnotationsDiffBaseStorage(prefix=prefix)


def _handlers(registry: kopf.OperatorRegistry) -> Iterator[Any]:
    """All resource handlers of a registry, of every kind."""
    for part in vars(registry).values():
        if hasattr(part, "get_all_handlers"):
            yield from part.get_all_handlers()


def _check_order(handlers: Iterable[Any]) -> None:
    for handler in handlers:
        function = handler.fn
        wrapper = _in_module(function)
        call = getattr(wrapper, "__traceutil__", None)
        if call is not None and wrapper is not function and call.function is function:
            raise TypeError(
                f"{function.__module__}.{function.__qualname__}: @traced stands above @kopf.on…, so kopf "
                f"calls the function without it; put @traced({call.name!r}) below @kopf.on…, next to the def"
            )


def _in_module(function: Callable[..., Any]) -> Any:
    """What the function's module holds under its name: the outermost of its decorators."""
    holder: Any = sys.modules.get(getattr(function, "__module__", ""))
    for name in getattr(function, "__qualname__", "").split("."):
        holder = getattr(holder, name, None)
    return holder


def _close_from_events(
    registry: kopf.OperatorRegistry, settings: kopf.OperatorSettings, tracer: ObjectTracer
) -> None:
    for handler in list(_handlers(registry)):
        selector = getattr(handler, "selector", None)
        if selector is None or not hasattr(handler.fn, "__traceutil__"):
            continue
        tracer.waits_for_all_handlers = True
        filters = {name: getattr(handler, name, None) for name in ("labels", "annotations")}
        ours = _closing(registry, selector, filters)
        if ours is not None:  # configured before: the operator runs again, as in the next test
            ours.fn.operator = (settings, tracer)
        else:
            positional, named = _resource(selector)
            event = kopf.on.event(*positional, **named, **filters, id=CLOSING, registry=registry)
            event(_closer(settings, tracer))


def _closing(registry: kopf.OperatorRegistry, selector: Any, filters: dict[str, Any]) -> Any:
    """The `on.event` of ours that is there already for these objects, if any."""
    for handler in _handlers(registry):
        if (
            handler.id == CLOSING
            and handler.selector == selector
            and all(getattr(handler, name) == value for name, value in filters.items())
        ):
            return handler
    return None


def _resource(selector: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments of `@kopf.on…` that gave this selector."""
    if selector.fn is not None:
        return (selector.fn,), {}
    if selector.any_name is None:
        names = ("group", "version", "kind", "plural", "singular", "shortcut", "category")
        return (), {name: value for name in names if (value := getattr(selector, name)) is not None}
    if selector.group is None:
        return (selector.any_name,), {}
    if selector.version is None:
        return (selector.group, selector.any_name), {}
    return (selector.group, selector.version, selector.any_name), {}


def _closer(settings: kopf.OperatorSettings, tracer: ObjectTracer) -> Callable[..., None]:
    def close(body: kopf.Body, event: kopf.RawEvent, **_: Any) -> None:
        running: tuple[kopf.OperatorSettings, ObjectTracer] = close.operator  # type: ignore[attr-defined]
        deleted = event["type"] == "DELETED"
        running[1].end_if_reached(body, deleted=deleted, handled=handled(running[0], body))

    close.operator = (settings, tracer)  # type: ignore[attr-defined]
    return close
