#!/usr/bin/python
# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: apply
short_description: Bring a list of objects to their definitions with the fewest writes
version_added: 0.1.0
description:
  - Asks the API server by a dry run of a server-side apply what each definition would change, and writes only what differs. All
    definitions are judged by the server before the first write, and a run that finds nothing different writes nothing.
  - Check mode and diff are exact, also for objects in a namespace that is not there yet; these are reported as created.
  - Contents of Secrets and binary data appear in the diff as digests only, and those of Secrets nowhere else.
author:
  - inferops.triton contributors (@inferops)
extends_documentation_fragment:
  - kubernetes.core.k8s_auth_options
  - inferops.triton.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
requirements:
  - python >= 3.11
  - kubernetes >= 31.0.0 (Python package)
options:
  definitions:
    description:
      - Definitions of objects, each with C(apiVersion), C(kind) and C(metadata.name), and C(metadata.namespace) where its kind has
        one.
    type: list
    elements: dict
    required: true
  state:
    description:
      - V(present) creates or updates the objects, V(absent) deletes them and waits until they are gone.
    type: str
    choices: [present, absent]
    default: present
  wait_timeout:
    description:
      - Seconds to wait for each deleted object.
    type: int
    default: 120
seealso:
  - module: kubernetes.core.k8s
"""

EXAMPLES = r"""
- name: Make a claim
  inferops.triton.apply:
    definitions:
      - apiVersion: v1
        kind: PersistentVolumeClaim
        metadata:
          name: models
          namespace: triton
        spec:
          accessModes: [ReadWriteOnce]
          resources:
            requests:
              storage: 10Gi
"""

RETURN = r"""
changes:
  description: What became of each definition.
  type: list
  elements: dict
  returned: success
  sample: [{kind: PersistentVolumeClaim, api_version: v1, name: models, namespace: triton, method: create}]
  contains:
    kind:
      description: Kind of the object.
      type: str
      returned: success
      sample: PersistentVolumeClaim
    api_version:
      description: API version of the object.
      type: str
      returned: success
      sample: v1
    name:
      description: Name of the object.
      type: str
      returned: success
      sample: models
    namespace:
      description: Namespace of the object; none for kinds without.
      type: str
      returned: success
      sample: triton
    method:
      description: V(create), V(update), V(delete) or V(none).
      type: str
      returned: success
      sample: create
"""

from ansible_collections.inferops.triton.plugins.module_utils._module import Interface, connection_spec
from ansible_collections.inferops.triton.plugins.module_utils._run.apply import hidden, run

INTERFACE = Interface(
    run,
    {
        **connection_spec(),
        "definitions": {"type": "list", "elements": "dict", "required": True},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "wait_timeout": {"type": "int", "default": 120},
    },
    hidden=hidden,
)


def main() -> None:
    """Entry point."""
    INTERFACE.main()


if __name__ == "__main__":
    main()
