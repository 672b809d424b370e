# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Triton's HTTP API: the KServe v2 protocol with Triton's repository and statistics extensions.

How the bytes travel (through the API server's proxy or straight to a URL) is the transport's business.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import quote

from .._errors import TritonError
from . import control


class Transport(Protocol):
    """Carries one request to a server."""

    @property
    def where(self) -> str:
        """The server in words."""

    def send(self, method: str, path: str, body: bytes | None, timeout: float) -> tuple[int, bytes]:
        """Return HTTP status and body.

        :param path: begins with /v2.
        :param timeout: seconds.
        :raises TritonError: no answer.
        """


class Unanswered(TritonError):
    """The server is not there (yet), or the proxy found nobody behind the service."""


class NotExplicit(TritonError):
    """The server does not load and unload on request."""

    def __init__(self, where: str, said: str) -> None:
        super().__init__(
            f"{where} does not load and unload models on request ({said}); deploy it with triton_model_control: explicit."
        )


class Server:
    """One Triton server behind a transport."""

    def __init__(self, transport: Transport, timeout: float = 60.0) -> None:
        self._transport = transport
        self._timeout = timeout

    @property
    def where(self) -> str:
        """The server in words."""
        return self._transport.where

    def _ask(self, method: str, path: str, body: Any = None, timeout: float = 0) -> tuple[int, bytes]:
        payload = None if body is None else json.dumps(body).encode()
        return self._transport.send(method, path, payload, timeout or self._timeout)

    def _json(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """The answer, a JSON object."""
        answer = self._any(method, path, body)
        if not isinstance(answer, dict):
            raise self._no_triton(path)
        return answer

    def _any(self, method: str, path: str, body: Any = None) -> Any:
        status, data = self._ask(method, path, body)
        if status != 200:
            raise self._refused(method, path, status, data)
        try:
            return json.loads(data)
        except ValueError as error:
            raise self._no_triton(path) from error

    def _no_triton(self, path: str) -> TritonError:
        return TritonError(
            f"{self.where} answered {path} with something that Triton does not say; is it a Triton server?"
        )

    def _refused(self, method: str, path: str, status: int, data: bytes) -> TritonError:
        text = data.decode(errors="replace").strip()
        try:
            answer = json.loads(data)
            text = answer.get("error") or answer.get("message") or text
        except (ValueError, AttributeError):
            pass
        if status in (502, 503, 504):
            return Unanswered(f"{self.where} does not answer ({status}: {text[:500]})", status=status)
        return TritonError(
            f"{self.where} answered {method} {path} with {status}: {text[:2000]}", status=status, reason=text
        )

    def ready(self) -> bool:
        """Whether the server takes requests (with --strict-readiness: whether all models are ready)."""
        status, data = self._ask("GET", "/v2/health/ready")
        # A proxy without endpoints answers 503 with a Status object; a server that is not ready answers 400 or 503 without.
        if status in (502, 503, 504) and b'"Status"' in data:
            raise self._refused("GET", "/v2/health/ready", status, data)
        return status == 200

    def metadata(self) -> dict[str, Any]:
        """Name, version and extensions of the server."""
        return self._json("GET", "/v2")

    def index(self) -> list[dict[str, str]]:
        """All models that the repositories hold: name, version, state, reason (the last two may be missing)."""
        path = "/v2/repository/index"
        answer = self._any("POST", path, {})
        if not isinstance(answer, list) or not all(isinstance(entry, dict) for entry in answer):
            raise self._no_triton(path)
        return answer

    def model(self, name: str, version: str = "") -> dict[str, Any]:
        """Metadata of a model: inputs and outputs with datatype and shape."""
        return self._json("GET", _model_path(name, version))

    def config(self, name: str, version: str = "") -> dict[str, Any]:
        """The model's configuration as the server completed it."""
        return self._json("GET", _model_path(name, version) + "/config")

    def statistics(self) -> dict[str, Any]:
        """Counters of all models that are ready."""
        return self._json("GET", "/v2/models/stats")

    def infer(self, name: str, request: Mapping[str, Any], version: str = "") -> dict[str, Any]:
        """One inference."""
        return self._json("POST", _model_path(name, version) + "/infer", dict(request))

    def load(self, name: str, config: Mapping[str, Any] | None, timeout: float) -> None:
        """Load a model, with a configuration instead of that of the repository if one is given; returns when it is loaded.

        :param timeout: seconds.
        :raises TritonError: with Triton's words as detail ``reason``.
        """
        self._control(name, "load", control.load_request(config), timeout)

    def unload(self, name: str, dependents: bool, timeout: float) -> None:
        """Unload a model, and on request the models that only it uses; it may end later than the answer comes."""
        self._control(name, "unload", control.unload_request(dependents), timeout)

    def _control(self, name: str, verb: str, body: Mapping[str, Any], timeout: float) -> None:
        path = f"/v2/repository/models/{quote(name, safe='')}/{verb}"
        status, data = self._ask("POST", path, body, timeout)
        if status == 503 and b"explicit model load / unload is not allowed" in data:
            raise NotExplicit(self.where, str(self._refused("POST", path, 400, data).details["reason"]))
        if status != 200:
            raise self._refused("POST", path, status, data)


def _model_path(name: str, version: str) -> str:
    path = f"/v2/models/{quote(name, safe='')}"
    return f"{path}/versions/{quote(version, safe='')}" if version else path


def states(index: list[dict[str, str]]) -> list[dict[str, Any]]:
    """The repository index with every field present and a plain ``ready``."""
    return [
        {
            "name": entry.get("name", ""),
            "version": entry.get("version", ""),
            "state": entry.get("state", "UNAVAILABLE"),
            "reason": entry.get("reason", ""),
            "ready": entry.get("state") == "READY",
        }
        for entry in index
    ]


def failed(models: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that the server tried to load and could not; an unloaded model is no failure."""
    return [model for model in models if model["state"] == "UNAVAILABLE" and model["reason"] not in ("", "unloaded")]
