# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._triton.client import (
    NotExplicit,
    Server,
    Unanswered,
    failed,
    states,
)

STATUS = {"kind": "Status", "status": "Failure", "message": 'no endpoints available for service "triton"', "code": 503}


class FakeTransport:
    """Answers every request with the same status and body, and keeps the last request."""

    where = "Triton in a test"

    def __init__(self, status: int = 200, answer: Any = None) -> None:
        self._answer = (status, answer if isinstance(answer, bytes) else json.dumps(answer).encode())
        self.sent: tuple[str, str, Any, float] = ("", "", None, 0)

    def send(self, method: str, path: str, body: bytes | None, timeout: float) -> tuple[int, bytes]:
        self.sent = (method, path, None if body is None else json.loads(body), timeout)
        return self._answer


def server(status: int = 200, answer: Any = None) -> Server:
    return Server(FakeTransport(status, answer))


@pytest.mark.parametrize(
    "ask, method, path, body",
    [
        (lambda one: one.metadata(), "GET", "/v2", None),
        (lambda one: one.index(), "POST", "/v2/repository/index", {}),
        (lambda one: one.model("double"), "GET", "/v2/models/double", None),
        (lambda one: one.model("double", "3"), "GET", "/v2/models/double/versions/3", None),
        (lambda one: one.model("a/b c?"), "GET", "/v2/models/a%2Fb%20c%3F", None),
        (lambda one: one.config("double"), "GET", "/v2/models/double/config", None),
        (lambda one: one.config("double", "3"), "GET", "/v2/models/double/versions/3/config", None),
        (lambda one: one.statistics(), "GET", "/v2/models/stats", None),
        (lambda one: one.infer("double", {"inputs": []}), "POST", "/v2/models/double/infer", {"inputs": []}),
        (lambda one: one.infer("double", {}, "3"), "POST", "/v2/models/double/versions/3/infer", {}),
    ],
)
def test_requests_of_the_protocol(ask: Any, method: str, path: str, body: Any) -> None:
    answer: Any = [] if path.endswith("index") else {"fine": True}
    transport = FakeTransport(200, answer)
    assert ask(Server(transport, 7)) == answer
    assert transport.sent == (method, path, body, 7)


@pytest.mark.parametrize("status, answer", [(200, True), (400, False), (503, False), (404, False)])
def test_ready(status: int, answer: bool) -> None:
    assert server(status, b"").ready() is answer


def test_ready_without_anybody_behind_the_proxy() -> None:
    with pytest.raises(Unanswered) as caught:
        server(503, STATUS).ready()
    assert caught.value.message == (
        'Triton in a test does not answer (503: no endpoints available for service "triton")'
    )


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_server_that_does_not_answer(status: int) -> None:
    with pytest.raises(Unanswered) as caught:
        server(status, b"<html>bad gateway</html>").metadata()
    assert caught.value.details["status"] == status
    assert "<html>bad gateway</html>" in caught.value.message


def test_refusal_in_tritons_words() -> None:
    with pytest.raises(TritonError) as caught:
        server(400, {"error": "Request for unknown model: 'x' is not found"}).infer("x", {})
    assert not isinstance(caught.value, Unanswered)
    assert caught.value.message == (
        "Triton in a test answered POST /v2/models/x/infer with 400: Request for unknown model: 'x' is not found"
    )
    assert caught.value.details == {"status": 400, "reason": "Request for unknown model: 'x' is not found"}


@pytest.mark.parametrize("body", [b"", b"null", b"[1]", b'"text"', b"\xff\xfe", b"{}", b"5"])
def test_a_refusal_in_any_form_is_no_traceback(body: bytes) -> None:
    with pytest.raises(TritonError, match="with 400: "):
        server(400, body).metadata()


def test_an_endless_refusal_is_cut() -> None:
    with pytest.raises(TritonError) as caught:
        server(500, b"x" * 100000).metadata()
    assert len(caught.value.message) < 2200


@pytest.mark.parametrize("body", [b"<html>", b"", b"\xff", b"[]", b"null", b'"text"', b"5"])
def test_something_that_is_no_triton(body: bytes) -> None:
    with pytest.raises(
        TritonError, match="answered /v2 with something that Triton does not say; is it a Triton server?"
    ):
        server(200, body).metadata()


@pytest.mark.parametrize("body", [b"{}", b"null", b"[1]", b'["x"]', b"[[]]"])
def test_an_index_that_is_none(body: bytes) -> None:
    with pytest.raises(TritonError, match="answered /v2/repository/index with something that Triton does not say"):
        server(200, body).index()


def test_index_with_every_field_present() -> None:
    index = [
        {"name": "a", "version": "1", "state": "READY"},
        {"name": "b"},
        {"name": "c", "version": "2", "state": "UNAVAILABLE", "reason": "unloaded"},
        {"name": "d", "version": "1", "state": "LOADING"},
    ]
    assert states(index) == [
        {"name": "a", "version": "1", "state": "READY", "reason": "", "ready": True},
        {"name": "b", "version": "", "state": "UNAVAILABLE", "reason": "", "ready": False},
        {"name": "c", "version": "2", "state": "UNAVAILABLE", "reason": "unloaded", "ready": False},
        {"name": "d", "version": "1", "state": "LOADING", "reason": "", "ready": False},
    ]


def test_only_a_model_that_could_not_be_loaded_has_failed() -> None:
    index = [
        {"name": "ready", "state": "READY"},
        {"name": "loading", "state": "LOADING", "reason": "x"},
        {"name": "unloaded", "state": "UNAVAILABLE", "reason": "unloaded"},
        {"name": "untouched", "state": "UNAVAILABLE"},
        {"name": "broken", "state": "UNAVAILABLE", "reason": "Internal: no such file"},
    ]
    assert [model["name"] for model in failed(states(index))] == ["broken"]


@pytest.mark.parametrize(
    "ask, path, body",
    [
        (lambda one: one.load("double", None, 90), "/v2/repository/models/double/load", {}),
        (
            lambda one: one.load("a/b", {"name": "a/b"}, 90),
            "/v2/repository/models/a%2Fb/load",
            {"parameters": {"config": '{"name": "a/b"}'}},
        ),
        (lambda one: one.unload("double", False, 90), "/v2/repository/models/double/unload", {}),
        (
            lambda one: one.unload("double", True, 90),
            "/v2/repository/models/double/unload",
            {"parameters": {"unload_dependents": True}},
        ),
    ],
)
def test_model_control_with_a_time_of_its_own(ask: Any, path: str, body: Any) -> None:
    transport = FakeTransport(200, b"")
    ask(Server(transport, 7))
    assert transport.sent == ("POST", path, body, 90)


def test_a_server_that_does_not_load_on_request() -> None:
    said = "explicit model load / unload is not allowed if polling is enabled"
    with pytest.raises(NotExplicit) as caught:
        server(503, {"error": said}).load("double", None, 90)
    assert caught.value.message == (
        f"Triton in a test does not load and unload models on request ({said}); deploy it with triton_model_control: explicit."
    )


def test_a_server_that_is_away_is_not_one_of_another_mode() -> None:
    with pytest.raises(Unanswered):
        server(503, STATUS).unload("double", False, 90)
