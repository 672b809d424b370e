#!/usr/bin/python
# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: release_history
short_description: List the revisions of a Helm release, and note which of them were verified
version_added: 0.1.0
description:
  - Tells the revisions that Helm keeps of a release in the namespace's Secrets, and which of them were verified, so that an upgrade that fails can go
    back to one that is known to serve. Only metadata of the Secrets is read.
  - With O(verified) it notes that the newest revision was verified, as a label of its Secret.
author:
  - inferops.triton contributors (@inferops)
extends_documentation_fragment:
  - kubernetes.core.k8s_auth_options
  - inferops.triton.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
    details:
      - A label is all that is ever written.
  idempotent:
    support: full
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
  verified:
    description: Note that the newest revision was verified. It has to be deployed.
    type: bool
    default: false
  revision:
    description: Number of the revision that was verified; where another one is the newest by now, nothing is noted. V(0) takes the newest.
    type: int
    default: 0
seealso:
  - module: inferops.triton.triton_info
"""

EXAMPLES = r"""
- name: Note that what was deployed serves as it should
  inferops.triton.release_history:
    namespace: triton
    release: triton
    verified: true
"""

RETURN = r"""
revisions:
  description: The revisions, oldest first.
  type: list
  elements: dict
  returned: always
  sample:
    - revision: 1
      status: superseded
      verified: true
    - revision: 2
      status: deployed
      verified: false
  contains:
    revision:
      description: Number of the revision.
      type: int
      returned: always
      sample: 1
    status:
      description: Helm's status.
      type: str
      returned: always
      sample: superseded
    verified:
      description: Whether it was verified.
      type: bool
      returned: always
      sample: true
current:
  description: Number of the newest revision; V(0) for none.
  type: int
  returned: always
  sample: 2
last_verified:
  description: Number of the newest revision that was verified and can be brought back; V(0) for none.
  type: int
  returned: always
  sample: 1
"""

from ansible_collections.inferops.triton.plugins.module_utils._module import Interface, connection_spec
from ansible_collections.inferops.triton.plugins.module_utils._run.release_history import run

INTERFACE = Interface(
    run,
    {
        **connection_spec(),
        "namespace": {"type": "str", "required": True},
        "release": {"type": "str", "required": True},
        "verified": {"type": "bool", "default": False},
        "revision": {"type": "int", "default": 0},
    },
)


def main() -> None:
    """Entry point."""
    INTERFACE.main()


if __name__ == "__main__":
    main()
