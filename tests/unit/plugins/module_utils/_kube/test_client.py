# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import base64
import hashlib
import inspect
import json
import socket
import ssl
import sys
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._kube import plain
from ansible_collections.inferops.triton.plugins.module_utils._kube.client import ApiError, Client, connect, path_of
from ansible_collections.inferops.triton.tests.unit.plugins.fake_api import TOKEN, FakeApi, status
from ansible_collections.kubernetes.core.plugins.module_utils.k8s import client as core_client


def kubeconfig(server: str, token: str = TOKEN) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "c", "cluster": {"server": server}}],
        "users": [{"name": "u", "user": {"token": token}}],
        "contexts": [{"name": name, "context": {"cluster": "c", "user": "u"}} for name in ("prod", "dev")],
        "current-context": "dev",
    }


def failure(params: dict[str, Any]) -> str:
    with pytest.raises(TritonError) as caught:
        connect(params)
    assert "\n" not in caught.value.message
    return caught.value.message


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@pytest.mark.parametrize(
    "name, parameters",
    [
        ("_create_auth_spec", ["module", "kwargs"]),
        ("_create_configuration", ["auth"]),
        ("_create_headers", ["module", "kwargs"]),
    ],
)
def test_kubernetes_core_still_has_the_functions_that_the_client_takes_from_it(
    name: str, parameters: list[str]
) -> None:
    assert list(inspect.signature(getattr(core_client, name)).parameters) == parameters


def test_answer_as_json(api: FakeApi, client: Client) -> None:
    assert client.request("GET", "/version") == {"gitVersion": "v1.35.4", "major": "1", "minor": "35"}
    assert client.server == api.url


def test_token_and_accepted_type_are_sent(api: FakeApi, client: Client) -> None:
    client.request("GET", "/version")
    (seen,) = api.seen
    assert seen.header("authorization") == [f"Bearer {TOKEN}"]
    assert seen.header("accept") == ["application/json"]
    assert seen.header("content-type") == []


def test_body_and_query(api: FakeApi, client: Client) -> None:
    client.request(
        "POST", "/api/v1/namespaces", {"dryRun": "All", "fieldManager": "a b"}, {"kind": "Namespace", "a": "\u00e4"}
    )
    (seen,) = api.seen
    assert (seen.method, seen.path) == ("POST", "/api/v1/namespaces")
    assert seen.query == {"dryRun": "All", "fieldManager": "a b"}
    assert seen.body == {"kind": "Namespace", "a": "\u00e4"}
    assert seen.header("content-type") == ["application/json"]


def test_impersonation(api: FakeApi, connection: dict[str, Any]) -> None:
    connect({**connection, "impersonate_user": "jane", "impersonate_groups": ["a", "b"]}).request("GET", "/version")
    (seen,) = api.seen
    assert seen.header("impersonate-user") == ["jane"]
    assert seen.header("impersonate-group") == ["a", "b"]


def test_name_and_password(api: FakeApi) -> None:
    with pytest.raises(ApiError):
        connect({"host": api.url, "username": "jane", "password": "pw"}).request("GET", "/version")
    (seen,) = api.seen
    assert seen.header("authorization") == ["Basic " + base64.b64encode(b"jane:pw").decode()]


def test_trailing_slashes_of_the_host_do_not_matter(api: FakeApi, connection: dict[str, Any]) -> None:
    connect({**connection, "host": api.url + "//"}).request("GET", "/version")
    assert api.seen[0].path == "/version"


def test_kubeconfig_as_a_file_and_its_contexts(api: FakeApi, tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text(json.dumps(kubeconfig(api.url)))
    for context in (None, "prod"):
        assert connect({"kubeconfig": str(path), "context": context}).request("GET", "/version")


def test_kubeconfig_as_a_dictionary(api: FakeApi) -> None:
    assert connect({"kubeconfig": kubeconfig(api.url)}).request("GET", "/version")


@pytest.mark.parametrize("token", ["secret-canary\n", "secret\tcanary", "secret\r\ncanary"])
def test_a_token_with_a_line_break_is_refused_and_not_shown(api: FakeApi, token: str) -> None:
    for params in ({"host": api.url, "api_key": token}, {"kubeconfig": kubeconfig(api.url, token)}):
        with pytest.raises(TritonError, match="have a line break or another character in them") as caught:
            connect(params).request("GET", "/version")
        assert "canary" not in caught.value.message
    assert api.seen == []


def test_a_ca_that_nothing_is_checked_with_says_nothing(tmp_path: Path, connection: dict[str, Any]) -> None:
    path = tmp_path / "ca.pem"
    path.write_text(pem(b"one"))
    unchecked = {"host": "https://127.0.0.1:1", "api_key": "x", "ca_cert": str(path), "validate_certs": False}
    assert connect(unchecked).ca_sha256() == ""
    # As kubernetes.core finds it.
    assert connect({**unchecked, "username": "jane"}).ca_sha256() == ""


def test_environment_of_kubernetes_core(api: FakeApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("K8S_AUTH_HOST", api.url)
    monkeypatch.setenv("K8S_AUTH_API_KEY", TOKEN)
    assert connect({}).request("GET", "/version")


def test_options_overrule_the_environment(
    api: FakeApi, connection: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("K8S_AUTH_API_KEY", "other")
    assert connect(connection).request("GET", "/version")


@pytest.mark.parametrize("as_file", [True, False])
def test_a_wrong_context_is_named_with_those_there_are(tmp_path: Path, as_file: bool) -> None:
    path = tmp_path / "config"
    path.write_text(json.dumps(kubeconfig("http://127.0.0.1:1")))
    given: Any = str(path) if as_file else kubeconfig("http://127.0.0.1:1")
    where = path if as_file else "the given kubeconfig"
    assert failure({"kubeconfig": given, "context": "test"}) == f'Context "test" is not in {where}; it has: dev, prod.'


def test_no_cluster_at_all() -> None:
    message = failure({})
    assert message.startswith("No cluster to talk to from the default kubeconfig: ")
    assert message.endswith("give kubeconfig (and context), or host and api_key, or run inside a cluster.")


def test_a_kubeconfig_that_is_not_there(tmp_path: Path) -> None:
    message = failure({"kubeconfig": f"{tmp_path}/missing"})
    assert message.startswith(f"The kubeconfig {tmp_path}/missing is not there; correct the path")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "just text",
        "{",
        "[1, 2]",
        "a: b: c",
        "clusters: 5",
        "apiVersion: v1\nkind: Config\n",
        "\x00",
        "contexts: [a]",
    ],
)
@pytest.mark.parametrize("context", [None, "dev"])
def test_a_kubeconfig_that_is_none(tmp_path: Path, text: str, context: str | None) -> None:
    path = tmp_path / "config"
    path.write_text(text)
    assert str(path) in failure({"kubeconfig": str(path), "context": context})


@pytest.mark.parametrize("content", [{"clusters": 5}, {"contexts": [5], "current-context": "x"}, {"contexts": None}])
@pytest.mark.parametrize("context", [None, "dev"])
def test_a_dictionary_that_is_no_kubeconfig(content: dict[str, Any], context: str | None) -> None:
    assert "the given kubeconfig" in failure({"kubeconfig": content, "context": context})


def test_a_kubeconfig_that_may_not_be_read(tmp_path: Path) -> None:
    assert str(tmp_path) in failure({"kubeconfig": str(tmp_path)})


def test_kubernetes_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "kubernetes", None)
    monkeypatch.setattr(plain, "HAS_LIBRARIES", False)
    assert "pip install kubernetes" in failure({})


def test_ca_file_that_is_not_there(tmp_path: Path) -> None:
    message = failure({"host": "https://127.0.0.1:1", "api_key": "x", "ca_cert": f"{tmp_path}/missing.pem"})
    assert (
        message
        == f"ca_cert is '{tmp_path}/missing.pem', which cannot be read (No such file or directory); correct the path."
    )


def test_ca_file_without_a_certificate(tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    path.write_text("no certificate")
    message = failure({"host": "https://127.0.0.1:1", "api_key": "x", "ca_cert": str(path)})
    assert message == f"ca_cert is '{path}', which holds no certificate; give the PEM file of the CA."


def pem(*contents: bytes) -> str:
    """A bundle; what it holds need not be a certificate to have a digest."""
    return "".join(ssl.DER_cert_to_PEM_cert(content) for content in contents)


def test_digest_of_the_ca_is_that_of_the_first_certificate(tmp_path: Path, connection: dict[str, Any]) -> None:
    path = tmp_path / "ca.pem"
    path.write_text("# comment\n" + pem(b"one", b"two"))
    checked = {**connection, "ca_cert": str(path), "validate_certs": None}
    assert connect(checked).ca_sha256() == hashlib.sha256(b"one").hexdigest()


def test_digest_of_the_ca_of_a_kubeconfig() -> None:
    config = kubeconfig("https://127.0.0.1:1")
    config["clusters"][0]["cluster"]["certificate-authority-data"] = base64.b64encode(pem(b"one").encode()).decode()
    assert connect({"kubeconfig": config}).ca_sha256() == hashlib.sha256(b"one").hexdigest()


def test_no_ca_has_no_digest(client: Client) -> None:
    assert client.ca_sha256() == ""


def test_a_ca_of_a_kubeconfig_that_is_none() -> None:
    config = kubeconfig("https://127.0.0.1:1")
    config["clusters"][0]["cluster"]["certificate-authority-data"] = base64.b64encode(b"no certificate").decode()
    with pytest.raises(TritonError, match="The CA of https://127.0.0.1:1 cannot be read from "):
        connect({"kubeconfig": config}).ca_sha256()


def test_expired_token(api: FakeApi, connection: dict[str, Any]) -> None:
    with pytest.raises(ApiError) as caught:
        connect({**connection, "api_key": "expired"}).request("GET", "/version")
    assert caught.value.message.startswith(f"{api.url} does not accept the credentials (401 Unauthorized): ")
    assert "log in again" in caught.value.message
    assert caught.value.status == 401


def test_forbidden_in_the_servers_words(api: FakeApi, client: Client) -> None:
    text = 'namespaces "x" is forbidden: User "deployer" cannot get resource "namespaces"'
    api.refuse("GET", "/api/v1/namespaces/x", 403, "Forbidden", text)
    with pytest.raises(ApiError) as caught:
        client.get("/api/v1/namespaces/x")
    assert caught.value.message == f"{api.url} forbids GET /api/v1/namespaces/x: {text}"
    assert (caught.value.status, caught.value.reason, caught.value.text) == (403, "Forbidden", text)
    assert caught.value.details == {"status": 403, "reason": "Forbidden"}


def test_any_other_refusal(api: FakeApi, client: Client) -> None:
    api.refuse("GET", "/version", 500, "InternalError", "etcd is gone")
    with pytest.raises(ApiError) as caught:
        client.request("GET", "/version")
    assert caught.value.message == f"{api.url} answered GET /version with 500 InternalError: etcd is gone"


@pytest.mark.parametrize(
    "body", [b"", b"plain text", b"[]", b"null", b"5", b'{"message": null}', b"\xff\xfe", b'{"reason": 5}']
)
def test_a_refusal_in_any_form_is_no_traceback(api: FakeApi, client: Client, body: bytes) -> None:
    api.answers["GET", "/version"] = (502, body)
    with pytest.raises(ApiError) as caught:
        client.request("GET", "/version")
    assert caught.value.status == 502


def test_an_endless_refusal_is_cut(api: FakeApi, client: Client) -> None:
    api.answers["GET", "/version"] = (500, b"x" * 100000)
    with pytest.raises(ApiError) as caught:
        client.request("GET", "/version")
    assert len(caught.value.message) < 2200


def test_a_redirect_is_not_followed(api: FakeApi, client: Client) -> None:
    api.answers["GET", "/version"] = (302, b"login first")
    with pytest.raises(ApiError) as caught:
        client.request("GET", "/version")
    assert caught.value.status == 302


@pytest.mark.parametrize("body", [b"<html>login</html>", b"", b"\xff\xfe", b"[]", b"null", b"5", b'"text"'])
def test_an_answer_that_no_api_server_gives(api: FakeApi, client: Client, body: bytes) -> None:
    api.answers["GET", "/version"] = (200, body)
    with pytest.raises(TritonError) as caught:
        client.request("GET", "/version")
    assert caught.value.message == (
        f"{api.url} answered GET /version with something that no API server says; is it the URL of one?"
    )


def test_nothing_there_is_none(api: FakeApi, client: Client) -> None:
    assert client.get("/api/v1/namespaces/missing") is None


def test_only_a_404_is_nothing(api: FakeApi, client: Client) -> None:
    api.answers["GET", "/api/v1/namespaces/x"] = status(410, "Gone", "gone")
    with pytest.raises(ApiError):
        client.get("/api/v1/namespaces/x")


def test_send_returns_whatever_the_status_is(api: FakeApi, client: Client) -> None:
    api.answers["GET", "/x"] = (503, b"text")
    assert client.send("GET", "/x") == (503, b"text")


def test_unreachable_server() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(TritonError) as caught:
        connect({"host": url, "api_key": "x"}).request("GET", "/version")
    assert caught.value.message.startswith(f"The API server {url} cannot be reached (")
    assert "Connection refused" in caught.value.message
    assert "0x" not in caught.value.message
    assert "retries" not in caught.value.message
    assert caught.value.details == {"server": url}


def test_host_name_that_does_not_exist() -> None:
    with pytest.raises(TritonError, match="The API server https://nowhere.invalid:6443 cannot be reached"):
        connect({"host": "https://nowhere.invalid:6443", "api_key": "x"}).request("GET", "/version")


def test_https_to_a_server_that_speaks_http(api: FakeApi) -> None:
    url = api.url.replace("http://", "https://")
    with pytest.raises(TritonError) as caught:
        connect({"host": url, "api_key": "x", "validate_certs": False}).request("GET", "/version")
    assert caught.value.message.startswith(f"The API server {url} cannot be reached (")
    assert "check the URL" in caught.value.message
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    "host", ["no-scheme:6443", "ftp://127.0.0.1:1", "http://", "http://[::1", "https://127.0.0.1:99999", ":::"]
)
def test_a_host_that_is_no_url(host: str) -> None:
    with pytest.raises(TritonError) as caught:
        connect({"host": host, "api_key": "x"}).request("GET", "/version")
    assert host in caught.value.message


def test_a_server_that_hangs_up(api: FakeApi, client: Client) -> None:
    def hang_up(_seen: object) -> Any:
        raise ConnectionAbortedError

    api.answers["GET", "/version"] = hang_up
    with pytest.raises(TritonError, match="cannot be reached"):
        client.request("GET", "/version")


@pytest.mark.parametrize(
    "arguments, path",
    [
        (("v1", "namespaces"), "/api/v1/namespaces"),
        (("v1", "pods", "ns", "p", "log"), "/api/v1/namespaces/ns/pods/p/log"),
        (("apps/v1", "deployments", "ns"), "/apis/apps/v1/namespaces/ns/deployments"),
        (("v1", "services", "ns", "http:s:80", "proxy"), "/api/v1/namespaces/ns/services/http:s:80/proxy"),
        # A name cannot lead to another resource.
        (("v1", "pods", "ns", "../secrets/x"), "/api/v1/namespaces/ns/pods/..%2Fsecrets%2Fx"),
        (("v1", "pods", "a/b", "x?y#z"), "/api/v1/namespaces/a%2Fb/pods/x%3Fy%23z"),
    ],
)
def test_path(arguments: tuple[str, ...], path: str) -> None:
    assert path_of(*arguments) == path


def test_other_programs_get_the_same_credentials(api: FakeApi, tmp_path: Path) -> None:
    ca = tmp_path / "ca.pem"
    ca.write_text("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n")
    options = {"host": api.url, "api_key": TOKEN, "ca_cert": str(ca), "proxy": "http://proxy:3128"}
    made = connect({**options, "impersonate_user": "robot", "impersonate_groups": ["a", "b"]}).kubeconfig()
    assert made["clusters"][0]["cluster"] == {
        "server": api.url,
        "certificate-authority": str(ca),
        "proxy-url": "http://proxy:3128",
    }
    assert made["users"][0]["user"] == {"token": TOKEN, "as": "robot", "as-groups": ["a", "b"]}
    # They reach the double by it as well.
    plain = connect({"host": api.url, "api_key": TOKEN}).kubeconfig()
    assert connect({"kubeconfig": plain}).request("GET", "/version")["gitVersion"] == api.git_version


def test_other_programs_check_certificates_as_the_user_wants(api: FakeApi) -> None:
    options = {"host": api.url, "username": "me", "password": "secret", "validate_certs": False}
    made = connect(options).kubeconfig()
    assert made["clusters"][0]["cluster"] == {"server": api.url, "insecure-skip-tls-verify": True}
    assert made["users"][0]["user"] == {"username": "me", "password": "secret"}
