# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A double of an API server that opens WebSockets to commands, in plain or inside TLS; it reads and writes frames by itself."""

from __future__ import annotations

import base64
import datetime
import hashlib
import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

V5 = "v5.channel.k8s.io"
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
SUCCESS = json.dumps({"status": "Success"})


def failed(code: int) -> str:
    """What ends a command that failed."""
    cause = {"reason": "ExitCode", "message": str(code)}
    return json.dumps({"status": "Failure", "reason": "NonZeroExitCode", "details": {"causes": [cause]}})


@dataclass
class Connection:
    """The server's end of one command."""

    stream: socket.socket
    target: str
    headers: dict[str, str]
    masks: list[bytes] = field(default_factory=list)

    @property
    def query(self) -> list[tuple[str, str]]:
        """What was asked for."""
        return parse_qsl(urlsplit(self.target).query)

    def message(self) -> tuple[int, bytes]:
        """The next frame: opcode and content without its mask."""
        first, second = self._read(2)
        assert first & 0x80 and second & 0x80, "a whole message with a mask"
        length = second & 0x7F
        if length == 126:
            (length,) = struct.unpack("!H", self._read(2))
            assert length > 125, "the shortest header"
        elif length == 127:
            (length,) = struct.unpack("!Q", self._read(8))
            assert length > 65535, "the shortest header"
        mask = self._read(4)
        self.masks.append(mask)
        data = self._read(length)
        return first & 0x0F, bytes(byte ^ mask[place % 4] for place, byte in enumerate(data)) if any(mask) else data

    def stdin(self) -> bytes:
        """All input, up to the message that nothing follows."""
        content = b""
        while True:
            opcode, data = self.message()
            if opcode == 9:
                self.frame(10, data)
            elif data[:1] == b"\xff":
                assert data == b"\xff\x00"
                return content
            else:
                assert data[0] == 0
                content += data[1:]

    def say(self, channel: int, data: str) -> None:
        """Output of the command."""
        self.frame(2, bytes((channel,)) + data.encode())

    def frame(self, opcode: int, data: bytes) -> None:
        """Send one frame."""
        length = len(data)
        size = (
            struct.pack("!B", length)
            if length < 126
            else struct.pack("!BH", 126, length)
            if length < 65536
            else struct.pack("!BQ", 127, length)
        )
        self.stream.sendall(bytes((0x80 | opcode,)) + size + data)

    def _read(self, count: int) -> bytes:
        data = bytearray()
        while len(data) < count:
            part = self.stream.recv(min(count - len(data), 1 << 20))
            if not part:
                raise EOFError
            data += part
        return bytes(data)


class WebSocketApi:
    """Answers each connection with the behaviour; ``refusal`` is an HTTP answer in place of a WebSocket."""

    def __init__(
        self,
        behaviour: Callable[[Connection], None],
        *,
        protocol: str = V5,
        refusal: tuple[int, dict[str, Any]] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._behaviour, self._protocol, self._refusal, self._tls = behaviour, protocol, refusal, tls
        self._server = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._server.getsockname()[1]}"
        self.connections: list[Connection] = []
        self.problems: list[BaseException] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join(10)
        assert not self.problems

    def _serve(self) -> None:
        while True:
            try:
                stream, _address = self._server.accept()
            except OSError:
                return
            try:
                with self._tls.wrap_socket(stream, server_side=True) if self._tls else stream as plain:
                    self._talk(plain)
            except (OSError, EOFError):
                continue
            except AssertionError as problem:
                self.problems.append(problem)

    def _talk(self, stream: socket.socket) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            part = stream.recv(1)
            if not part:
                return
            head += part
        first, *lines = head.decode().splitlines()
        headers = {
            name.lower(): value.strip() for name, _colon, value in (line.partition(":") for line in lines if line)
        }
        if self._refusal:
            code, answer = self._refusal
            data = json.dumps(answer).encode()
            stream.sendall(f"HTTP/1.1 {code} No\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data)
            return
        accept = base64.b64encode(hashlib.sha1((headers["sec-websocket-key"] + GUID).encode()).digest()).decode()
        stream.sendall(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Protocol: {self._protocol}\r\n\r\n".encode()
        )
        connection = Connection(stream, first.split()[1], headers)
        self.connections.append(connection)
        self._behaviour(connection)


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """TLS for 127.0.0.1, and the file of the CA that vouches for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(True, False, False, False, False, True, True, False, False), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "ca.crt", folder / "tls.key"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return context, public
