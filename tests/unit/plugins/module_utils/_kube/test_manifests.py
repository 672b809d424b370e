# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._kube.client import Client
from ansible_collections.inferops.triton.plugins.module_utils._kube.manifests import Judged, Release, judge
from ansible_collections.inferops.triton.plugins.module_utils._kube.resources import Discovery
from ansible_collections.inferops.triton.plugins.module_utils._release.objects import key_of, owned
from ansible_collections.inferops.triton.tests.unit.plugins.fake_api import FakeApi, Seen, path_of, status

RELEASE = Release("triton", "ns", 3)
CONFIG = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "config"}, "data": {"a": "1"}}
SECRET = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "keys"}, "stringData": {"a": "canary"}}
SERVICE = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "triton"},
    "spec": {"ports": [{"name": "http", "port": 80}]},
}


def live(api: FakeApi, item: dict[str, Any], **marks: Any) -> dict[str, Any]:
    """Put an object of the release there; returns it, to be edited."""
    made = owned(item, "triton", "ns", namespaced=True)
    path = path_of(made)
    api.objects[path] = api._stored(path, made)
    return api.objects[path]


def judged(
    client: Client, before: list[dict[str, Any]], wanted: list[dict[str, Any]], release: Release = RELEASE
) -> list[Judged]:
    by_key = [{key_of(item, "ns"): item for item in items} for items in (before, wanted)]
    return judge(client, Discovery(client), release, *by_key)


def methods(found: list[Judged]) -> list[str]:
    return [each.change.method for each in found]


def dry_runs(api: FakeApi) -> list[Any]:
    return [seen.body for seen in api.seen if seen.method == "PATCH"]


def test_what_is_there_as_it_should_be_is_only_read(api: FakeApi, client: Client) -> None:
    for item in (CONFIG, SECRET, SERVICE):
        live(api, item)["metadata"]["annotations"]["of-others"] = "x"
    assert methods(judged(client, [CONFIG, SECRET, SERVICE], [CONFIG, SECRET, SERVICE])) == ["none"] * 3
    assert {seen.method for seen in api.seen} == {"GET"}


def test_missing_edited_and_former_objects(api: FakeApi, client: Client) -> None:
    live(api, CONFIG)["data"]["a"] = "2"
    live(api, SERVICE)
    found = judged(client, [CONFIG, SECRET, SERVICE], [CONFIG, SECRET])
    assert methods(found) == ["update", "create", "delete"]
    assert dry_runs(api) == [{"data": {"a": "1"}}]
    assert api.writes == []
    update = found[0].change
    assert update.before and update.before["data"] == {"a": "2"}
    assert update.after and update.after["data"] == {"a": "1"}
    assert "canary" not in str(found[1].change.after)


def test_former_objects_that_are_gone_or_to_be_kept(api: FakeApi, client: Client) -> None:
    keep = {"annotations": {"helm.sh/resource-policy": "keep"}}
    live(api, CONFIG)
    live(api, SERVICE)["metadata"]["annotations"] |= keep["annotations"]
    kept = {**CONFIG, "metadata": {**CONFIG["metadata"], **keep}}
    assert judged(client, [kept, SERVICE, SECRET], []) == []


def test_the_server_has_the_last_word(api: FakeApi, client: Client) -> None:
    """An empty value is left out by the server: it differs in the manifest, and is no difference."""
    item = {**SERVICE, "spec": {**SERVICE["spec"], "clusterIP": ""}}
    there = live(api, SERVICE)
    path = path_of(there)
    api.answers["PATCH", path] = (200, there)
    assert methods(judged(client, [item], [item])) == ["none"]
    assert len(dry_runs(api)) == 1


def test_an_addition_that_is_in_the_way_is_taken_out_directly(api: FakeApi, client: Client) -> None:
    there = live(api, SERVICE)
    there["spec"]["ports"] = [{"name": "http", "port": 81}]

    def answer(seen: Seen) -> Any:
        ports = seen.body["spec"]["ports"]
        if len(ports) > 1:
            return status(422, "Invalid", 'spec.ports[1].name: Duplicate value: "http"')
        return 200, {**there, "spec": {**there["spec"], "ports": ports}}

    api.answers["PATCH", path_of(there)] = answer
    (found,) = judged(client, [SERVICE], [SERVICE])
    assert found.change.method == "update"
    assert found.direct == {"spec": {"ports": [{"name": "http", "port": 80}]}}


def test_what_the_server_refuses_is_told_in_its_words(api: FakeApi, client: Client) -> None:
    live(api, CONFIG)["data"]["a"] = "2"
    api.refuse("PATCH", "/api/v1/namespaces/ns/configmaps/config", 422, "Invalid", "data: field is immutable")
    with pytest.raises(
        TritonError, match="The cluster refuses ConfigMap config in namespace ns: data: field is immutable"
    ):
        judged(client, [CONFIG], [CONFIG])


@pytest.mark.parametrize(
    "marks, whose",
    [
        ({"meta.helm.sh/release-name": "other", "meta.helm.sh/release-namespace": "ns"}, 'belongs to release "other"'),
        (
            {"meta.helm.sh/release-name": "triton", "meta.helm.sh/release-namespace": "elsewhere"},
            'belongs to release "triton"',
        ),
        ({}, "is managed by no release"),
    ],
)
def test_objects_of_others_are_not_taken(api: FakeApi, client: Client, marks: dict[str, str], whose: str) -> None:
    there = live(api, CONFIG)
    there["metadata"]["annotations"] = marks
    if not marks:
        there["metadata"]["labels"] = {}
    with pytest.raises(TritonError) as caught:
        judged(client, [], [CONFIG])
    assert f"ConfigMap config in namespace ns is there already and {whose}" in caught.value.message


def test_marks_that_somebody_took_away_come_back(api: FakeApi, client: Client) -> None:
    live(api, CONFIG)["metadata"]["labels"] = {}
    assert methods(judged(client, [CONFIG], [CONFIG])) == ["update"]


def test_before_there_is_a_namespace_nothing_is_looked_up_in_it(api: FakeApi, client: Client) -> None:
    assert methods(judged(client, [], [CONFIG, SERVICE], Release("triton", "ns", 3, there=False))) == ["create"] * 2
    assert [seen.path for seen in api.seen] == ["/api/v1"]


def test_a_kind_that_the_chart_brings_along(api: FakeApi, client: Client) -> None:
    item = {"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "x"}}
    (found,) = judged(client, [], [item])
    assert (found.change.method, found.change.resource.kind) == ("create", "Thing")


@pytest.mark.parametrize("major, direct", [(3, {"spec": {"size": 1}}), (4, None)])
def test_custom_resources_that_helm_3_would_not_heal(
    api: FakeApi, client: Client, major: int, direct: dict[str, Any] | None
) -> None:
    item = {"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "x"}, "spec": {"size": 1}}
    path = "/apis/example.com/v1/namespaces/ns/things/x"
    entry = {"name": "things", "kind": "Thing", "namespaced": True}
    api.answers["GET", "/apis/example.com/v1"] = (200, {"resources": [entry]})
    api.objects[path] = {**owned(item, "triton", "ns", namespaced=True), "spec": {"size": 2}}
    (found,) = judged(client, [item], [item], Release("triton", "ns", major))
    assert (found.change.method, found.direct) == ("update", direct)
