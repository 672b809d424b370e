# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

from ansible_collections.inferops.triton.plugins.module_utils._kube import leftovers, once
from ansible_collections.inferops.triton.plugins.module_utils._kube.access import Right, allowed, whoami
from ansible_collections.inferops.triton.plugins.module_utils._kube.client import METADATA, Client, connect
from ansible_collections.inferops.triton.tests.unit.plugins.fake_api import FakeApi

CONFIG = "/api/v1/namespaces/ns/configmaps/c"


def test_each_object_is_read_once(api: FakeApi, client: Client) -> None:
    api.add("v1", "ConfigMap", "c", namespace="ns", data={"a": "1"})
    look = client.remembering()
    first = look.get(CONFIG)
    first["data"]["a"] = "changed by who read it"
    assert look.get(CONFIG)["data"] == {"a": "1"}
    assert look.get(CONFIG + "d") is look.get(CONFIG + "d") is None
    assert len(api.seen) == 2
    # Other questions are asked.
    look.get(CONFIG, {"limit": 1})
    look.get(CONFIG, accept=METADATA)
    assert len(api.seen) == 4


def test_an_object_of_a_list_is_not_read_again(api: FakeApi, client: Client) -> None:
    api.add("v1", "ConfigMap", "c", namespace="ns", data={"a": "1"}, metadata={"labels": {"of": "release"}})
    look = client.remembering()
    assert list(leftovers.of_release(look, "ns", {"of": "release"})) == [("ConfigMap", "c")]
    found = look.get(CONFIG)
    assert (found["kind"], found["apiVersion"], found["data"]) == ("ConfigMap", "v1", {"a": "1"})
    assert [seen.path for seen in api.seen] == ["/api/v1/namespaces/ns/configmaps", "/api/v1/namespaces/ns/secrets"]
    # Who does not remember fetches no contents.
    leftovers.of_release(client, "ns", {"of": "release"})
    assert {tuple(seen.header("accept")) for seen in api.seen[2:]} == {(METADATA,)}
    assert client.get(CONFIG)["data"] == {"a": "1"}
    assert len(api.seen) == 5


def test_the_client_itself_remembers_nothing(api: FakeApi, client: Client) -> None:
    client.remembering().get(CONFIG)
    client.get(CONFIG)
    client.get(CONFIG)
    assert len(api.seen) == 3


def test_reviews_are_questions_and_what_is_written_is_not(api: FakeApi, client: Client) -> None:
    look = client.remembering()
    for _time in range(2):
        whoami(look)
        allowed(look, Right("get", "pods", namespace="ns"))
        allowed(look, Right("get", "secrets", namespace="ns"))
        look.request("POST", "/api/v1/namespaces/ns/pods", {"dryRun": "All"}, {"kind": "Pod"})
    assert len(api.seen) == 3 + 2


def test_another_user_is_told_anew(api: FakeApi, client: Client) -> None:
    look = client.remembering()
    look.get("/version")
    look.impersonating("jane").get("/version")
    assert len(api.seen) == 2


def test_all_parts_of_a_look_share_one_client(api: FakeApi, connection: dict[str, Any], client: Client) -> None:
    with once.shared(client):
        assert connect({"host": "https://elsewhere.invalid"}) is client
    assert connect(connection) is not client
