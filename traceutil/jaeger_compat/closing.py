"""What `close()` returns: a future that threads can wait for and tasks can await."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Generator
from concurrent.futures import Future
from typing import Any


class Closed(Future[bool]):
    """True once everything was delivered, False where something was lost."""

    def __await__(self) -> Generator[Any, None, bool]:
        return asyncio.wrap_future(self).__await__()


def in_background(action: Callable[[], bool]) -> Closed:
    """Run `action` in a thread that the interpreter waits for at its exit."""
    closed = Closed()
    closed.set_running_or_notify_cancel()

    def run() -> None:
        try:
            closed.set_result(action())
        except BaseException as error:
            closed.set_exception(error)

    threading.Thread(target=run, name="jaeger-close").start()
    return closed
