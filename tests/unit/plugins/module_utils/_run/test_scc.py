# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module scc: the SCC of one workload and the right to use it, made, left out and taken away."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._run.scc import run
from ansible_collections.inferops.triton.plugins.module_utils._run.scc_explain import run as explain
from ansible_collections.inferops.triton.tests.unit.plugins.fake_api import FakeApi
from ansible_collections.inferops.triton.tests.unit.plugins.module_utils._run.openshift import (
    SCCS,
    deployment,
    fixed_user,
    install,
)

ROLES = "/apis/rbac.authorization.k8s.io/v1/namespaces/ns"
SCC, ROLE, BINDING = f"{SCCS}/ns.server", f"{ROLES}/roles/use-scc-server", f"{ROLES}/rolebindings/use-scc-server"
LEFT_OUT: dict[str, Any] = {
    "state": "present",
    "namespace": "ns",
    "name": "server",
    "service_account": None,
    "definitions": None,
    "src": None,
    "allow": [],
    "only_if_needed": True,
    "wait_timeout": 5,
}


def make(connection: dict[str, Any], *definitions: Any, check: bool = False, **options: Any) -> dict[str, Any]:
    given = {"definitions": list(definitions)} if definitions else {}
    return run({**connection, **LEFT_OUT, **given, **options}, check)


def failure(connection: dict[str, Any], *definitions: Any, **options: Any) -> str:
    with pytest.raises(TritonError) as caught:
        make(connection, *definitions, **options)
    return caught.value.message


def methods(result: dict[str, Any]) -> list[str]:
    return [change["method"] for change in result["changes"]]


def nfs() -> dict[str, Any]:
    return fixed_user(volumes=[{"name": "models", "nfs": {"server": "s", "path": "/"}}])


def test_the_scc_and_the_right_to_use_it(api: FakeApi, connection: dict[str, Any]) -> None:
    install(api)
    result = make(connection, nfs())
    assert (result["changed"], result["needed"], result["scc"]) == (True, True, "ns.server")
    assert result["grants"] == ["volumes of type nfs", "user 1000", "volumes of type projected"]
    assert result["msg"] == f"SCC ns.server admits the workload; it allows {', '.join(result['grants'])}."
    assert [(change["kind"], change["name"], change["method"]) for change in result["changes"]] == [
        ("SecurityContextConstraints", "ns.server", "create"),
        ("Role", "use-scc-server", "create"),
        ("RoleBinding", "use-scc-server", "create"),
    ]
    assert api.writes == [("PATCH", SCC), ("PATCH", ROLE), ("PATCH", BINDING)]
    assert api.objects[SCC]["volumes"] == ["nfs", "projected"] and api.objects[SCC]["groups"] == []
    assert api.objects[ROLE]["rules"][0]["resourceNames"] == ["ns.server"]
    assert api.objects[BINDING]["subjects"] == [{"kind": "ServiceAccount", "name": "sa", "namespace": "ns"}]
    assert [entry["after_header"] for entry in result["diff"]] == [
        *("SecurityContextConstraints ns.server", "Role ns/use-scc-server", "RoleBinding ns/use-scc-server")
    ]


def test_with_it_the_workload_is_admitted_and_no_other_account_is(api: FakeApi, connection: dict[str, Any]) -> None:
    install(api)
    options = {"namespace": "ns", "offline": False, "confirm": False, "granted": {}}
    assert explain({**connection, **options, "definitions": nfs()}, False)["admitted"] is False
    objects = make(connection, nfs())["objects"]
    found = explain({**connection, **options, "definitions": [nfs(), *objects]}, False)["pods"][0]
    assert (found["verdict"], found["scc"], found["subject"]) == ("admitted", "ns.server", "serviceaccount")
    stranger = {**nfs()["spec"]["template"]["spec"], "serviceAccountName": "other"}
    assert (
        explain({**connection, **options, "definitions": [deployment(**stranger), *objects]}, False)["admitted"]
        is False
    )


def test_a_second_run_writes_nothing(api: FakeApi, connection: dict[str, Any]) -> None:
    install(api)
    first = make(connection, nfs())
    written = list(api.writes)
    # What was made before may be used by now, and still must not make itself unnecessary.
    api.usable["system:serviceaccount:ns:sa"] = ["ns.server"]
    second = make(connection, nfs())
    assert (second["changed"], second["needed"], methods(second), second["diff"]) == (False, True, ["none"] * 3, [])
    assert api.writes == written
    assert second["objects"] == first["objects"]


def test_check_mode_says_the_same_and_writes_nothing(api: FakeApi, connection: dict[str, Any]) -> None:
    install(api)
    checked = make(connection, nfs(), check=True)
    assert api.writes == [] and SCC not in api.objects
    assert make(connection, nfs()) == checked


def test_a_workload_that_needs_less_by_now(api: FakeApi, connection: dict[str, Any]) -> None:
    install(api)
    make(connection, nfs())
    result = make(connection, fixed_user())
    assert (result["changed"], methods(result)) == (True, ["update", "none", "none"])
    assert api.objects[SCC]["volumes"] == ["projected"]


def test_absent_takes_the_right_away_first(api: FakeApi, connection: dict[str, Any]) -> None:
    install(api)
    make(connection, nfs())
    checked = make(connection, state="absent", check=True)
    assert methods(checked) == ["delete"] * 3 and SCC in api.objects
    before = len(api.writes)
    result = make(connection, state="absent")
    assert (result["changed"], result["msg"], result["objects"]) == (True, "SCC ns.server is not there.", [])
    assert result["changes"] == checked["changes"]
    assert api.writes[before:] == [("DELETE", BINDING), ("DELETE", ROLE), ("DELETE", SCC)]
    again = make(connection, state="absent")
    assert (again["changed"], methods(again)) == (False, ["none"] * 3)


def test_absent_asks_for_no_more_than_the_objects(api: FakeApi, connection: dict[str, Any]) -> None:
    # Neither manifests nor the namespace nor OpenShift need to be there.
    result = make(connection, state="absent", namespace="gone")
    assert (result["changed"], result["scc"]) == (False, "gone.server")


def test_nothing_is_made_where_another_scc_admits_the_workload(api: FakeApi, connection: dict[str, Any]) -> None:
    install(api)
    result = make(connection, deployment())
    assert result == {
        "changed": False,
        "needed": False,
        "scc": "restricted-v2",
        "grants": [],
        "objects": [],
        "changes": [],
        "diff": [],
        "msg": "The workload needs no SCC of its own: restricted-v2 admits it.",
    }
    api.usable["system:serviceaccount:ns:sa"] = ["nonroot-v2"]
    assert make(connection, fixed_user())["scc"] == "nonroot-v2"
    assert api.writes == []


def test_it_is_made_all_the_same_where_that_is_wanted(api: FakeApi, connection: dict[str, Any]) -> None:
    install(api)
    result = make(connection, deployment(), only_if_needed=False)
    assert (result["changed"], result["needed"], result["scc"]) == (True, False, "ns.server")
    assert result["grants"] == ["volumes of type projected"]


def test_a_windows_pod_needs_none(api: FakeApi, connection: dict[str, Any]) -> None:
    install(api)
    result = make(connection, deployment(os={"name": "windows"}))
    assert (result["changed"], result["needed"], result["scc"]) == (False, False, None)
    assert result["msg"] == "The workload needs no SCC of its own: OpenShift applies none to it."
    mixed = make(connection, deployment("a", os={"name": "windows"}), deployment("b"))
    assert (mixed["scc"], mixed["needed"]) == ("restricted-v2", False)


def test_what_pod_security_refuses_needs_no_scc(api: FakeApi, connection: dict[str, Any]) -> None:
    install(api, **{"pod-security.kubernetes.io/enforce": "baseline"})
    api.usable["system:serviceaccount:ns:sa"] = ["hostaccess"]
    result = make(connection, deployment(hostPID=True))
    assert (result["needed"], result["scc"], result["objects"]) == (False, "hostaccess", [])
    assert result["msg"] == (
        "The workload needs no SCC of its own: hostaccess admits it. Deployment server in namespace ns: refused by PodSecurity "
        "baseline:latest: spec.template.spec.hostPID (hostPID=true)."
    )
