# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader

from ansible_collections.inferops.triton.plugins.inventory import clusters
from ansible_collections.inferops.triton.tests.unit.plugins.fake_api import FakeApi


def kubeconfig(path: Path, name: str, server: str = "https://127.0.0.1:1") -> None:
    path.parent.mkdir(exist_ok=True)
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "c", "cluster": {"server": server, "insecure-skip-tls-verify": True}}],
        "contexts": [{"name": name, "context": {"cluster": "c", "user": "u", "namespace": "mine"}}],
        "users": [{"name": "u", "user": {"token": "secret-token"}}],
    }
    path.write_text(json.dumps(content))


class Plugin(clusters.InventoryModule):
    """The plugin with options that Ansible would have read from the inventory file."""

    def __init__(self, given: dict[str, Any]) -> None:
        super().__init__()
        documented = yaml.safe_load(clusters.DOCUMENTATION)["options"]
        own = {name: option.get("default") for name, option in documented.items()}
        self.given = {**own, "strict": True, "compose": {}, "groups": {}, "keyed_groups": [], **given}

    def get_option(self, option: str, hostvars: Any = None) -> Any:
        return self.given.get(option)

    def _read_config_data(self, path: str) -> None:
        pass


def parsed(folder: Path, **options: Any) -> InventoryData:
    inventory = InventoryData()
    file = folder / "fleet.clusters.yml"
    Plugin({"kubeconfigs": ["k"], **options}).parse(inventory, DataLoader(), str(file), False)
    return inventory


def test_only_files_of_its_name_are_for_the_plugin(tmp_path: Path) -> None:
    for name, wanted in (
        ("clusters.yml", True),
        ("eu.clusters.yaml", True),
        ("myclusters.yml", False),
        ("a.yml", False),
    ):
        (tmp_path / name).write_text("plugin: inferops.triton.clusters")
        assert clusters.InventoryModule().verify_file(str(tmp_path / name)) is wanted


def test_a_host_knows_its_cluster_and_no_other(tmp_path: Path) -> None:
    kubeconfig(tmp_path / "k" / "a.yaml", "prod-a")
    kubeconfig(tmp_path / "k" / ".hidden", "hidden")
    found = parsed(tmp_path, labels={"prod-*": {"stage": "production"}})
    assert set(found.hosts) == {"prod-a"}
    variables = found.hosts["prod-a"].vars
    assert variables["triton_kubeconfig"] == str(tmp_path / "k" / "a.yaml")
    assert variables["triton_context"] == "prod-a"
    assert variables["triton_expected_server"] == "https://127.0.0.1:1"
    assert variables["triton_context_namespace"] == "mine"
    assert "triton_cluster" not in variables
    assert [host.name for host in found.groups["label_stage_production"].hosts] == ["prod-a"]


def test_clusters_are_asked_and_grouped(tmp_path: Path, api: FakeApi) -> None:
    api.git_version = "v1.33.4+k3s1"
    for number, gpus in enumerate(({"nvidia.com/gpu": "2"}, {})):
        api.add("v1", "Node", f"node-{number}", status={"allocatable": gpus})
    kubeconfig(tmp_path / "k" / "a.yaml", "up", api.url)
    kubeconfig(tmp_path / "k" / "b.yaml", "down")
    found = parsed(tmp_path, facts=True)
    groups = {name: [host.name for host in group.hosts] for name, group in found.groups.items() if group.hosts}
    assert groups == {
        "distribution_k3s": ["up"],
        "kubernetes_1_33": ["up"],
        "gpus": ["up"],
        "unreachable": ["down"],
    }
    assert found.hosts["up"].vars["triton_cluster"]["gpus"] == 2
    assert "cannot be reached" in found.hosts["down"].vars["triton_cluster"]["problem"]


@pytest.mark.parametrize(
    "options, words",
    [
        ({"kubeconfigs": ["gone"]}, "kubeconfigs has 'gone', which is not there"),
        ({"contexts": ["gone"]}, "fits no context"),
    ],
)
def test_what_is_wrong_with_the_options_is_one_sentence(tmp_path: Path, options: Any, words: str) -> None:
    kubeconfig(tmp_path / "k" / "a.yaml", "a")
    with pytest.raises(AnsibleParserError, match=words):
        parsed(tmp_path, **options)
