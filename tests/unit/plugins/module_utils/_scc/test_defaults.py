# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the API server fills in before admission decides, as Kubernetes documents it."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._scc.defaults import admission_defaults
from ansible_collections.inferops.triton.plugins.module_utils._scc.strategies.volumes import is_token

Json = dict[str, Any]
TOKEN_PATH = "/var/run/secrets/kubernetes.io/serviceaccount"
MOUNT = {"name": "kube-api-access-xxxxx", "readOnly": True, "mountPath": TOKEN_PATH}
TOKEN = {
    "name": "kube-api-access-xxxxx",
    "projected": {
        "defaultMode": 420,
        "sources": [
            {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
            {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
            {
                "downwardAPI": {
                    "items": [
                        {"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}
                    ]
                }
            },
        ],
    },
}


def spec(automount: bool | None = False, **fields: Any) -> Json:
    pod = {"metadata": {"name": "p"}, "spec": fields}
    before = copy.deepcopy(pod)
    filled: Json = admission_defaults(pod, "n", automount)["spec"]
    assert pod == before
    return filled


def test_bare_pod() -> None:
    assert admission_defaults({"kind": "Pod", "spec": {"containers": [{"name": "a"}]}}, "n") == {
        "kind": "Pod",
        "metadata": {"namespace": "n"},
        "spec": {
            "containers": [{"name": "a", "volumeMounts": [MOUNT]}],
            "securityContext": {},
            "serviceAccount": "default",
            "serviceAccountName": "default",
            "volumes": [TOKEN],
        },
    }


def test_namespace_of_the_request_counts() -> None:
    filled = admission_defaults({"metadata": {"name": "p", "namespace": "other"}}, "n")
    assert filled["metadata"] == {"name": "p", "namespace": "n"}


@pytest.mark.parametrize(
    ("new", "old", "account"),
    [("a", "b", "a"), ("", "b", "b"), (None, "b", "b"), ("a", None, "a"), ("", "", "default"), (None, None, "default")],
)
def test_service_account_has_two_names(new: str | None, old: str | None, account: str) -> None:
    filled = spec(serviceAccountName=new, serviceAccount=old)
    assert (filled["serviceAccountName"], filled["serviceAccount"]) == (account, account)


def test_security_context_is_kept() -> None:
    assert spec(securityContext={"fsGroup": 1})["securityContext"] == {"fsGroup": 1}
    assert spec(securityContext=None)["securityContext"] == {}


VOLUMES = [
    ({"name": "v"}, {"name": "v", "emptyDir": {}}),
    ({"name": "v", "nfs": None}, {"name": "v", "nfs": None, "emptyDir": {}}),
    ({"name": "v", "unknown": {}}, {"name": "v", "unknown": {}, "emptyDir": {}}),
    ({"name": "v", "hostPath": {}}, {"name": "v", "hostPath": {}}),
    (
        {"name": "v", "downwardAPI": {"items": [{"path": "a", "fieldRef": {"fieldPath": "x"}}, {"path": "b"}]}},
        {
            "name": "v",
            "downwardAPI": {
                "items": [{"path": "a", "fieldRef": {"fieldPath": "x", "apiVersion": "v1"}}, {"path": "b"}]
            },
        },
    ),
    (
        {
            "name": "v",
            "projected": {
                "sources": [{"downwardAPI": {"items": [{"fieldRef": {"apiVersion": "v2"}}]}}, {"secret": {}}]
            },
        },
        {
            "name": "v",
            "projected": {
                "sources": [{"downwardAPI": {"items": [{"fieldRef": {"apiVersion": "v2"}}]}}, {"secret": {}}]
            },
        },
    ),
    ({"name": "v", "projected": {"sources": None}}, {"name": "v", "projected": {"sources": None}}),
]


@pytest.mark.parametrize(("given", "filled"), VOLUMES)
def test_volumes(given: Json, filled: Json) -> None:
    assert spec(volumes=[given])["volumes"] == [filled]


PORTS = [{"containerPort": 80}, {"containerPort": 81, "hostPort": 0}, {"containerPort": 82, "hostPort": 8082}]


def test_ports_in_the_hosts_network() -> None:
    filled = spec(hostNetwork=True, containers=[{"ports": PORTS}, {"name": "b"}], initContainers=[{"ports": PORTS[:1]}])
    assert [port["hostPort"] for port in filled["containers"][0]["ports"]] == [80, 81, 8082]
    assert filled["containers"][1] == {"name": "b"}
    assert filled["initContainers"][0]["ports"] == [{"containerPort": 80, "hostPort": 80}]
    assert spec(containers=[{"ports": PORTS}])["containers"] == [{"ports": PORTS}]


@pytest.mark.parametrize(
    ("pod", "account", "mounted"),
    [
        (None, None, True),
        (None, True, True),
        (None, False, False),
        (True, False, True),
        (False, True, False),
        (False, None, False),
    ],
)
def test_the_pod_decides_on_the_token_before_its_account(pod: bool | None, account: bool | None, mounted: bool) -> None:
    filled = spec(account, automountServiceAccountToken=pod, containers=[{"name": "a"}], initContainers=[{"name": "i"}])
    assert filled.get("volumes", []) == ([TOKEN] if mounted else [])
    assert filled["containers"][0].get("volumeMounts") == ([MOUNT] if mounted else None)
    assert filled["initContainers"][0].get("volumeMounts") == ([MOUNT] if mounted else None)


def test_another_mount_at_the_tokens_path() -> None:
    own = {"name": "a", "volumeMounts": [{"name": "v", "mountPath": TOKEN_PATH}]}
    assert spec(True, containers=[own]) == spec(False, containers=[own])
    filled = spec(True, containers=[own, {"name": "b"}], volumes=[{"name": "v", "emptyDir": {}}])
    assert filled["volumes"] == [{"name": "v", "emptyDir": {}}, TOKEN]
    assert [len(container["volumeMounts"]) for container in filled["containers"]] == [1, 1]


def test_a_token_volume_that_is_there_is_used() -> None:
    there = {"name": "kube-api-access-own", "projected": {}}
    filled = spec(True, containers=[{"name": "a", "volumeMounts": [{"name": "v", "mountPath": "/v"}]}], volumes=[there])
    assert filled["volumes"] == [there]
    assert [mount["name"] for mount in filled["containers"][0]["volumeMounts"]] == ["v", "kube-api-access-own"]


def test_mirror_pods_have_no_account() -> None:
    pod = {"metadata": {"annotations": {"kubernetes.io/config.mirror": "x"}}, "spec": {"containers": [{"name": "a"}]}}
    assert admission_defaults(pod, "n")["spec"] == {"containers": [{"name": "a"}], "securityContext": {}}


def test_the_tokens_volume_is_the_one_that_passes_with_secrets() -> None:
    (volume,) = spec(None, containers=[{"name": "a"}])["volumes"]
    assert is_token(volume["projected"])


def test_without_containers_nobody_needs_a_token() -> None:
    assert "volumes" not in spec(None, containers=[])
