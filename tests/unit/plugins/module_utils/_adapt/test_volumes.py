# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._adapt.step import Storage
from ansible_collections.inferops.triton.plugins.module_utils._adapt.volumes import Placed, placed
from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._storage.base import Target

NFS = {"name": "data", "nfs": {"server": "nfs.example.com", "path": "/x"}}
HOST = {"name": "data", "hostPath": {"path": "/mnt/data"}}


def place(source: Any, wishes: Any, claim: str = "d-data") -> Placed:
    return placed(Storage("Deployment", "d", claim, source), wishes, Target("ns", "r"))


def test_an_nfs_volume_needs_no_wish() -> None:
    found = place(NFS, {})
    (claim,), (volume,) = found.definitions, found.cluster_definitions
    assert found.volume == {"name": "data", "persistentVolumeClaim": {"claimName": claim["metadata"]["name"]}}
    assert volume["spec"]["nfs"] == {"server": "nfs.example.com", "path": "/x"}
    assert claim["spec"]["volumeName"] == volume["metadata"]["name"]
    assert claim["spec"]["resources"]["requests"]["storage"] == "1Gi"


@pytest.mark.parametrize("options", [{"size": "5Ti"}, {"server": "other", "size": "5Ti"}])
def test_a_wish_goes_before_what_the_volume_says(options: Any) -> None:
    (volume,) = place(NFS, {"data": {"nfs": options}}).cluster_definitions
    assert volume["spec"]["nfs"] == {"server": options.get("server", "nfs.example.com"), "path": "/x"}
    assert volume["spec"]["capacity"] == {"storage": "5Ti"}


def test_a_directory_of_a_node_becomes_a_claim() -> None:
    found = place(HOST, {"data": {"claim": {"size": "10Gi", "storage_class": "fast"}}, "other": "x"})
    (claim,) = found.definitions
    assert (claim["spec"]["resources"]["requests"]["storage"], claim["spec"]["storageClassName"]) == ("10Gi", "fast")
    assert found.cluster_definitions == ()
    there = place(HOST, {"data": {"claim": {"existing": "mine", "sub_path": "/a/b/"}}})
    assert (there.volume["persistentVolumeClaim"], there.sub_path) == ({"claimName": "mine"}, "a/b")
    assert there.definitions == ()


def test_what_was_read_only_stays_so() -> None:
    source = {**NFS, "nfs": {**NFS["nfs"], "readOnly": True}}
    assert place(source, {}).volume["persistentVolumeClaim"]["readOnly"] is True


@pytest.mark.parametrize("claim", ["r-data", "data", "Data_x"])
def test_claims_have_names_that_kubernetes_takes(claim: str) -> None:
    found = place(HOST, {"data": {"claim": {"size": "1Gi"}}}, claim)
    name = found.definitions[0]["metadata"]["name"]
    assert name == {"r-data": "r-data", "data": "r-data", "Data_x": "r-data-x"}[claim]


@pytest.mark.parametrize(
    ("source", "wish", "words"),
    [
        (
            HOST,
            None,
            "is the directory /mnt/data of a node; say what takes its place, such as volumes: {data: {claim: {size: 10Gi}}}.",
        ),
        ({"name": "data", "hostPath": None}, None, "is the directory None of a node; "),
        (HOST, "10Gi", "is to become '10Gi'; give claim or nfs with its options, such as claim: {size: 10Gi}."),
        (HOST, {}, "is to become {}; give claim or nfs"),
        (HOST, {"claim": {"size": "1Gi"}, "nfs": {}}, "give claim or nfs"),
        (HOST, {"pvc": {}}, "is to become {'pvc': {}}; give claim or nfs"),
        (HOST, {"claim": "10Gi"}, "is to become claim: '10Gi'; give its options (existing, name, size, "),
        (HOST, {"claim": ["size"]}, "is to become claim: ['size']; give its options ("),
        (HOST, {"claim": {"sise": "1Gi", "x": 1}}, ": claim has no option sise, x; choose from existing, name, size, "),
        (HOST, {"claim": {5: "1Gi"}}, ": claim has no option 5; choose from "),
        (HOST, {"claim": None}, "a claim takes either existing"),
        (HOST, {"claim": {"size": 10, "existing": 5}}, "a claim takes either existing"),
        (
            HOST,
            {"claim": {"existing": 5}},
            'claim is given {"existing": 5}, of which an option is missing or no text; ',
        ),
        (HOST, {"claim": {"size": "1Gi", "sub_path": 5}}, "of which an option is missing or no text; "),
        (HOST, {"nfs": {}}, ": nfs is given {}, of which an option is missing or no text; complete it."),
        (HOST, {"nfs": {"server": "s"}}, "of which an option is missing"),
        (HOST, {"nfs": {"server": "s", "path": "x"}}, "is not absolute"),
        ({"name": "data", "nfs": {"server": None, "path": None}}, None, "of which an option is missing or no text"),
    ],
)
def test_wrong_wishes_are_refused_in_one_sentence(source: Any, wish: Any, words: str) -> None:
    with pytest.raises(TritonError) as caught:
        place(source, {} if wish is None else {"data": wish})
    assert words in caught.value.message
    assert "\n" not in caught.value.message
    if "Repository" not in caught.value.message:
        assert caught.value.message.startswith("Volume data of Deployment d")
