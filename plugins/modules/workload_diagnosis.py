#!/usr/bin/python
# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: workload_diagnosis
short_description: Tell why a workload has no running pods
version_added: 0.1.0
description:
  - Reads the refusal of a workload's pods back from the conditions and events in which the cluster hides it, and takes it apart
    into violations, each with its ways out in order of privilege.
  - This first form looks at admission only, by OpenShift's SecurityContextConstraints and by Pod Security Admission. Pods that
    are admitted and fail later are reported as admitted.
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
    description:
      - Namespace of the workload.
    type: str
    required: true
  name:
    description:
      - Name of the workload.
    type: str
    required: true
  kind:
    description:
      - Kind of the workload.
    type: str
    choices: [Deployment, ReplicaSet, StatefulSet, DaemonSet, Job]
    default: Deployment
  wait_timeout:
    description:
      - Seconds to wait until there are pods or a refusal; 0 looks once.
    type: int
    default: 30
"""

EXAMPLES = r"""
- name: Ask why there are no pods
  inferops.triton.workload_diagnosis:
    namespace: triton
    name: triton
  register: diagnosis

- name: Show the ways out
  ansible.builtin.debug:
    msg: "{{ item.path }}: {{ item.reason }} - {{ item.ways_out | map(attribute='text') | join(' ') }}"
  loop: "{{ diagnosis.violations }}"
"""

RETURN = r"""
verdict:
  description: V(refused), V(admitted) (there are pods) or V(unknown) (no pods, and no refusal for their security context).
  type: str
  returned: success
  sample: refused
msg:
  description: The verdict in a sentence.
  type: str
  returned: success
  sample: >-
    The pods of Deployment triton in namespace triton are refused by restricted-v2: spec.volumes[0] nfs: nfs volumes are not allowed to
    be used.
scc:
  description: The policy whose violations are listed; an SCC, or Pod Security Admission with its level.
  type: str
  returned: success
  sample: restricted-v2
violations:
  description: What is refused.
  type: list
  elements: dict
  returned: success
  sample:
    - scc: restricted-v2
      path: containers[0].runAsUser
      where: spec.template.spec.securityContext.runAsUser
      field: runAsUser
      value: "1000"
      reason: "must be in the ranges: [1000040000, 1000049999]"
      ways_out: [{change: pod, text: "Remove spec.template.spec.securityContext.runAsUser: 1000; OpenShift then sets a number that it allows."}]
  contains:
    scc:
      description: The policy, or none where the cluster's message attributes the violation to none.
      type: str
      returned: success
      sample: restricted-v2
    path:
      description: The field, as the cluster writes it.
      type: str
      returned: success
      sample: containers[0].runAsUser
    where:
      description: The place in the workload's pod template where the value stands.
      type: str
      returned: success
      sample: spec.template.spec.securityContext.runAsUser
    field:
      description: Last part of the path.
      type: str
      returned: success
      sample: runAsUser
    value:
      description: The refused value; empty where the message has none.
      type: str
      returned: success
      sample: "1000"
    reason:
      description: The cluster's reason.
      type: str
      returned: success
      sample: "must be in the ranges: [1000040000, 1000049999]"
    ways_out:
      description: What can be done, least privilege first.
      type: list
      elements: dict
      returned: success
      sample: [{change: pod, text: "Remove spec.template.spec.securityContext.runAsUser: 1000; OpenShift then sets a number that it allows."}]
      contains:
        change:
          description: What changes, V(pod), V(storage) or V(grant) (by an administrator).
          type: str
          returned: success
          sample: pod
        text:
          description: What to do.
          type: str
          returned: success
          sample: 'Remove spec.template.spec.securityContext.runAsUser: 1000; OpenShift then sets a number that it allows.'
alternatives:
  description: What the other SCCs that may be used refuse, by SCC, as RV(violations).
  type: dict
  returned: success
  sample: {}
unusable_sccs:
  description: SCCs that neither the service account nor the requester may use.
  type: list
  elements: str
  returned: success
  sample: [anyuid, privileged]
message:
  description: The cluster's message as it is; empty where there is none.
  type: str
  returned: success
  sample: 'pods "triton-5b8f-" is forbidden: unable to validate against any security context constraint: ...'
engine:
  description: >-
    The verdict of M(inferops.triton.scc_explain) on the same pods, computed from what the user may read; none where nothing is
    refused.
  type: dict
  returned: success
  sample: {agrees: true, verdict: refused, message: "", causes: [], remedies: [], notes: []}
  contains:
    agrees:
      description: Whether it refuses the same as the cluster; none where too little could be read for a verdict.
      type: bool
      returned: success
      sample: true
    verdict:
      description: As RV(inferops.triton.scc_explain#module:pods[].verdict).
      type: str
      returned: success
      sample: refused
    message:
      description: The refusal as the engine words it.
      type: str
      returned: success
      sample: 'pods "triton-5b8f-" is forbidden: unable to validate against any security context constraint: ...'
    causes:
      description: As RV(inferops.triton.scc_explain#module:pods[].causes).
      type: list
      elements: dict
      returned: success
      sample: []
    remedies:
      description: Ways out that were tried on the engine, as RV(inferops.triton.scc_explain#module:pods[].remedies).
      type: list
      elements: dict
      returned: success
      sample: []
    notes:
      description: What could not be read or was assumed.
      type: list
      elements: str
      returned: success
      sample: []
source:
  description: Where the message was found.
  type: dict
  returned: success
  sample: {type: condition, kind: ReplicaSet, name: triton-5b8f, time: "2026-01-01T12:00:00Z"}
"""

from ansible_collections.inferops.triton.plugins.module_utils._module import Interface, connection_spec
from ansible_collections.inferops.triton.plugins.module_utils._run.diagnose import run

INTERFACE = Interface(
    run,
    {
        **connection_spec(),
        "namespace": {"type": "str", "required": True},
        "name": {"type": "str", "required": True},
        "kind": {
            "type": "str",
            "choices": ["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job"],
            "default": "Deployment",
        },
        "wait_timeout": {"type": "int", "default": 30},
    },
)


def main() -> None:
    """Entry point."""
    INTERFACE.main()


if __name__ == "__main__":
    main()
