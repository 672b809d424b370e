# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The thin layer that talks to the API server: plain requests, JSON in and out, one sentence per failure.

Which credentials apply is kubernetes.core's decision (its functions read options, environment, kubeconfig and the
in-cluster token), so that these modules and kubernetes.core's always meet the same cluster as the same user.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import ssl
from collections.abc import Mapping, Sequence
from copy import copy
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from .._errors import TritonError

try:
    import urllib3
    import yaml
    from kubernetes import client as kubernetes_client
    from kubernetes import config as kubernetes_config
    from kubernetes.config.config_exception import ConfigException

    HAS_KUBERNETES = True
    # What reading a kubeconfig comes to: kubernetes.core and the Kubernetes client check its shape by using it.
    _UNUSABLE = (ConfigException, yaml.YAMLError, OSError, ValueError, TypeError, AttributeError, LookupError)
except ImportError:
    HAS_KUBERNETES = False

from ansible_collections.kubernetes.core.plugins.module_utils.k8s.client import (
    _create_auth_spec,
    _create_configuration,
    _create_headers,
)

CONNECT_TIMEOUT = 10.0
READ_TIMEOUT = 60.0
APPLY = "application/apply-patch+yaml"
MERGE = "application/merge-patch+json"
JSON = "application/json"
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


class Client:
    """One API server as one user.

    :param api: an ``ApiClient`` of the Kubernetes Python client; only its connection pool and configuration are used,
        since the signatures of its request methods differ between releases.
    :param headers: sent with each request (impersonation).
    """

    def __init__(self, api: Any, headers: Mapping[str, Any]) -> None:
        self.server: str = api.configuration.host
        self._configuration = api.configuration
        self._pool = api.rest_client.pool_manager
        self._headers = dict(headers)

    def impersonating(self, user: str, groups: Sequence[str] = ()) -> Client:
        """The same server, asked in another's name, in place of whoever was impersonated before.

        :param groups: the user's; none for those that the API server gives by itself (to service accounts, their own).
        """
        other = copy(self)
        kept = {name: value for name, value in self._headers.items() if not name.lower().startswith("impersonate-")}
        other._headers = {**kept, "Impersonate-User": user, **({"Impersonate-Group": list(groups)} if groups else {})}
        return other

    def ca_sha256(self) -> str:
        """SHA-256 of the first certificate of the CA bundle in use (DER, hexadecimal); "" where the system's CAs are used.

        :raises TritonError: the bundle cannot be read.
        """
        path, data = self._configuration.ssl_ca_cert, getattr(self._configuration, "ca_cert_data", None)
        if not path and not data:
            return ""
        try:
            text = data if data else Path(path).read_text()
            text = text.decode() if isinstance(text, bytes) else text
            first = text[text.index(_BEGIN) : text.index(_END) + len(_END)]
            return hashlib.sha256(ssl.PEM_cert_to_DER_cert(first)).hexdigest()
        except (OSError, ValueError) as error:
            raise TritonError(
                f"The CA of {self.server} cannot be read from {path or 'the kubeconfig'}: {error}."
            ) from error

    def _request_headers(self, content_type: str | None, accept: str = JSON) -> Any:
        headers = urllib3.HTTPHeaderDict({"Accept": accept})
        for setting in self._configuration.auth_settings().values():
            if setting.get("value"):
                headers[setting["key"]] = setting["value"]
        if self._configuration.username and self._configuration.password:
            headers["Authorization"] = self._configuration.get_basic_auth_token()
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
        settings, sent = self._configuration, self._request_headers(None)
        scheme, _space, token = (sent.get("Authorization") or "").partition(" ")
        inline = getattr(settings, "ca_cert_data", None)
        cluster = {
            "server": self.server,
            "insecure-skip-tls-verify": None if settings.verify_ssl else True,
            "certificate-authority": _absolute(settings.ssl_ca_cert) if settings.verify_ssl and not inline else None,
            "certificate-authority-data": _in_base64(inline) if settings.verify_ssl and inline else None,
            "proxy-url": settings.proxy,
            "tls-server-name": getattr(settings, "tls_server_name", None),
        }
        groups = self._headers.get("Impersonate-Group") or []
        user = {
            "token": token if scheme == "Bearer" else None,
            "username": settings.username,
            "password": settings.password,
            "client-certificate": _absolute(settings.cert_file),
            "client-key": _absolute(settings.key_file),
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
                    connect=1, read=False, redirect=False, status=False, other=False, backoff_factor=0.5
                ),
            )
        except urllib3.exceptions.HTTPError as error:
            raise TritonError(_no_answer(self.server, error), server=self.server) from error
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
    if not HAS_KUBERNETES:
        raise TritonError(
            "The Python package kubernetes is missing where this task runs; install it: pip install kubernetes"
        )
    auth = _create_auth_spec(None, **params)
    _check_host(auth.get("host"))
    for option in ("ca_cert", "client_cert", "client_key"):
        if params.get(option):
            check_readable(option, params[option])
    try:
        configuration = _create_configuration(auth)
    except _UNUSABLE as error:
        raise TritonError(_bad_kubeconfig(params, error)) from error
    _check_host(configuration.host)
    return Client(kubernetes_client.ApiClient(configuration), _create_headers(None, **params))


def _absolute(path: str | None) -> str | None:
    return str(Path(path).expanduser().absolute()) if path else None


def _in_base64(data: str | bytes) -> str:
    return base64.b64encode(data.encode() if isinstance(data, str) else data).decode()


def _check_host(host: Any) -> None:
    if not host:
        return
    try:
        parts = urlsplit(host if "//" in host else f"//{host}")
        good = bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise TritonError(f"The API server's URL is {host!r}; it must be like https://api.example.org:6443.")


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


def _bad_kubeconfig(params: Mapping[str, Any], error: Exception) -> str:
    kubeconfig, context = params.get("kubeconfig"), params.get("context")
    where = (
        kubeconfig
        if isinstance(kubeconfig, str)
        else "the given kubeconfig"
        if kubeconfig
        else "the default kubeconfig"
    )
    if context:
        known = _contexts(kubeconfig)
        if known and context not in known:
            return f'Context "{context}" is not in {where}; it has: {", ".join(known)}.'
    if not isinstance(error, (ConfigException, OSError)):
        # Python's own words about a file that is something else would not help.
        cause = "its content is no kubeconfig" if isinstance(error, (TypeError, AttributeError)) else str(error)
        return f"No kubeconfig that can be read: {where} ({' '.join(cause.split())}); correct it, or give another one."
    if isinstance(kubeconfig, str) and not Path(kubeconfig).expanduser().exists():
        return f"The kubeconfig {where} is not there; correct the path, or log in so that it is written."
    return (
        f"No cluster to talk to from {where}: {str(error).strip().rstrip('.')}; give kubeconfig (and context), or host and "
        "api_key, or run inside a cluster."
    )


def _contexts(kubeconfig: Any) -> list[str]:
    """The names of the contexts, as far as they can be read; a kubeconfig need not have a current one."""
    try:
        if kubeconfig is None:
            entries: Any = kubernetes_config.list_kube_config_contexts()[0]
        else:
            given = isinstance(kubeconfig, Mapping)
            content = kubeconfig if given else yaml.safe_load(Path(kubeconfig).expanduser().read_text())
            entries = content.get("contexts") or ()
        return sorted(str(entry["name"]) for entry in entries)
    except _UNUSABLE:
        return []


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
