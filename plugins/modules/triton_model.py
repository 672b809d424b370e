#!/usr/bin/python
# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: triton_model
short_description: Load, unload or reload a model of a running Triton Inference Server
version_added: 0.1.0
description:
  - Brings one model to the same state on every replica of a server, one pod after the other, by Triton's model control extension. A
    Service leads to one pod only, so each pod is asked by itself through the API server's proxy; with O(url) that one server is asked.
  - The server has to run with model control mode V(explicit) (C(triton_model_control) of the playbook C(inferops.triton.deploy)).
  - Everything is looked at before the first request that changes something. A model that stands as wished gets no such request.
  - When a pod cannot load the model, it keeps serving what it served, and the pods after it are not asked.
  - What is loaded this way lasts as long as the pod. New pods load what C(triton_load_models) names.
author:
  - inferops.triton contributors (@inferops)
extends_documentation_fragment:
  - kubernetes.core.k8s_auth_options
  - inferops.triton.server
  - inferops.triton.attributes
attributes:
  check_mode:
    support: full
    details:
      - Whether the repositories have O(version) only Triton knows, when it loads it.
  diff_mode:
    support: none
  idempotent:
    support: partial
    details:
      - Except for O(state=reloaded), which always loads.
requirements:
  - python >= 3.11
  - kubernetes >= 31.0.0 (Python package)
options:
  workload:
    description:
      - Name of the server's Deployment, whose pods are asked; the default is O(name).
    type: str
  model:
    description:
      - Name of the model.
    type: str
    required: true
  state:
    description:
      - V(loaded) loads the model where no version of it is ready, or not O(version), or not with O(config).
      - V(unloaded) unloads all its versions, and waits until requests under way are answered.
      - V(reloaded) loads it on every run. Without O(version) and O(config), Triton reads the repository again and exchanges the model without a gap
        if its files have changed since; it is unloaded first where it was loaded with O(version), since a mere load would stay with that.
    type: str
    choices: [loaded, unloaded, reloaded]
    default: loaded
  version:
    description:
      - The one version to serve, the name of its directory, instead of those that the model's configuration says.
      - The model is loaded with its live configuration, in which C(version_policy) is replaced. A model that is not loaded is loaded as the
        repository says first, since Triton tells no configuration before that.
    type: str
  config:
    description:
      - A configuration to load the model with, as JSON of Triton's C(ModelConfig). It replaces the model's file, so it has to be whole.
    type: dict
  unload_dependents:
    description:
      - With O(state=unloaded), whether to unload the models too that were loaded only for this one, such as the steps of an ensemble.
    type: bool
    default: false
  wait_timeout:
    description:
      - Seconds to wait for a rollout that is under way, and again for each pod to load or unload the model.
    type: int
    default: 600
seealso:
  - module: inferops.triton.triton_info
  - module: inferops.triton.triton_infer
"""

EXAMPLES = r"""
- name: Load a model on all replicas
  inferops.triton.triton_model:
    namespace: triton
    name: triton
    model: weighted_sum

- name: Go back to version 2, and to no other
  inferops.triton.triton_model:
    namespace: triton
    name: triton
    model: double
    version: "2"

- name: Read the repository again after its files have changed
  inferops.triton.triton_model:
    namespace: triton
    name: triton
    model: double
    state: reloaded

- name: Unload an ensemble with its steps
  inferops.triton.triton_model:
    namespace: triton
    name: triton
    model: pipeline
    state: unloaded
    unload_dependents: true
"""

RETURN = r"""
model:
  description: Name of the model.
  type: str
  returned: success
  sample: double
state:
  description: The state that it has on all replicas, or would have outside check mode.
  type: str
  returned: success
  sample: loaded
pods:
  description: What became of the model on each replica, by name.
  type: list
  elements: dict
  returned: success, and on failure when a change had begun
  sample: [{pod: triton-7c9-x2x, changed: true, versions_before: ["3"], versions: ["2"]}]
  contains:
    pod:
      description: Name of the pod; the server in words where O(url) is given.
      type: str
      returned: success
      sample: triton-7c9-x2x
    changed:
      description: Whether this replica was changed, or would be outside check mode.
      type: bool
      returned: success
      sample: true
    versions_before:
      description: Versions that took requests before.
      type: list
      elements: str
      returned: success
      sample: ["3"]
    versions:
      description: Versions that take requests now; in check mode those before.
      type: list
      elements: str
      returned: success
      sample: ["2"]
"""

from ansible_collections.inferops.triton.plugins.module_utils._module import Interface, server_rules, server_spec
from ansible_collections.inferops.triton.plugins.module_utils._run.model import run

INTERFACE = Interface(
    run,
    {
        **server_spec(),
        "workload": {"type": "str"},
        "model": {"type": "str", "required": True},
        "state": {"type": "str", "choices": ["loaded", "unloaded", "reloaded"], "default": "loaded"},
        "version": {"type": "str"},
        "config": {"type": "dict"},
        "unload_dependents": {"type": "bool", "default": False},
        "wait_timeout": {"type": "int", "default": 600},
    },
    rules=server_rules(),
)


def main() -> None:
    """Entry point."""
    INTERFACE.main()


if __name__ == "__main__":
    main()
