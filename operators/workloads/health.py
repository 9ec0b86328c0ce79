"""/metrics, /healthz and /readyz of a process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest


def application(registry: CollectorRegistry, ready: asyncio.Event, stop: asyncio.Event) -> web.Application:
    """/healthz: 200 while it runs, 503 once it stops. /readyz: 200 once it works."""

    async def metrics(_: web.Request) -> web.Response:
        text = generate_latest(registry)
        return web.Response(body=text, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    async def healthz(_: web.Request) -> web.Response:
        return web.Response(
            text="stopping\n" if stop.is_set() else "ok\n", status=503 if stop.is_set() else 200
        )

    async def readyz(_: web.Request) -> web.Response:
        works = ready.is_set() and not stop.is_set()
        return web.Response(text="ok\n" if works else "not ready\n", status=200 if works else 503)

    app = web.Application()
    app.add_routes([web.get("/metrics", metrics), web.get("/healthz", healthz), web.get("/readyz", readyz)])
    return app


@asynccontextmanager
async def serving(app: web.Application, port: int, host: str = "0.0.0.0") -> AsyncIterator[int]:
    """Serve on `port` (0: any free one); yields the port. Raises OSError where it is taken."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()
