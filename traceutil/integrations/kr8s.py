"""kr8s: its writes are seen, and context is written into what is created, where asked to.

instrument()       # every API of this process
instrument(api)    # this one: from `kr8s.api()` or `kr8s.asyncio.api()`
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import json
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import urlencode

import kr8s.asyncio

from traceutil.integrations.clients.httpx import answered
from traceutil.integrations.clients.listener import Exchange, Listener
from traceutil.integrations.clients.patching import Instrumentation, Replaced
from traceutil.tracer import ObjectTracer

#: How kr8s, and its users, hand a body to `call_api`.
_BODIES = ("content", "data", "json")


def instrument(
    client: Any = None, *, encode: bool | None = None, tracer: ObjectTracer | None = None
) -> Instrumentation:
    """Listen to kr8s, sync and async, until `.uninstrument()`.

    Args:
        client: an API; None: all of this process, those that are there already too.
        encode: whether the context is written into what is created inside a work span; None: the tracer's
            setting `encode_created` (`TRACEUTIL_ENCODE_CREATED`), which is off unless set.
        tracer: None: the one that is current at each request.

    Raises:
        TypeError: `client` is no API of kr8s.
    """
    if client is not None and not isinstance(client, kr8s.asyncio.Api):
        raise TypeError(f"not an API of kr8s: {type(client).__name__}; pass what kr8s.api() returns")
    listener = Listener(encode=encode, tracer=tracer)
    owner = kr8s.asyncio.Api if client is None else client  # kr8s.Api inherits it
    replaced = Replaced(owner, "call_api", functools.partial(_listening, listener))
    return Instrumentation(listener, [replaced], single=client is not None)


def _listening(listener: Listener, original: Callable[..., Any]) -> Callable[..., Any]:
    bind = inspect.signature(original).bind

    @contextlib.asynccontextmanager
    @functools.wraps(original)
    async def call_api(self: Any, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        call = bind(self, *args, **kwargs)
        call.apply_defaults()
        exchange, changed = _sent(listener, call.arguments)
        refused = True
        try:
            async with original(self, *args, **{**kwargs, **changed}) as response:
                refused = False
                answered(exchange, response, stream=call.arguments["stream"])
                yield response
        except kr8s.ServerError as error:
            if refused and error.response is not None:
                answered(exchange, error.response, stream=False)
            raise

    return call_api


def _sent(listener: Listener, call: dict[str, Any]) -> tuple[Exchange | None, dict[str, Any]]:
    """(the exchange, the arguments of the call that change)."""
    more = call["kwargs"]
    given = next((name for name in _BODIES if more.get(name) is not None), None)
    headers = {name.lower(): value for name, value in (more.get("headers") or {}).items()}
    body = more[given] if given is not None else None
    exchange = listener.sent(call["method"].upper(), _url(call), body, headers.get("content-type", ""))
    if exchange is None or exchange.body is None or given is None:
        return exchange, {}
    return exchange, {given: exchange.body if given == "json" else json.dumps(exchange.body)}


def _url(call: dict[str, Any]) -> str:
    """The path that kr8s will make of the call's arguments."""
    version = call["version"]
    base = call["base"] or ("/api" if version == "v1" else "/apis")
    namespace = ["namespaces", call["namespace"]] if call["namespace"] else []
    path = "/".join(["", *(part.strip("/") for part in (base, version, *namespace, call["url"]) if part)])
    params = call["kwargs"].get("params")
    return f"{path}?{urlencode(params)}" if params else path
