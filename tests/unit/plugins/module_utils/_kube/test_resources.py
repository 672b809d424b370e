# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._kube.client import Client
from ansible_collections.inferops.triton.plugins.module_utils._kube.resources import Discovery, Resource, served_kinds
from ansible_collections.inferops.triton.tests.unit.plugins.fake_api import FakeApi


def test_path_of_a_kind_that_lives_in_a_namespace() -> None:
    resource = Resource("apps/v1", "Deployment", "deployments", True)
    assert resource.path("ns", "d") == "/apis/apps/v1/namespaces/ns/deployments/d"
    assert resource.path("ns") == "/apis/apps/v1/namespaces/ns/deployments"
    assert resource.path("ns", "d", "scale") == "/apis/apps/v1/namespaces/ns/deployments/d/scale"


def test_a_cluster_wide_kind_has_no_namespace() -> None:
    assert Resource("v1", "Namespace", "namespaces", False).path("ns", "n") == "/api/v1/namespaces/n"


def test_kinds_are_found_by_the_servers_own_discovery(api: FakeApi, client: Client) -> None:
    discovery = Discovery(client)
    assert discovery.find("v1", "ConfigMap") == Resource("v1", "ConfigMap", "configmaps", True)
    assert discovery.find("v1", "Namespace") == Resource("v1", "Namespace", "namespaces", False)
    assert discovery.find("apps/v1", "Deployment") == Resource("apps/v1", "Deployment", "deployments", True)


def test_each_version_is_asked_once(api: FakeApi, client: Client) -> None:
    discovery = Discovery(client)
    for kind in ("ConfigMap", "Secret", "Nothing"):
        discovery.find("v1", kind)
    assert [seen.path for seen in api.seen] == ["/api/v1"]


def test_subresources_are_no_kinds(api: FakeApi, client: Client) -> None:
    entries = [
        {"name": "deployments/scale", "kind": "Scale", "namespaced": True},
        {"name": "deployments/status", "kind": "Deployment", "namespaced": True},
        {"name": "deployments", "kind": "Deployment", "namespaced": True},
        {"name": "deployments/status", "kind": "Deployment", "namespaced": True},
    ]
    api.answers["GET", "/apis/apps/v1"] = (200, {"resources": entries})
    discovery = Discovery(client)
    assert discovery.find("apps/v1", "Scale") is None
    found = discovery.find("apps/v1", "Deployment")
    assert found is not None and found.plural == "deployments"


@pytest.mark.parametrize("api_version, kind", [("v1", "Nothing"), ("example.org/v1", "Thing")])
def test_a_kind_that_is_not_served(api: FakeApi, client: Client, api_version: str, kind: str) -> None:
    assert Discovery(client).find(api_version, kind) is None
    with pytest.raises(TritonError) as caught:
        Discovery(client).of({"apiVersion": api_version, "kind": kind})
    assert caught.value.message.startswith(f"{api.url} does not serve kind {kind} of {api_version}; ")


@pytest.mark.parametrize(
    "definition, named",
    [
        ({}, "None and None"),
        ({"kind": "Pod"}, "None and 'Pod'"),
        ({"apiVersion": "v1"}, "'v1' and None"),
        ({"apiVersion": "", "kind": ""}, "'' and ''"),
    ],
)
def test_a_definition_without_a_kind(api: FakeApi, client: Client, definition: dict[str, str], named: str) -> None:
    with pytest.raises(TritonError) as caught:
        Discovery(client).of(definition)
    assert caught.value.message == f"A definition needs apiVersion and kind; this one has {named}."
    assert api.seen == []


def test_an_empty_discovery_document(api: FakeApi, client: Client) -> None:
    api.answers["GET", "/api/v1"] = (200, {"resources": None})
    assert Discovery(client).find("v1", "Pod") is None


def test_all_kinds_of_the_cluster_in_two_requests(api: FakeApi, client: Client) -> None:
    def listed(*groups: Any) -> Any:
        return 200, {"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "items": list(groups)}

    def group(name: str | None, version: str, *resources: Any) -> Any:
        return {
            "metadata": {"name": name} if name else None,
            "versions": [{"version": version, "resources": list(resources)}],
        }

    def kind(name: str) -> Any:
        return {"resource": "x", "responseKind": {"group": "", "version": "", "kind": name}}

    api.answers["GET", "/api"] = listed(group(None, "v1", kind("Pod"), kind("Secret")))
    api.answers["GET", "/apis"] = listed(
        group("apps", "v1", kind("Deployment"), {"resource": "y", "responseKind": None}),
        # What a stale or empty group has.
        {"metadata": {"name": "stale.example.com"}, "versions": [{"version": "v1", "resources": None}]},
        {"metadata": {"name": "empty.example.com"}, "versions": None},
    )
    assert served_kinds(client) == {("v1", "Pod"), ("v1", "Secret"), ("apps/v1", "Deployment")}
    assert [seen.path for seen in api.seen] == ["/api", "/apis"]


def test_all_kinds_of_a_cluster_that_knows_the_old_form_only(api: FakeApi, client: Client) -> None:
    api.answers["GET", "/api"] = (200, {"kind": "APIVersions", "versions": ["v1"]})
    versions = [{"groupVersion": "apps/v1", "version": "v1"}, {"groupVersion": "gone.example.com/v1", "version": "v1"}]
    api.answers["GET", "/apis"] = (200, {"kind": "APIGroupList", "groups": [{"name": "apps", "versions": versions}]})
    found = served_kinds(client)
    assert {("v1", "Pod"), ("v1", "ConfigMap"), ("apps/v1", "Deployment")} <= found
    assert {version for version, _kind in found} == {"v1", "apps/v1"}
