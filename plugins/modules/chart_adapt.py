#!/usr/bin/python
# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: chart_adapt
short_description: Make a Helm chart that OpenShift refuses one that it admits
version_added: 0.1.0
description:
  - Renders a chart for a cluster, adapts what it comes to, lets the SCC engine and Pod Security judge the result, and writes a chart of it
    that helm, or whatever else installs charts, takes as any other.
  - Every change is listed with its path, the values before and after, and its reason. What cannot be changed safely is refused with the
    reason, and with the smallest SCC that would admit it as it is; nothing is written then.
  - The chart that is written renders to the same objects whatever values it gets, since they went into its making. Its version is the
    original's with a digest of its content behind. Hooks, tests, notes and definitions of kinds are in it.
  - To install it in the same step use O(inferops.triton.helm_release#module:adapt).
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
    details:
      - Random values are taken from the release, where there is one, else from the chart in O(dest).
requirements:
  - python >= 3.11
  - kubernetes >= 31.0.0 (Python package)
  - helm >= 3.13, or 4
options:
  name:
    description:
      - Name of the release that the chart is for, since manifests have it in them.
    type: str
    required: true
    aliases: [release_name]
  namespace:
    description:
      - Namespace of the release. Its range of users and its Pod Security level count.
    type: str
    required: true
    aliases: [release_namespace]
  chart:
    description:
      - The chart, as O(inferops.triton.helm_release#module:chart).
    type: str
    required: true
    aliases: [chart_ref]
  chart_version:
    description:
      - Version of the chart, where it is not on this machine; empty for the newest one.
    type: str
    default: ""
  chart_repository:
    description:
      - URL of the repository in which helm looks the chart up.
    type: str
    default: ""
    aliases: [chart_repo_url]
  values:
    description:
      - Values of the chart.
    type: dict
    default: {}
    aliases: [release_values]
  dest:
    description:
      - Folder for the chart that is made; files of an earlier one that it no longer has are deleted.
      - A folder with anything else in it is refused.
    type: path
    required: true
  helm_binary:
    description:
      - Path of the helm executable; empty for the one on C(PATH).
    type: path
    default: ""
    aliases: [binary_path]
  namespace_missing:
    description:
      - The namespace is not there yet; the chart is rendered without looking at the cluster, and judged with a range as OpenShift allocates them.
    type: bool
    default: false
  scc:
    description:
      - Name of the SCC that is to admit the pods, on OpenShift. What it admits already is changed in nothing.
    type: str
    default: restricted-v2
  style:
    description:
      - V(omit) takes fixed IDs out, so that OpenShift sets the namespace's; V(explicit) writes the namespace's in their place.
    type: str
    choices: [omit, explicit]
    default: omit
  allow:
    description:
      - What is taken away though the workload may fail without; it is refused otherwise.
      - V(root) for containers that ask for root by name, V(privileged), V(capabilities) beyond those that serve root only, V(host_network)
        for the network, processes and IPC of the node, V(host_path) for directories that are the node's own, V(sysctls).
    type: list
    elements: str
    choices: [root, privileged, capabilities, host_network, host_path, sysctls]
    default: []
  drop_missing:
    description:
      - Whether kinds that the cluster does not serve are left out; they are refused by name otherwise.
    type: bool
    default: false
  volumes:
    description:
      - What takes the place of a volume that names a server or a directory of the node, by the volume's name; C(claim) or C(nfs) with their
        options as O(inferops.triton.model_repository#module:repositories) has them.
      - An inline C(nfs) volume that is not named becomes C(nfs) with the same server and path, whose PersistentVolume an administrator makes.
        A directory of a node has to be named, since what lies there does not move by itself.
    type: dict
    default: {}
  image_mirrors:
    description:
      - Where to get images from in place of their own registries, as O(inferops.triton.model_repository#module:image_mirrors).
    type: dict
    default: {}
  model_values:
    description:
      - RV(inferops.triton.model_repository#module:chart_values); the repositories take the place of the volume and the options from which the
        chart's Triton would read its models.
    type: dict
    default: {}
  change_pods:
    description:
      - Whether pods are changed; V(false) changes API versions, images and models alone, for pods that another SCC is to admit as they are.
    type: bool
    default: true
  prepared:
    description:
      - Whether objects that only an administrator may make, such as PersistentVolumes, have to be there; what is missing is refused by name then,
        as far as the user may look.
    type: bool
    default: false
seealso:
  - module: inferops.triton.helm_release
  - module: inferops.triton.scc_explain
"""

EXAMPLES = r"""
- name: Adapt a chart, and say what was changed
  inferops.triton.chart_adapt:
    name: triton
    namespace: inference
    chart: charts/triton-on-premises
    values:
      image:
        modelRepositoryServer: nfs.example.com
        modelRepositoryPath: /models
    drop_missing: true
    volumes:
      models:
        claim:
          existing: models
    dest: /srv/charts/triton-adapted
  register: adapted

- name: Show the changes
  ansible.builtin.debug:
    msg: "{{ adapted.changes | map(attribute='path') }}"

- name: Install it with another tool
  kubernetes.core.helm:
    name: triton
    namespace: inference
    chart_ref: "{{ adapted.dest }}"
"""

RETURN = r"""
dest:
  description: Folder of the chart.
  type: str
  returned: success
  sample: /srv/charts/triton-adapted
version:
  description: Version of the chart.
  type: str
  returned: success
  sample: 1.0.0+adapted.3f2a9c01be
changes:
  description: What was changed; empty for a chart that was right already.
  type: list
  elements: dict
  returned: success
  sample: [{kind: Deployment, name: triton, path: spec.template.spec.securityContext.fsGroup, before: 1000, after: null}]
  contains:
    kind:
      description: Kind of the object.
      type: str
      returned: success
      sample: Deployment
    name:
      description: Name of the object.
      type: str
      returned: success
      sample: triton
    namespace:
      description: Namespace of the object.
      type: str
      returned: success
      sample: inference
    path:
      description: Place in the object; empty for an object that is made or left out.
      type: str
      returned: success
      sample: spec.template.spec.securityContext.fsGroup
    before:
      description: Value before; none for what was not there.
      type: raw
      returned: success
      sample: 1000
    after:
      description: Value after; none for what is gone.
      type: raw
      returned: success
      sample: null
    reason:
      description: Why it was changed.
      type: str
      returned: success
      sample: the namespace has groups of its own, and OpenShift sets one
    warning:
      description: What somebody has to see to; empty for nothing.
      type: str
      returned: success
      sample: ""
cluster_definitions:
  description: Objects that an administrator has to make before the chart is installed, such as PersistentVolumes of NFS exports.
  type: list
  elements: dict
  returned: success
  sample: []
refusals:
  description: What cannot be adapted safely.
  type: list
  elements: dict
  returned: failure
  sample: [{kind: Deployment, name: web, reasons: ["it asks for root by name"]}]
  contains:
    kind:
      description: Kind of the object.
      type: str
      returned: failure
      sample: DaemonSet
    name:
      description: Name of the object.
      type: str
      returned: failure
      sample: agent
    reasons:
      description: Why.
      type: list
      elements: str
      returned: failure
      sample: ["it asks for root by name"]
    scc:
      description: The smallest SCC that admits it as it is; none where none does, or where that is not the question.
      type: dict
      returned: failure
      sample: null
undecidable:
  description: What no comparison can decide, as sentences; hooks, and templates that look at the cluster.
  type: list
  elements: str
  returned: success
  sample: []
msg:
  description: The outcome in words.
  type: str
  returned: success
  sample: "Chart triton 1.0.0 was adapted: 3 changes, written to /srv/charts/triton-adapted."
"""

from ansible_collections.inferops.triton.plugins.module_utils._adapt import options
from ansible_collections.inferops.triton.plugins.module_utils._module import Interface, connection_spec
from ansible_collections.inferops.triton.plugins.module_utils._run.chart_adapt import run

INTERFACE = Interface(
    run,
    {
        **connection_spec(),
        "name": {"type": "str", "required": True, "aliases": ["release_name"]},
        "namespace": {"type": "str", "required": True, "aliases": ["release_namespace"]},
        "chart": {"type": "str", "required": True, "aliases": ["chart_ref"]},
        "chart_version": {"type": "str", "default": ""},
        "chart_repository": {"type": "str", "default": "", "aliases": ["chart_repo_url"]},
        "values": {"type": "dict", "default": {}, "aliases": ["release_values"]},
        "dest": {"type": "path", "required": True},
        "helm_binary": {"type": "path", "default": "", "aliases": ["binary_path"]},
        "namespace_missing": {"type": "bool", "default": False},
        **options.spec(),
        # A chart may well be made before the administrator has been asked.
        "prepared": {"type": "bool", "default": False},
    },
    # Values may hold credentials, so that the system's log is to hear nothing of them.
    hidden=lambda _params: (),
)


def main() -> None:
    """Entry point."""
    INTERFACE.main()


if __name__ == "__main__":
    main()
