#!/usr/bin/python
# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: model_probe
short_description: Read the buckets of a release from inside the cluster before it is installed or upgraded
version_added: 0.1.0
description:
  - A short-lived pod in the release's namespace lists the first files of each bucket that Triton is going to read by itself, with the
    credentials, the CA, the variables and the labels of Triton's pods. Refused credentials, a bucket that is not there, a prefix without files, a
    certificate that is not trusted and a store that cannot be reached fail the module, with one sentence for each repository.
  - Where the release's Deployment is available and has these very repositories, nothing is asked again and no pod is made.
  - The pod is admitted by C(restricted-v2) and by Pod Security C(restricted), fits the namespace's quotas and limit ranges, and is deleted in every
    case; one that a killed run has left ends by itself, and the next one removes it.
  - A pod that cannot run (no image, no room) tells nothing about the buckets, so that is a warning and no failure.
  - The values of Secrets stay in the cluster; neither options nor results hold any.
author:
  - inferops.triton contributors (@inferops)
extends_documentation_fragment:
  - kubernetes.core.k8s_auth_options
  - inferops.triton.attributes
attributes:
  check_mode:
    support: full
    details:
      - No pod is made; RV(notes) say what one would read.
  diff_mode:
    support: N/A
    details:
      - Nothing stays changed.
  idempotent:
    support: full
    details:
      - Nothing stays changed, so it never reports a change.
  action_group:
    support: full
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
  probes:
    description: What to read, as RV(inferops.triton.model_repository#module:probes) tells.
    type: list
    elements: dict
    required: true
  chart_values:
    description:
      - Values of the collection's Triton chart, those of the storage (RV(inferops.triton.model_repository#module:chart_values)) among them.
        The pod takes credentials, CAs, variables, labels, service account, pull secrets and place from them.
    type: dict
    default: {}
  pod_timeout:
    description: Seconds until the pod has to run.
    type: int
    default: 60
  timeout:
    description: Seconds that reading one bucket may take.
    type: int
    default: 60
seealso:
  - module: inferops.triton.model_repository
"""

EXAMPLES = r"""
- name: Plan the storage
  inferops.triton.model_repository:
    namespace: triton
    release: triton
    repositories:
      - s3:
          bucket: models
          endpoint: https://minio.example.com:9000
          existing_secret: minio-keys
    live: true
  register: storage

- name: Make sure that the bucket can be read
  inferops.triton.model_probe:
    namespace: triton
    release: triton
    probes: "{{ storage.probes }}"
    chart_values: "{{ storage.chart_values }}"
"""

RETURN = r"""
probes:
  description: What was found out; empty where nothing had to be asked.
  type: list
  elements: dict
  returned: always
  sample:
    - repository: models
      verdict: readable
      message: "Repository models: s3://https://minio.example.com:9000/models can be read."
  contains:
    repository:
      description: Name of the repository.
      type: str
      returned: always
      sample: models
    verdict:
      description: V(readable), V(unreadable), or V(unknown) where the pod did not run.
      type: str
      returned: always
      sample: readable
    message:
      description: The sentence.
      type: str
      returned: always
      sample: "Repository models: s3://https://minio.example.com:9000/models can be read."
notes:
  description: Which repositories only Triton can read, and in check mode what a pod would read.
  type: list
  elements: str
  returned: always
  sample: ["Repository models: a pod would list s3://https://minio.example.com:9000/models before the release."]
"""

from ansible_collections.inferops.triton.plugins.module_utils._module import Interface, connection_spec
from ansible_collections.inferops.triton.plugins.module_utils._run.model_probe import run

INTERFACE = Interface(
    run,
    {
        **connection_spec(),
        "namespace": {"type": "str", "required": True},
        "release": {"type": "str", "required": True},
        "probes": {"type": "list", "elements": "dict", "required": True},
        "chart_values": {"type": "dict", "default": {}},
        "pod_timeout": {"type": "int", "default": 60},
        "timeout": {"type": "int", "default": 60},
    },
)


def main() -> None:
    """Entry point."""
    INTERFACE.main()


if __name__ == "__main__":
    main()
