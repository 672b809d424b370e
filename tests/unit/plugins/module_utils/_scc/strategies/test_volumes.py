# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Volumes by their type, the token's volume, and drivers."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._scc.strategies.volumes import Volumes, is_token
from ansible_collections.inferops.triton.plugins.module_utils._scc.view import VOLUME_TYPES, Volume

TOKEN: dict[str, Any] = {
    "sources": [
        {"serviceAccountToken": {"path": "token", "expirationSeconds": 3607}},
        {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
        {
            "downwardAPI": {
                "items": [{"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}]
            }
        },
        {
            "configMap": {
                "name": "openshift-service-ca.crt",
                "items": [{"key": "service-ca.crt", "path": "service-ca.crt"}],
            }
        },
    ]
}


def refusals(types: list[str], *volumes: dict[str, Any]) -> list[tuple[int, Any]]:
    return [(index, one.value) for index, one in Volumes(types, []).check_types([Volume(volume) for volume in volumes])]


@pytest.mark.parametrize(("field", "kind"), VOLUME_TYPES.items())
def test_each_type_has_its_name(field: str, kind: str) -> None:
    volume = {"name": "v", field: {}}
    assert refusals([kind], volume) == []
    assert refusals(["*"], volume) == []
    assert refusals([other for other in VOLUME_TYPES.values() if other not in (kind, "secret")], volume) == [(0, kind)]
    assert refusals(["none"], volume) == [(0, kind)]


NAMED_OTHERWISE = {"cephfs": "cephFS", "vsphereVolume": "vsphere", "storageos": "storageOS"}


def test_the_three_types_that_are_not_named_like_their_field() -> None:
    assert {field: kind for field, kind in VOLUME_TYPES.items() if field != kind} == NAMED_OTHERWISE


@pytest.mark.parametrize(("field", "kind"), NAMED_OTHERWISE.items())
def test_the_fields_name_is_no_type_there(field: str, kind: str) -> None:
    assert list(Volumes([field], []).check_types([Volume({field: {}})])) == [
        (0, ("", kind, f"{kind} volumes are not allowed to be used"))
    ]


def test_all_that_are_refused_are_named_with_their_places() -> None:
    assert refusals(["emptyDir"], {"nfs": {}}, {"emptyDir": {}}, {"hostPath": {}}, {"nfs": {}}) == [
        (0, "nfs"),
        (2, "hostPath"),
        (3, "nfs"),
    ]
    assert refusals([], {"emptyDir": {}}) == [(0, "emptyDir")]
    assert refusals([]) == []


def test_of_two_sources_the_first_in_openshifts_order_counts() -> None:
    assert refusals(["hostPath"], {"nfs": {}, "hostPath": {}}) == []
    assert refusals(["nfs"], {"nfs": {}, "hostPath": {}}) == [(0, "hostPath")]


NO_SOURCE = (
    'core.Volume{Name:"v", VolumeSource:core.VolumeSource{'
    "HostPath:(*core.HostPathVolumeSource)(nil), EmptyDir:(*core.EmptyDirVolumeSource)(nil), "
    "GCEPersistentDisk:(*core.GCEPersistentDiskVolumeSource)(nil), "
    "AWSElasticBlockStore:(*core.AWSElasticBlockStoreVolumeSource)(nil), "
    "GitRepo:(*core.GitRepoVolumeSource)(nil), Secret:(*core.SecretVolumeSource)(nil), "
    "NFS:(*core.NFSVolumeSource)(nil), ISCSI:(*core.ISCSIVolumeSource)(nil), "
    "Glusterfs:(*core.GlusterfsVolumeSource)(nil), "
    "PersistentVolumeClaim:(*core.PersistentVolumeClaimVolumeSource)(nil), RBD:(*core.RBDVolumeSource)(nil), "
    "Quobyte:(*core.QuobyteVolumeSource)(nil), FlexVolume:(*core.FlexVolumeSource)(nil), "
    "Cinder:(*core.CinderVolumeSource)(nil), CephFS:(*core.CephFSVolumeSource)(nil), "
    "Flocker:(*core.FlockerVolumeSource)(nil), DownwardAPI:(*core.DownwardAPIVolumeSource)(nil), "
    "FC:(*core.FCVolumeSource)(nil), AzureFile:(*core.AzureFileVolumeSource)(nil), "
    "ConfigMap:(*core.ConfigMapVolumeSource)(nil), "
    "VsphereVolume:(*core.VsphereVirtualDiskVolumeSource)(nil), "
    "AzureDisk:(*core.AzureDiskVolumeSource)(nil), "
    "PhotonPersistentDisk:(*core.PhotonPersistentDiskVolumeSource)(nil), "
    "Projected:(*core.ProjectedVolumeSource)(nil), PortworxVolume:(*core.PortworxVolumeSource)(nil), "
    "ScaleIO:(*core.ScaleIOVolumeSource)(nil), StorageOS:(*core.StorageOSVolumeSource)(nil), "
    "CSI:(*core.CSIVolumeSource)(nil), Ephemeral:(*core.EphemeralVolumeSource)(nil), "
    "Image:(*core.ImageVolumeSource)(nil)"
    "}}"
)


@pytest.mark.parametrize("types", [["nfs"], [""]])
def test_a_volume_without_a_known_source_is_of_no_type(types: list[str]) -> None:
    ((index, finding),) = Volumes(types, []).check_types([Volume({"name": "v"})])
    assert (index, finding.value) == (0, "")
    assert finding.detail == f"unknown volume type for volume: {NO_SOURCE}"
    assert refusals(["*"], {"name": "v", "emptyDir": None}) == []


def test_the_tokens_volume_passes_with_secrets() -> None:
    assert is_token(TOKEN)
    assert refusals(["secret"], {"projected": TOKEN}) == []
    assert refusals(["configMap"], {"projected": TOKEN}) == [(0, "projected")]
    # No other volume does.
    assert refusals(["secret"], {"emptyDir": {}}) == [(0, "emptyDir")]
    assert is_token({}) and is_token({"sources": []}) and is_token({"sources": None})


@pytest.mark.parametrize(
    "sources",
    [
        TOKEN["sources"][:1],
        TOKEN["sources"][1:2],
        [TOKEN["sources"][3], TOKEN["sources"][3]],
        [{"serviceAccountToken": {"path": "token", "audience": ""}}],
        [{"downwardAPI": {}}],
        # Several in one source.
        [{**TOKEN["sources"][0], **TOKEN["sources"][1]}],
    ],
)
def test_parts_of_the_tokens_volume(sources: list[Any]) -> None:
    assert is_token({"sources": sources})


def near_misses() -> list[Any]:
    def changed(index: int, *path: Any, to: Any) -> dict[str, Any]:
        volume = deepcopy(TOKEN)
        place: Any = volume["sources"][index]
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = to
        return volume

    return [
        changed(0, "serviceAccountToken", "path", to="other"),
        changed(0, "serviceAccountToken", "path", to=None),
        changed(0, "serviceAccountToken", to=None),
        changed(0, "serviceAccountToken", "audience", to="vault"),
        changed(1, "configMap", "name", to=None),
        changed(1, "configMap", "name", to="openshift-service-ca.crt"),
        changed(1, "configMap", "items", to=None),
        changed(1, "configMap", "items", to=[{"key": "ca.crt", "path": "ca.crt"}] * 2),
        changed(3, "configMap", "items", to=[{"key": "ca.crt", "path": "ca.crt"}]),
        changed(2, "downwardAPI", "items", 0, to=None),
        changed(1, "configMap", "name", to="mine"),
        changed(1, "configMap", "items", to=[]),
        changed(1, "configMap", "items", 0, "key", to="service-ca.crt"),
        changed(1, "configMap", "items", 0, "path", to="other"),
        changed(2, "downwardAPI", "items", 0, "path", to="ns"),
        changed(2, "downwardAPI", "items", 0, "fieldRef", to=None),
        changed(2, "downwardAPI", "items", 0, "fieldRef", "apiVersion", to="v2"),
        changed(2, "downwardAPI", "items", 0, "fieldRef", "fieldPath", to="metadata.name"),
        {"sources": [{"secret": {"name": "s"}}]},
        {"sources": [{}]},
        *({"sources": [*TOKEN["sources"], other]} for other in ({}, None, {"clusterTrustBundle": {"path": "x"}})),
    ]


@pytest.mark.parametrize("volume", near_misses())
def test_what_only_looks_like_the_tokens_volume(volume: dict[str, Any]) -> None:
    assert not is_token(volume)
    assert refusals(["secret"], {"projected": volume}) == [(0, "projected")]


@pytest.mark.parametrize(
    ("types", "drivers", "refused"),
    [
        (["flexVolume"], [], []),
        (["flexVolume"], ["a"], [(1, "b"), (2, "")]),
        (["flexVolume"], ["b", "a", ""], []),
        # Case counts.
        (["flexVolume"], ["A", "b"], [(0, "a"), (2, "")]),
        (["*"], ["a"], [(1, "b"), (2, "")]),
        (["nfs"], ["a"], []),
    ],
)
def test_drivers_of_flex_volumes(types: list[str], drivers: list[str], refused: list[tuple[int, str]]) -> None:
    volumes = [
        Volume({"flexVolume": {"driver": "a"}}),
        Volume({"flexVolume": {"driver": "b"}}),
        Volume({"flexVolume": {}}),
    ]
    found = [
        (index, one.value) for index, one in Volumes(types, drivers).check_drivers([*volumes, Volume({"nfs": {}})])
    ]
    assert found == refused


def test_the_driver_counts_whatever_else_the_volume_has() -> None:
    both = Volume({"emptyDir": {}, "flexVolume": {"driver": "b"}})
    assert list(Volumes(["*"], ["a"]).check_drivers([both])) == [
        (0, ("", "b", "Flexvolume driver is not allowed to be used"))
    ]
