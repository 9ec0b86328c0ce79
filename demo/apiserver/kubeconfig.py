"""The kubeconfig of an embedded cluster."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

NAME = "embedded"


def kubeconfig(url: str, user: str, token: str, namespace: str) -> dict[str, Any]:
    """One cluster, one user, one context."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": NAME, "cluster": {"server": url}}],
        "users": [{"name": user, "user": {"token": token}}],
        "contexts": [{"name": NAME, "context": {"cluster": NAME, "user": user, "namespace": namespace}}],
        "current-context": NAME,
        "preferences": {},
    }


def write(path: Path, config: dict[str, Any]) -> Path:
    """Write it as JSON, which is YAML too; only the owner can read the file."""
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    return path
