# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._storage.base import Backend, Plan, Target
from ansible_collections.inferops.triton.plugins.module_utils._storage.nfs import InlineNfs, Nfs
from ansible_collections.inferops.triton.tests.unit.plugins.module_utils._storage.cluster import having

TARGET = Target("serving", "triton")
VOLUME = "serving.triton.models"


def plan(**options: Any) -> Plan:
    return Nfs(**{"server": "nfs.example.com", "path": "/exports/models", **options}).plan("models", TARGET)


def refusal(backend: Backend, target: Target = TARGET) -> str:
    with pytest.raises(TritonError) as caught:
        backend.plan("models", target)
    return caught.value.message


def test_volume_and_claim_belong_to_each_other_and_to_nobody_else() -> None:
    result = plan(mount_options=["nfsvers=4.1", "ro"])
    (volume,) = result.cluster_definitions
    (claim,) = result.definitions
    assert (volume["kind"], claim["kind"]) == ("PersistentVolume", "PersistentVolumeClaim")
    assert volume["spec"]["nfs"] == {"server": "nfs.example.com", "path": "/exports/models"}
    assert volume["spec"]["mountOptions"] == ["nfsvers=4.1", "ro"]
    reference = volume["spec"]["claimRef"]
    assert (reference["namespace"], reference["name"]) == (claim["metadata"]["namespace"], claim["metadata"]["name"])
    assert claim["spec"]["volumeName"] == volume["metadata"]["name"] == VOLUME
    # No default class may step in, and no claim may be waited for by a provisioner.
    assert volume["spec"]["storageClassName"] == claim["spec"]["storageClassName"] == ""
    assert set(claim["spec"]["accessModes"]) <= set(volume["spec"]["accessModes"])
    assert claim["spec"]["resources"]["requests"]["storage"] == volume["spec"]["capacity"]["storage"]
    assert result.bound == ("triton-models",)
    assert result.entry["volume"] == {"persistentVolumeClaim": {"claimName": "triton-models"}}


def test_data_outlives_the_claim() -> None:
    assert plan().cluster_definitions[0]["spec"]["persistentVolumeReclaimPolicy"] == "Retain"


def test_volumes_of_two_namespaces_never_share_a_name() -> None:
    nfs = Nfs("nfs.example.com", "/a")
    names = {
        nfs.plan(name, Target(namespace, release)).cluster_definitions[0]["metadata"]["name"]
        for namespace, release, name in [("a-b", "c", "d"), ("a", "b-c", "d"), ("a", "b", "c-d")]
    }
    assert len(names) == 3


def test_groups_and_directory() -> None:
    result = plan(supplemental_groups=[5555, 0], sub_path="/prod/")
    assert result.supplemental_groups == (5555, 0)
    assert result.entry["subPath"] == "prod"


def test_inline_needs_no_object_and_says_what_it_takes() -> None:
    result = InlineNfs("10.0.0.1", "/a", supplemental_groups=[7]).plan("models", TARGET)
    assert (result.definitions, result.cluster_definitions) == ((), ())
    assert result.entry == {"name": "models", "volume": {"nfs": {"server": "10.0.0.1", "path": "/a", "readOnly": True}}}
    assert result.supplemental_groups == (7,)
    assert "triton_scc: generated" in result.notes[0]


def test_a_volume_that_is_not_there_is_asked_for() -> None:
    message = refusal(Nfs("n", "/a"), having())
    assert f"needs PersistentVolume {VOLUME}, which is not there" in message
    assert "inferops.triton.prepare" in message


def test_prepare_makes_the_volume_itself() -> None:
    assert Nfs("n", "/a").plan("models", having(preparing=True)).cluster_definitions


def test_who_may_not_look_at_volumes_goes_on() -> None:
    result = Nfs("n", "/a").plan("models", having(denied=("PersistentVolume",)))
    assert result.bound == ("triton-models",)


@pytest.mark.parametrize("phase", ["Available", "Bound"])
def test_a_volume_that_is_there(phase: str) -> None:
    there = ("PersistentVolume", VOLUME, {"spec": {"nfs": {"server": "n", "path": "/a"}}, "status": {"phase": phase}})
    assert Nfs("n", "/a").plan("models", having(there)).definitions


@pytest.mark.parametrize("preparing", [True, False])
@pytest.mark.parametrize("export", [{"server": "old", "path": "/a"}, {"server": "n", "path": "/b"}, None])
def test_a_volume_that_leads_elsewhere(export: Any, preparing: bool) -> None:
    there = ("PersistentVolume", VOLUME, {"spec": {"nfs": export}, "status": {"phase": "Bound"}})
    message = refusal(Nfs("n", "/a"), having(there, preparing=preparing))
    assert "and not to n:/a" in message and "inferops.triton.prepare" in message


@pytest.mark.parametrize("phase", ["Released", "Failed"])
@pytest.mark.parametrize("preparing", [True, False])
def test_a_volume_of_a_claim_that_is_gone(phase: str, preparing: bool) -> None:
    there = ("PersistentVolume", VOLUME, {"spec": {"nfs": {"server": "n", "path": "/a"}}, "status": {"phase": phase}})
    message = refusal(Nfs("n", "/a"), having(there, preparing=preparing))
    assert f"PersistentVolume {VOLUME}" in message
    assert "/spec/claimRef/uid" in message


@pytest.mark.parametrize(
    "server", ["", "nfs.example.com:/exports", "nfs server", "http://nfs", "-nfs", "nfs/", "nfs\n"]
)
@pytest.mark.parametrize("kind", [Nfs, InlineNfs])
def test_what_is_no_server(kind: Any, server: str) -> None:
    assert f"{server!r} is no NFS server" in refusal(kind(server, "/a"))


@pytest.mark.parametrize("server", ["nfs", "nfs-1.example.com", "10.0.0.1", "fd00::1", "[fd00::1]"])
def test_servers(server: str) -> None:
    assert Nfs(server, "/a").plan("models", TARGET).cluster_definitions[0]["spec"]["nfs"]["server"] == server


@pytest.mark.parametrize("kind", [Nfs, InlineNfs])
def test_a_relative_path(kind: Any) -> None:
    assert "'exports/a' is not absolute" in refusal(kind("n", "exports/a"))


@pytest.mark.parametrize("group", [-1, 2**31])
@pytest.mark.parametrize("kind", [Nfs, InlineNfs])
def test_what_is_no_group(kind: Any, group: int) -> None:
    assert f"supplemental_groups has {group}, which is no group" in refusal(
        kind("n", "/a", supplemental_groups=[5, group])
    )


def test_what_is_no_size() -> None:
    assert "The size '10GB' of claim triton-models is no quantity" in refusal(Nfs("n", "/a", size="10GB"))
