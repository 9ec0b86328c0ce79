"""Watches that never give up, once everything was listed.

kopf ends the whole operator where a list is refused (410: its continuation has expired) or the server fails
for a minute. A controller that has listed everything has no reason to end: it lists and watches again.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator

import aiohttp

from operators.workloads.backoff import WATCHES
from operators.workloads.connection import Connection

#: Tries before everything was listed: whoever starts a process is to learn that it cannot work.
_FIRST = 6
_EXPIRED = 410


class Backoffs:
    """Seconds between the tries of a list or watch: kopf's `networking.error_backoffs`."""

    def __init__(self, synced: asyncio.Event) -> None:
        self._synced = synced

    def __iter__(self) -> Iterator[float]:
        for failures in itertools.count(1):
            if failures > _FIRST and not self._synced.is_set():
                return
            yield WATCHES.delay(failures)


async def lists_begin_anew(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """An expired list breaks off like a connection, after which kopf lists from the beginning."""
    response = await handler(request)
    if response.status == _EXPIRED and "watch" not in request.url.query:
        response.close()
        raise aiohttp.ClientPayloadError("the list has expired (410)")
    return response


def session(connection: Connection) -> aiohttp.ClientSession:
    """For kopf, which closes it."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, ssl=connection.ssl()),
        headers=connection.headers(),
        middlewares=(lists_begin_anew,),
    )
