"""Where is the API server, and who are we to it?"""

from __future__ import annotations

import base64
import os
import ssl
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_IN_CLUSTER = Path("/var/run/secrets/kubernetes.io/serviceaccount")


class KubeconfigError(ValueError):
    """A kubeconfig that does not say how to reach a cluster; the message says what is missing."""


@dataclass(frozen=True)
class Connection:
    """Server URL and credentials. Certificates are PEM."""

    server: str
    token: str | None = None
    ca: str | None = None
    certificate: str | None = None
    key: str | None = None
    insecure: bool = False

    @classmethod
    def from_kubeconfig(
        cls, config: str | os.PathLike[str] | Mapping[str, Any] | None = None, context: str | None = None
    ) -> Connection:
        """From a kubeconfig: a path, its content, `KUBECONFIG` or ~/.kube/config; or the service account.

        Exec plugins are not run. Raises KubeconfigError where the context, cluster or user is missing.
        """
        if config is None and "KUBERNETES_SERVICE_HOST" in os.environ and _IN_CLUSTER.exists():
            return cls._in_cluster()
        content = config if isinstance(config, Mapping) else _load(config)
        name = context or content.get("current-context") or ""
        chosen = _named(content, "contexts", "context", name)
        cluster = _named(content, "clusters", "cluster", chosen.get("cluster") or "")
        user = _named(content, "users", "user", chosen["user"]) if chosen.get("user") else {}
        if not cluster.get("server"):
            raise KubeconfigError(f"cluster {chosen.get('cluster')!r} of the kubeconfig has no server")
        return cls(
            server=str(cluster["server"]).rstrip("/"),
            token=user.get("token") or _read(user.get("tokenFile")),
            ca=_pem(cluster, "certificate-authority"),
            certificate=_pem(user, "client-certificate"),
            key=_pem(user, "client-key"),
            insecure=bool(cluster.get("insecure-skip-tls-verify")),
        )

    @classmethod
    def _in_cluster(cls) -> Connection:
        host, port = os.environ["KUBERNETES_SERVICE_HOST"], os.environ.get("KUBERNETES_SERVICE_PORT", "443")
        return cls(
            server=f"https://{f'[{host}]' if ':' in host else host}:{port}",
            token=(_IN_CLUSTER / "token").read_text().strip(),
            ca=(_IN_CLUSTER / "ca.crt").read_text(),
        )

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def ssl(self) -> ssl.SSLContext | bool:
        """For aiohttp: a context for https, else its default."""
        if not self.server.startswith("https:"):
            return True
        context = ssl.create_default_context(cadata=self.ca)
        if self.insecure:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if self.certificate and self.key:
            # The ssl module reads certificates from files only.
            with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
                file.write(f"{self.certificate}\n{self.key}\n")
                file.flush()
                context.load_cert_chain(file.name)
        return context


def _load(path: str | os.PathLike[str] | None) -> Mapping[str, Any]:
    import yaml

    where = Path(path or os.environ.get("KUBECONFIG") or Path.home() / ".kube" / "config").expanduser()
    remedy = "; give --kubeconfig, or set KUBECONFIG"
    try:
        content = yaml.safe_load(where.read_text())
    except OSError as error:
        raise KubeconfigError(f"cannot read kubeconfig {where}: {error.strerror}{remedy}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise KubeconfigError(f"kubeconfig {where} is not YAML{remedy}") from error
    if not isinstance(content, Mapping):
        raise KubeconfigError(f"kubeconfig {where} is empty or not a mapping{remedy}")
    return content


def _named(config: Mapping[str, Any], group: str, member: str, name: str) -> Mapping[str, Any]:
    listed = config.get(group)
    entries = [each for each in listed if isinstance(each, Mapping)] if isinstance(listed, list) else []
    for each in entries:
        if each.get("name") == name and isinstance(each.get(member), Mapping):
            found: Mapping[str, Any] = each[member]
            return found
    known = ", ".join(str(each.get("name")) for each in entries) or "none"
    raise KubeconfigError(f"the kubeconfig has no {member} named {name!r}; there are: {known}")


def _read(path: str | None) -> str | None:
    try:
        return Path(path).read_text().strip() if path else None
    except (OSError, ValueError) as error:
        raise KubeconfigError(f"cannot read {path}, which the kubeconfig names: {error}") from error


def _pem(section: Mapping[str, Any], field: str) -> str | None:
    data = section.get(f"{field}-data")
    try:
        return base64.b64decode(data).decode() if data else _read(section.get(field))
    except ValueError as error:
        raise KubeconfigError(f"{field}-data of the kubeconfig is not base64: {error}") from error
