# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the API server fills in before admission decides."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._scc.defaults import admission_defaults
from ansible_collections.inferops.triton.plugins.module_utils._scc.strategies.volumes import is_token


def spec_of(automount: bool | None = None, **spec: Any) -> dict[str, Any]:
    pod = {"metadata": {"name": "p"}, "spec": {"containers": [{"name": "c"}], **spec}}
    before = deepcopy(pod)
    filled: dict[str, Any] = admission_defaults(pod, "ns", automount)["spec"]
    assert pod == before
    return filled


def test_the_service_account_under_both_names() -> None:
    assert [spec_of()[name] for name in ("serviceAccountName", "serviceAccount")] == ["default"] * 2
    assert [spec_of(serviceAccount="old")[name] for name in ("serviceAccountName", "serviceAccount")] == ["old"] * 2


def test_a_volume_without_a_source_is_an_empty_directory() -> None:
    assert spec_of(volumes=[{"name": "v"}, {"name": "w", "nfs": {}}])["volumes"][:2] == [
        {"name": "v", "emptyDir": {}},
        {"name": "w", "nfs": {}},
    ]


def test_in_the_nodes_network_every_port_is_a_port_of_the_node() -> None:
    containers = [{"name": "c", "ports": [{"containerPort": 80}, {"containerPort": 81, "hostPort": 8081}]}]
    found = spec_of(containers=containers, initContainers=containers, hostNetwork=True)
    for kind in ("containers", "initContainers"):
        assert [port["hostPort"] for port in found[kind][0]["ports"]] == [80, 8081]
    assert "hostPort" not in spec_of(containers=containers)["containers"][0]["ports"][0]


def test_the_tokens_volume_is_the_one_that_passes_with_secrets() -> None:
    (volume,) = spec_of()["volumes"]
    assert is_token(volume["projected"])


@pytest.mark.parametrize(
    ("automount", "spec", "mounted"),
    [
        (None, {}, True),
        (False, {}, False),
        (True, {"automountServiceAccountToken": False}, False),
        (False, {"automountServiceAccountToken": True}, True),
        (
            None,
            {
                "containers": [
                    {"name": "c", "volumeMounts": [{"mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}]}
                ]
            },
            False,
        ),
        (None, {"containers": []}, False),
    ],
)
def test_who_gets_the_tokens_volume(automount: bool | None, spec: dict[str, Any], mounted: bool) -> None:
    assert bool(spec_of(automount, **spec).get("volumes")) is mounted


def test_a_field_reference_means_version_1() -> None:
    item = {"path": "namespace", "fieldRef": {"fieldPath": "metadata.namespace"}}
    volumes = [{"name": "v", "projected": {"sources": [{"downwardAPI": {"items": [item]}}]}}]
    found = spec_of(False, volumes=volumes)["volumes"][0]["projected"]["sources"][0]["downwardAPI"]["items"][0]
    assert found["fieldRef"] == {"apiVersion": "v1", "fieldPath": "metadata.namespace"}
