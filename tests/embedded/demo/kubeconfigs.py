"""Kubeconfigs that lead nowhere, and what the tool must say of them."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

#: Nobody listens there: reserved, and refused at once on the loopback interface.
CLOSED = "http://127.0.0.1:1"


def kubeconfig(server: str, **cluster: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "here",
        "contexts": [{"name": "here", "context": {"cluster": "it", "user": "me"}}],
        "clusters": [{"name": "it", "cluster": {"server": server, **cluster}}],
        "users": [{"name": "me", "user": {"token": "mine"}}],
    }


#: name of the file → its bytes.
FILES: dict[str, bytes] = {
    "closed-port": json.dumps(kubeconfig(CLOSED)).encode(),
    "no-yaml": b"contexts: [unclosed\n",
    "binary": b"\xff\xfe\x00\x01",
    "empty": b"",
    "a-list": b"- 1\n- 2\n",
    "other-shape": b"contexts: [3]\ncurrent-context: here\n",
    "no-list": b"contexts: 3\ncurrent-context: here\n",
    "bad-certificate": json.dumps(
        kubeconfig("https://127.0.0.1:1", **{"certificate-authority-data": "aGVsbG8="})
    ).encode(),
}


def write(directory: Path, name: str) -> Path:
    path = directory / f"{name}.yaml"
    path.write_bytes(FILES[name])
    return path


def taken_port() -> socket.socket:
    """A socket that listens; `.getsockname()[1]` is its port."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    return listening
