"""A Kubernetes API server in memory: no Docker, no root, started in well under a second."""

from __future__ import annotations

from demo.apiserver.requests import RequestKey
from demo.apiserver.server import EmbeddedCluster
from demo.apiserver.thread import ClusterThread

__all__ = ["ClusterThread", "EmbeddedCluster", "RequestKey"]
