"""lightkube: its writes are seen, and context is written into what is created, where asked to.

instrument()          # every client of this process
instrument(client)    # this one: `lightkube.Client` or `lightkube.AsyncClient`
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from lightkube.core.generic_client import GenericAsyncClient, GenericSyncClient

from traceutil.integrations.clients.httpx import answered, heard
from traceutil.integrations.clients.listener import Listener
from traceutil.integrations.clients.patching import Instrumentation, Replaced
from traceutil.tracer import ObjectTracer


def instrument(
    client: Any = None, *, encode: bool | None = None, tracer: ObjectTracer | None = None
) -> Instrumentation:
    """Listen to lightkube's clients, sync and async, until `.uninstrument()`.

    Args:
        client: a `Client` or `AsyncClient`; None: all of this process, those that are there already too.
        encode: whether the context is written into what is created inside a work span; None: the tracer's
            setting `encode_created` (`TRACEUTIL_ENCODE_CREATED`), which is off unless set.
        tracer: None: the one that is current at each request.

    Raises:
        TypeError: `client` is no client of lightkube.
    """
    listener = Listener(encode=encode, tracer=tracer)
    owners = [GenericSyncClient, GenericAsyncClient] if client is None else [_generic(client)]
    replaced = [Replaced(owner, "send", functools.partial(_listening, listener)) for owner in owners]
    return Instrumentation(listener, replaced, single=client is not None)


def _generic(client: Any) -> Any:
    generic = getattr(client, "_client", client)
    if not isinstance(generic, GenericSyncClient | GenericAsyncClient):
        raise TypeError(
            f"not a client of lightkube: {type(client).__name__}; pass a Client or an AsyncClient"
        )
    return generic


def _listening(listener: Listener, original: Callable[..., Any]) -> Callable[..., Any]:
    if inspect.iscoroutinefunction(original):

        @functools.wraps(original)
        async def send_async(self: Any, req: Any, stream: bool = False) -> Any:
            exchange, req = heard(listener, req)
            response = await original(self, req, stream=stream)
            answered(exchange, response, stream=stream)
            return response

        return send_async

    @functools.wraps(original)
    def send(self: Any, req: Any, stream: bool = False) -> Any:
        exchange, req = heard(listener, req)
        response = original(self, req, stream=stream)
        answered(exchange, response, stream=stream)
        return response

    return send
