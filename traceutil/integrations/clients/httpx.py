"""Requests and answers of httpx, or of its successor httpx2: neither is imported, they are alike."""

from __future__ import annotations

import json
import weakref
from collections.abc import AsyncIterator, Iterator
from typing import Any

from traceutil.integrations.clients.listener import Exchange, Listener


def heard(listener: Listener, request: Any) -> tuple[Exchange | None, Any]:
    """(the exchange, the request to send: with context where it carries one)."""
    headers = request.headers
    exchange = listener.sent(
        request.method, str(request.url), request.content, headers.get("Content-Type", "")
    )
    if exchange is None or exchange.body is None:
        return exchange, request
    kept = [(name, value) for name, value in headers.raw if name.lower() != b"content-length"]
    content = json.dumps(exchange.body).encode()
    made = type(request)(
        request.method, request.url, headers=kept, content=content, extensions=request.extensions
    )
    return exchange, made


def answered(exchange: Exchange | None, response: Any, *, stream: bool) -> None:
    """Look at what was read already; of a stream only the lines of a watch, as they go by."""
    if exchange is None:
        return
    exchange.accepted(response.status_code)
    if not stream:
        exchange.answered(response.status_code, response.content)
    elif exchange.watches:
        _listen_to_lines(exchange, response)


def _listen_to_lines(exchange: Exchange, response: Any) -> None:
    kind, found = type(response), weakref.ref(response)  # weak: closed as early as without us

    def iter_lines() -> Iterator[str]:
        for line in kind.iter_lines(found()):
            exchange.event(line.encode())
            yield line

    async def aiter_lines() -> AsyncIterator[str]:
        async for line in kind.aiter_lines(found()):
            exchange.event(line.encode())
            yield line

    response.iter_lines = iter_lines
    response.aiter_lines = aiter_lines
