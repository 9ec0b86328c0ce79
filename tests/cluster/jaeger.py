"""A real Jaeger on the loopback interface: takes OTLP, keeps it in memory, answers queries."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

import yaml

from tests.cluster.binaries import binary
from tests.cluster.processes import Server, answers, free_ports

LOOPBACK = "127.0.0.1"
#: Traces that a query returns at most.
LIMIT = 1500


class Jaeger:
    """A context manager. `otlp_http`, `otlp_grpc` and `query_url` say how to reach it."""

    def __init__(self, directory: Path) -> None:
        http, grpc, query, query_grpc = free_ports(4)
        self.otlp_http = f"http://{LOOPBACK}:{http}"
        self.otlp_grpc = f"grpc://{LOOPBACK}:{grpc}"
        self.query_url = f"http://{LOOPBACK}:{query}"
        file = directory / "jaeger.yaml"
        file.write_text(yaml.safe_dump(configuration(http, grpc, query, query_grpc)))
        self.server = Server(
            "jaeger",
            [binary("jaeger"), f"--config={file}"],
            directory,
            ready=lambda: answers(f"{self.query_url}/api/services"),
            environ=os.environ | {"JAEGER_LISTEN_HOST": LOOPBACK},
        )

    def __enter__(self) -> Jaeger:
        self.server.start()
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self.server.kill()

    def services(self) -> set[str]:
        """Who has sent spans."""
        return set(self._get("services") or ())

    def traces(self, service: str, **query: str) -> list[dict[str, Any]]:
        """The traces that a service took part in, as /api/traces tells them."""
        return list(self._get("traces", service=service, limit=str(LIMIT), **query))

    def trace(self, trace_id: str) -> dict[str, Any] | None:
        """One trace by its id (32 hex digits); None where nothing of it has arrived."""
        try:
            (found,) = self._get(f"traces/{trace_id}")
        except HTTPError as error:
            if error.code == 404:
                return None
            raise
        return dict(found)

    def _get(self, what: str, **query: str) -> Any:
        with urlopen(f"{self.query_url}/api/{what}?{urlencode(query)}", timeout=30) as response:
            return json.load(response)["data"]


def configuration(http: int, grpc: int, query: int, query_grpc: int) -> dict[str, Any]:
    """Jaeger's: OTLP in by batches as in its own default, memory, the query API out; nothing about itself."""
    protocols = {name: {"endpoint": f"{LOOPBACK}:{port}"} for name, port in (("http", http), ("grpc", grpc))}
    pipeline = {"receivers": ["otlp"], "processors": ["batch"], "exporters": ["jaeger_storage_exporter"]}
    return {
        "service": {
            "extensions": ["jaeger_storage", "jaeger_query"],
            "pipelines": {"traces": pipeline},
            "telemetry": {"metrics": {"level": "none"}, "logs": {"level": "warn"}},
        },
        "extensions": {
            "jaeger_storage": {"backends": {"memory": {"memory": {"max_traces": 100_000}}}},
            "jaeger_query": {
                "storage": {"traces": "memory"},
                "http": {"endpoint": f"{LOOPBACK}:{query}"},
                "grpc": {"endpoint": f"{LOOPBACK}:{query_grpc}"},
            },
        },
        "receivers": {"otlp": {"protocols": protocols}},
        "processors": {"batch": None},
        "exporters": {"jaeger_storage_exporter": {"trace_storage": "memory"}},
    }
