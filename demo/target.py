"""Which cluster: the embedded one, or that of a kubeconfig, where nobody else does our controllers' work."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from demo.apiserver import EmbeddedCluster
from demo.stories import objects as manifests
from operators.workloads.clock import Clock
from operators.workloads.connection import Connection, KubeconfigError
from traceutil.cli.errors import BadInput
from traceutil.times import SECOND, parse_time

#: On a Node: the namespace of the demo whose pods it takes.
NODE_LABEL = "traceutil.dev/demo"
#: How the demo's namespaces are named; the server adds what makes each its own.
NAMESPACES = "traceutil-demo-"
#: Seconds that a new namespace may take to get the service account without which admission lets no pod in.
ADMISSION = 10.0
#: Leases whose holder would fight our controllers.
RIVALS = ("kube-controller-manager", "kube-scheduler")


@dataclass(frozen=True)
class Target:
    """Where the story plays. `connection` gives each controller its own user, where the cluster has users.

    `node_labels` are on our Nodes, and where there are other Nodes the story's pods select them.
    """

    connection: Callable[[str], Connection]
    namespace: str
    namespaces: Sequence[str] | None
    node_prefix: str
    node_labels: Mapping[str, str]
    requests: Callable[[], Mapping[tuple[str, str, str], int]]


@asynccontextmanager
async def embedded(clock: Clock, seed: int) -> AsyncIterator[Target]:
    """An API server of our own, in this process."""
    async with EmbeddedCluster(now=clock.now, seed=seed) as cluster:

        def connection(name: str) -> Connection:
            return Connection.from_kubeconfig(cluster.kubeconfig(name))

        yield Target(
            connection,
            "default",
            None,
            "node-",
            {},
            lambda: {(key.verb, key.resource, key.user): count for key, count in cluster.requests.items()},
        )


@asynccontextmanager
async def current(kubeconfig: Path | None, context: str | None) -> AsyncIterator[Target]:
    """The cluster of a kubeconfig, in a namespace and on Nodes of our own; both are removed afterwards.

    Raises:
        BadInput: it cannot be reached, or has controllers of its own at work.
    """
    try:
        found = Connection.from_kubeconfig(kubeconfig, context)
        opened = _Api(found)
    except (KubeconfigError, OSError) as error:
        raise BadInput(f"--cluster current: {error}; or use --cluster embedded") from error
    async with opened as api:
        await _refuse_rivals(api)
        made = await api.demand("POST", "api/v1/namespaces", {"metadata": {"generateName": NAMESPACES}})
        namespace = made["metadata"]["name"]
        try:
            await _takes_pods(api, namespace)
            ours = {NODE_LABEL: namespace}
            yield Target(lambda _: found, namespace, [namespace], f"{namespace}-node-", ours, Counter)
        finally:
            await _remove(api, namespace)


async def _refuse_rivals(api: _Api) -> None:
    for name in RIVALS:
        where = f"apis/coordination.k8s.io/v1/namespaces/kube-system/leases/{name}"
        if is_live(await api.demand("GET", where), Clock().now()):
            raise BadInput(
                f"--cluster current: {name} is at work there (its Lease in kube-system is live) and "
                "would fight the demo's controllers; use a cluster without it, or --cluster embedded"
            )


def is_live(lease: Mapping[str, Any], now: int) -> bool:
    """Whether somebody holds the Lease at `now` (Unix ns)."""
    spec = lease.get("spec") or {}
    renewed = parse_time(spec.get("renewTime"))
    duration = spec.get("leaseDurationSeconds") or 0
    return bool(spec.get("holderIdentity")) and renewed is not None and now < renewed + duration * SECOND


async def _takes_pods(api: _Api, namespace: str) -> None:
    """Wait until a pod may be created there; another controller makes its service account.

    Raises:
        BadInput: pods are refused for good.
    """
    where = f"api/v1/namespaces/{namespace}/pods?dryRun=All"
    end = time.monotonic() + ADMISSION
    while await api.find(where, "POST", manifests.pod("probe")) is None:
        if time.monotonic() > end:
            await api.demand("POST", where, manifests.pod("probe"))
        await asyncio.sleep(0.05)


async def _remove(api: _Api, namespace: str) -> None:
    nodes = await api.find("api/v1/nodes") or {}
    for node in nodes.get("items", ()):
        if node["metadata"]["name"].startswith(f"{namespace}-node"):
            await api.find(f"api/v1/nodes/{node['metadata']['name']}", "DELETE")
    pods = await api.find(f"api/v1/namespaces/{namespace}/pods") or {}
    await api.find(f"api/v1/namespaces/{namespace}", "DELETE")
    for pod in pods.get("items", ()):  # their kubelet is gone: nobody else would finish them
        where = f"api/v1/namespaces/{namespace}/pods/{pod['metadata']['name']}"
        await api.find(where, "DELETE", {"gracePeriodSeconds": 0})


class _Api:
    """A few requests that the controllers' client has no words for."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._ssl = connection.ssl()

    async def __aenter__(self) -> _Api:
        connector = aiohttp.TCPConnector(ssl=self._ssl)
        timeout = aiohttp.ClientTimeout(total=10)
        self._session = aiohttp.ClientSession(
            connector=connector, headers=self._connection.headers(), timeout=timeout
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def call(self, verb: str, path: str, body: Any = None) -> tuple[int, Any]:
        """(status, JSON answer).

        Raises:
            BadInput: no answer.
        """
        url = f"{self._connection.server}/{path}"
        try:
            async with self._session.request(verb, url, json=body) as response:
                return response.status, await response.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            why = str(error) or type(error).__name__
            raise BadInput(
                f"--cluster current: no answer from {self._connection.server} ({why}); "
                "start the cluster, or choose another with --kubeconfig and --context"
            ) from error

    async def demand(self, verb: str, path: str, body: Any = None) -> Any:
        """The answer's object; {} where there is none (404).

        Raises:
            BadInput: no answer, or a refusal: we may not do here what the demo needs.
        """
        status, found = await self.call(verb, path, body)
        if status >= 300 and status != 404:
            said = (found or {}).get("message") or f"status {status}"
            raise BadInput(
                f"--cluster current: {self._connection.server} refused {verb} {path} ({said}); "
                "use a user who may do it, or --cluster embedded"
            )
        return found if status < 300 else {}

    async def find(self, path: str, verb: str = "GET", body: Any = None) -> Any:
        """The object, or None where the server refuses."""
        status, found = await self.call(verb, path, body)
        return found if status < 300 else None
