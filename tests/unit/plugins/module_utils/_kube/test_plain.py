# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials of the common forms are those that kubernetes.core finds; its functions and a real TLS server judge."""

from __future__ import annotations

import base64
import datetime
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._kube import library, plain
from ansible_collections.inferops.triton.plugins.module_utils._kube.client import Client
from ansible_collections.inferops.triton.plugins.module_utils._kube.credentials import Credentials


class Authority:
    """A CA of the test's own."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        self.path = folder / f"{name}.pem"
        self.path.write_bytes(self._issue(name, self._key, ca=True))

    def _issue(self, name: str, key: Any, ca: bool) -> bytes:
        now = datetime.datetime.now(datetime.UTC)
        day = datetime.timedelta(days=1)
        own = self._key.public_key()
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - day)
            .not_valid_after(now + day)
            .add_extension(x509.BasicConstraints(ca, None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(own), critical=False)
            .add_extension(
                x509.KeyUsage(True, False, False, False, False, ca, ca, False, False),
                critical=True,
            )
        )
        return builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    def pair(self, name: str) -> tuple[Path, Path]:
        """A certificate and its key, as files."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate, private = self.folder / f"{name}.crt", self.folder / f"{name}.key"
        certificate.write_bytes(self._issue(name, key, ca=False))
        private.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return certificate, private


class Answer(BaseHTTPRequestHandler):
    """Says who asks: by certificate and by header."""

    def do_GET(self) -> None:
        certificate: Any = self.connection.getpeercert()  # type: ignore[attr-defined]
        subject = dict(part[0] for part in (certificate or {}).get("subject", ()))
        text = (
            f'{{"certificate": "{subject.get("commonName", "")}", "header": "{self.headers.get("authorization", "")}"}}'
        )
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_args: Any) -> None:
        pass


class Quiet(HTTPServer):
    """Clients that refuse its certificate are part of the tests."""

    def handle_error(self, *_args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"), "ca")


@pytest.fixture(scope="module")
def server(authority: Authority) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.pair("server"))
    context.load_verify_locations(authority.path)
    context.verify_mode = ssl.CERT_OPTIONAL
    running = Quiet(("127.0.0.1", 0), Answer)
    running.socket = context.wrap_socket(running.socket, server_side=True)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield f"https://localhost:{running.server_port}"
    running.shutdown()
    running.server_close()
    thread.join()


def encoded(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()


def config(server: str, cluster: dict[str, Any], user: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "c", "cluster": {"server": server, **cluster}}],
        "users": [{"name": "u", "user": user}, {"name": "nobody", "user": {"token": "nothing"}}],
        "contexts": [
            {"name": "one", "context": {"cluster": "c", "user": "u", "namespace": "n"}},
            {"name": "two", "context": {"cluster": "c", "user": "nobody"}},
        ],
        "current-context": "one",
    }


def answers(found: Credentials) -> Any:
    client = Client(found, {})
    try:
        return client.request("GET", "/who"), client.ca_sha256()
    except TritonError as error:
        return error.message, None


CLUSTERS = ["ca data", "ca file", "ca path", "not verified", "not verified, with a CA", "wrong ca"]
USERS = ["token", "certificate data", "certificate files", "token and certificate"]


def parts(authority: Authority, cluster: str, user: str) -> tuple[dict[str, Any], dict[str, Any]]:
    certificate, key = authority.pair("jane")
    other = Authority(authority.folder, "other")
    token = {"token": "secret"}
    data = {"client-certificate-data": encoded(certificate), "client-key-data": encoded(key)}
    return {
        "ca data": {"certificate-authority-data": encoded(authority.path)},
        "ca file": {"certificate-authority": str(authority.path)},
        "ca path": {"certificate-authority": authority.path.name},
        "not verified": {"insecure-skip-tls-verify": True},
        "not verified, with a CA": {"insecure-skip-tls-verify": True, "certificate-authority": str(authority.path)},
        "wrong ca": {"certificate-authority": str(other.path)},
    }[cluster], {
        "token": token,
        "certificate data": data,
        "certificate files": {"client-certificate": str(certificate), "client-key": str(key)},
        "token and certificate": {**token, **data},
    }[user]


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("cluster", CLUSTERS)
def test_a_kubeconfig_leads_where_kubernetes_core_goes(
    authority: Authority, server: str, cluster: str, user: str
) -> None:
    path = authority.folder / "config"
    path.write_text(yaml.safe_dump(config(server, *parts(authority, cluster, user))))
    for more in ({}, {"context": "two"}, {"validate_certs": False}, {"ca_cert": str(authority.path)}):
        params = {"kubeconfig": str(path), **more}
        found = plain.credentials(params)
        assert found is not None
        judge, headers = library.credentials(params)
        assert headers == {}
        assert found.server == judge.server
        assert answers(found) == answers(judge)
        # As helm is told of them.
        for each in (found, judge):
            told = plain.credentials({"kubeconfig": Client(each, {}).kubeconfig()})
            assert told is not None
            assert answers(told)[0] == answers(found)[0]


def test_who_asks_is_who_the_kubeconfig_says(authority: Authority, server: str) -> None:
    found = plain.credentials({"kubeconfig": config(server, *parts(authority, "ca data", "certificate data"))})
    assert found is not None
    assert answers(found)[0] == {"certificate": "jane", "header": ""}
    found = plain.credentials({"kubeconfig": config(server, *parts(authority, "ca data", "token"))})
    assert found is not None
    assert answers(found)[0] == {"certificate": "", "header": "Bearer secret"}


def test_a_url_with_a_token_or_a_certificate(authority: Authority, server: str) -> None:
    certificate, key = map(str, authority.pair("jane"))
    for more in ({"api_key": "secret"}, {"client_cert": certificate, "client_key": key}):
        for tls in ({"ca_cert": str(authority.path)}, {"validate_certs": False}):
            params = {"host": server + "/", **more, **tls}
            found = plain.credentials(params)
            assert found is not None
            assert answers(found) == answers(library.credentials(params)[0])


def test_the_default_kubeconfig(authority: Authority, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = authority.folder / "default"
    path.write_text(yaml.safe_dump(config(server, *parts(authority, "ca data", "token"))))
    monkeypatch.setenv("KUBECONFIG", str(path))
    found = plain.credentials({})
    assert found is not None
    assert found.server == server


USER: dict[str, Any] = {"token": "secret"}


@pytest.mark.parametrize(
    "user",
    [
        {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": "aws"}},
        {"auth-provider": {"name": "oidc"}},
        {"tokenFile": "token"},
        {"username": "jane", "password": "pw"},
        {"client-certificate-data": "eA=="},
        {"token": "secret", "as": "jane"},
    ],
)
def test_users_that_are_left_to_the_library(authority: Authority, server: str, user: dict[str, Any]) -> None:
    cluster = {"certificate-authority-data": encoded(authority.path)}
    assert plain.credentials({"kubeconfig": config(server, cluster, USER)}) is not None
    assert plain.credentials({"kubeconfig": config(server, cluster, user)}) is None


@pytest.mark.parametrize(
    "cluster",
    [{}, {"proxy-url": "http://127.0.0.1:1"}, {"tls-server-name": "a"}, {"certificate-authority-data": "eA=="}],
)
def test_clusters_that_are_left_to_the_library(server: str, cluster: dict[str, Any]) -> None:
    assert plain.credentials({"kubeconfig": config(server, cluster, USER)}) is None


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "K8S_AUTH_API_KEY"])
def test_an_environment_that_is_left_to_the_library(server: str, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    params = {"host": server, "api_key": "secret", "validate_certs": False}
    assert plain.credentials(params) is not None
    monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert plain.credentials(params) is None


def test_a_pod_in_a_cluster_has_its_own_token_before_a_default_kubeconfig(
    authority: Authority, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = authority.folder / "default"
    path.write_text(yaml.safe_dump(config(server, *parts(authority, "ca data", "token"))))
    monkeypatch.setenv("KUBECONFIG", str(path))
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1")
    assert plain.credentials({}) is None
    assert plain.credentials({"kubeconfig": str(path)}) is not None


@pytest.mark.parametrize("option", ["impersonate_user", "proxy", "username", "no_proxy"])
def test_options_that_are_left_to_the_library(server: str, option: str) -> None:
    params = {"host": server, "api_key": "secret", "validate_certs": False, option: "x"}
    assert plain.credentials(params) is None
