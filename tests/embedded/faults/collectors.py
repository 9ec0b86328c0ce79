"""A collector that is broken in one of many ways, or sound: OTLP over HTTP on a real socket."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTracePartialSuccess,
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

#: What becomes of one request: the connection, its head and its body.
Fault = Callable[["Collector", socket.socket, bytes], None]


class Collector:
    """`with Collector(fault) as collector: … collector.url …`; `fault` may be set anew at any time.

    `started` counts requests of which the head has come, `answered` those whose answer was sent whole,
    `spans` the spans that were taken in.
    """

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.started = self.answered = self.spans = 0
        self.released = threading.Event()
        self.lock = threading.Lock()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._thread = threading.Thread(target=self._accept, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def __enter__(self) -> Collector:
        self._thread.start()
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self.released.set()
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join()
        for each in list(self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                self._open.add(connection)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            while head := _head(connection):
                with self.lock:
                    self.started += 1
                self.fault(self, connection, head)
        self._open.discard(connection)

    def take(self, connection: socket.socket, head: bytes) -> bytes:
        """The body of the request, read whole."""
        length, body = _length(head), _rest(head)
        while len(body) < length:
            body += connection.recv(65536) or _gone()
        return body

    def answer(self, connection: socket.socket, status: str, body: bytes = b"", extra: str = "") -> None:
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{extra}\r\n"
        connection.sendall(head.encode() + body)
        with self.lock:
            self.answered += 1

    def count(self, body: bytes) -> int:
        found = ExportTraceServiceRequest.FromString(body)
        spans = sum(len(scope.spans) for each in found.resource_spans for scope in each.scope_spans)
        with self.lock:
            self.spans += spans
        return spans


def sound(collector: Collector, connection: socket.socket, head: bytes) -> None:
    """Takes everything."""
    collector.count(collector.take(connection, head))
    collector.answer(connection, "200 OK")


def silent(collector: Collector, connection: socket.socket, head: bytes) -> None:
    """Reads the request and says nothing, until the test releases it; then it takes everything."""
    body = collector.take(connection, head)
    collector.released.wait(60)
    collector.count(body)
    collector.answer(connection, "200 OK")


def says(status: str, extra: str = "") -> Fault:
    """Refuses everything with this status line."""

    def fault(collector: Collector, connection: socket.socket, head: bytes) -> None:
        collector.take(connection, head)
        collector.answer(connection, status, extra=extra)

    return fault


def cuts_the_request(collector: Collector, connection: socket.socket, head: bytes) -> None:
    """Closes before the body is read, with a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
    raise OSError("cut")


def cuts_the_answer(collector: Collector, connection: socket.socket, head: bytes) -> None:
    """Takes everything, and closes in the middle of the answer's body."""
    collector.count(collector.take(connection, head))
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\nhalf")
    connection.shutdown(socket.SHUT_RDWR)
    raise OSError("cut")


def cuts_the_status(collector: Collector, connection: socket.socket, head: bytes) -> None:
    """Takes everything, and closes before the answer's first line is over."""
    collector.count(collector.take(connection, head))
    connection.sendall(b"HTTP/1.1 2")
    connection.shutdown(socket.SHUT_RDWR)
    raise OSError("cut")


def drips(collector: Collector, connection: socket.socket, head: bytes) -> None:
    """Answers a byte at a time, without an end: each read is quick, the whole is not."""
    collector.take(connection, head)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while not collector.released.wait(0.05):
        connection.sendall(b".")


def rejects(collector: Collector, connection: socket.socket, head: bytes) -> None:
    """Says 200, and in the answer's body that it took none of the spans (OTLP partial success)."""
    count = collector.count(collector.take(connection, head))
    rejected = ExportTracePartialSuccess(rejected_spans=count, error_message="quota")
    collector.answer(
        connection, "200 OK", ExportTraceServiceResponse(partial_success=rejected).SerializeToString()
    )


def _head(connection: socket.socket) -> bytes:
    """The request up to its body, and what came of that; empty at the end of the connection."""
    found = b""
    while b"\r\n\r\n" not in found:
        more = connection.recv(65536)
        if not more:
            return b""
        found += more
    return found


def _rest(head: bytes) -> bytes:
    return head.partition(b"\r\n\r\n")[2]


def _length(head: bytes) -> int:
    lines = head.partition(b"\r\n\r\n")[0].lower().split(b"\r\n")
    (found,) = (line.split(b":")[1] for line in lines if line.startswith(b"content-length:"))
    return int(found)


def _gone() -> bytes:
    raise OSError("the client has closed")
