# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The thin layer that talks to the API server: plain requests, JSON in and out, one sentence per failure.

Which credentials apply is kubernetes.core's decision, so that these modules and kubernetes.core's always meet the same
cluster as the same user: its own functions say so (library.py), or what they would say of the common forms, without the
half second that importing the Kubernetes client takes (plain.py).
"""

from __future__ import annotations

import hashlib
import json
import re
import ssl
from collections.abc import Mapping, Sequence
from copy import copy
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from .._errors import TritonError
from . import library, once, plain
from .credentials import Credentials

try:
    import urllib3
except ImportError:
    # The package kubernetes brings it, and connect() names that where it is missing.
    pass

CONNECT_TIMEOUT = 10.0
READ_TIMEOUT = 60.0
APPLY = "application/apply-patch+yaml"
MERGE = "application/merge-patch+json"
JSON = "application/json"
_PASSING = frozenset({429, 500, 502, 503, 504})
# Objects without their contents.
METADATA = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"
_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"


class ApiError(TritonError):
    """An answer of the API server that is not a success.

    ``status`` is the HTTP status code, ``reason`` and ``text`` are those of the Status object (or the body's text).
    """

    def __init__(self, message: str, status: int, reason: str, text: str) -> None:
        super().__init__(message, status=status, reason=reason)
        self.status = status
        self.reason = reason
        self.text = text

    def said(self, message: str) -> ApiError:
        """The same answer in other words."""
        return ApiError(message, self.status, self.reason, self.text)


class NoAnswer(TritonError):
    """The API server could not be reached, or did not answer in time."""


def passing(error: TritonError) -> bool:
    """Whether the same request may well be answered in a moment: a server that starts, hands over or has too much to do."""
    return isinstance(error, NoAnswer) or (isinstance(error, ApiError) and error.status in _PASSING)


class Client:
    """One API server as one user.

    :param headers: sent with each request besides those of the credentials (impersonation).
    """

    def __init__(self, credentials: Credentials, headers: Mapping[str, Any]) -> None:
        self.server = credentials.server
        self._credentials = credentials
        self._pool = credentials.pool
        self._headers = dict(headers)
        self._memory: once.Memory | None = None

    def remembering(self) -> Client:
        """The same server and user, asked for each object once; for a look in which nothing is written (see once.py)."""
        other = copy(self)
        other._memory = once.Memory()
        return other

    @property
    def remembers(self) -> bool:
        """Whether it asks for each object once."""
        return self._memory is not None

    def learn(self, path: str, item: Mapping[str, Any]) -> None:
        """Remember an object that was read as part of a list.

        :param path: of the object itself.
        """
        if self._memory is not None:
            self._memory.keep(once.Memory.key(path, None, JSON, None), (200, json.dumps(item).encode()))

    def impersonating(self, user: str, groups: Sequence[str] = ()) -> Client:
        """The same server, asked in another's name, in place of whoever was impersonated before.

        :param groups: the user's; none for those that the API server gives by itself (to service accounts, their own).
        """
        other = copy(self)
        # Another may be told something else.
        other._memory = None
        kept = {name: value for name, value in self._headers.items() if not name.lower().startswith("impersonate-")}
        other._headers = {**kept, "Impersonate-User": user, **({"Impersonate-Group": list(groups)} if groups else {})}
        return other

    def ca_sha256(self) -> str:
        """SHA-256 of the first certificate of the CA bundle in use (DER, hexadecimal); "" where the system's CAs are used.

        :raises TritonError: the bundle cannot be read.
        """
        path, data = self._credentials.ca_file, self._credentials.ca_data
        if not path and not data:
            return ""
        try:
            text = data or Path(path or "").read_text()
            first = text[text.index(_BEGIN) : text.index(_END) + len(_END)]
            return hashlib.sha256(ssl.PEM_cert_to_DER_cert(first)).hexdigest()
        except (OSError, ValueError) as error:
            raise TritonError(
                f"The CA of {self.server} cannot be read from {path or 'the kubeconfig'}: {error}."
            ) from error

    def _request_headers(self, content_type: str | None, accept: str = JSON) -> Any:
        headers = urllib3.HTTPHeaderDict({"Accept": accept})
        for name, value in self._credentials.authorization().items():
            if not value.isprintable():
                raise TritonError(
                    "The credentials have a line break or another character in them that no token has; give the token alone, without what a "
                    "file or a block of YAML ends with."
                )
            headers[name] = value
        for name, value in self._headers.items():
            for item in value if isinstance(value, list) else [value]:
                headers.add(name, item)
        if content_type:
            headers["Content-Type"] = content_type
        return headers

    def headers(self) -> list[str]:
        """What each request carries to say who asks, as lines."""
        return [f"{name}: {value}" for name, value in self._request_headers(None).items()]

    def kubeconfig(self) -> dict[str, Any]:
        """A kubeconfig with which other programs reach the same server as the same user; it holds the credentials."""
        cluster, known = self._credentials.sections()
        groups = self._headers.get("Impersonate-Group") or []
        user = {
            **known,
            "as": self._headers.get("Impersonate-User"),
            "as-groups": groups if isinstance(groups, list) else [groups],
        }
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "cluster", "cluster": {key: value for key, value in cluster.items() if value}}],
            "users": [{"name": "user", "user": {key: value for key, value in user.items() if value}}],
            "contexts": [{"name": "context", "context": {"cluster": "cluster", "user": "user"}}],
            "current-context": "context",
        }

    def open_socket(self, timeout: float) -> Any:
        """A new connection to the server, with the TLS settings and the proxy of all other requests.

        :param timeout: seconds, for the connection and for each read and write on it.
        :raises TritonError: no connection.
        """
        # urllib3 offers its connections to nobody else in public; a unit test fails when these go.
        pool = self._pool.connection_from_url(self.server)
        connection = pool._new_conn()
        connection.timeout = min(CONNECT_TIMEOUT, timeout)
        try:
            if pool.proxy is not None and pool.scheme == "https":
                pool._prepare_proxy(connection)
            else:
                connection.connect()
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise TritonError(_no_answer(self.server, error), server=self.server) from error
        connection.sock.settimeout(timeout)
        return connection.sock

    def refused(self, method: str, path: str, status: int, data: bytes) -> ApiError:
        """The sentence for an answer that is not a success."""
        return _api_error(self.server, method, path, status, data)

    def send(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None = None,
        body: bytes | None = None,
        content_type: str | None = None,
        timeout: float = READ_TIMEOUT,
        accept: str = JSON,
    ) -> tuple[int, bytes]:
        """Send one request, return the HTTP status and the body, whatever the status is.

        :param path: begins with a slash; its segments are quoted already.
        :param timeout: seconds to wait for the answer.
        :raises TritonError: no answer at all.
        """
        memory, key = self._memory, once.Memory.key(path, query, accept, body)
        # A review is a question, though it is posted.
        if memory is None or not (method == "GET" or path.endswith("reviews")):
            return self._send(method, path, query, body, content_type, timeout, accept)
        return memory.get(key) or memory.keep(key, self._send(method, path, query, body, content_type, timeout, accept))

    def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None,
        body: bytes | None,
        content_type: str | None,
        timeout: float,
        accept: str,
    ) -> tuple[int, bytes]:
        url = self.server + path + (f"?{urlencode(query)}" if query else "")
        limits = urllib3.Timeout(connect=min(CONNECT_TIMEOUT, timeout), read=timeout)
        try:
            answer = self._pool.request(
                method,
                url,
                body=body,
                headers=self._request_headers(content_type, accept),
                timeout=limits,
                retries=urllib3.Retry(
                    connect=1,
                    read=False,
                    redirect=False,
                    status=False,
                    other=False,
                    backoff_factor=0.5,
                    # Whoever asks decides whether to ask again; urllib3 would give up with other words.
                    respect_retry_after_header=False,
                ),
            )
        except urllib3.exceptions.HTTPError as error:
            raise NoAnswer(_no_answer(self.server, error), server=self.server) from error
        return answer.status, answer.data

    def request(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        content_type: str = JSON,
        timeout: float = READ_TIMEOUT,
        accept: str = JSON,
    ) -> Any:
        """Send one request with a JSON body, return the parsed answer.

        :raises ApiError: the server answered with a status of 300 or more.
        :raises TritonError: no answer at all, or one that is no JSON object.
        """
        payload = None if body is None else json.dumps(body).encode()
        status, data = self.send(method, path, query, payload, content_type if payload else None, timeout, accept)
        if status >= 300:
            raise _api_error(self.server, method, path, status, data)
        try:
            answer = json.loads(data)
        except ValueError as error:
            raise self.no_api(method, path) from error
        if not isinstance(answer, dict):
            raise self.no_api(method, path)
        return answer

    def no_api(self, method: str, path: str) -> TritonError:
        """The sentence for an answer that no API server gives."""
        return TritonError(
            f"{self.server} answered {method} {path} with something that no API server says; is it the URL of one?",
            server=self.server,
        )

    def get(self, path: str, query: Mapping[str, Any] | None = None, accept: str = JSON) -> Any:
        """Read an object or a list; None where there is none (404)."""
        try:
            return self.request("GET", path, query, accept=accept)
        except ApiError as error:
            if error.status == 404:
                return None
            raise


def connect(params: Mapping[str, Any]) -> Client:
    """Open a connection with kubernetes.core's connection options; nothing is sent yet.

    :param params: a module's parameters: kubeconfig, context, host, api_key, ca_cert, validate_certs, ...
    :raises TritonError: the Kubernetes Python client is missing, or the options contradict the kubeconfig.
    """
    already: Client | None = once.current()
    if already is not None:
        return already
    for option in ("ca_cert", "client_cert", "client_key"):
        if params.get(option):
            check_readable(option, params[option])
    found = plain.credentials(params)
    if found is not None:
        return Client(found, {})
    return Client(*library.credentials(params))


def check_readable(option: str, path: str) -> None:
    """Make sure that the file which an option names can be read, and that one of a CA holds a certificate.

    :raises TritonError: it cannot, or does not.
    """
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise TritonError(
            f"{option} is {path!r}, which cannot be read ({error.strerror}); correct the path."
        ) from error
    if option.endswith("ca_cert") and _BEGIN.encode() not in content:
        raise TritonError(f"{option} is {path!r}, which holds no certificate; give the PEM file of the CA.")


def path_of(
    api_version: str, plural: str, namespace: str | None = None, name: str | None = None, sub: str | None = None
) -> str:
    """The path of a resource: ``/api/v1/namespaces/NS/pods/NAME/log``, ``/apis/apps/v1/deployments``, ..."""
    parts = ["apis" if "/" in api_version else "api", *api_version.split("/")]
    if namespace is not None:
        parts += ["namespaces", namespace]
    parts += [part for part in (plural, name, sub) if part is not None]
    return "/" + "/".join(quote(part, safe=":") for part in parts)


def _no_answer(server: str, error: Exception) -> str:
    cause = getattr(error, "reason", None) or error
    text = str(cause)
    # The second: a CA file without a certificate in it.
    if "CERTIFICATE_VERIFY_FAILED" in text or "NO_CERTIFICATE_OR_CRL_FOUND" in text:
        return (
            f"The certificate of {server} does not fit the CA that was given ({_short(text).rstrip('.')}); "
            "give the cluster's CA as ca_cert or in the kubeconfig."
        )
    return f"The API server {server} cannot be reached ({_short(text)}); check the URL, the network and whether the cluster runs."


def _short(text: str) -> str:
    """A reason without what only programmers read: error numbers, and places in OpenSSL's binding."""
    # urllib3 prefixes the reason with the repr of its connection object.
    text = text.split(": ", 1)[1] if text.startswith(("<", "HTTP")) and ": " in text else text
    return re.sub(r"\[(?:Errno -?\d+|SSL: \w+|X509: \w+)\] | \(_ssl\.c:\d+\)", "", text)


def _api_error(server: str, method: str, path: str, status: int, data: bytes) -> ApiError:
    reason, text = "", data.decode(errors="replace").strip()
    try:
        answer = json.loads(data)
        reason, text = str(answer.get("reason") or ""), str(answer.get("message") or text)
    except (ValueError, AttributeError):
        pass
    if status == 401:
        message = (
            f"{server} does not accept the credentials (401 Unauthorized): the token or certificate is expired, revoked or of "
            "another cluster; log in again and give the new one."
        )
    elif status == 403:
        message = f"{server} forbids {method} {path}: {text}"
    else:
        message = f"{server} answered {method} {path} with {status}{' ' + reason if reason else ''}: {text[:2000]}"
    return ApiError(message, status, reason, text)
