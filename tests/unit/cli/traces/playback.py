"""Plays back what a Jaeger said, over HTTP: a stand-in, for answers that a healthy Jaeger does not give."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

#: What is asked → (status, answer): an answer that is no text is sent as JSON.
Script = Callable[[str, dict[str, str]], tuple[int, Any]]

#: What a web server says of a path that it does not know.
PAGE = "<!doctype html><title>not here</title>"


@contextmanager
def playing(script: Script) -> Iterator[str]:
    """The base URL of a server that answers by the script."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            status, answer = script(asked.path, dict(parse_qsl(asked.query)))
            body = (answer if isinstance(answer, str) else json.dumps(answer)).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: a test's output is its own."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
