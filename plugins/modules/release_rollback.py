#!/usr/bin/python
# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: release_rollback
short_description: Bring an earlier revision of a Helm release back, with the models that it had
version_added: 0.1.0
description:
  - Goes back to a revision by C(helm rollback), which makes a new revision of it. What its pods need from outside the release is looked for first
    (ConfigMaps and Secrets, claims, versions of uploaded models), so nothing is written where they would wait in vain.
  - Something is changed if and only if a live object differs from the revision, or the newest revision was broken off or failed.
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
    support: partial
    details:
      - With O(revision) only; without it each run goes back to what was verified before.
  action_group:
    support: full
requirements:
  - python >= 3.11
  - kubernetes >= 31.0.0 (Python package)
  - helm >= 3.13, or 4
options:
  name:
    description: Name of the release.
    type: str
    required: true
  namespace:
    description: Namespace of the release.
    type: str
    required: true
  revision:
    description:
      - Number of the revision to bring back; V(0) for the newest one that was verified (M(inferops.triton.release_history)) and is not what the
        newest one is.
    type: int
    default: 0
  helm_binary:
    description: Path of the helm executable; empty for the one on C(PATH).
    type: path
    default: ""
  timeout:
    description: Seconds that helm waits for any single operation of the cluster.
    type: int
    default: 300
  history_max:
    description: Revisions that helm keeps; V(0) for all.
    type: int
    default: 10
seealso:
  - module: inferops.triton.helm_release
  - module: inferops.triton.release_history
"""

EXAMPLES = r"""
- name: Go back to the first revision
  inferops.triton.release_rollback:
    name: triton
    namespace: inference
    revision: 1
"""

RETURN = r"""
revision:
  description: Number of the newest revision; in check mode of the one that is there.
  type: int
  returned: success
  sample: 3
target:
  description: Number of the revision that was brought back.
  type: int
  returned: success
  sample: 1
changes:
  description: The objects that change.
  type: list
  elements: dict
  returned: success
  sample: [{kind: Deployment, api_version: apps/v1, name: triton, namespace: inference, method: update}]
objects:
  description: All objects of the revision, with the contents of Secrets as digests.
  type: list
  elements: dict
  returned: success
  sample: [{apiVersion: v1, kind: Service, metadata: {name: triton}}]
server:
  description: The Deployment that runs Triton, and the Service and port that lead to it; none where the release has no such.
  type: dict
  returned: success
  sample: {workload: triton, service: triton, port: http}
msg:
  description: The outcome in words.
  type: str
  returned: success
  sample: "Release triton in namespace inference was rolled back to revision 1."
"""

from ansible_collections.inferops.triton.plugins.module_utils._module import Interface, connection_spec
from ansible_collections.inferops.triton.plugins.module_utils._run.release_rollback import run

INTERFACE = Interface(
    run,
    {
        **connection_spec(),
        "name": {"type": "str", "required": True},
        "namespace": {"type": "str", "required": True},
        "revision": {"type": "int", "default": 0},
        "helm_binary": {"type": "path", "default": ""},
        "timeout": {"type": "int", "default": 300},
        "history_max": {"type": "int", "default": 10},
    },
    # Values may hold credentials, so that the system's log is to hear nothing of them.
    hidden=lambda _params: (),
)


def main() -> None:
    """Entry point."""
    INTERFACE.main()


if __name__ == "__main__":
    main()
