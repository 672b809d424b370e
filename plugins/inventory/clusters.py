# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: clusters
short_description: Hosts from kubeconfigs, one a cluster
version_added: 0.1.0
author:
  - inferops.triton contributors (@inferops)
description:
  - Makes an inventory host of each context of some kubeconfigs, with what the playbooks of the collection need to reach that cluster and no
    other. The URL of the API server and its CA are asserted before the first write.
  - On request each cluster is asked for its distribution, versions and GPUs, by which hosts are grouped.
  - The file has to be called C(clusters.yml), or end in C(.clusters.yml) (or C(.yaml)).
extends_documentation_fragment:
  - ansible.builtin.constructed
options:
  plugin:
    description: Name of the plugin.
    type: str
    required: true
    choices: [inferops.triton.clusters]
  kubeconfigs:
    description:
      - Files, and folders whose files are kubeconfigs; relative to the inventory file.
      - Files of a folder that begin with a dot are left out.
    type: list
    elements: str
    default: ["~/.kube/config"]
  contexts:
    description:
      - The contexts to take, with C(*) and C(?) as in a shell.
    type: list
    elements: str
    default: ["*"]
  labels:
    description:
      - Labels of hosts, by patterns of their names. They are in C(triton_labels), and in groups such as C(label_stage_production).
    type: dict
    default: {}
  facts:
    description:
      - Whether to ask each cluster. Hosts get C(triton_cluster) with RV(inferops.triton.platform_info#module:distribution), C(family), C(version),
        C(kubernetes_version) and C(gpus), and are in groups such as C(distribution_openshift), C(kubernetes_1_33) and C(gpus), or in
        C(unreachable).
      - It runs C(exec) plugins of kubeconfigs, as every use of them does.
    type: bool
    default: false
  workers:
    description: How many clusters are asked at once.
    type: int
    default: 16
requirements:
  - python >= 3.11
  - kubernetes >= 31.0.0 (Python package), for O(facts)
"""

EXAMPLES = r"""
# fleet.clusters.yml
plugin: inferops.triton.clusters
kubeconfigs:
  - ~/.kube/config
  - kubeconfigs
contexts: ["prod-*", "canary-*"]
labels:
  "canary-*": {stage: canary}
  "prod-*": {stage: production}
facts: true
keyed_groups:
  - key: triton_cluster.version
    prefix: version
"""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Constructable

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._fleet.contexts import Context, chosen, hosts, read
from ansible_collections.inferops.triton.plugins.module_utils._run.cluster_facts import facts

_ENDINGS = ("clusters.yml", "clusters.yaml")


class InventoryModule(BaseInventoryPlugin, Constructable):  # type: ignore[misc]
    """Hosts from kubeconfigs."""

    NAME = "inferops.triton.clusters"

    def verify_file(self, path: str) -> bool:
        """Whether the file is for this plugin, by its name."""
        name = Path(path).name
        return bool(super().verify_file(path)) and any(name == one or name.endswith(f".{one}") for one in _ENDINGS)

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Fill the inventory."""
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        try:
            found = self._hosts(Path(path).parent)
        except TritonError as error:
            raise AnsibleParserError(f"{path}: {error.message}") from error
        asked = self._asked(found) if self.get_option("facts") else {}
        for name, context in found.items():
            self._add(name, context, asked.get(name))

    def _hosts(self, base: Path) -> dict[str, Context]:
        contexts = [one for file in _files(self.get_option("kubeconfigs"), base) for one in _contexts(file)]
        return hosts(chosen(contexts, self.get_option("contexts")), lambda file: Path(file).stem)

    def _asked(self, found: Mapping[str, Context]) -> dict[str, dict[str, Any]]:
        with ThreadPoolExecutor(max_workers=max(1, self.get_option("workers"))) as pool:
            answers = pool.map(lambda one: facts({"kubeconfig": one.file, "context": one.name}), found.values())
            return dict(zip(found, answers, strict=True))

    def _add(self, name: str, context: Context, cluster: Mapping[str, Any] | None) -> None:
        self.inventory.add_host(name)
        labels = {
            key: value
            for pattern, given in self.get_option("labels").items()
            if fnmatchcase(name, pattern)
            for key, value in given.items()
        }
        variables = {
            "triton_kubeconfig": context.file,
            "triton_context": context.name,
            "triton_expected_server": context.server,
            "triton_expected_ca_sha256": context.ca_sha256,
            "triton_labels": labels,
            "triton_context_namespace": context.namespace,
            # The playbooks run where Ansible does, with what it runs with; a template would not be taken from here.
            "ansible_python_interpreter": sys.executable,
            **({"triton_cluster": dict(cluster)} if cluster is not None else {}),
        }
        for key, value in variables.items():
            self.inventory.set_variable(name, key, value)
        for group in (*_label_groups(labels), *_fact_groups(cluster)):
            self.inventory.add_child(self.inventory.add_group(re.sub(r"\W", "_", group)), name)
        strict = self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), variables, name, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, name, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, name, strict=strict)


def _files(places: Sequence[str], base: Path) -> Iterator[Path]:
    for place in places:
        path = base / Path(place).expanduser()
        if not path.exists():
            raise TritonError(f"kubeconfigs has {place!r}, which is not there; correct the path.")
        if path.is_dir():
            yield from sorted(one for one in path.iterdir() if one.is_file() and not one.name.startswith("."))
        else:
            yield path


def _contexts(file: Path) -> list[Context]:
    try:
        return read(file.read_bytes(), str(file), lambda name: (file.parent / name).read_bytes())
    except OSError as error:
        raise TritonError(f"{file} cannot be read ({error.strerror}); correct kubeconfigs.") from error


def _label_groups(labels: Mapping[str, Any]) -> Iterator[str]:
    for key, value in labels.items():
        yield f"label_{key}_{value}"


def _fact_groups(cluster: Mapping[str, Any] | None) -> Iterator[str]:
    if cluster is None:
        return
    if not cluster["reachable"]:
        yield "unreachable"
        return
    yield f"distribution_{cluster['distribution']}"
    minor = re.match(r"v?(\d+)\.(\d+)", cluster["kubernetes_version"])
    if minor:
        yield f"kubernetes_{minor[1]}_{minor[2]}"
    if cluster["gpus"]:
        yield "gpus"
