# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._run.platform_info import run
from ansible_collections.inferops.triton.tests.unit.plugins.fake_api import FakeApi

DEFAULTS = {
    "namespace": None,
    "sccs": False,
    "rights": [],
    "purpose": None,
    "create_namespace": True,
    **dict.fromkeys(("uploads", "probes", "make_scc", "make_volumes"), False),
    **dict.fromkeys(("expected_server", "expected_user", "expected_ca_sha256"), ""),
}


def info(connection: dict[str, Any], **options: Any) -> dict[str, Any]:
    return run({**connection, **DEFAULTS, **options}, False)


def right(*verbs: str, resource: str = "secrets", namespace: str | None = "triton") -> dict[str, Any]:
    return {"verbs": list(verbs), "resource": resource, "group": "", "namespace": namespace, "name": ""}


def test_plain_kubernetes(api: FakeApi, connection: dict[str, Any]) -> None:
    result = info(connection)
    assert (result["distribution"], result["family"], result["version"]) == ("kubernetes", "kubernetes", "1.35.4")
    assert result["kubernetes_version"] == "v1.35.4"
    assert result["server"] == api.url
    assert result["user"] == {"name": "deployer", "groups": ("system:authenticated",)}
    assert "apps" in result["api_groups"]
    assert (result["storage_classes"], result["namespace"], result["usable_sccs"]) == ([], None, None)
    assert (result["missing_rights"], result["grant"], result["unread"]) == ([], "", [])
    assert result["ca_sha256"] == ""
    assert api.writes == []


def test_openshift(api: FakeApi, connection: dict[str, Any]) -> None:
    api.openshift()
    history = [{"state": "Completed", "version": "4.21.0"}]
    api.add("config.openshift.io/v1", "ClusterVersion", "version", status={"history": history})
    api.add("security.openshift.io/v1", "SecurityContextConstraints", "restricted-v2")
    api.add(
        "v1",
        "Namespace",
        "triton",
        metadata={"annotations": {"a": "b"}, "labels": {"c": "d"}},
        status={"phase": "Active"},
    )
    result = info(connection, namespace="triton", sccs=True)
    assert (result["distribution"], result["version"]) == ("openshift", "4.21.0")
    assert result["usable_sccs"] == ["restricted-v2"]
    assert result["namespace"] == {
        "name": "triton",
        "exists": True,
        "creatable": "",
        "annotations": {"a": "b"},
        "labels": {"c": "d"},
        "phase": "Active",
    }


@pytest.mark.parametrize("options", [{"namespace": "triton"}, {"sccs": True}])
def test_sccs_are_only_looked_for_on_request_and_in_a_namespace(
    api: FakeApi, connection: dict[str, Any], options: dict[str, Any]
) -> None:
    api.openshift()
    assert info(connection, **options)["usable_sccs"] is None


def test_namespace_that_is_not_there(api: FakeApi, connection: dict[str, Any]) -> None:
    namespace = info(connection, namespace="triton")["namespace"]
    assert (namespace["exists"], namespace["creatable"], namespace["phase"]) == (False, "Namespace", "")


def test_namespace_that_may_not_be_read(api: FakeApi, connection: dict[str, Any]) -> None:
    api.refuse("GET", "/api/v1/namespaces/triton", 403, "Forbidden", "no")
    result = info(connection, namespace="triton")
    assert result["namespace"]["exists"] is None
    assert result["unread"] == ["Namespace triton could not be read: no"]


@pytest.mark.parametrize("denied", ["create", "get", "patch"])
@pytest.mark.parametrize("projects, kind", [(True, "ProjectRequest"), (False, "")])
def test_who_may_not_make_a_namespace_may_request_a_project(
    api: FakeApi, connection: dict[str, Any], denied: str, projects: bool, kind: str
) -> None:
    api.denied = {(denied, "namespaces")}
    if projects:
        api.groups.append("project.openshift.io")
    assert info(connection, namespace="triton")["namespace"]["creatable"] == kind


def test_who_may_not_even_request_a_project(api: FakeApi, connection: dict[str, Any]) -> None:
    api.denied = {("create", "namespaces"), ("create", "projectrequests")}
    api.groups.append("project.openshift.io")
    assert info(connection, namespace="triton")["namespace"]["creatable"] == ""


def test_missing_rights_and_the_grant_to_ask_for(api: FakeApi, connection: dict[str, Any]) -> None:
    api.denied = {("create", "secrets"), ("get", "secrets"), ("list", "storageclasses")}
    rights = [
        right("get", "create", "list"),
        right("list", resource="storageclasses", namespace=None),
        right("get", resource="pods"),
    ]
    result = info(connection, namespace="triton", rights=rights)
    assert result["missing_rights"] == ["get, create secrets", "list storageclasses in the cluster"]
    assert result["grant"].startswith(
        "kubectl create rolebinding triton-deployer-deployer --clusterrole=edit --user=deployer "
    )
    assert "clusterrole triton-deployer-cluster --verb=list --resource=storageclasses" in result["grant"]


def test_options_that_are_none(api: FakeApi, connection: dict[str, Any]) -> None:
    nothing = {"verbs": ["get"], "resource": "pods", "group": None, "namespace": None, "name": None}
    assert info(connection, rights=[nothing])["missing_rights"] == []


def test_a_purpose_without_its_rights_stops(api: FakeApi, connection: dict[str, Any]) -> None:
    api.add("v1", "Namespace", "triton", status={"phase": "Active"})
    assert info(connection, namespace="triton", purpose="deploy")["missing_rights"] == []
    api.denied = {("patch", "deployments"), ("create", "pods/exec")}
    with pytest.raises(TritonError) as caught:
        info(connection, namespace="triton", purpose="deploy")
    assert caught.value.message.startswith(
        'User deployer lacks rights for namespace "triton": patch deployments.apps. Nothing was written. Ask an '
        "administrator to run this: kubectl create rolebinding "
    )
    with pytest.raises(TritonError, match=r"create pods/exec; patch|patch deployments.apps; create pods/exec"):
        info(connection, namespace="triton", purpose="deploy", uploads=True)
    assert info(connection, namespace="triton", purpose="remove")["namespace_new"] is False
