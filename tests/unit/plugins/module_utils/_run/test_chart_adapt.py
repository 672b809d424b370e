# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the module chart_adapt writes, with doubles of helm and of the cluster."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._run import chart_adapt
from ansible_collections.inferops.triton.tests.unit.plugins.fake_api import FakeApi
from ansible_collections.inferops.triton.tests.unit.plugins.fake_helm import FakeHelm

from .openshift import deployment
from .test_derivation import RANDOM, connected, renders, secret


@pytest.fixture
def helm(tmp_path: Path) -> FakeHelm:
    return FakeHelm.made(tmp_path / "helm")


def run(api: FakeApi, helm: FakeHelm, tmp_path: Path, check_mode: bool = False, **more: Any) -> dict[str, Any]:
    connected(api)
    chart = tmp_path / "chart"
    for path, content in RANDOM.items():
        (chart / path).parent.mkdir(parents=True, exist_ok=True)
        (chart / path).write_bytes(content)
    params = {
        "host": api.url,
        "api_key": "secret-token",
        "validate_certs": False,
        "name": "r",
        "namespace": "ns",
        "namespace_missing": False,
        "chart": str(chart),
        "chart_version": "",
        "chart_repository": "",
        "values": {},
        "helm_binary": str(helm.binary),
        "dest": str(tmp_path / "made"),
        **more,
    }
    return chart_adapt.run(params, check_mode)


def test_a_chart_is_written_and_stays_with_its_random_values(api: FakeApi, helm: FakeHelm, tmp_path: Path) -> None:
    pods = deployment(securityContext={"runAsUser": 5})
    renders(helm, *([secret(sign * 16), pods] for sign in "abcd"))
    said = run(api, helm, tmp_path, True)
    assert (said["changed"], (tmp_path / "made").exists()) == (True, False)
    first = run(api, helm, tmp_path)
    assert first["changed"] is True
    assert first["msg"] == f"Chart c 1.0.0 was adapted: 1 change; written to {tmp_path / 'made'}."
    written = {path: path.read_bytes() for path in (tmp_path / "made").rglob("*") if path.is_file()}
    renders(helm, *([secret(sign * 16), pods] for sign in "wxyz"))
    second = run(api, helm, tmp_path)
    assert (second["changed"], second["diff"], second["version"]) == (False, [], first["version"])
    assert {path: path.read_bytes() for path in written} == written


def test_contents_of_secrets_are_not_shown_and_what_is_gone_goes(api: FakeApi, helm: FakeHelm, tmp_path: Path) -> None:
    renders(helm, [secret("a" * 16), {**secret("x"), "kind": "ConfigMap"}])
    shown = {one["before_header"]: one["after"] for one in run(api, helm, tmp_path)["diff"]}
    assert shown["templates/secret-s.json"] == "(not shown, since it may hold passwords)\n"
    assert "data" in shown["templates/configmap-s.json"]
    renders(helm, [secret("a" * 16)])
    run(api, helm, tmp_path)
    assert not (tmp_path / "made" / "templates" / "configmap-s.json").exists()


def test_files_of_others_beside_the_chart_stay_and_are_no_change(api: FakeApi, helm: FakeHelm, tmp_path: Path) -> None:
    renders(helm, [secret("a" * 16)])
    run(api, helm, tmp_path)
    history = tmp_path / "made" / ".git" / "config"
    history.parent.mkdir()
    history.write_text("token")
    again = run(api, helm, tmp_path)
    assert (again["changed"], again["diff"], history.read_text()) == (False, [], "token")


def test_only_the_user_reads_secrets(api: FakeApi, helm: FakeHelm, tmp_path: Path) -> None:
    renders(helm, [secret("a" * 16)])
    run(api, helm, tmp_path)
    assert (tmp_path / "made" / "templates" / "secret-s.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("what", ["file", "chart"])
def test_what_somebody_else_has_there_stays(api: FakeApi, helm: FakeHelm, tmp_path: Path, what: str) -> None:
    dest = tmp_path / "made"
    if what == "file":
        dest.write_text("mine")
    else:
        dest.mkdir()
        (dest / "Chart.yaml").write_text("name: mine")
    with pytest.raises(
        TritonError, match=r"which is there and is no chart that this module wrote; give a folder of its own"
    ):
        run(api, helm, tmp_path)


def test_what_is_no_chart(api: FakeApi, helm: FakeHelm, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(TritonError, match=r"is no chart: it has no Chart.yaml that names one\. Correct the path"):
        run(api, helm, tmp_path, chart=str(tmp_path / "empty"))
