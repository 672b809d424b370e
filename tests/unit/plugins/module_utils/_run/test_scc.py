# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module scc: an SCC of one workload, made only where it is needed and of what was allowed by name."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._run.scc import run
from ansible_collections.inferops.triton.tests.unit.plugins.fake_api import FakeApi
from ansible_collections.inferops.triton.tests.unit.plugins.fake_openshift import SCCS, deployment, openshift

NAME = "ns.triton"
RBAC = "/apis/rbac.authorization.k8s.io/v1/namespaces/ns"
USER = deployment({"securityContext": {"runAsUser": 1000, "fsGroup": 1000}})
DEFAULTS: dict[str, Any] = {
    "state": "present",
    "namespace": "ns",
    "name": "triton",
    "service_account": None,
    "definitions": None,
    "src": None,
    "allow": [],
    "only_if_needed": True,
    "wait_timeout": 0,
}


def make(connection: dict[str, Any], definitions: Any = None, check: bool = False, **options: Any) -> dict[str, Any]:
    return run({**connection, **DEFAULTS, "definitions": definitions, **options}, check)


def test_a_workload_that_needs_none(api: FakeApi, connection: dict[str, Any]) -> None:
    openshift(api)
    result = make(connection, deployment())
    assert (result["changed"], result["needed"], result["scc"]) == (False, False, "restricted-v2")
    assert api.writes == []


def test_one_is_made_once(api: FakeApi, connection: dict[str, Any]) -> None:
    openshift(api)
    result = make(connection, USER)
    assert (result["changed"], result["needed"], result["scc"]) == (True, True, NAME)
    assert result["grants"] == ["user 1000", "group 1000 for volumes", "volumes of type projected"]
    assert [path for _method, path in api.writes] == [
        f"{SCCS}/{NAME}",
        f"{RBAC}/roles/use-scc-triton",
        f"{RBAC}/rolebindings/use-scc-triton",
    ]
    scc = api.objects[f"{SCCS}/{NAME}"]
    assert scc["runAsUser"] == {"type": "MustRunAs", "uid": 1000}
    assert (scc["users"], scc["groups"], scc["allowPrivilegedContainer"]) == ([], [], False)
    binding = api.objects[f"{RBAC}/rolebindings/use-scc-triton"]
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": "triton", "namespace": "ns"}]
    before = len(api.writes)
    again = make(connection, USER)
    assert (again["changed"], again["needed"]) == (False, True)
    assert len(api.writes) == before


def test_check_mode_writes_nothing_and_tells_the_same(api: FakeApi, connection: dict[str, Any]) -> None:
    openshift(api)
    checked = make(connection, USER, check=True)
    assert api.writes == []
    real = make(connection, USER)
    assert checked["changed"] and {key: checked[key] for key in ("scc", "grants", "objects", "changes", "diff")} == {
        key: real[key] for key in ("scc", "grants", "objects", "changes", "diff")
    }


def test_what_is_granted_only_by_name(api: FakeApi, connection: dict[str, Any]) -> None:
    openshift(api)
    volumes = [{"name": "models", "hostPath": {"path": "/models"}}]
    definitions = deployment({"volumes": volumes})
    with pytest.raises(TritonError) as caught:
        make(connection, definitions)
    assert caught.value.message == (
        "The workload asks for what is granted only by name: volumes of type hostPath (triton: spec.volumes[0]: hostPath "
        "volumes are not allowed to be used). Change the workload, or set allow: [host_path]. Nothing was written."
    )
    assert api.writes == []
    assert make(connection, definitions, allow=["host_path"])["changed"]
    assert "hostPath" in api.objects[f"{SCCS}/{NAME}"]["volumes"]


def test_it_can_be_made_although_it_is_not_needed(api: FakeApi, connection: dict[str, Any]) -> None:
    openshift(api)
    result = make(connection, deployment(), only_if_needed=False)
    assert (result["changed"], result["needed"], result["scc"]) == (True, False, NAME)


def test_two_service_accounts(api: FakeApi, connection: dict[str, Any]) -> None:
    openshift(api)
    other = deployment({}, "other")
    with pytest.raises(TritonError, match="as service accounts other, triton; name one of them as service_account"):
        make(connection, [USER, other])
    with pytest.raises(TritonError, match="none of them as third; name one"):
        make(connection, [USER, other], service_account="third")
    assert make(connection, [USER, other], service_account="triton")["grants"][0] == "user 1000"
    assert not make(connection, [USER, other], service_account="other")["needed"]


def test_pods_of_another_namespace(api: FakeApi, connection: dict[str, Any]) -> None:
    openshift(api)
    elsewhere = {**USER, "metadata": {"name": "triton", "namespace": "elsewhere"}}
    with pytest.raises(TritonError, match="None of these manifests has a pod in namespace ns"):
        make(connection, elsewhere)


def test_no_openshift(api: FakeApi, connection: dict[str, Any]) -> None:
    api.add("v1", "Namespace", "ns")
    with pytest.raises(TritonError, match="is no OpenShift, so there is no SCC to make"):
        make(connection, USER)


def test_it_goes_with_what_lets_it_be_used(api: FakeApi, connection: dict[str, Any]) -> None:
    openshift(api)
    make(connection, USER)
    before = len(api.writes)
    assert make(connection, state="absent", check=True)["changed"]
    assert len(api.writes) == before
    result = make(connection, state="absent")
    assert result["changed"] and result["msg"] == f"SCC {NAME} is not there."
    # Who may use it goes first.
    assert [path.rpartition("/")[0].rpartition("/")[2] for _method, path in api.writes[before:]] == [
        "rolebindings",
        "roles",
        "securitycontextconstraints",
    ]
    assert f"{SCCS}/restricted-v2" in api.objects
    assert not make(connection, state="absent")["changed"]
