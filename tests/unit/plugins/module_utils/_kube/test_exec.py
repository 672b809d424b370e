# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import random
import time
from pathlib import Path
from typing import Any

import pytest
import urllib3

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._kube import exec as remote
from ansible_collections.inferops.triton.plugins.module_utils._kube.client import ApiError, connect
from ansible_collections.inferops.triton.plugins.module_utils._storage.tarstream import put
from ansible_collections.inferops.triton.tests.unit.plugins.fake_api import TOKEN, status
from ansible_collections.inferops.triton.tests.unit.plugins.websocket_api import (
    SUCCESS,
    Connection,
    WebSocketApi,
    certificate,
    failed,
)

PLACE = remote.Place("serving", "upload-models", "upload")


def run(api: WebSocketApi, content: bytes | None = None, **options: Any) -> remote.Done:
    client = connect({"host": api.url, "api_key": TOKEN, **options})
    feed = None if content is None else lambda sink: put(sink, content)
    return remote.run(client, PLACE, ["sh", "-c", "echo $1", "sh", "a b&c=d"], feed)


def says(*outputs: tuple[int, str], end: str = SUCCESS) -> Any:
    def behaviour(connection: Connection) -> None:
        for channel, text in outputs:
            connection.say(channel, text)
        connection.say(3, end)

    return behaviour


def test_what_is_asked_for_and_what_is_said() -> None:
    with WebSocketApi(says((1, "one "), (2, "careful"), (1, "two"))) as api:
        done = run(api)
    assert done == remote.Done(0, "one two", "careful", True)
    (seen,) = api.connections
    assert seen.target.startswith("/api/v1/namespaces/serving/pods/upload-models/exec?")
    assert [value for name, value in seen.query if name == "command"] == ["sh", "-c", "echo $1", "sh", "a b&c=d"]
    assert dict(seen.query)["container"] == "upload" and "stdin" not in dict(seen.query)
    assert seen.headers["authorization"] == f"Bearer {TOKEN}"
    assert seen.headers["sec-websocket-protocol"] == "v5.channel.k8s.io,v4.channel.k8s.io"


def test_the_exit_code_of_a_command_that_fails() -> None:
    with WebSocketApi(says((2, "no such file"), end=failed(21))) as api:
        done = run(api)
    assert (done.code, done.stderr) == (21, "no such file")


def test_a_command_that_the_container_does_not_have() -> None:
    end = '{"status": "Failure", "reason": "InternalError", "message": "exec: \\"sh\\": not found"}'
    with WebSocketApi(says(end=end)) as api, pytest.raises(TritonError) as caught:
        run(api)
    assert caught.value.message == 'The command cannot be run in the pod: exec: "sh": not found'


@pytest.mark.parametrize("size", [0, 1, 100, 125, 65534, 65535, remote.CHUNK - 1, remote.CHUNK, 3 * remote.CHUNK + 7])
def test_input_of_any_length_arrives_and_ends(size: int) -> None:
    content, arrived = random.Random(size).randbytes(size), []

    def behaviour(connection: Connection) -> None:
        arrived.append(connection.stdin())
        connection.say(3, SUCCESS)

    with WebSocketApi(behaviour) as api:
        assert run(api, content).code == 0
    assert arrived == [content]
    # In the clear each message has a mask of its own.
    masks = api.connections[0].masks
    assert len(set(masks)) == len(masks)


def test_input_arrives_inside_tls(tmp_path: Path) -> None:
    tls, ca = certificate(tmp_path)
    content, arrived = random.Random(1).randbytes(2_000_000), []

    def behaviour(connection: Connection) -> None:
        arrived.append(connection.stdin())
        connection.say(1, "x" * 100_000)
        connection.say(3, SUCCESS)

    with WebSocketApi(behaviour, tls=tls) as api:
        assert len(run(api, content, ca_cert=str(ca)).stdout) == 100_000
    assert arrived == [content]


def test_a_server_whose_certificate_nobody_vouches_for(tmp_path: Path) -> None:
    tls, _ca = certificate(tmp_path)
    (tmp_path / "other").mkdir()
    _tls, other = certificate(tmp_path / "other")
    with WebSocketApi(says(), tls=tls) as api, pytest.raises(TritonError) as caught:
        run(api, ca_cert=str(other))
    assert "does not fit the CA that was given" in caught.value.message


def test_a_server_that_cannot_say_that_the_input_has_ended() -> None:
    def behaviour(connection: Connection) -> None:
        assert connection.message() == (2, b"\x00abc")
        connection.say(3, SUCCESS)

    with WebSocketApi(behaviour, protocol="v4.channel.k8s.io") as api:
        assert run(api, b"abc") == remote.Done(0, "", "", False)


def test_a_command_that_ends_before_its_input_does() -> None:
    def behaviour(connection: Connection) -> None:
        connection.message()
        connection.say(2, "No space left on device")
        connection.say(3, failed(21))
        connection.frame(8, b"\x03\xe8")
        with pytest.raises((EOFError, OSError)):
            while True:
                connection.message()

    with WebSocketApi(behaviour) as api:
        done = run(api, bytes(32 * remote.CHUNK))
    assert (done.code, done.stderr) == (21, "No space left on device")


@pytest.mark.parametrize("size", [0, 32 * remote.CHUNK])
def test_a_connection_that_breaks(size: int) -> None:
    content = bytes(size) if size else None

    def behaviour(connection: Connection) -> None:
        if size:
            connection.message()

    with WebSocketApi(behaviour) as api, pytest.raises(remote.Lost) as caught:
        run(api, content)
    assert caught.value.message.startswith("The connection to pod upload-models in namespace serving was lost (")
    assert caught.value.message.endswith("run it again: what has arrived is not sent again.")


def test_a_server_that_falls_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "SILENCE", 0.5)

    def behaviour(connection: Connection) -> None:
        with pytest.raises(EOFError):
            while True:
                connection.message()
        raise EOFError

    with WebSocketApi(behaviour) as api, pytest.raises(remote.Lost) as caught:
        run(api)
    assert "no sign of life for 0.5 s" in caught.value.message


def test_a_command_that_takes_long_is_asked_whether_it_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "SILENCE", 3.0)
    monkeypatch.setattr(remote, "_PING_EVERY", 0.5)

    def behaviour(connection: Connection) -> None:
        end = time.monotonic() + 5
        while time.monotonic() < end:
            opcode, data = connection.message()
            assert opcode == 9
            connection.frame(10, data)
        connection.say(3, SUCCESS)

    with WebSocketApi(behaviour) as api:
        assert run(api).code == 0


@pytest.mark.parametrize("code, reason", [(403, "Forbidden"), (404, "NotFound")])
def test_the_words_of_a_server_that_refuses(code: int, reason: str) -> None:
    answer = status(code, reason, 'pods "upload-models" is not for you')
    with WebSocketApi(says(), refusal=answer) as api, pytest.raises(ApiError) as caught:
        run(api)
    assert caught.value.status == code
    assert 'pods "upload-models" is not for you' in caught.value.message


@pytest.mark.parametrize("name", ["_new_conn", "_prepare_proxy"])
def test_urllib3_still_has_what_the_client_takes_from_it(name: str) -> None:
    assert callable(getattr(urllib3.HTTPSConnectionPool, name))
