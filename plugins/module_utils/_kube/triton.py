# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reach a Triton server: through the API server's proxy, or straight at a URL."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from .._errors import TritonError
from .._triton.client import Unanswered
from .client import CONNECT_TIMEOUT, Client, check_readable, path_of

try:
    import urllib3
except ImportError:
    # connect() names the missing package kubernetes, which brings urllib3.
    urllib3 = None  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class ServiceProxy:
    """Through the API server to a Service: no route, no port-forward, only the right to use services/proxy.

    ``port`` is a port's name or number; a Service of several ports needs one.
    """

    client: Client
    namespace: str
    service: str
    port: str

    @property
    def where(self) -> str:
        """The server in words."""
        return f"Triton behind service {self.service} in namespace {self.namespace}"

    def send(self, method: str, path: str, body: bytes | None, timeout: float) -> tuple[int, bytes]:
        """One request; the API server's own refusals become sentences."""
        base = path_of("v1", "services", self.namespace, f"http:{self.service}:{self.port}", "proxy")
        return _proxied(self.client, self.where, "services/proxy", method, base + path, body, timeout)


@dataclass(frozen=True, slots=True)
class PodProxy:
    """Through the API server to one pod, ready or not."""

    client: Client
    namespace: str
    pod: str
    port: str

    @property
    def where(self) -> str:
        """The server in words."""
        return f"Triton in pod {self.pod} of namespace {self.namespace}"

    def send(self, method: str, path: str, body: bytes | None, timeout: float) -> tuple[int, bytes]:
        """One request; the API server's own refusals become sentences."""
        base = path_of("v1", "pods", self.namespace, f"http:{self.pod}:{self.port}", "proxy")
        return _proxied(self.client, self.where, "pods/proxy", method, base + path, body, timeout)


def _proxied(
    client: Client, where: str, right: str, method: str, path: str, body: bytes | None, timeout: float
) -> tuple[int, bytes]:
    status, data = client.send(method, path, None, body, "application/json" if body else None, timeout)
    if status == 403:
        raise TritonError(
            f"The API server does not let you reach {where} ({right} is forbidden); ask for the ClusterRole edit in its "
            "namespace, or give url.",
            status=status,
        )
    if status == 404 and b'"kind":"Status"' in data.replace(b" ", b""):
        raise Unanswered(f"{where} is not there: {_message(data)}", status=status)
    return status, data


def _message(data: bytes) -> str:
    try:
        return str(json.loads(data)["message"])
    except (ValueError, TypeError, LookupError):
        return data.decode(errors="replace")[:500]


class Direct:
    """Straight to a URL, such as a Route or an ingress.

    :param url: http or https, without /v2.
    :param ca_cert: path of a CA bundle, None for the system's.
    :param headers: sent with each request.
    """

    def __init__(self, url: str, ca_cert: str | None, validate_certs: bool, headers: dict[str, str]) -> None:
        if urllib3 is None:
            raise TritonError(
                "The Python package urllib3 is missing where this task runs; install it: pip install kubernetes"
            )
        if not url.startswith(("http://", "https://")):
            raise TritonError(f"url is {url!r}; it must begin with http:// or https://.")
        self._url = url.rstrip("/").removesuffix("/v2")
        tls: dict[str, Any] = {"cert_reqs": "CERT_REQUIRED" if validate_certs else "CERT_NONE"}
        if ca_cert:
            check_readable("url_ca_cert", ca_cert)
            tls["ca_certs"] = ca_cert
        self._pool = urllib3.PoolManager(**tls)
        self._headers = headers

    @property
    def where(self) -> str:
        """The server in words."""
        return f"Triton at {self._url}"

    def send(self, method: str, path: str, body: bytes | None, timeout: float) -> tuple[int, bytes]:
        """One request."""
        headers = {**self._headers, **({"Content-Type": "application/json"} if body else {})}
        limits = urllib3.Timeout(connect=min(CONNECT_TIMEOUT, timeout), read=timeout)
        try:
            answer = self._pool.request(
                method, self._url + path, body=body, headers=headers, timeout=limits, retries=False
            )
        except urllib3.exceptions.HTTPError as error:
            raise Unanswered(f"{self.where} cannot be reached ({error}).") from error
        return answer.status, answer.data
