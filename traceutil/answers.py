"""What a collector answered over HTTP: the session of the SDK's exporter, which keeps it to itself."""

from __future__ import annotations

import sys
from typing import Any

import requests
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse


class Answers(requests.Session):
    """Remembers the last answer. Used by one exporting thread at a time."""

    def __init__(self) -> None:
        super().__init__()
        self._why = ""
        self._rejected = 0

    def send(self, request: requests.PreparedRequest, **arguments: Any) -> requests.Response:
        self._why, self._rejected = "", 0
        try:
            response = super().send(request, **arguments)
        except requests.RequestException as error:
            self._why = in_words(error)
            raise
        if not 200 <= response.status_code < 300:
            # The exporter takes a redirect for a success; it brought no spans anywhere.
            self._rejected = sys.maxsize
            self._why = f"HTTP {response.status_code} {response.reason}".strip()
        elif found := rejected(response.content):
            self._rejected, self._why = found, "rejected by the collector"
        return response

    def why(self) -> str:
        """Why the last request did not bring all its spans there; empty where it did."""
        return self._why

    def rejected(self) -> int:
        """How many spans of the last request the collector did not take, although it said 200."""
        return self._rejected


def in_words(error: requests.RequestException) -> str:
    """What went wrong with the connection."""
    if isinstance(error, requests.ConnectTimeout):
        return "no connection in time"
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    if isinstance(error, requests.exceptions.SSLError):
        return "TLS failed"
    if "refused" in str(error):
        return "connection refused"
    if isinstance(error, requests.ConnectionError | requests.exceptions.ChunkedEncodingError):
        return "connection broken"
    return f"{type(error).__name__} in the exporter"


def rejected(content: bytes) -> int:
    """`partial_success.rejected_spans` of an OTLP answer; 0 where it is none that can be read."""
    try:
        answer = ExportTraceServiceResponse.FromString(content)
    except Exception:  # protobuf's DecodeError; the status said 200, so there is nothing to doubt
        return 0
    return max(0, int(answer.partial_success.rejected_spans))
