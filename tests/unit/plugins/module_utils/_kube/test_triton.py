# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._kube import triton
from ansible_collections.inferops.triton.plugins.module_utils._kube.client import Client
from ansible_collections.inferops.triton.plugins.module_utils._kube.triton import Direct, PodProxy, ServiceProxy
from ansible_collections.inferops.triton.plugins.module_utils._triton.client import Unanswered
from ansible_collections.inferops.triton.tests.unit.plugins.fake_api import TOKEN, FakeApi, status

SERVICE = "/api/v1/namespaces/ns/services/http:server:8000/proxy"
POD = "/api/v1/namespaces/ns/pods/http:server-1:8000/proxy"


@pytest.fixture(params=[(ServiceProxy, "server", SERVICE), (PodProxy, "server-1", POD)], ids=["service", "pod"])
def proxied(request: pytest.FixtureRequest, client: Client) -> tuple[Any, str]:
    """A transport through the API server, and the path of its proxy."""
    transport, name, path = request.param
    return transport(client, "ns", name, "8000"), path


def test_a_request_through_the_proxy(api: FakeApi, proxied: tuple[Any, str]) -> None:
    transport, path = proxied
    api.answers["POST", f"{path}/v2/repository/index"] = (200, b"[]")
    assert transport.send("POST", "/v2/repository/index", b"{}", 5) == (200, b"[]")
    assert api.seen[-1].header("content-type") == ["application/json"]
    assert api.seen[-1].body == {}


@pytest.mark.parametrize("code", [200, 400, 404, 503])
def test_what_triton_answers_is_handed_on(api: FakeApi, proxied: tuple[Any, str], code: int) -> None:
    transport, path = proxied
    api.answers["GET", f"{path}/v2/models/x"] = (code, b'{"error": "unknown model"}')
    assert transport.send("GET", "/v2/models/x", None, 5) == (code, b'{"error": "unknown model"}')


def test_no_right_to_use_the_proxy(api: FakeApi, proxied: tuple[Any, str]) -> None:
    transport, path = proxied
    api.refuse("GET", f"{path}/v2", 403, "Forbidden", "no")
    with pytest.raises(TritonError) as caught:
        transport.send("GET", "/v2", None, 5)
    assert caught.value.message.startswith(f"The API server does not let you reach {transport.where} (")
    assert "ClusterRole edit" in caught.value.message


def test_nothing_of_that_name(api: FakeApi, proxied: tuple[Any, str]) -> None:
    transport, path = proxied
    api.answers["GET", f"{path}/v2"] = status(404, "NotFound", 'services "server" not found')
    with pytest.raises(Unanswered) as caught:
        transport.send("GET", "/v2", None, 5)
    assert caught.value.message == f'{transport.where} is not there: services "server" not found'


@pytest.mark.parametrize("body", [b'{"kind":"Status"', b'{"kind": "Status", "message": null}', b'["kind":"Status"]'])
def test_a_404_of_any_form_is_no_traceback(api: FakeApi, proxied: tuple[Any, str], body: bytes) -> None:
    transport, path = proxied
    api.answers["GET", f"{path}/v2"] = (404, body)
    with pytest.raises(Unanswered):
        transport.send("GET", "/v2", None, 5)


def test_where(client: Client) -> None:
    assert ServiceProxy(client, "ns", "server", "http").where == "Triton behind service server in namespace ns"
    assert PodProxy(client, "ns", "server-1", "8000").where == "Triton in pod server-1 of namespace ns"


@pytest.mark.parametrize("suffix", ["", "/", "/v2", "/v2/"])
def test_straight_to_a_url(api: FakeApi, suffix: str) -> None:
    api.answers["POST", "/v2/models/x/infer"] = (200, b"{}")
    direct = Direct(api.url + suffix, None, True, {"Authorization": f"Bearer {TOKEN}"})
    assert direct.send("POST", "/v2/models/x/infer", b"{}", 5) == (200, b"{}")
    (seen,) = api.seen
    assert seen.path == "/v2/models/x/infer"
    assert seen.header("content-type") == ["application/json"]
    assert direct.where == f"Triton at {api.url}"


def test_a_url_below_a_path(api: FakeApi) -> None:
    api.answers["GET", "/team/triton/v2"] = (200, b"{}")
    direct = Direct(f"{api.url}/team/triton", None, True, {"Authorization": f"Bearer {TOKEN}"})
    assert direct.send("GET", "/v2", None, 5) == (200, b"{}")


@pytest.mark.parametrize("url", ["server:8000", "ftp://x", "", "//x", "http:/x", "grpc://x:8001"])
def test_what_is_no_url(url: str) -> None:
    with pytest.raises(TritonError) as caught:
        Direct(url, None, True, {})
    assert caught.value.message == f"url is {url!r}; it must begin with http:// or https://."


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1", "http://nowhere.invalid", "http://", "http://[::1", "http://127.0.0.1:99999"]
)
def test_a_url_that_leads_nowhere(url: str) -> None:
    with pytest.raises(TritonError) as caught:
        Direct(url, None, True, {}).send("GET", "/v2", None, 2)
    assert url.rstrip("/") in caught.value.message
    assert "0x" not in caught.value.message


def test_ca_file_that_is_not_there(api: FakeApi) -> None:
    url = api.url.replace("http://", "https://")
    with pytest.raises(TritonError, match="/no/such/ca.pem"):
        Direct(url, "/no/such/ca.pem", True, {}).send("GET", "/v2", None, 2)


@pytest.mark.parametrize("headers", [{"X-Number": 5}, {"X-Bool": True}])
def test_headers_that_are_no_text(api: FakeApi, headers: dict[str, Any]) -> None:
    api.answers["GET", "/v2"] = (200, b"{}")
    direct = Direct(api.url, None, True, {"Authorization": f"Bearer {TOKEN}", **headers})
    assert direct.send("GET", "/v2", None, 5)[0] == 200


def test_urllib3_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(triton, "urllib3", None)
    with pytest.raises(TritonError, match="pip install kubernetes"):
        Direct("http://x", None, True, {})
