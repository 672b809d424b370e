#!/usr/bin/python
# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: platform_info
short_description: Tell what kind of Kubernetes a cluster is, and what the user may do there
version_added: 0.1.0
description:
  - Reads in one task what a deployment has to know of a cluster - its distribution and versions, the APIs and storage classes it
    has, a namespace with its annotations, the user's own name and rights.
  - Only what every authenticated user may ask for is required. What may not be read is left out and named in RV(unread).
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
      - A namespace to look at as well.
    type: str
  sccs:
    description:
      - Whether to list the SecurityContextConstraints that the user may use in O(namespace) (one question to the cluster for each).
    type: bool
    default: false
  rights:
    description:
      - Rights that a run is going to need; RV(missing_rights) and RV(grant) tell what the user lacks.
    type: list
    elements: dict
    default: []
    suboptions:
      verbs:
        description: Verbs, such as V(get) or V(create).
        type: list
        elements: str
        required: true
      resource:
        description: Plural name of the resource, with a subresource as in V(services/proxy).
        type: str
        required: true
      group:
        description: API group; empty for the core group.
        type: str
        default: ""
      namespace:
        description: Namespace of the objects; left out for rights in the whole cluster.
        type: str
      name:
        description: Name of the object; empty for any.
        type: str
        default: ""
  purpose:
    description:
      - What the run is going to do. The module fails with one sentence where it cannot, that is, where it is the wrong cluster, where
        O(namespace) is missing and cannot be made or is being deleted, and where the user lacks a right that the purpose needs.
      - Without it, the module only tells.
    type: str
    choices: [deploy, verify, remove, diagnose, prepare, rollback]
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
  make_scc:
    description: Whether an SCC of the workload's own is made, which takes further rights.
    type: bool
    default: false
  make_volumes:
    description: Whether PersistentVolumes are made, which takes further rights.
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
    description: SHA-256 that the CA certificate must have, as RV(ca_sha256) tells it; empty for any.
    type: str
    default: ""
seealso:
  - module: inferops.triton.openshift_security_context
"""

EXAMPLES = r"""
- name: Look at the cluster
  inferops.triton.platform_info:
    namespace: triton
  register: platform

- name: Ask whether a deployment would be allowed
  inferops.triton.platform_info:
    namespace: triton
    rights:
      - verbs: [get, create, patch]
        resource: persistentvolumeclaims
        namespace: triton
      - verbs: [create]
        resource: services/proxy
        namespace: triton
  register: platform
  failed_when: platform.missing_rights | length > 0

- name: Stop unless the deployer may deploy into the namespace of this cluster
  inferops.triton.platform_info:
    namespace: triton
    purpose: deploy
    expected_server: https://api.example.com:6443
"""

RETURN = r"""
distribution:
  description: One of V(openshift), V(okd), V(microshift), V(k3s), V(rke2), V(eks), V(gke), V(aks) and V(kubernetes).
  type: str
  returned: success
  sample: openshift
family:
  description: V(openshift) where SecurityContextConstraints decide, else V(kubernetes).
  type: str
  returned: success
  sample: openshift
version:
  description: Version of the distribution; empty where it may not be read.
  type: str
  returned: success
  sample: 4.21.0
kubernetes_version:
  description: Version of the API server.
  type: str
  returned: success
  sample: v1.34.2
server:
  description: URL of the API server.
  type: str
  returned: success
  sample: https://api.example.com:6443
ca_sha256:
  description: SHA-256 of the CA certificate that the API server's certificate is checked with; empty where the system's are used.
  type: str
  returned: success
  sample: 7d5b44bd9f0c2b4b6fa4c8f0b2c3b2f7d2f2c0a1a1fbb1f3a5d8c1e2b3a4c5d6
user:
  description: The user as the API server sees it.
  type: dict
  returned: success
  sample: {name: jane, groups: ["system:authenticated"]}
  contains:
    name:
      description: Name of the user.
      type: str
      returned: success
      sample: jane
    groups:
      description: Groups of the user.
      type: list
      elements: str
      returned: success
      sample: ["system:authenticated"]
api_groups:
  description: API groups that the cluster serves, with their versions; the core group has the empty name.
  type: dict
  returned: success
  sample: {"": [v1], "apps": [v1]}
storage_classes:
  description: Storage classes; none where they may not be listed.
  type: list
  elements: dict
  returned: success
  sample: [{name: standard, provisioner: example.com/disk, default: true, expandable: true, binding_mode: WaitForFirstConsumer}]
  contains:
    name:
      description: Name.
      type: str
      returned: success
      sample: standard
    provisioner:
      description: What makes the volumes.
      type: str
      returned: success
      sample: example.com/disk
    default:
      description: Whether claims that name no class get this one.
      type: bool
      returned: success
      sample: true
    expandable:
      description: Whether its claims can grow.
      type: bool
      returned: success
      sample: true
    binding_mode:
      description: V(Immediate) or V(WaitForFirstConsumer).
      type: str
      returned: success
      sample: WaitForFirstConsumer
namespace:
  description: The namespace of O(namespace); none without that option.
  type: dict
  returned: success
  sample: {name: triton, exists: true, creatable: "", annotations: {}, labels: {}, phase: Active}
  contains:
    name:
      description: Name.
      type: str
      returned: success
      sample: triton
    exists:
      description: Whether it is there; none where the user may not look.
      type: bool
      returned: success
      sample: true
    creatable:
      description: >-
        Kind by which the user can make it where it is missing, V(Namespace) or (on OpenShift) V(ProjectRequest); empty where it is
        there or the user cannot.
      type: str
      returned: success
      sample: ""
    annotations:
      description: Annotations.
      type: dict
      returned: success
      sample: {openshift.io/sa.scc.uid-range: 1000900000/10000}
    labels:
      description: Labels.
      type: dict
      returned: success
      sample: {kubernetes.io/metadata.name: triton}
    phase:
      description: V(Active) or V(Terminating), empty where it is unknown.
      type: str
      returned: success
      sample: Active
namespace_new:
  description: Whether O(namespace) is missing and the user can make it.
  type: bool
  returned: success
  sample: false
usable_sccs:
  description: Names of the SCCs that the user may use in the namespace; none where they were not asked for or may not be listed.
  type: list
  elements: str
  returned: success
  sample: [restricted-v2, restricted-v3]
missing_rights:
  description: Those of O(rights) and of O(purpose) that the user does not have, in words; rights in O(namespace) without naming it.
  type: list
  elements: str
  returned: success
  sample: ['get, create persistentvolumeclaims']
grant:
  description: Commands with which an administrator grants the missing rights; empty when none is missing.
  type: str
  returned: success
  sample: kubectl create rolebinding triton-deployer-jane --clusterrole=edit --user=jane --namespace=triton
unread:
  description: What the user may not read, as sentences.
  type: list
  elements: str
  returned: success
  sample: []
"""

from ansible_collections.inferops.triton.plugins.module_utils._module import Interface, connection_spec
from ansible_collections.inferops.triton.plugins.module_utils._platform.rights import PURPOSES
from ansible_collections.inferops.triton.plugins.module_utils._run.platform_info import run

_RIGHT = {
    "verbs": {"type": "list", "elements": "str", "required": True},
    "resource": {"type": "str", "required": True},
    "group": {"type": "str", "default": ""},
    "namespace": {"type": "str"},
    "name": {"type": "str", "default": ""},
}
INTERFACE = Interface(
    run,
    {
        **connection_spec(),
        "namespace": {"type": "str"},
        "sccs": {"type": "bool", "default": False},
        "rights": {"type": "list", "elements": "dict", "default": [], "options": _RIGHT},
        "purpose": {"type": "str", "choices": list(PURPOSES)},
        "create_namespace": {"type": "bool", "default": True},
        **{name: {"type": "bool", "default": False} for name in ("uploads", "probes", "make_scc", "make_volumes")},
        **{f"expected_{name}": {"type": "str", "default": ""} for name in ("server", "user", "ca_sha256")},
    },
    rules={"required_if": [("purpose", purpose, ("namespace",)) for purpose in PURPOSES]},
)


def main() -> None:
    """Entry point."""
    INTERFACE.main()


if __name__ == "__main__":
    main()
