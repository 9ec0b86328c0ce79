"""Server processes that a test session starts: ready before they are used, and never left behind."""

from __future__ import annotations

import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from urllib.error import URLError
from urllib.request import urlopen

if sys.platform != "linux":
    raise ImportError("tests/cluster needs Linux: only there a server can be bound to the life of its tests")

#: Below the ports that the system gives to outgoing connections, one of which could else take a server's port
#: while it is restarted.
PORTS = range(20000, 30000)
#: Seconds that a server may take to be ready on a busy machine.
PATIENCE = 90.0
#: Of a log, the end that an error shows.
SHOWN = 4000


class StartError(Exception):
    """A server did not come up; the message has the end of its log."""


class Server:
    """A process with its log. It dies with this one, even when that is killed (PR_SET_PDEATHSIG)."""

    def __init__(
        self,
        name: str,
        command: Sequence[object],
        directory: Path,
        *,
        ready: Callable[[], bool],
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.log = directory / f"{name}.log"
        self._command = ["setpriv", "--pdeathsig", "KILL", "--", *map(str, command)]
        self._ready, self._environ = ready, environ
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None, f"{self.name} was not started"
        return self._process.pid

    def start(self) -> None:
        """Start it, and return when it is ready.

        Raises:
            StartError: it ended, or was not ready in time.
        """
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self._environ
            )
        try:
            self._wait(self._process)
        except BaseException:
            self.kill()
            raise

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        end = time.monotonic() + PATIENCE
        while not self._ready():
            if process.poll() is not None:
                raise StartError(f"{self.name} ended with {process.returncode}:\n{self._said()}")
            if time.monotonic() > end:
                raise StartError(f"{self.name} was not ready after {PATIENCE:g} s:\n{self._said()}")
            time.sleep(0.02)

    def _said(self) -> str:
        return self.log.read_text(errors="replace")[-SHOWN:]

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        self._end(signal.SIGKILL)

    def stop(self, seconds: float = 10.0) -> None:
        """SIGTERM; SIGKILL for one that takes longer."""
        self._end(signal.SIGTERM, seconds)

    def _end(self, number: signal.Signals, seconds: float | None = None) -> None:
        if self._process is None:
            return
        self._process.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        self._process.kill()
        self._process.wait()

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self.kill()


def free_ports(count: int) -> list[int]:
    """So many ports of the loopback interface on which nobody listens."""
    found: list[int] = []
    for port in random.sample(PORTS, len(PORTS)):
        with socket.socket() as tried, suppress(OSError):
            tried.bind(("127.0.0.1", port))
            found.append(port)
        if len(found) == count:
            return found
    raise StartError(f"no free port between {PORTS.start} and {PORTS.stop}")


def answers(url: str) -> bool:
    """Whether a GET is answered with success; the address is http."""
    try:
        with urlopen(url, timeout=2) as response:
            return bool(response.status < 300)
    except (URLError, OSError):
        return False
