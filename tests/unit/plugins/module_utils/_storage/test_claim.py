# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._storage.base import Plan, StorageClass, Target
from ansible_collections.inferops.triton.plugins.module_utils._storage.claim import NOT_SHARED, Claim
from ansible_collections.inferops.triton.tests.unit.plugins.module_utils._storage.cluster import having

TARGET = Target("serving", "triton")


def classes(*names: str) -> list[StorageClass]:
    return [StorageClass(name) for name in names]


def plan(**options: Any) -> Plan:
    return Claim(**options).plan("models", TARGET)


def refusal(**options: Any) -> str:
    with pytest.raises(TritonError) as caught:
        plan(**options)
    return caught.value.message


def test_new_claim_survives_the_release() -> None:
    result = plan(size="10Gi")
    assert result.definitions == (
        {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {
                "name": "triton-models",
                "namespace": "serving",
                "labels": {
                    "app.kubernetes.io/instance": "triton",
                    "app.kubernetes.io/part-of": "triton",
                    "app.kubernetes.io/managed-by": "inferops.triton",
                },
            },
            "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "10Gi"}}},
        },
    )
    assert result.entry == {"name": "models", "volume": {"persistentVolumeClaim": {"claimName": "triton-models"}}}
    assert (result.digest, result.models) == ("", ())


def test_storage_class_that_the_cluster_does_not_have() -> None:
    target = Target("serving", "triton", classes("slow", "fast"))
    with pytest.raises(TritonError) as caught:
        Claim(size="1Gi", storage_class="gold").plan("models", target)
    assert 'storage class "gold"' in caught.value.message
    assert "its storage classes are: fast, slow." in caught.value.message
    assert "existing" in caught.value.message


@pytest.mark.parametrize("storage_class, known", [("fast", ["fast"]), ("", []), (None, ["fast"]), ("gold", None)])
def test_storage_class_that_stands(storage_class: str | None, known: list[str] | None) -> None:
    target = Target("serving", "triton", None if known is None else classes(*known))
    (claim,) = Claim(size="1Gi", storage_class=storage_class).plan("models", target).definitions
    assert claim["spec"].get("storageClassName") == storage_class


def test_new_claim_with_all_options() -> None:
    result = plan(
        size="1T", name="mine", storage_class="fast", access_modes=["ReadWriteMany", "ReadOnlyMany"], sub_path="/a/b/"
    )
    (claim,) = result.definitions
    assert claim["metadata"]["name"] == "mine"
    assert claim["spec"]["storageClassName"] == "fast"
    assert claim["spec"]["accessModes"] == ["ReadWriteMany", "ReadOnlyMany"]
    assert result.entry["volume"] == {"persistentVolumeClaim": {"claimName": "mine"}}
    assert result.entry["subPath"] == "a/b"


def test_empty_storage_class_is_no_class_at_all() -> None:
    (claim,) = plan(size="1Gi", storage_class="").definitions
    assert claim["spec"]["storageClassName"] == ""


def test_existing_claim_is_left_alone() -> None:
    result = plan(existing="theirs", sub_path="repo")
    assert result.definitions == ()
    assert result.entry == {
        "name": "models",
        "volume": {"persistentVolumeClaim": {"claimName": "theirs"}},
        "subPath": "repo",
    }


@pytest.mark.parametrize("sub_path", ["", "/", "//"])
def test_root_of_the_volume_needs_no_sub_path(sub_path: str) -> None:
    assert "subPath" not in plan(existing="theirs", sub_path=sub_path).entry


@pytest.mark.parametrize("options", [{}, {"existing": "theirs", "size": "1Gi"}])
def test_either_existing_or_size(options: dict[str, str]) -> None:
    message = refusal(**options)
    assert message.startswith("Repository models: a claim takes either existing")
    assert f"existing={options.get('existing', '')!r} and size={options.get('size', '')!r}" in message


@pytest.mark.parametrize(
    "size", ["10Gi", "500Mi", "1", "0.5Gi", ".5Ti", "1.5G", "10.Gi", "1e9", "1E9", "1k", "1E", "1Ei"]
)
def test_quantities_of_kubernetes(size: str) -> None:
    (claim,) = plan(size=size).definitions
    assert claim["spec"]["resources"]["requests"]["storage"] == size


@pytest.mark.parametrize(
    "size",
    [
        "10GB",
        "ten",
        "0",
        "0Gi",
        "0.0Gi",
        "-1Gi",
        "10 Gi",
        "10Gi ",
        "10gi",
        "1K",
        ".",
        ".Gi",
        "1e",
        "1Gi\n",
        "\u0661Gi",
        "{{ size }}",
    ],
)
def test_what_is_no_quantity(size: str) -> None:
    assert (
        refusal(size=size) == f"The size {size!r} of claim triton-models is no quantity; write it like 10Gi or 500Mi."
    )


@pytest.mark.parametrize(
    "modes, named", [(["ReadWriteOnce", "RWX"], "RWX"), ([], "an empty list"), (["a", "b"], "a, b")]
)
def test_what_is_no_access_mode(modes: list[str], named: str) -> None:
    message = refusal(size="1Gi", access_modes=modes)
    assert message.startswith(f"Claim triton-models: {named} is no access mode; choose from ReadWriteOnce, ")
    assert "ReadWriteMany" in message


@pytest.mark.parametrize("mode", ["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"])
def test_access_modes_of_kubernetes(mode: str) -> None:
    (claim,) = plan(size="1Gi", access_modes=[mode]).definitions
    assert claim["spec"]["accessModes"] == [mode]


@pytest.mark.parametrize("known", [None, ["fast"], ["slow", "fast"]])
def test_storage_classes_that_may_be_named(known: list[str] | None) -> None:
    (claim,) = (
        Claim(size="1Gi", storage_class="fast")
        .plan("models", Target("serving", "triton", known and classes(*known)))
        .definitions
    )
    assert claim["spec"]["storageClassName"] == "fast"


@pytest.mark.parametrize("known, named", [([], "none"), (["b", "a"], "a, b")])
def test_a_storage_class_that_is_not_there(known: list[str], named: str) -> None:
    with pytest.raises(TritonError) as caught:
        Claim(size="1Gi", storage_class="fast").plan("models", Target("serving", "triton", classes(*known)))
    assert caught.value.message.startswith(
        f'Claim triton-models names storage class "fast", which the cluster does not have; its storage classes are: {named}.'
    )


def test_the_empty_storage_class_is_never_missing() -> None:
    plan = Claim(size="1Gi", storage_class="").plan("models", Target("serving", "triton", []))
    assert len(plan.definitions) == 1


@pytest.mark.parametrize(
    "known, named", [([], "none"), ([StorageClass("b", "x", False), StorageClass("a", "x", False)], "a, b")]
)
def test_a_claim_without_a_class_where_none_is_the_default(known: list[StorageClass], named: str) -> None:
    with pytest.raises(TritonError) as caught:
        Claim(size="1Gi").plan("models", Target("serving", "triton", known))
    assert caught.value.message.startswith(
        f"Claim triton-models names no storage class, and the cluster has no default one; its storage classes are: {named}. Name one"
    )
    # Of names alone nobody can tell which is the default.
    assert Claim(size="1Gi").plan("models", Target("serving", "triton", classes("a"))).definitions


DELETED = {"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}, "spec": {"storageClassName": "fast"}}
LOST = {"spec": {"storageClassName": "fast", "volumeName": "pv-1"}, "status": {"phase": "Lost"}}
PENDING: dict[str, Any] = {"status": {"phase": "Pending"}}


@pytest.mark.parametrize(
    "live, says",
    [
        (DELETED, "is being deleted"),
        (LOST, "is lost: its PersistentVolume pv-1 is gone"),
        (
            {**PENDING, "spec": {"storageClassName": "gone"}},
            'names storage class "gone", which the cluster does not have',
        ),
        ({**PENDING, "spec": {"storageClassName": ""}}, "has no storage class and no volume"),
        ({**PENDING, "spec": {}}, "has no storage class and no volume"),
        # These are or may be served.
        ({**PENDING, "spec": {"storageClassName": "fast"}}, ""),
        ({**PENDING, "spec": {"storageClassName": "", "volumeName": "pv-1"}}, ""),
        ({"spec": {"storageClassName": "gone", "volumeName": "pv-1"}, "status": {"phase": "Bound"}}, ""),
    ],
)
def test_an_existing_claim_that_gets_no_volume(live: dict[str, Any], says: str) -> None:
    target = having(("PersistentVolumeClaim", "theirs", live), storage_classes=classes("fast"))
    if not says:
        assert Claim(existing="theirs").plan("models", target).definitions == ()
        return
    with pytest.raises(TritonError) as caught:
        Claim(existing="theirs").plan("models", target)
    assert says in caught.value.message and "theirs" in caught.value.message


def live(
    size: str, storage_class: str = "fast", modes: tuple[str, ...] = ("ReadWriteOnce",)
) -> tuple[str, str, dict[str, Any]]:
    """The claim as the cluster has it."""
    spec = {"accessModes": list(modes), "storageClassName": storage_class, "resources": {"requests": {"storage": size}}}
    return "PersistentVolumeClaim", "triton-models", {"spec": spec}


def asked(there: tuple[str, str, dict[str, Any]], expandable: bool | None = True, **options: Any) -> Plan:
    target = having(there, storage_classes=[StorageClass("fast", "x", True, expandable)])
    return Claim(**options).plan("models", target)


def size_of(plan: Plan) -> str:
    return str(plan.definitions[0]["spec"]["resources"]["requests"]["storage"])


@pytest.mark.parametrize("size", ["5Gi", "9.9Gi", "1"])
def test_a_claim_never_shrinks(size: str) -> None:
    result = asked(live("10Gi"), size=size)
    assert size_of(result) == "10Gi"
    assert result.notes == (f"Claim triton-models stays at 10Gi: claims do not shrink to {size}.",)


@pytest.mark.parametrize("size", ["10Gi", "10240Mi"])
def test_the_same_size_in_other_words_is_no_change(size: str) -> None:
    result = asked(live("10Gi"), size=size)
    assert (size_of(result), result.notes) == ("10Gi", ())


@pytest.mark.parametrize("expandable", [True, None])
def test_a_claim_grows(expandable: bool | None) -> None:
    result = asked(live("10Gi"), expandable, size="20Gi")
    assert size_of(result) == "20Gi"
    assert result.notes == ("Claim triton-models grows from 10Gi to 20Gi.",)


def test_a_claim_of_a_class_that_cannot_grow() -> None:
    with pytest.raises(TritonError) as caught:
        asked(live("10Gi"), False, size="20Gi")
    assert caught.value.message.startswith(
        'Claim triton-models has 10Gi and cannot grow to 20Gi: storage class "fast" does not allow it (allowVolumeExpansion)'
    )


def test_a_claim_of_a_class_that_is_gone_may_still_be_used() -> None:
    assert size_of(asked(live("10Gi", "gone"), size="10Gi")) == "10Gi"


@pytest.mark.parametrize(
    "options, words",
    [
        ({"access_modes": ["ReadWriteMany"]}, "access_modes ReadWriteOnce, which cannot be changed to ReadWriteMany"),
        ({"storage_class": "slow"}, "storage_class fast, which cannot be changed to slow"),
    ],
)
def test_what_cannot_be_changed(options: dict[str, Any], words: str) -> None:
    with pytest.raises(TritonError) as caught:
        asked(live("10Gi"), size="10Gi", **options)
    assert words in caught.value.message


@pytest.mark.parametrize("provisioner", sorted(NOT_SHARED))
@pytest.mark.parametrize("mode", ["ReadWriteMany", "ReadOnlyMany"])
@pytest.mark.parametrize("named", ["disk", None])
def test_a_disk_is_not_shared(provisioner: str, mode: str, named: str | None) -> None:
    target = Target("serving", "triton", [StorageClass("files", "x"), StorageClass("disk", provisioner, True)])
    with pytest.raises(TritonError) as caught:
        Claim(size="1Gi", storage_class=named, access_modes=[mode]).plan("models", target)
    assert (
        f'asks for {mode}, but storage class "disk" makes disks that one node mounts ({provisioner})'
        in caught.value.message
    )


@pytest.mark.parametrize(
    "classes, named, modes",
    [
        ([StorageClass("disk", "ebs.csi.aws.com", True)], None, ["ReadWriteOnce"]),
        ([StorageClass("disk", "ebs.csi.aws.com")], "disk", ["ReadWriteOncePod"]),
        ([StorageClass("files", "efs.csi.aws.com", True)], None, ["ReadWriteMany"]),
        ([StorageClass("disk", "ebs.csi.aws.com")], None, ["ReadWriteMany"]),
        (None, "disk", ["ReadWriteMany"]),
    ],
)
def test_modes_that_may_be_served(classes: list[StorageClass] | None, named: str | None, modes: list[str]) -> None:
    plan = Claim(size="1Gi", storage_class=named, access_modes=modes).plan(
        "models", Target("serving", "triton", classes)
    )
    assert plan.definitions[0]["spec"]["accessModes"] == modes


def test_an_existing_claim_that_is_not_there() -> None:
    with pytest.raises(TritonError) as caught:
        Claim(existing="theirs").plan("models", having())
    assert "names claim theirs, which is not there in namespace serving" in caught.value.message


@pytest.mark.parametrize(
    "target",
    [
        having(("PersistentVolumeClaim", "theirs", {"spec": {}})),
        having(denied=("PersistentVolumeClaim",)),
        having(preparing=True),
    ],
)
def test_an_existing_claim_that_is_or_may_be_there(target: Target) -> None:
    assert Claim(existing="theirs").plan("models", target).entry["volume"] == {
        "persistentVolumeClaim": {"claimName": "theirs"}
    }
