"""kubernetes, the official client: its writes are seen, and context is written into what is created.

instrument()          # every client of this process, sync and async (`kubernetes.aio`)
instrument(client)    # this one: an `ApiClient`, an API made of one (`AppsV1Api`), a `DynamicClient`
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import inspect
import json
import weakref
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

from traceutil.integrations.clients.listener import Exchange, Listener
from traceutil.integrations.clients.patching import Instrumentation, Replaced
from traceutil.tracer import ObjectTracer


def instrument(
    client: Any = None, *, encode: bool | None = None, tracer: ObjectTracer | None = None
) -> Instrumentation:
    """Listen to the official client, sync and async, until `.uninstrument()`.

    Args:
        client: an `ApiClient`, an API made of one, or a `DynamicClient`; None: all clients of this process,
            those that are there already too.
        encode: whether the context is written into what is created inside a work span; None: the tracer's
            setting `encode_created` (`TRACEUTIL_ENCODE_CREATED`), which is off unless set.
        tracer: None: the one that is current at each request.

    Raises:
        TypeError: `client` is no client of kubernetes.
    """
    listener = Listener(encode=encode, tracer=tracer)
    owners = list(_rest_classes()) if client is None else [_rest_client(client)]
    replaced = [Replaced(owner, "request", functools.partial(_listening, listener)) for owner in owners]
    return Instrumentation(listener, replaced, single=client is not None)


def _rest_classes() -> Iterator[type]:
    yield importlib.import_module("kubernetes.client.rest").RESTClientObject
    with contextlib.suppress(ImportError):  # before kubernetes 36, or without aiohttp
        yield importlib.import_module("kubernetes.aio.client.rest").RESTClientObject


def _rest_client(client: Any) -> Any:
    """What sends the requests of an ApiClient; of an API; of a DynamicClient."""
    for each in (client, getattr(client, "api_client", None), getattr(client, "client", None)):
        rest = getattr(each, "rest_client", None)
        if hasattr(rest, "request"):
            return rest
    raise TypeError(
        f"not a client of kubernetes: {type(client).__name__}; pass an ApiClient, an API or a DynamicClient"
    )


def _listening(listener: Listener, original: Callable[..., Any]) -> Callable[..., Any]:
    if inspect.iscoroutinefunction(original):

        @functools.wraps(original)
        async def request_async(self: Any, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
            exchange = _sent(listener, method, url, kwargs)
            response = await original(self, method, url, *args, **kwargs)
            if exchange is not None:
                _answered_async(exchange, response)
            return response

        return request_async

    @functools.wraps(original)
    def request(self: Any, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        exchange = _sent(listener, method, url, kwargs)
        response = original(self, method, url, *args, **kwargs)
        if exchange is not None:
            _answered(exchange, response)
        return response

    return request


def _sent(listener: Listener, method: str, url: str, kwargs: dict[str, Any]) -> Exchange | None:
    """The exchange; the body among the arguments is replaced where it carries context."""
    if kwargs.get("query_params"):  # before kubernetes 36 they were apart
        url = f"{url}?{urlencode(kwargs['query_params'])}"
    body = kwargs.get("body")
    content_type = (kwargs.get("headers") or {}).get("Content-Type", "")
    exchange = listener.sent(method.upper(), url, body, content_type)
    if exchange is not None and exchange.body is not None:
        kwargs["body"] = json.dumps(exchange.body) if isinstance(body, str | bytes) else exchange.body
    return exchange


def _answered(exchange: Exchange, response: Any) -> None:
    """Look at the answer as its reader reads it: nothing is read here."""
    status = response.status
    exchange.accepted(status)
    data = vars(response).get("data")  # before kubernetes 36 it was read at once
    if isinstance(data, str | bytes):
        exchange.answered(status, data.encode() if isinstance(data, str) else data)
    raw = getattr(response, "response", response)
    kind, found = type(raw), weakref.ref(raw)  # weak: closed as early as without us

    def read(*args: Any, **kwargs: Any) -> Any:
        data = kind.read(found(), *args, **kwargs)
        if not args and kwargs.get("amt") is None:
            exchange.answered(status, data)
        return data

    def stream(*args: Any, **kwargs: Any) -> Iterator[bytes]:
        for part in kind.stream(found(), *args, **kwargs):
            exchange.event(part)
            yield part

    raw.read = read  # `.data` and `.json()` call it
    if exchange.watches:
        raw.stream = stream


def _answered_async(exchange: Exchange, response: Any) -> None:
    status = response.status
    exchange.accepted(status)
    raw = getattr(response, "response", response)
    kind, found = type(raw), weakref.ref(raw)

    async def read() -> Any:
        data = await kind.read(found())
        exchange.answered(status, data)
        return data

    raw.read = read  # `.text()` and `.json()` call it
