# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the module scc makes nothing: each check comes before the first write."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._run.scc import run
from ansible_collections.inferops.triton.tests.unit.plugins.fake_api import FakeApi, Seen, status
from ansible_collections.inferops.triton.tests.unit.plugins.module_utils._run.openshift import (
    ALLOCATED,
    NAMESPACE,
    SCCS,
    deployment,
    fixed_user,
    install,
)

BINDING = "/apis/rbac.authorization.k8s.io/v1/namespaces/ns/rolebindings/use-scc-server"
LEFT_OUT: dict[str, Any] = {
    "state": "present",
    "namespace": "ns",
    "name": "server",
    "service_account": None,
    "definitions": None,
    "src": None,
    "allow": [],
    "only_if_needed": True,
    "wait_timeout": 0,
}


@pytest.fixture(autouse=True)
def nothing_is_written(api: FakeApi) -> Any:
    yield
    assert api.writes == []


def failure(connection: dict[str, Any], *definitions: Any, **options: Any) -> str:
    with pytest.raises(TritonError) as caught:
        run({**connection, **LEFT_OUT, "definitions": list(definitions), **options}, False)
    return caught.value.message


def grave() -> dict[str, Any]:
    spec = {"volumes": [{"name": "v", "hostPath": {"path": "/dev"}}], "hostPID": True}
    return deployment(securityContext={"runAsUser": 0}, **spec)


def test_grave_privileges_are_granted_to_those_only_who_name_them(api: FakeApi, connection: dict[str, Any]) -> None:
    install(api)
    assert failure(connection, grave()) == (
        "The workload asks for what is granted only by name: volumes of type hostPath (server: spec.volumes[0]: "
        "hostPath volumes are not allowed to be used); the node's processes (hostPID) (server: spec.securityContext.hostPID: "
        "Host PID is not allowed to be used); user 0 (server: containers[0].runAsUser: must be in the ranges: "
        "[1000040000, 1000049999]). Change the workload, or set allow: [host_path, host_pid, root]. Nothing was written."
    )
    some = failure(connection, grave(), allow=["host_pid", "seccomp"])
    assert "hostPID" not in some and "set allow: [host_path, host_pid, root, seccomp]." in some


def test_all_of_them_named(api: FakeApi, connection: dict[str, Any]) -> None:
    install(api)
    options = {**LEFT_OUT, "definitions": grave(), "allow": ["host_path", "host_pid", "root"]}
    result = run({**connection, **options}, True)
    assert result["changed"] and len(result["grants"]) == 4
    assert result["grants"][:3] == ["volumes of type hostPath", "the node's processes (hostPID)", "user 0"]


def test_no_openshift(api: FakeApi, connection: dict[str, Any]) -> None:
    api.add("v1", "Namespace", "ns")
    assert failure(connection, fixed_user(), wait_timeout=600) == (
        f"{api.url} is no OpenShift, so there is no SCC to make; leave this out there."
    )


def test_a_namespace_that_is_not_there(api: FakeApi, connection: dict[str, Any]) -> None:
    install(api)
    del api.objects[NAMESPACE]
    assert 'Namespace "ns" does not exist' in failure(connection, fixed_user(), wait_timeout=600)


@pytest.mark.parametrize(
    ("annotations", "words"),
    [
        (
            {**ALLOCATED, "openshift.io/sa.scc.uid-range": "x"},
            "No SCC can be made for namespace ns: unable to find pre-allocated uid",
        ),
        ({}, "while trying to configure SCC ns.server: unable to find annotation openshift.io/sa.scc.uid-range."),
    ],
)
def test_a_namespace_that_is_broken(
    api: FakeApi, connection: dict[str, Any], annotations: dict[str, str], words: str
) -> None:
    install(api)
    api.add("v1", "Namespace", "ns", metadata={"annotations": annotations})
    assert words in failure(connection, fixed_user())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "The pods run as service accounts default, sa; name one of them as service_account."),
        (
            {"service_account": "gone"},
            "accounts default, sa, none of them as gone; name one of them as service_account.",
        ),
        ({"namespace": "other"}, "None of these manifests has a pod in namespace other; correct namespace."),
    ],
)
def test_whose_pods_are_meant(api: FakeApi, connection: dict[str, Any], options: dict[str, Any], words: str) -> None:
    install(api)
    pods = [fixed_user("a", namespace="ns"), fixed_user("b", account=None, namespace="ns")]
    assert words in failure(connection, *pods, **options)


def test_pods_of_others_are_left_aside(api: FakeApi, connection: dict[str, Any]) -> None:
    install(api)
    pods = [grave(), fixed_user("b", account=None), fixed_user("c", account=None, namespace="other")]
    result = run({**connection, **LEFT_OUT, "definitions": pods, "service_account": "default"}, True)
    assert result["grants"] == ["user 1000", "volumes of type projected"]
    subjects = result["objects"][2]["subjects"]
    assert subjects == [{"kind": "ServiceAccount", "name": "default", "namespace": "ns"}]


def test_a_workload_that_no_scc_admits(api: FakeApi, connection: dict[str, Any]) -> None:
    install(api)
    negative = deployment(securityContext={"runAsUser": -5})
    assert failure(connection, negative).startswith(
        "No SCC admits pod server: provider ns.server: .containers[0].runAsUser"
    )


@pytest.mark.parametrize("refused", [f"{SCCS}/ns.server", BINDING])
def test_the_cluster_refuses_one_of_the_objects(api: FakeApi, connection: dict[str, Any], refused: str) -> None:
    install(api)
    api.answers["PATCH", refused] = status(403, "Forbidden", 'User "deployer" cannot patch resource')
    words = failure(connection, fixed_user())
    assert words.startswith("The cluster refuses ") and words.endswith(': User "deployer" cannot patch resource')


@pytest.mark.parametrize("options", [{"definitions": []}, {"definitions": "a: b: c"}, {"src": ["/no/such/file"]}])
def test_manifests_that_cannot_be_read(api: FakeApi, connection: dict[str, Any], options: dict[str, Any]) -> None:
    install(api)
    failure(connection, **options)
    assert api.seen == []


def test_an_object_that_does_not_go_is_told_in_time(api: FakeApi, connection: dict[str, Any]) -> None:
    path = f"{SCCS}/ns.server"
    api.add("security.openshift.io/v1", "SecurityContextConstraints", "ns.server")
    # The deletion is accepted, and the object stays.
    api.answers["DELETE", path] = lambda _seen: (200, {})
    try:
        assert failure(connection, state="absent", wait_timeout=0) == (
            "SecurityContextConstraints ns.server is still there 0 s after it was deleted; look at its finalizers and at what "
            "still uses it."
        )
    finally:
        assert api.writes == [("DELETE", path)]
        api.seen = [seen for seen in api.seen if not is_deletion(seen)]


def is_deletion(seen: Seen) -> bool:
    return seen.method == "DELETE"
