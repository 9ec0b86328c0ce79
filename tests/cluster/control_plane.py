"""A real control plane on the loopback interface: etcd, kube-apiserver and three of Kubernetes' controllers.

The workload and node controllers are left out: they would do the work of ours.
"""

from __future__ import annotations

import base64
import http.client
import json
import secrets
import ssl
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.cluster.binaries import binary
from tests.cluster.certificates import write_certificates
from tests.cluster.processes import Server, answers, free_ports

LOOPBACK = "127.0.0.1"
#: Whom a token is made for; all may do everything.
USERS = ("admin", "user", "conformance", "deployment", "replicaset", "scheduler", "kubelet")
CONTROLLERS = "garbage-collector-controller,namespace-controller,serviceaccount-controller"


class ControlPlane:
    """A context manager; what it writes goes into `directory`, which must be empty.

    `url`, `token` (of admin) and `ca` (PEM) say how to reach it.
    """

    def __init__(self, directory: Path, users: Sequence[str] = USERS) -> None:
        self.directory = directory
        self.ca = write_certificates(directory)
        self._tokens = {user: secrets.token_urlsafe(16) for user in users}
        self._etcd, peer, self._secure, self._manager = free_ports(4)
        self.url = f"https://{LOOPBACK}:{self._secure}"
        self._tls = ssl.create_default_context(cadata=self.ca)
        self._stack = ExitStack()
        self._write("tokens.csv", "".join(map(self._token_line, users)))
        self.etcd = Server("etcd", self._etcd_command(peer), directory, ready=self._etcd_ready)
        self.api_server = Server("kube-apiserver", self._api_command(), directory, ready=self._is_ready)
        self.controller_manager = Server(
            "kube-controller-manager", self._manager_command(), directory, ready=self._serves_namespaces
        )

    @property
    def token(self) -> str:
        return self._tokens["admin"]

    @property
    def servers(self) -> tuple[Server, ...]:
        return self.etcd, self.api_server, self.controller_manager

    def __enter__(self) -> ControlPlane:
        with ExitStack() as starting:
            for server in self.servers:
                starting.enter_context(server)
            self._stack = starting.pop_all()
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._stack.close()

    def kill_api_server(self) -> None:
        """SIGKILL: every connection breaks, what was stored stays."""
        self.api_server.kill()

    def restart_api_server(self) -> None:
        """SIGKILL if it runs, and up again at the same address; returns when it is ready."""
        self.kill_api_server()
        self.api_server.start()

    def kubeconfig(self, user: str = "admin", namespace: str = "default") -> dict[str, Any]:
        """For one of the users.

        Raises:
            KeyError: nobody has this name.
        """
        authority = base64.b64encode(self.ca.encode()).decode()
        server = {"server": self.url, "certificate-authority-data": authority}
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "real", "cluster": server}],
            "users": [{"name": user, "user": {"token": self._tokens[user]}}],
            "contexts": [
                {"name": "real", "context": {"cluster": "real", "user": user, "namespace": namespace}}
            ],
            "current-context": "real",
        }

    def write_kubeconfig(self, path: str | Path, user: str = "admin", namespace: str = "default") -> Path:
        """The same as a file that only its owner can read."""
        file = Path(path)
        file.touch(mode=0o600)
        file.write_text(json.dumps(self.kubeconfig(user, namespace)))
        return file

    def _write(self, name: str, text: str) -> None:
        file = self.directory / name
        file.touch(mode=0o600)
        file.write_text(text)

    def _token_line(self, user: str) -> str:
        return f'{self._tokens[user]},{user},{user},"system:masters"\n'

    def _etcd_ready(self) -> bool:
        return answers(f"http://{LOOPBACK}:{self._etcd}/readyz")

    def _is_ready(self) -> bool:
        return self._status("/readyz") == 200

    def _serves_namespaces(self) -> bool:
        """Pods can be created in a namespace only when it has its service account."""
        return self._status("/api/v1/namespaces/default/serviceaccounts/default") == 200

    def _status(self, path: str) -> int:
        connection = http.client.HTTPSConnection(LOOPBACK, self._secure, timeout=5, context=self._tls)
        try:
            connection.request("GET", path, headers={"Authorization": f"Bearer {self.token}"})
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    def _etcd_command(self, peer: int) -> list[object]:
        client, own = f"http://{LOOPBACK}:{self._etcd}", f"http://{LOOPBACK}:{peer}"
        return [
            binary("etcd"),
            f"--data-dir={self.directory / 'etcd'}",
            f"--listen-client-urls={client}",
            f"--advertise-client-urls={client}",
            f"--listen-peer-urls={own}",
            f"--initial-advertise-peer-urls={own}",
            f"--initial-cluster=default={own}",
            "--unsafe-no-fsync",
            "--log-level=warn",
        ]

    def _api_command(self) -> list[object]:
        files, key = self.directory, self.directory / "service-account.key"
        return [
            binary("kube-apiserver"),
            f"--etcd-servers=http://{LOOPBACK}:{self._etcd}",
            f"--bind-address={LOOPBACK}",
            f"--advertise-address={LOOPBACK}",
            f"--secure-port={self._secure}",
            f"--cert-dir={files}",
            f"--tls-cert-file={files / 'server.crt'}",
            f"--tls-private-key-file={files / 'server.key'}",
            f"--client-ca-file={files / 'ca.crt'}",
            f"--token-auth-file={files / 'tokens.csv'}",
            "--authorization-mode=Node,RBAC",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={key}",
            f"--service-account-signing-key-file={key}",
            "--service-cluster-ip-range=10.0.0.0/24",
            "--endpoint-reconciler-type=none",
            "--allow-privileged=true",
        ]

    def _manager_command(self) -> list[object]:
        config = self.write_kubeconfig(self.directory / "kubeconfig")
        return [
            binary("kube-controller-manager"),
            f"--kubeconfig={config}",
            f"--authentication-kubeconfig={config}",
            f"--authorization-kubeconfig={config}",
            f"--bind-address={LOOPBACK}",
            f"--secure-port={self._manager}",
            f"--cert-dir={self.directory}",
            "--leader-elect=false",
            f"--root-ca-file={self.directory / 'ca.crt'}",
            f"--controllers={CONTROLLERS}",
        ]
