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


def test_the_three_types_that_are_not_named_like_their_field() -> None:
    assert {field: kind for field, kind in VOLUME_TYPES.items() if field != kind} == {
        "cephfs": "cephFS",
        "vsphereVolume": "vsphere",
        "storageos": "storageOS",
    }


def test_of_two_sources_the_first_in_openshifts_order_counts() -> None:
    assert refusals(["hostPath"], {"nfs": {}, "hostPath": {}}) == []
    assert refusals(["nfs"], {"nfs": {}, "hostPath": {}}) == [(0, "hostPath")]


@pytest.mark.parametrize("types", [["nfs"], [""]])
def test_a_volume_without_a_known_source_is_of_no_type(types: list[str]) -> None:
    ((index, finding),) = Volumes(types, []).check_types([Volume({"name": "v"})])
    assert (index, finding.value) == (0, "")
    assert finding.detail.startswith(
        'unknown volume type for volume: core.Volume{Name:"v", VolumeSource:core.VolumeSource{HostPath:'
    )
    assert finding.detail.endswith("Image:(*core.ImageVolumeSource)(nil)}}")


def test_the_tokens_volume_passes_with_secrets() -> None:
    assert is_token(TOKEN)
    assert refusals(["secret"], {"projected": TOKEN}) == []
    assert refusals(["configMap"], {"projected": TOKEN}) == [(0, "projected")]
    assert is_token({}) and is_token({"sources": []})


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
        changed(0, "serviceAccountToken", "audience", to="vault"),
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
