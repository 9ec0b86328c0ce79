"""Lists and watches are tried again; only a process that never listed anything may give up."""

from __future__ import annotations

import asyncio
from itertools import islice

import aiohttp
import pytest
from aiohttp import web

from operators.workloads import Connection
from operators.workloads.patience import Backoffs, session


def test_tries() -> None:
    """Six before all was listed; without end, and never more than 10 s apart, afterwards."""
    synced = asyncio.Event()
    assert [0.2, 0.4, 0.8, 1.6, 3.2, 6.4] == list(Backoffs(synced))
    synced.set()
    assert [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10.0, 10.0] == list(islice(Backoffs(synced), 8))


async def test_an_expired_list_begins_anew() -> None:
    """A list that answers 410 breaks like a connection; a watch, and any other answer, is passed on."""

    async def gone(request: web.Request) -> web.Response:
        return web.Response(status=int(request.path.strip("/")))

    app = web.Application()
    app.router.add_route("GET", "/{status}", gone)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    connection = Connection(f"http://{host}:{port}")
    async with session(connection) as client:
        with pytest.raises(aiohttp.ClientPayloadError, match="expired"):
            await client.get(f"{connection.server}/410?limit=500&continue=x")
        answers = [
            (await client.get(f"{connection.server}/{path}")).status for path in ("410?watch=true", "200")
        ]
    await runner.cleanup()
    assert [410, 200] == answers
