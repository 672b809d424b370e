# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A way to the API server that counts the requests that go through it, and shuts at one of them.

It asks upstream as the cluster's administrator, over TLS; those who come to it need no credentials, and have to be on this machine.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from kubernetes import config
from urllib3 import HTTPHeaderDict

WRITING = ("POST", "PUT", "PATCH", "DELETE")
# Of one connection, and not of the next one.
HOP = {
    "connection",
    "keep-alive",
    "transfer-encoding",
    "te",
    "trailer",
    "upgrade",
    "content-length",
    "host",
    "authorization",
}
REQUEST_S = 120.0


def writes(method: str, path: str) -> bool:
    """Whether a request changes objects: questions, dry runs and inferences do not."""
    parts = urlsplit(path)
    return (
        method in WRITING
        and not parts.path.endswith("reviews")
        and "/proxy/" not in parts.path
        and "dryRun" not in parts.query
    )


class Turnstile:
    """Counts requests, and calls ``shut`` at the request of a number, before it is passed on or when it was answered.

    :param kubeconfig: the administrator's.
    :param at: number of that request, 1 for the first; 0 for none.
    :param answered: whether the API server still gets it.
    """

    def __init__(self, kubeconfig: Path, at: int = 0, answered: bool = False) -> None:
        api = config.new_client_from_config(str(kubeconfig))
        settings = api.configuration.auth_settings().values()
        self._credentials = {one["key"]: one["value"] for one in settings if one.get("value")}
        self._server_url, self._pool = api.configuration.host, api.rest_client.pool_manager
        self._at, self._answered = at, answered
        self._lock = threading.Lock()
        self.shut: Callable[[], None] = lambda: None
        self.closed = threading.Event()
        self.requests: list[tuple[str, str]] = []
        turnstile = self

        class Handler(BaseHTTPRequestHandler):
            """One connection."""

            protocol_version = "HTTP/1.1"

            def handle_one_request(self) -> None:
                self.raw_requestline = self.rfile.readline(65537)
                if not self.raw_requestline or not self.parse_request():
                    self.close_connection = True
                    return
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                turnstile.passed(self, body)

            def log_message(self, *_arguments: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def kubeconfig(self) -> dict[str, Any]:
        """How to get through it."""
        server = f"http://127.0.0.1:{self._server.server_port}"
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "c", "cluster": {"server": server}}],
            "users": [{"name": "u", "user": {"token": "of-no-use"}}],
            "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
            "current-context": "x",
        }

    @property
    def first_write(self) -> int:
        """The number of the first request that writes, 0 for none."""
        return next((number for number, one in enumerate(self.requests, 1) if writes(*one)), 0)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def passed(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        """Pass a request on, and its answer back, unless this is where it shuts."""
        with self._lock:
            if self.closed.is_set():
                handler.close_connection = True
                return
            self.requests.append((handler.command, handler.path))
            last = len(self.requests) == self._at
            if last and not self._answered:
                self.closed.set()
        if self.closed.is_set():
            self.shut()
            handler.close_connection = True
            return
        answer = self._ask(handler, body)
        if last:
            self.closed.set()
            self.shut()
            handler.close_connection = True
            return
        handler.send_response(answer.status)
        for name, value in answer.headers.items():
            if name.lower() not in HOP:
                handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(answer.data)))
        handler.end_headers()
        handler.wfile.write(answer.data)

    def _ask(self, handler: BaseHTTPRequestHandler, body: bytes) -> Any:
        headers = HTTPHeaderDict(self._credentials)
        # A header may be there several times, such as the groups of somebody in whose name is asked.
        for name, value in handler.headers.items():
            if name.lower() not in HOP:
                headers.add(name, value)
        return self._pool.request(
            handler.command,
            self._server_url + handler.path,
            body=body or None,
            headers=headers,
            retries=False,
            redirect=False,
            timeout=REQUEST_S,
            decode_content=False,
        )
