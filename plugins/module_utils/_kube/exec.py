# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a command in a container through the API server: a WebSocket, whose messages begin with a byte for the stream.

The connection is that of all other requests (client.py), and websocket-client, on which the Kubernetes client depends, shakes hands and
reads. Writing is done here: the library copies each message five times and masks it by arithmetic, at a tenth of the speed of a network.
"""

from __future__ import annotations

import json
import os
import select
import ssl
import struct
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

from .._errors import TritonError
from .client import Client, path_of

try:
    import websocket
except ImportError:
    # The package kubernetes brings it, and connect() names that where it is missing.
    pass

STDIN, STDOUT, STDERR, ERROR, CLOSE = 0, 1, 2, 3, 255
# The second cannot tell the command that its input has ended; API servers before Kubernetes 1.30 have no other.
V5, V4 = "v5.channel.k8s.io", "v4.channel.k8s.io"
# Twice as fast on the local cluster as messages of 32 KiB; servers take up to 32 MiB.
CHUNK = 1024 * 1024
# Header of a frame (at most 14 bytes) and the stream's number.
_HEAD = 15
_PING_EVERY = 15.0
SILENCE = 60.0
# More is not kept of what a command says.
MOST_OUTPUT = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Place:
    """The container that runs commands."""

    namespace: str
    pod: str
    container: str


@dataclass(frozen=True, slots=True)
class Done:
    """A command that has ended; ``ends_input`` tells whether the server can say that the input has ended."""

    code: int
    stdout: str
    stderr: str
    ends_input: bool


class Lost(TritonError):
    """The connection ended before the command did."""


class Sink(Protocol):
    """Where a stream is written to, without a copy."""

    def room(self) -> memoryview:
        """Where the next bytes go; never empty."""

    def filled(self, count: int) -> None:
        """So many bytes were put there."""


class _Over(Exception):
    """The command has ended and takes no more input."""


def run(
    client: Client, place: Place, command: Sequence[str], feed: Callable[[Sink], None] | None = None, limit: float = 0
) -> Done:
    """Run a command and wait for its end.

    :param feed: writes the command's input; it is left off when the command ends before.
    :param limit: seconds that the command may take after its input, 0 for any time.
    :raises ApiError: the API server does not let this user, or there is no such container.
    :raises Lost: the connection broke, or nothing moved for SILENCE seconds.
    """
    process = _Process(client, place, command, feed is not None)
    try:
        if feed is not None:
            try:
                feed(process)
                process.end_input()
            except _Over:
                pass
        return process.wait(limit)
    except (OSError, ssl.SSLError, websocket.WebSocketException) as error:
        raise Lost(
            f"The connection to pod {place.pod} in namespace {place.namespace} was lost ({error or type(error).__name__}); run it again: "
            "what has arrived is not sent again."
        ) from error
    finally:
        process.close()


class _Process:
    """The streams of one command; a Sink for its input."""

    def __init__(self, client: Client, place: Place, command: Sequence[str], stdin: bool) -> None:
        self._place = place
        self._socket = client.open_socket(SILENCE)
        self._web = _upgraded(client, self._socket, place, command, stdin)
        self._ends_input = self._web.subprotocol == V5
        # Masks protect plain HTTP proxies from what scripts in browsers may send; inside TLS nobody could see the difference.
        self._masked = not isinstance(self._socket, ssl.SSLSocket)
        self._buffer = bytearray(_HEAD + CHUNK)
        self._view = memoryview(self._buffer)
        self._used = 0
        self._output: dict[int, bytearray] = {STDOUT: bytearray(), STDERR: bytearray(), ERROR: bytearray()}
        self._open = True
        self._poll = select.poll()
        self._poll.register(self._socket, select.POLLIN)
        self._both = select.poll()
        self._both.register(self._socket, select.POLLIN | select.POLLOUT)

    def room(self) -> memoryview:
        """The rest of the next message."""
        return self._view[_HEAD + self._used :]

    def filled(self, count: int) -> None:
        """Send the message when it is full."""
        self._used += count
        if self._used == CHUNK:
            self._flush()

    def end_input(self) -> None:
        """Send what is left, and say that nothing follows where the server understands that."""
        self._flush()
        if self._ends_input:
            self._send(bytes((CLOSE, STDIN)))

    def wait(self, limit: float) -> Done:
        """Read until the command has ended."""
        end = time.monotonic() + limit if limit else None
        heard = pinged = time.monotonic()
        while self._open:
            if self._read(1.0):
                heard = time.monotonic()
            now = time.monotonic()
            if now - heard > SILENCE:
                raise OSError(f"no sign of life for {SILENCE:g} s")
            if end is not None and now > end:
                raise OSError(f"the command did not end in {limit:g} s")
            if now - pinged > _PING_EVERY:
                self._web.ping()
                pinged = now
        return self._result()

    def close(self) -> None:
        """Let go of the connection; what still runs at the other side loses its input."""
        try:
            self._web.close(timeout=1)
        except (OSError, websocket.WebSocketException):
            pass
        self._socket.close()

    def _flush(self) -> None:
        if self._used:
            self._view[_HEAD - 1] = STDIN
            self._frame(self._view, _HEAD - 1, self._used + 1)
            self._used = 0

    def _send(self, message: bytes) -> None:
        buffer = bytearray(_HEAD - 1) + message
        self._frame(memoryview(buffer), _HEAD - 1, len(message))

    def _frame(self, view: memoryview, start: int, length: int) -> None:
        """Send a message that lies at ``start`` of a buffer with room for a frame's header before it."""
        while self._read(0):
            pass
        if not self._open:
            raise _Over
        key = os.urandom(4) if self._masked else bytes(4)
        if self._masked:
            view[start : start + length] = websocket.ABNF.mask(key, bytes(view[start : start + length]))
        header = frame_header(length) + key
        first = start - len(header)
        view[first:start] = header
        self._write(view[first : start + length])

    def _write(self, data: memoryview) -> None:
        """Write all, and read meanwhile: a command that fails says why before its connection is closed under our hands."""
        while data:
            self._socket.settimeout(0)
            try:
                data = data[self._socket.send(data) :]
                continue
            except (BlockingIOError, ssl.SSLWantWriteError, ssl.SSLWantReadError):
                pass
            finally:
                self._socket.settimeout(SILENCE)
            ready = self._both.poll(SILENCE * 1000)
            if not ready:
                raise OSError(f"nothing was taken for {SILENCE:g} s")
            if ready[0][1] & select.POLLIN and self._read(0) and not self._open:
                raise _Over

    def _read(self, timeout: float) -> bool:
        """Take one frame if there is one; tells whether there was."""
        if not self._open:
            return False
        pending = isinstance(self._socket, ssl.SSLSocket) and self._socket.pending()
        if not pending and not self._poll.poll(timeout * 1000):
            return False
        opcode, frame = self._web.recv_data_frame(True)
        if opcode == websocket.ABNF.OPCODE_CLOSE:
            self._open = False
        elif opcode in (websocket.ABNF.OPCODE_BINARY, websocket.ABNF.OPCODE_TEXT) and frame.data:
            stream = self._output.get(frame.data[0])
            if stream is not None and len(stream) < MOST_OUTPUT:
                stream += frame.data[1:]
            # The outcome is the last that is said.
            self._open = frame.data[0] != ERROR
        return True

    def _result(self) -> Done:
        said = self._output[ERROR].decode(errors="replace")
        if not said:
            raise OSError("it was closed")
        return Done(
            exit_code(said),
            self._output[STDOUT].decode(errors="replace"),
            self._output[STDERR].decode(errors="replace"),
            self._ends_input,
        )


def frame_header(length: int) -> bytes:
    """The beginning of a whole binary message with a mask, up to the mask (RFC 6455, 5.2)."""
    if length < 126:
        return struct.pack("!BB", 0x82, 0x80 | length)
    if length < 1 << 16:
        return struct.pack("!BBH", 0x82, 0xFE, length)
    return struct.pack("!BBQ", 0x82, 0xFF, length)


def exit_code(text: str) -> int:
    """The exit code in the Status that ends a command.

    :raises TritonError: the command was never run, in the server's words.
    """
    try:
        status = json.loads(text)
        if status.get("status") == "Success":
            return 0
        for cause in (status.get("details") or {}).get("causes") or ():
            if cause.get("reason") == "ExitCode":
                return int(cause["message"])
        message = status.get("message") or text
    except (ValueError, AttributeError):
        message = text
    raise TritonError(f"The command cannot be run in the pod: {message}")


def _upgraded(client: Client, sock: Any, place: Place, command: Sequence[str], stdin: bool) -> Any:
    path = path_of("v1", "pods", place.namespace, place.pod, "exec")
    query = [("container", place.container), ("stdout", "true"), ("stderr", "true"), *(("command", c) for c in command)]
    if stdin:
        query.append(("stdin", "true"))
    web: Any = websocket.WebSocket(skip_utf8_validation=True)
    # "http" becomes "ws", and "https" "wss".
    url = f"ws{client.server.removeprefix('http')}{path}?{urlencode(query)}"
    try:
        web.connect(
            url, socket=sock, header=client.headers(), subprotocols=[V5, V4], suppress_origin=True, redirect_limit=0
        )
    except websocket.WebSocketBadStatusException as error:
        sock.close()
        refused = client.refused("GET", path, error.status_code, error.resp_body or b"")
        if refused.status == 403:
            refused = refused.said(
                f"The API server does not let you run commands in pod {place.pod} (pods/exec is forbidden: {refused.text}); ask for the "
                f"ClusterRole edit in namespace {place.namespace}."
            )
        raise refused from error
    except (OSError, websocket.WebSocketException) as error:
        sock.close()
        raise Lost(f"{client.server} does not open a WebSocket to pod {place.pod}: {error}.") from error
    return web
