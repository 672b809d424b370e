#!/usr/bin/python
# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: model_repository
short_description: Check model repositories and plan how the pod gets at them
version_added: 0.1.0
description:
  - Checks the layout of local model repositories before anything is shipped, and says for each repository which objects it needs
    and how Triton's pod mounts it. One back end for each repository.
  - It asks no cluster and writes nothing; M(inferops.triton.apply) writes the RV(definitions).
author:
  - inferops.triton contributors (@inferops)
extends_documentation_fragment:
  - kubernetes.core.k8s_auth_options
  - inferops.triton.attributes
  - inferops.triton.attributes.info
requirements:
  - python >= 3.11
options:
  namespace:
    description:
      - Namespace of the objects.
    type: str
    required: true
  release:
    description:
      - Name of the release; objects are named after it.
    type: str
    required: true
  repositories:
    description:
      - The repositories, in Triton's order.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Name, a DNS label; the default is V(models), then V(models-2) and so on.
        type: str
      claim:
        description: Models on a PersistentVolumeClaim.
        type: dict
        suboptions:
          existing:
            description: Name of a claim that is there.
            type: str
          name:
            description: Name of the claim to make; the default is V(RELEASE-REPOSITORY).
            type: str
          size:
            description: Size of the claim to make, such as V(10Gi).
            type: str
          storage_class:
            description: Storage class of the claim to make; the default is the cluster's.
            type: str
          access_modes:
            description: Access modes of the claim to make.
            type: list
            elements: str
            default: [ReadWriteOnce]
          sub_path:
            description: Directory of the repository inside the volume.
            type: str
            default: ""
      configmap:
        description: Small models in ConfigMaps, from a local repository.
        type: dict
        suboptions:
          path:
            description: Directory of the repository where the task runs.
            type: path
            required: true
  storage_classes:
    description:
      - Names of the storage classes that the cluster has, as RV(inferops.triton.platform_info#module:storage_classes) tells; a claim of
        another class is refused. Without it, classes are not checked.
    type: list
    elements: str
seealso:
  - module: inferops.triton.apply
"""

EXAMPLES = r"""
- name: Plan the storage of two repositories
  inferops.triton.model_repository:
    namespace: triton
    release: triton
    repositories:
      - name: small
        configmap:
          path: models
      - name: large
        claim:
          size: 100Gi
          access_modes: [ReadWriteMany]
  register: storage

- name: Make what they need
  inferops.triton.apply:
    definitions: "{{ storage.definitions }}"
"""

RETURN = r"""
definitions:
  description: Objects that the repositories need.
  type: list
  elements: dict
  returned: success
  sample: [{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: triton-large, namespace: triton}}]
chart_values:
  description: Values of the collection's Triton chart.
  type: dict
  returned: success
  sample: {modelRepositories: [{name: large, volume: {persistentVolumeClaim: {claimName: triton-large}}}]}
models:
  description: Names of the models, as far as they are known here.
  type: list
  elements: str
  returned: success
  sample: [double]
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.inferops.triton.plugins.module_utils._module import connection_spec, run_module
from ansible_collections.inferops.triton.plugins.module_utils._run.model_repository import run


def main() -> None:
    """Entry point."""
    claim = {
        "existing": {"type": "str"},
        "name": {"type": "str"},
        "size": {"type": "str"},
        "storage_class": {"type": "str"},
        "access_modes": {"type": "list", "elements": "str", "default": ["ReadWriteOnce"]},
        "sub_path": {"type": "str", "default": ""},
    }
    repository = {
        "name": {"type": "str"},
        "claim": {"type": "dict", "options": claim},
        "configmap": {"type": "dict", "options": {"path": {"type": "path", "required": True}}},
    }
    spec = {
        **connection_spec(),
        "namespace": {"type": "str", "required": True},
        "release": {"type": "str", "required": True},
        "repositories": {"type": "list", "elements": "dict", "required": True, "options": repository},
        "storage_classes": {"type": "list", "elements": "str"},
    }
    run_module(AnsibleModule(spec, supports_check_mode=True), run)


if __name__ == "__main__":
    main()
