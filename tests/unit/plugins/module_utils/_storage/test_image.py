# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._storage.base import Plan, Target
from ansible_collections.inferops.triton.plugins.module_utils._storage.image import Image, mountable

TARGET = Target("serving", "triton")
REFERENCE = "registry.example.com:5000/team/models:1"


def plan(target: Target = TARGET, **options: Any) -> Plan:
    return Image(**{"reference": REFERENCE, **options}).plan("models", target)


def target(answer: bool | None) -> Target:
    return Target("serving", "triton", image_volumes=lambda: answer)


def refusal(**options: Any) -> str:
    with pytest.raises(TritonError) as caught:
        plan(**options)
    return caught.value.message


@pytest.mark.parametrize(
    "answer, mode, mounted",
    [
        (True, "auto", True),
        (False, "auto", False),
        (None, "auto", False),
        (False, "volume", True),
        (True, "copy", False),
    ],
)
def test_mounted_or_copied(answer: bool | None, mode: str, mounted: bool) -> None:
    result = plan(target(answer), mode=mode)
    assert list(result.entry["volume"]) == ["image" if mounted else "emptyDir"]
    assert (result.init_containers == ()) is mounted


def test_an_image_volume() -> None:
    result = plan(mode="volume", path="/data/repository/", pull_policy="Always")
    assert result.entry == {
        "name": "models",
        "volume": {"image": {"reference": REFERENCE, "pullPolicy": "Always"}},
        "subPath": "data/repository",
    }


def test_the_whole_image_takes_no_sub_path() -> None:
    assert "subPath" not in plan(mode="volume", path="/").entry


def test_the_copying_container_writes_into_the_volume_that_the_chart_makes() -> None:
    result = plan(mode="copy", size="2Gi", pull_policy="Never")
    (container,) = result.init_containers
    assert (container["image"], container["imagePullPolicy"]) == (REFERENCE, "Never")
    assert container["volumeMounts"] == [{"name": "models-models", "mountPath": "/repository"}]
    assert result.entry["volume"] == {"emptyDir": {"sizeLimit": "2Gi"}}


def test_the_copying_container_is_one_that_restricted_namespaces_and_quotas_admit() -> None:
    (container,) = plan(mode="copy").init_containers
    assert container["securityContext"]["allowPrivilegeEscalation"] is False
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert "runAsUser" not in container["securityContext"]
    assert set(container["resources"]["limits"]) == set(container["resources"]["requests"]) == {"cpu", "memory"}
    own = {"limits": {"memory": "1Gi"}}
    assert plan(mode="copy", resources=own).init_containers[0]["resources"] == own


def test_the_command_copies_the_contents_whatever_the_path_is_called(tmp_path: Path) -> None:
    source, copy = tmp_path / "it's; models", tmp_path / "copy"
    (source / "a" / "1").mkdir(parents=True)
    (source / "a" / "1" / "model.py").write_text("x")
    copy.mkdir()
    (container,) = plan(mode="copy", path=str(source)).init_containers
    command = [part.replace("/repository/", f"{shlex.quote(str(copy))}/") for part in container["command"]]
    subprocess.run(command, check=True)
    assert (copy / "a" / "1" / "model.py").read_text() == "x"


def test_a_path_that_the_image_does_not_have_ends_the_copy_for_good(tmp_path: Path) -> None:
    path = str(tmp_path / "it's nowhere")
    (container,) = plan(mode="copy", path=path).init_containers
    done = subprocess.run(container["command"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (
        78,
        f"Image {REFERENCE} has no directory {path}; correct path, or the image.\n",
    )


@pytest.mark.parametrize("reference", ["", "models 1", "-x", "models@sha256:123", "models:1\n", "$(x)"])
def test_what_is_no_image(reference: str) -> None:
    assert f"{reference!r} is no image" in refusal(reference=reference)


@pytest.mark.parametrize(
    "reference",
    [
        "models",
        "models:1",
        "localhost:5000/a/b:v1.0",
        f"example.com/m@sha256:{'a' * 64}",
    ],
)
def test_images(reference: str) -> None:
    assert plan(reference=reference, mode="volume").entry["volume"]["image"]["reference"] == reference


@pytest.mark.parametrize(
    "options, words",
    [
        ({"path": "models"}, "'models' is no absolute path"),
        ({"path": "/a/../b"}, "is no absolute path"),
        ({"mode": "both"}, "mode is 'both'; choose from auto, volume, copy"),
        ({"pull_policy": "Sometimes"}, "pull_policy is 'Sometimes'; choose from Always"),
        ({"size": "2GB"}, "is no quantity"),
    ],
)
def test_other_options(options: dict[str, str], words: str) -> None:
    assert words in refusal(**options)


CRI_O = "machineconfiguration.openshift.io"


@pytest.mark.parametrize(
    "family, version, groups, runtimes, answer",
    [
        ("kubernetes", "v1.34.2", (), ["containerd://2.1.0"], False),
        ("kubernetes", "v1.35.0", (), ["containerd://2.1.0", "cri-o://1.35.1"], True),
        ("kubernetes", "v1.35.4+k3s1", (), ["containerd://v2.1.5-k3s1"], True),
        ("kubernetes", "v1.35.0", (), ["containerd://2.1.0", "containerd://1.7.27"], False),
        ("kubernetes", "v1.35.0", (), ["docker://28.0"], False),
        ("kubernetes", "v1.36.1", (), ["containerd://1.7.27"], False),
        ("kubernetes", "v2.0.0", (), ["containerd://10.0.1"], True),
        ("kubernetes", "", (), ["containerd://2.1.0"], False),
        ("openshift", "v1.32.9", (CRI_O,), ["cri-o://1.32.0"], False),
        ("openshift", "v1.33.2", (CRI_O,), ["cri-o://1.33.0"], True),
        ("openshift", "v1.33.2", (CRI_O,), ["cri-o://1.33.0", "containerd://1.6.0"], False),
        # Nodes that may not be read: only OpenShift's own are known to have CRI-O.
        ("openshift", "v1.33.2", (CRI_O,), [], True),
        ("openshift", "v1.32.9", (CRI_O,), [], False),
        ("openshift", "v1.35.4", ("config.openshift.io",), [], None),
        ("kubernetes", "v1.35.0", (), [], None),
        ("kubernetes", "v1.36.1", (), [], None),
        ("kubernetes", "v1.36.1", (CRI_O,), [], None),
        ("kubernetes", "v1.34.2", (), [], False),
    ],
)
def test_whether_pods_can_mount_images(
    family: str, version: str, groups: tuple[str, ...], runtimes: list[str], answer: bool | None
) -> None:
    assert mountable(family, version, groups, runtimes) is answer
