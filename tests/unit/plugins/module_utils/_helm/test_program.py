# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._helm import program
from ansible_collections.inferops.triton.plugins.module_utils._helm.program import Program, environment, opened
from ansible_collections.inferops.triton.tests.unit.plugins.fake_helm import FakeHelm

KUBECONFIG = {"users": [{"name": "user", "user": {"token": "canary"}}]}


@pytest.fixture
def helm(tmp_path: Path) -> FakeHelm:
    return FakeHelm.made(tmp_path / "helm")


def refusal(named: str, home: Path) -> str:
    with pytest.raises(TritonError) as caught:
        Program(named, KUBECONFIG, home).run(["template"])
    return caught.value.message


def test_credentials_reach_helm_and_are_left_nowhere(helm: FakeHelm, tmp_path: Path) -> None:
    helm.says("template", "rendered")
    with opened(str(helm.binary), KUBECONFIG) as opening:
        said = opening.run(["template", "x"], {"password": "canary"})
        home = Path(helm.environment["HELM_CACHE_HOME"]).parent
        assert [path for path in home.rglob("*") if path.is_file()] == []
    assert (said.code, said.output) == (0, "rendered")
    assert helm.kubeconfig == KUBECONFIG
    assert helm.values == {"password": "canary"}
    assert "canary" not in str(helm.calls) + str(helm.environment)
    assert not home.exists()


def test_each_call_has_a_home_of_its_own(helm: FakeHelm) -> None:
    homes = []
    for _number in range(2):
        with opened(str(helm.binary), KUBECONFIG) as opening:
            opening.run(["template"])
        found = helm.environment
        homes.append(
            {found[name] for name in ("HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME", "KUBECACHEDIR")}
        )
    assert not homes[0] & homes[1]


def test_settings_for_another_cluster_do_not_count(tmp_path: Path) -> None:
    given = {
        "HOME": "/home/me",
        "HELM_KUBECONTEXT": "production",
        "HELM_NAMESPACE": "other",
        "HELM_DRIVER": "configmap",
        "HELM_REGISTRY_CONFIG": "/home/me/login.json",
        "HTTPS_PROXY": "http://proxy",
    }
    made = environment(given, tmp_path)
    assert made["HELM_DRIVER"] == "secret"
    assert not {"HELM_KUBECONTEXT", "HELM_NAMESPACE"} & set(made)
    # Logins and repositories of the user are good for the collection, too.
    assert made["HELM_REGISTRY_CONFIG"] == "/home/me/login.json"
    assert made["HELM_REPOSITORY_CONFIG"] == "/home/me/.config/helm/repositories.yaml"
    assert made["HTTPS_PROXY"] == "http://proxy"


@pytest.mark.parametrize("major", [3, 4])
def test_the_major_version_is_read_without_running_it(tmp_path: Path, major: int) -> None:
    helm = FakeHelm.made(tmp_path / "helm", major)
    assert Program(str(helm.binary), KUBECONFIG, tmp_path).major == str(major)
    assert not (helm.folder / "environment").exists()


def test_a_wrapper_is_asked(tmp_path: Path) -> None:
    script = tmp_path / "helm"
    script.write_text("#!/bin/sh\necho v3.18.2\n")
    script.chmod(0o755)
    assert Program(str(script), KUBECONFIG, tmp_path).major == "3"


def test_no_helm_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert refusal("", tmp_path).startswith("There is no helm where this task runs; ")


def test_helm_that_is_not_there(tmp_path: Path) -> None:
    path = str(tmp_path / "absent")
    assert refusal(path, tmp_path).startswith(f"{path} cannot be run (No such file or directory); ")
    with pytest.raises(TritonError, match="cannot be run"):
        assert Program(path, KUBECONFIG, tmp_path).major


def test_helm_that_is_none(tmp_path: Path) -> None:
    assert refusal("/bin/true", tmp_path).startswith("/bin/true does not tell its version, so it is no helm; ")
    empty = tmp_path / "empty"
    empty.touch(0o755)
    with pytest.raises(TritonError, match="cannot be run"):
        assert Program(str(empty), KUBECONFIG, tmp_path).major


@pytest.mark.parametrize("version", ["v3.12.3", "v2.17.0"])
def test_helm_that_is_too_old(helm: FakeHelm, tmp_path: Path, version: str) -> None:
    helm.says("version", version)
    assert f"is helm {version[1:].rsplit('.', 1)[0]}, but 3.13 or later is needed" in refusal(
        str(helm.binary), tmp_path
    )
    assert helm.calls == []


def test_helm_that_does_not_end(helm: FakeHelm, tmp_path: Path) -> None:
    helm.does("template", "exec sleep 60")
    with pytest.raises(TritonError, match="helm template was still running after 0.2 s"):
        Program(str(helm.binary), KUBECONFIG, tmp_path).run(["template"], seconds=0.2)


def test_where_no_file_can_be_nameless(helm: FakeHelm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(program.os, "memfd_create")
    with opened(str(helm.binary), KUBECONFIG) as opening:
        opening.run(["template"])
        path = Path(helm.environment["KUBECONFIG"])
        assert path.stat().st_mode & 0o777 == 0o600
    assert helm.kubeconfig == KUBECONFIG
    assert not path.exists()


def test_more_variables_reach_helm_in_one_call_only(helm: FakeHelm, tmp_path: Path) -> None:
    with opened(str(helm.binary), KUBECONFIG) as opening:
        opening.run(["template"], more={"HELM_PLUGINS": "/plugins", "KUBECONFIG": "/other"})
        assert helm.environment["HELM_PLUGINS"] == "/plugins"
        # Where the credentials are is nobody's to change.
        assert helm.kubeconfig == KUBECONFIG
        opening.run(["template"])
        assert helm.environment.get("HELM_PLUGINS") != "/plugins"


def test_folders_are_there_for_one_call(helm: FakeHelm) -> None:
    with opened(str(helm.binary), KUBECONFIG) as opening:
        folder = opening.folder("charts")
        assert folder.is_dir()
        assert opening.folder("charts") == folder != opening.folder("other")
    assert not folder.exists()
