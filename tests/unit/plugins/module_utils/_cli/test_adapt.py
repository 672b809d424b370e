# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""scc-explain --adapt: what would have to change, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ansible_collections.inferops.triton.tests.unit.plugins.module_utils._cli.given import Command, workload, write

NFS = {"name": "models", "nfs": {"server": "nfs.example.com", "path": "/models"}}
SCALER = {"apiVersion": "autoscaling/v2beta2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "scaler"}}
ROUTE = {"apiVersion": "traefik.containo.us/v1alpha1", "kind": "IngressRoute", "metadata": {"name": "way"}}


def manifests(folder: Path, *objects: dict[str, Any]) -> str:
    return write(folder, "m.yaml", {"apiVersion": "v1", "kind": "List", "items": objects})


def test_what_is_right_already(command: Command, tmp_path: Path) -> None:
    said = command(write(tmp_path, "d.yaml", workload()), "--adapt")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("Deployment triton (namespace example)\n  before: admitted by restricted-v2.\n\n")
    assert said.out.endswith("\n0 changes, 0 refusals\n")


def test_what_would_change_and_why(command: Command, tmp_path: Path) -> None:
    refused = workload(securityContext={"runAsUser": 1000}, volumes=[NFS])
    said = command(manifests(tmp_path, refused, SCALER, ROUTE), "--adapt", "--drop-missing")
    assert (said.code, said.err) == (0, "")
    lines = [line.strip() for line in said.out.splitlines()]
    assert (
        "- apiVersion: autoscaling/v2beta2 becomes autoscaling/v2: autoscaling/v2beta2 is not served any more" in lines
    )
    assert "- left out: the cluster does not serve IngressRoute of traefik.containo.us/v1alpha1" in lines
    assert any(line.startswith("- spec.template.spec.securityContext.runAsUser: 1000 goes: ") for line in lines)
    assert "before: refused by restricted-v2" in said.out
    assert "after: admitted by restricted-v2." in lines
    assert "Claim to make: triton-models, for nfs nfs.example.com:/models of Deployment triton" in lines
    assert lines[-1] == "4 changes, 0 refusals"


def test_for_programs(command: Command, tmp_path: Path) -> None:
    path = manifests(tmp_path, workload(securityContext={"runAsUser": 1000}), ROUTE)
    said = command(path, "--adapt", "--style", "explicit", "--format", "json")
    found = json.loads(said.out)
    assert said.code == 1
    assert [(one["path"], one["before"], one["after"]) for one in found["changes"]] == [
        ("spec.template.spec.securityContext.runAsUser", 1000, 1000700000)
    ]
    assert [one["verdict"] for one in found["before"]] == ["refused"]
    assert [one["verdict"] for one in found["after"]] == ["admitted"]
    assert found["refusals"][0]["kind"] == "IngressRoute"
    assert found["objects"][0]["spec"]["template"]["spec"]["securityContext"] == {"runAsUser": 1000700000}


def test_what_has_no_pods_is_adapted_as_well(command: Command, tmp_path: Path) -> None:
    said = command(manifests(tmp_path, SCALER), "--adapt")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("HorizontalPodAutoscaler scaler\n    - apiVersion: autoscaling/v2beta2 becomes")
    assert said.out.endswith("\n1 change, 0 refusals\n")
    nothing = command(manifests(tmp_path), "--adapt")
    assert nothing.code == 2 and "nothing at all" in nothing.err


def test_objects_of_one_name_in_two_namespaces(command: Command, tmp_path: Path) -> None:
    items = [workload(securityContext={"runAsUser": user}) for user in (1001, 1002)]
    for item, namespace in zip(items, ("one", "two"), strict=True):
        item["metadata"]["namespace"] = namespace
    said = command(manifests(tmp_path, *items), "--adapt")
    first, _line, second = said.out.partition("Deployment triton (namespace two)")
    assert first.count(" goes: ") == second.count(" goes: ") == 1
    assert "1001" in first and "1001" not in second
    found = json.loads(command(manifests(tmp_path, *items), "--adapt", "--format", "json").out)
    assert [one["namespace"] for one in found["changes"]] == ["one", "two"]


def test_null_is_no_source_of_a_volume(command: Command, tmp_path: Path) -> None:
    said = command(manifests(tmp_path, workload(volumes=[{"hostPath": None, **NFS}])), "--adapt")
    assert "Claim to make: triton-models, for nfs nfs.example.com:/models of Deployment triton" in said.out


def test_what_cannot_be_adapted_safely(command: Command, tmp_path: Path) -> None:
    agent = workload(hostNetwork=True)
    said = command(write(tmp_path, "d.yaml", agent), "--adapt")
    assert said.code == 1
    assert "- not changed: spec.template.spec.hostNetwork: it works on the node itself" in said.out
    assert "The smallest SCC that admits it as it is: example.triton" in said.out
    assert command(write(tmp_path, "d.yaml", agent), "--adapt", "--allow", "host_network").code == 0
