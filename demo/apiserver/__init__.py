"""A Kubernetes API server in memory: no Docker, no root, started in well under a second.

It behaves as kube-apiserver v1.36 does in what clients and controllers rely on; `tests/conformance` says
what that is. It leaves out: pruning, defaulting and validation of custom resources by their schema,
`fieldValidation`, protobuf, TLS, admission webhooks, quotas, access rules (everybody may do everything),
tokens of service accounts.
"""

from __future__ import annotations

from demo.apiserver.requests import RequestKey
from demo.apiserver.server import EmbeddedCluster
from demo.apiserver.thread import ClusterThread

__all__ = ["ClusterThread", "EmbeddedCluster", "RequestKey"]
