#!/usr/bin/python
# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: scc
short_description: Make the SCC with the least privilege that admits a workload
version_added: 0.2.0
description:
  - Computes the SecurityContextConstraints object that admits a workload as it is and grants nothing else, and lets one service
    account of the namespace use it, by a Role and a RoleBinding. Where an SCC that may be used already admits the workload, nothing
    is made.
  - It starts from the namespace's own values, no volumes, no capabilities and no access to the node; each grant that is added is
    needed, without it the workload is refused. Containers that name no user run as the first one that is granted.
  - Access to the node, root, privileged containers, capabilities, SELinux labels, privilege escalation, other system calls and
    unsafe sysctls are granted only to those who name them in O(allow).
  - The SCC is named C(NAMESPACE.NAME), so two namespaces never share one. The pods should demand it by the annotation
    C(openshift.io/required-scc), so that no other SCC changes them.
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
  - PyYAML (for manifests as text)
  - kubernetes >= 31.0.0 (Python package)
options:
  state:
    description:
      - V(present) makes or updates SCC, Role and RoleBinding; V(absent) deletes them.
    type: str
    choices: [present, absent]
    default: present
  namespace:
    description:
      - Namespace of the workload; on OpenShift it has to be there, since its range decides.
    type: str
    required: true
  name:
    description:
      - Name of the workload, the second part of the SCC's name.
    type: str
    required: true
  service_account:
    description:
      - Service account that may use the SCC. The default is the one that all pods of the manifests have; pods that name none run
        as C(default). Everything that runs as C(default) would share the SCC, so give the workload a service account of its own.
    type: str
  definitions:
    description:
      - The workload's manifests, as O(inferops.triton.scc_explain#module:definitions). Pods with another service account than
        O(service_account) and those of other namespaces are left aside.
    type: raw
  src:
    description:
      - Files with manifests.
    type: list
    elements: path
  allow:
    description:
      - Grave privileges that may be granted where the workload needs them.
    type: list
    elements: str
    choices:
      - privileged
      - host_path
      - host_pid
      - host_ipc
      - host_network
      - root
      - capabilities
      - selinux
      - privilege_escalation
      - seccomp
      - unsafe_sysctls
      - host_ports
    default: []
  only_if_needed:
    description:
      - Make nothing where an SCC that may be used already admits the workload.
    type: bool
    default: true
  wait_timeout:
    description:
      - Seconds to wait for the annotations of a namespace that was just created, and for a deleted object to go.
    type: int
    default: 30
seealso:
  - module: inferops.triton.scc_explain
"""

EXAMPLES = r"""
- name: Let a workload with an inline NFS volume run as its user
  inferops.triton.scc:
    namespace: triton
    name: inference
    service_account: inference
    src: [deployment.yml]

- name: Take it back
  inferops.triton.scc:
    namespace: triton
    name: inference
    state: absent
"""

RETURN = r"""
needed:
  description: Whether the workload needs an SCC of its own; V(false) where another one that may be used admits it.
  type: bool
  returned: O(state=present)
  sample: true
scc:
  description: Name of the SCC that admits the workload; none for pods of Windows, to which OpenShift applies no SCC.
  type: str
  returned: success
  sample: triton.inference
grants:
  description: What the SCC allows, gravest first.
  type: list
  elements: str
  returned: O(state=present)
  sample: [volumes of type nfs, user 1000, group 1000 for volumes, volumes of type projected]
objects:
  description: SCC, Role and RoleBinding.
  type: list
  elements: dict
  returned: success
  sample: []
changes:
  description: What became of each object.
  type: list
  elements: dict
  returned: success
  sample: [{kind: SecurityContextConstraints, api_version: security.openshift.io/v1, name: triton.inference, namespace: null, method: create}]
  contains:
    kind:
      description: Kind of the object.
      type: str
      returned: success
      sample: Role
    api_version:
      description: API version of the object.
      type: str
      returned: success
      sample: rbac.authorization.k8s.io/v1
    name:
      description: Name of the object.
      type: str
      returned: success
      sample: use-scc-inference
    namespace:
      description: Its namespace, none for the SCC.
      type: str
      returned: success
      sample: triton
    method:
      description: What was done, or would be done in check mode; V(create), V(update), V(delete) or V(none).
      type: str
      returned: success
      sample: create
msg:
  description: The outcome in words.
  type: str
  returned: success
  sample: SCC triton.inference admits the workload; it allows volumes of type nfs, user 1000, group 1000 for volumes.
"""

from ansible_collections.inferops.triton.plugins.module_utils._module import Interface, connection_spec
from ansible_collections.inferops.triton.plugins.module_utils._run.scc import run
from ansible_collections.inferops.triton.plugins.module_utils._scc.privileges import TO_BE_NAMED

INTERFACE = Interface(
    run,
    {
        **connection_spec(),
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "namespace": {"type": "str", "required": True},
        "name": {"type": "str", "required": True},
        "service_account": {"type": "str"},
        "definitions": {"type": "raw"},
        "src": {"type": "list", "elements": "path"},
        "allow": {"type": "list", "elements": "str", "choices": list(TO_BE_NAMED), "default": []},
        "only_if_needed": {"type": "bool", "default": True},
        "wait_timeout": {"type": "int", "default": 30},
    },
    rules={"required_if": [("state", "present", ("definitions", "src"), True)]},
)


def main() -> None:
    """Entry point."""
    INTERFACE.main()


if __name__ == "__main__":
    main()
