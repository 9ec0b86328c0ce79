"""The embedded cluster on an event loop in a thread of its own, for synchronous callers."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from aiohttp.typedefs import Middleware

from demo.apiserver.server import EmbeddedCluster

T = TypeVar("T")


class ClusterThread:
    """A context manager around an `EmbeddedCluster`; `.cluster` is it, and is served in another thread."""

    def __init__(
        self,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        now: Callable[[], int] = time.time_ns,
        middlewares: Sequence[Middleware] = (),
        bookmark_interval: float = 60.0,
        seed: int | None = None,
    ) -> None:
        self.cluster = EmbeddedCluster(
            port=port,
            host=host,
            now=now,
            middlewares=middlewares,
            bookmark_interval=bookmark_interval,
            seed=seed,
        )
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="embedded-cluster", daemon=True)

    @property
    def url(self) -> str:
        return self.cluster.url

    def kubeconfig(self, user: str = "admin", namespace: str = "default") -> dict[str, Any]:
        return self.cluster.kubeconfig(user, namespace)

    def write_kubeconfig(self, path: str | Path, user: str = "admin", namespace: str = "default") -> Path:
        return self.cluster.write_kubeconfig(path, user, namespace)

    def call(self, act: Callable[[], T]) -> T:
        """Do something in the server's own thread, such as `cluster.cut_watches`, and wait for it."""

        async def done() -> T:
            return act()

        return asyncio.run_coroutine_threadsafe(done(), self._loop).result()

    def __enter__(self) -> ClusterThread:
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self.cluster.__aenter__(), self._loop).result()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self.cluster.__aexit__(None, None, None), self._loop).result()
        self._stop()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def _stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
