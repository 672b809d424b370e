#!/usr/bin/python
# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: openshift_security_context
short_description: Compute the security context that a namespace allows
version_added: 0.1.0
description:
  - Computes the security context of a pod and of its containers, so that the pod is admitted in a namespace and runs with
    the least privilege. On OpenShift the numbers come from the namespace's annotations, which are read exactly as OpenShift's
    own SecurityContextConstraints (SCC) admission reads them. On other Kubernetes the result is what Pod Security Admission
    accepts at the level V(restricted).
  - Live, by O(namespace), the module waits a bounded time for the annotations of a namespace that was just created. Offline, from
    O(annotations), no cluster is asked.
author:
  - inferops.triton contributors (@inferops)
extends_documentation_fragment:
  - kubernetes.core.k8s_auth_options
  - inferops.triton.attributes
  - inferops.triton.attributes.info
requirements:
  - python >= 3.11
  - kubernetes >= 31.0.0 (Python package; for live use)
options:
  namespace:
    description:
      - Name of the namespace. With O(annotations) it only appears in messages.
    type: str
  annotations:
    description:
      - The annotations of the namespace, to compute offline.
      - C(openshift.io/sa.scc.uid-range) and C(openshift.io/sa.scc.mcs) are needed;
        C(openshift.io/sa.scc.supplemental-groups) is the range of user IDs when it is missing.
      - Blocks are written V(START/SIZE) or V(FROM-TO); supplemental groups may be several, separated by commas.
    type: dict
  platform:
    description:
      - V(openshift) where SecurityContextConstraints decide, V(kubernetes) elsewhere.
      - V(auto) looks at the API groups that the cluster serves; offline it means V(openshift).
    type: str
    choices: [auto, openshift, kubernetes]
    default: auto
  style:
    description:
      - V(omit) writes no numbers; OpenShift's admission fills them in, and the SCC is pinned by an annotation of the pod. A
        range that changes, for example when a namespace is restored, does no harm.
      - V(explicit) writes numbers from the namespace's range, for charts and containers that need them.
      - V(auto) is V(omit) on OpenShift and V(explicit) elsewhere, where nobody would fill the numbers in.
    type: str
    choices: [auto, omit, explicit]
    default: auto
  scc:
    description:
      - The SCC to pin on OpenShift by C(openshift.io/required-scc); an empty text pins none.
    type: str
    default: restricted-v2
  run_as_user:
    description:
      - User ID with style V(explicit). The default is the first one of the namespace's range on OpenShift and 1000 elsewhere
        (the user of NVIDIA's Triton images).
    type: int
  fs_group:
    description:
      - Group ID of volumes with style V(explicit). OpenShift allows one single ID, which is the default there; elsewhere the
        default is the user ID.
    type: int
  supplemental_groups:
    description:
      - Further group IDs of the pod, in either style, for example the group that owns the files of an NFS export.
    type: list
    elements: int
    default: []
  namespace_missing:
    description:
      - Whether the namespace is yet to be made; the result then lacks the numbers that OpenShift will choose for it.
    type: bool
    default: false
  wait_timeout:
    description:
      - Seconds to wait for the annotations that OpenShift writes moments after a namespace was created.
    type: int
    default: 30
seealso:
  - module: inferops.triton.platform_info
  - plugin: inferops.triton.security_context
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Compute the security context for a namespace
  inferops.triton.openshift_security_context:
    namespace: triton
  register: context

- name: Use numbers, for a chart that needs them
  inferops.triton.openshift_security_context:
    namespace: triton
    style: explicit
  register: context

- name: Compute without a cluster
  inferops.triton.openshift_security_context:
    annotations:
      openshift.io/sa.scc.uid-range: 1000900000/10000
      openshift.io/sa.scc.mcs: s0:c30,c5
    style: explicit
"""

RETURN = r"""
platform:
  description: The platform that the result is for.
  type: str
  returned: success
  sample: openshift
style:
  description: The style that was used.
  type: str
  returned: success
  sample: explicit
namespace:
  description: The namespace that was asked for.
  type: str
  returned: success
  sample: triton
uid_range:
  description: User IDs that the namespace allows; none outside OpenShift.
  type: dict
  returned: success
  sample: {first: 1000900000, last: 1000909999, size: 10000}
  contains:
    first:
      description: The first ID.
      type: int
      returned: success
      sample: 1000900000
    last:
      description: The last ID.
      type: int
      returned: success
      sample: 1000909999
    size:
      description: How many there are.
      type: int
      returned: success
      sample: 10000
supplemental_groups:
  description: Blocks of supplemental groups of the namespace, as RV(uid_range); empty outside OpenShift.
  type: list
  elements: dict
  returned: success
  sample: [{first: 1000900000, last: 1000909999, size: 10000}]
fs_group:
  description: The only C(fsGroup) that the namespace allows; none outside OpenShift.
  type: int
  returned: success
  sample: 1000900000
mcs:
  description: The SELinux level of the namespace; none outside OpenShift.
  type: str
  returned: success
  sample: "s0:c30,c5"
pod_security_context:
  description: For C(spec.securityContext) of the pod.
  type: dict
  returned: success
  sample: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
container_security_context:
  description: For C(securityContext) of each container.
  type: dict
  returned: success
  sample: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
pod_annotations:
  description: For C(metadata.annotations) of the pod.
  type: dict
  returned: success
  sample: {openshift.io/required-scc: restricted-v2}
host_users:
  description: For C(spec.hostUsers) of the pod; none where the field is to be left out.
  type: bool
  returned: success
  sample: false
chart_values:
  description: The same as values of the collection's Triton chart.
  type: dict
  returned: success
  sample:
    podSecurityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
    securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
    podAnnotations: {openshift.io/required-scc: restricted-v2}
"""

from ansible_collections.inferops.triton.plugins.module_utils._module import Interface, connection_spec
from ansible_collections.inferops.triton.plugins.module_utils._run.security_context import run

INTERFACE = Interface(
    run,
    {
        **connection_spec(),
        "namespace": {"type": "str"},
        "annotations": {"type": "dict"},
        "platform": {"type": "str", "choices": ["auto", "openshift", "kubernetes"], "default": "auto"},
        "style": {"type": "str", "choices": ["auto", "omit", "explicit"], "default": "auto"},
        "scc": {"type": "str", "default": "restricted-v2"},
        "run_as_user": {"type": "int"},
        "fs_group": {"type": "int"},
        "supplemental_groups": {"type": "list", "elements": "int", "default": []},
        "namespace_missing": {"type": "bool", "default": False},
        "wait_timeout": {"type": "int", "default": 30},
    },
    rules={"required_one_of": [("namespace", "annotations")]},
)


def main() -> None:
    """Entry point."""
    INTERFACE.main()


if __name__ == "__main__":
    main()
