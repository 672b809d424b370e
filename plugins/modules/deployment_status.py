#!/usr/bin/python
# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: deployment_status
short_description: Tell whether a deployment of Triton is as it is to be, and answers
version_added: 0.1.0
description:
  - Goes through all that the playbook C(inferops.triton.deploy) checks and decides (cluster, rights, storage, security
    context, strategy, release, admission of the pods, models, inferences) in one task that reads each object once, and tells whether anything
    is to be done.
  - It begins a run of that playbook, which is over where nothing is to be done. Where something is, or where something is wrong, the steps of the
    playbook do it, or say it in their own words.
  - Nothing is ever written. No helm process runs, since what the release is made of is compared by its fingerprint; see
    M(inferops.triton.helm_release).
author:
  - inferops.triton contributors (@inferops)
extends_documentation_fragment:
  - kubernetes.core.k8s_auth_options
  - inferops.triton.attributes
  - inferops.triton.attributes.info
  - inferops.triton.repositories
requirements:
  - python >= 3.11
  - kubernetes >= 31.0.0 (Python package)
options:
  namespace:
    description: Namespace of the release.
    type: str
    required: true
  release:
    description: Name of the release.
    type: str
    required: true
  chart:
    description: The chart, as O(inferops.triton.helm_release#module:chart).
    type: str
    required: true
  chart_version:
    description: As O(inferops.triton.helm_release#module:chart_version).
    type: str
    default: ""
  chart_repository:
    description: As O(inferops.triton.helm_release#module:chart_repository).
    type: str
    default: ""
  foreign:
    description: Whether the chart is another one than the collection's, which takes O(values) and nothing else.
    type: bool
    default: false
  adapt:
    description: How the chart is adapted, as O(inferops.triton.helm_release#module:adapt).
    type: dict
  service:
    description: Name of the Service that leads to Triton; empty for the one that the release has.
    type: str
    default: ""
  workload:
    description: Name of the Deployment that runs Triton; empty for the one that the release has.
    type: str
    default: ""
  port:
    description: Port of the Service for HTTP, a name or a number; empty for the one that leads to Triton's.
    type: str
    default: ""
  default_values:
    description: The values that the chart has by itself.
    type: dict
    required: true
  values:
    description: The user's values of the chart.
    type: dict
    default: {}
  helm_binary:
    description: Path of helm; empty for the one on the path. It is looked at and not run.
    type: path
    default: ""
  style:
    description: As O(inferops.triton.openshift_security_context#module:style).
    type: str
    choices: [auto, omit, explicit]
    default: auto
  scc:
    description: As O(inferops.triton.openshift_security_context#module:scc).
    type: str
    default: restricted-v2
  strategy:
    description: As O(inferops.triton.rollout_plan#module:strategy).
    type: str
    choices: [auto, surge, recreate]
    default: auto
  inferences:
    description:
      - Inferences to get answered, each with the options C(model), C(version), C(inputs), C(outputs), C(parameters) and C(expect) of
        M(inferops.triton.triton_infer). In check mode they are checked, and not sent.
    type: list
    elements: dict
    default: []
  answer_timeout:
    description: Seconds to wait for one answer of Triton.
    type: int
    default: 60
  create_namespace:
    description: Whether the run makes O(namespace) where it is missing.
    type: bool
    default: true
  uploads:
    description: Whether models get uploaded, which takes rights to pods.
    type: bool
    default: false
  probes:
    description: Whether buckets get read by a pod before the release, which takes rights to pods.
    type: bool
    default: false
  expected_server:
    description: URL that the API server must have; empty for any.
    type: str
    default: ""
  expected_user:
    description: Name that the user must have; empty for any.
    type: str
    default: ""
  expected_ca_sha256:
    description: SHA-256 that the CA certificate must have; empty for any.
    type: str
    default: ""
seealso:
  - module: inferops.triton.helm_release
  - module: inferops.triton.model_repository
"""

EXAMPLES = r"""
- name: See whether there is anything to do
  inferops.triton.deployment_status:
    namespace: triton
    release: triton
    chart: /srv/charts/triton
    default_values: "{{ lookup('ansible.builtin.file', '/srv/charts/triton/values.yaml') | from_yaml }}"
    repositories:
      - claim:
          size: 10Gi
    inferences:
      - model: double
        inputs:
          - {name: INPUT, datatype: FP32, data: [1.5, 2.5]}
        expect: "outputs[0].data == `[3.0, 5.0]`"
  register: status

- name: Say what
  ansible.builtin.debug:
    msg: "{{ status.msg }}"
"""

RETURN = r"""
converged:
  description: Whether nothing is to be done, and every model and inference answered.
  type: bool
  returned: success
  sample: true
msg:
  description: What was found first that is to be done, or that is wrong.
  type: str
  returned: success
  sample: Release triton is to be installed or upgraded.
server:
  description: URL of the API server; empty unless RV(converged).
  type: str
  returned: success
  sample: https://api.example.com:6443
models_ready:
  description: Names of the models that are ready; none in check mode, and unless RV(converged).
  type: list
  elements: str
  returned: success
  sample: [double]
answers:
  description: The answers to O(inferences), as M(inferops.triton.triton_infer) returns them; none in check mode, and unless RV(converged).
  type: list
  elements: dict
  returned: success
  sample: []
notes:
  description: What was decided about the storage; none unless RV(converged).
  type: list
  elements: str
  returned: success
  sample: []
"""

from ansible_collections.inferops.triton.plugins.module_utils._module import Interface, connection_spec
from ansible_collections.inferops.triton.plugins.module_utils._run.deployment_status import run
from ansible_collections.inferops.triton.plugins.module_utils._run.model_repository import hidden
from ansible_collections.inferops.triton.plugins.module_utils._storage.options import repositories

INTERFACE = Interface(
    run,
    {
        **connection_spec(),
        "namespace": {"type": "str", "required": True},
        "release": {"type": "str", "required": True},
        "repositories": repositories(),
        "image_mirrors": {"type": "dict", "default": {}},
        "chart": {"type": "str", "required": True},
        "chart_version": {"type": "str", "default": ""},
        "chart_repository": {"type": "str", "default": ""},
        "foreign": {"type": "bool", "default": False},
        "adapt": {"type": "dict"},
        "service": {"type": "str", "default": ""},
        "workload": {"type": "str", "default": ""},
        "port": {"type": "str", "default": ""},
        "default_values": {"type": "dict", "required": True},
        "values": {"type": "dict", "default": {}},
        "helm_binary": {"type": "path", "default": ""},
        "style": {"type": "str", "choices": ["auto", "omit", "explicit"], "default": "auto"},
        "scc": {"type": "str", "default": "restricted-v2"},
        "strategy": {"type": "str", "choices": ["auto", "surge", "recreate"], "default": "auto"},
        "inferences": {"type": "list", "elements": "dict", "default": []},
        "answer_timeout": {"type": "int", "default": 60},
        "create_namespace": {"type": "bool", "default": True},
        "uploads": {"type": "bool", "default": False},
        "probes": {"type": "bool", "default": False},
        **{f"expected_{name}": {"type": "str", "default": ""} for name in ("server", "user", "ca_sha256")},
    },
    hidden=hidden,
)


def main() -> None:
    """Entry point."""
    INTERFACE.main()


if __name__ == "__main__":
    main()
