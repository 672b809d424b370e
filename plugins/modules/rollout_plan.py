#!/usr/bin/python
# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: rollout_plan
short_description: Decide how an upgrade of a Triton release goes out, and when its pods have to roll
version_added: 0.1.0
description:
  - Derives the Deployment's strategy. With V(surge) a new pod gets ready before an old one goes; where such a pod would not get its claims, GPUs or
    room in a quota, the old pods go first (V(recreate)), and RV(reason) says so before anything is written.
  - A claim that is C(ReadWriteOncePod), or C(ReadWriteOnce) with more than one node to which a new pod may come, allows no surge; neither do extended
    resources (C(nvidia.com/gpu) and the like) that no fitting node has free, nor a quota without room for a pod more. All that is reckoned
    without the release's own pods, so the result is the same before and after an installation. CPU and memory of nodes are not looked at.
  - Fingerprints the Secrets and ConfigMaps which the user's values name (C(env), C(envFrom), volumes, init containers) as a pod annotation, so that
    pods roll when their contents change. It is an HMAC with the object's UID as its key and tells nothing of the contents.
author:
  - inferops.triton contributors (@inferops)
extends_documentation_fragment:
  - kubernetes.core.k8s_auth_options
  - inferops.triton.attributes
  - inferops.triton.attributes.info
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
  strategy:
    description:
      - V(auto) derives it. V(surge) and V(recreate) are taken as they are, V(surge) with a warning where something stands in its way.
    type: str
    choices: [auto, surge, recreate]
    default: auto
  chart_values:
    description: Values of the collection's Triton chart below the user's, its defaults among them.
    type: dict
    default: {}
  user_values:
    description: Values of the chart that the user gives. A C(strategy) in them wins.
    type: dict
    default: {}
  definitions:
    description: Objects that the run makes, of which claims tell their access modes; other claims are read.
    type: list
    elements: dict
    default: []
seealso:
  - module: inferops.triton.model_repository
"""

EXAMPLES = r"""
- name: Decide how the upgrade goes out
  inferops.triton.rollout_plan:
    namespace: triton
    release: triton
    chart_values: "{{ storage.chart_values }}"
    user_values:
      replicas: 2
      gpu:
        count: 1
      env:
        - name: HF_TOKEN
          valueFrom:
            secretKeyRef: {name: hugging-face, key: token}
    definitions: "{{ storage.definitions }}"
  register: rollout
"""

RETURN = r"""
strategy:
  description: V(surge), V(recreate), or V(given) where the user's values have a strategy.
  type: str
  returned: always
  sample: surge
reason:
  description: The decision and why, in one sentence.
  type: str
  returned: always
  sample: "Upgrades surge (a new pod gets ready before an old one goes): nothing stands in the way of a pod more."
notes:
  description: What could not be looked at.
  type: list
  elements: str
  returned: always
  sample: []
chart_values:
  description: Values of the chart, C(strategy) and C(podAnnotations); to be placed below the user's.
  type: dict
  returned: always
  sample:
    strategy:
      type: RollingUpdate
      rollingUpdate:
        maxSurge: 1
        maxUnavailable: 0
"""

from ansible_collections.inferops.triton.plugins.module_utils._module import Interface, connection_spec
from ansible_collections.inferops.triton.plugins.module_utils._run.rollout_plan import run

INTERFACE = Interface(
    run,
    {
        **connection_spec(),
        "namespace": {"type": "str", "required": True},
        "release": {"type": "str", "required": True},
        "strategy": {"type": "str", "choices": ["auto", "surge", "recreate"], "default": "auto"},
        "chart_values": {"type": "dict", "default": {}},
        "user_values": {"type": "dict", "default": {}},
        "definitions": {"type": "list", "elements": "dict", "default": []},
    },
    # Values may hold credentials, so that the system's log is to hear nothing of them.
    hidden=lambda _params: (),
)


def main() -> None:
    """Entry point."""
    INTERFACE.main()


if __name__ == "__main__":
    main()
