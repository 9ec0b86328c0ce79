"""What is asked of both API servers in a round: creates, patches, lists, watches; answers are not decoded."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any

from tests.conformance.http_client import JSON, MERGE, ApiServer, Client
from tests.conformance.objects import core, pod

#: Clients that create at the same time.
AT_ONCE = 8
LISTS = 20
WATCHERS = 20
EVENTS = 100
PATIENCE = 60.0


class Raw(Client):
    """A client that reads answers and looks at their status alone."""

    def send(self, method: str, path: str, body: Any = None, content_type: str = JSON) -> None:
        sent = None if body is None else json.dumps(body).encode()
        self._connection.request(method, path, sent, self._headers(content_type if sent else "", JSON))
        response = self._connection.getresponse()
        read = response.read()
        assert response.status < 300, read


class Round:
    """A context manager: a namespace of its own, which is deleted afterwards, pods first."""

    def __init__(self, server: ApiServer, number: int, objects: int) -> None:
        self._server = server
        self._objects = objects
        self._client = Raw(server)
        self._namespace = f"round-{number}"
        self._pods = core(self._namespace, "pods")

    def __enter__(self) -> Round:
        self._client.send("POST", "/api/v1/namespaces", {"metadata": {"name": self._namespace}})
        end = time.monotonic() + PATIENCE
        while self._client.post(self._pods, pod(), dryRun="All").code == 403:  # no service account yet
            assert time.monotonic() < end, f"{self._namespace} takes no pods"
            time.sleep(0.01)
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._client.send("DELETE", self._pods)
        self._client.send("DELETE", f"/api/v1/namespaces/{self._namespace}")
        self._client.close()

    def run(self) -> Iterator[tuple[str, float]]:
        """What, and the seconds that one of it took."""
        half = self._objects // 2
        yield "create a pod", _each(half, lambda n: self._create(self._client, n))
        yield f"create a pod, {AT_ONCE} clients at once", self._at_once(range(half, self._objects))
        yield "patch a pod (merge)", _each(self._objects, self._patch)
        yield f"list {self._objects} pods", _each(LISTS, lambda _: self._client.send("GET", self._pods))
        yield f"{EVENTS} creations seen by {WATCHERS} watches", self._fan_out()

    def _create(self, client: Raw, number: int) -> None:
        client.send("POST", self._pods, pod(f"p-{number}"))

    def _patch(self, number: int) -> None:
        patch = {"metadata": {"annotations": {"example.com/number": str(number)}}}
        self._client.send("PATCH", f"{self._pods}/p-{number}", patch, MERGE)

    def _at_once(self, numbers: range) -> float:
        clients = [Raw(self._server) for _ in range(AT_ONCE)]

        def several(index: int) -> None:
            for number in numbers[index::AT_ONCE]:
                self._create(clients[index], number)

        with ThreadPoolExecutor(AT_ONCE) as pool:
            taken = _timed(lambda: list(pool.map(several, range(AT_ONCE))))
        for client in clients:
            client.close()
        return taken / len(numbers)

    def _fan_out(self) -> float:
        """From the first creation until the last watch has seen the last one."""
        config_maps = core(self._namespace, "configmaps")
        watching, seen = threading.Barrier(WATCHERS + 1), threading.Barrier(WATCHERS + 1)

        def watch() -> None:
            client = Client(self._server)
            with client.watch(config_maps) as stream:
                watching.wait(PATIENCE)
                for _ in range(EVENTS):
                    stream.next()
            seen.wait(PATIENCE)
            client.close()

        def create() -> None:
            for number in range(EVENTS):
                self._client.send("POST", config_maps, {"metadata": {"name": f"c-{number}"}})
            seen.wait(PATIENCE)

        threads = [threading.Thread(target=watch, daemon=True) for _ in range(WATCHERS)]
        for thread in threads:
            thread.start()
        watching.wait(PATIENCE)
        taken = _timed(create)
        for thread in threads:
            thread.join(PATIENCE)
        return taken


def _each(count: int, act: Callable[[int], object]) -> float:
    """Seconds that one took, one after the other."""
    return _timed(lambda: [act(number) for number in range(count)]) / count


def _timed(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun
