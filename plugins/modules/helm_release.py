#!/usr/bin/python
# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: helm_release
short_description: Bring a Helm release to its chart and values, exactly and fast
version_added: 0.1.0
description:
  - Keeps with the release a fingerprint of all that rendering depends on (the content of the chart, the values, the cluster's version and
    APIs, helm's major version). Where it is the same, no helm runs; only the stored manifest is compared with the live objects.
  - Otherwise the chart is rendered once, and compared with the stored manifest, hooks, values and chart version, and with the live
    objects. A run makes at most one helm call that writes.
  - Something is changed if and only if something differs. Other values, another content of the chart under an unchanged version, and
    objects that somebody edited or deleted are each found and put right. What others added (annotations of controllers, injected
    containers) stays, as it does with helm itself.
  - What changes is shown before it is written, by dry runs of the API server; contents of Secrets appear as digests only.
  - A release that was broken off (C(pending-install), C(pending-upgrade), C(pending-rollback)) or that failed is brought to an end.
    Nobody can tell a helm that was killed from one that still runs elsewhere, so let only one work on a release at a time.
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
      - What no comparison can decide, such as what hooks do, is told in RV(undecidable) and changes nothing by itself.
requirements:
  - python >= 3.11
  - kubernetes >= 31.0.0 (Python package)
  - helm >= 3.13, or 4
options:
  name:
    description:
      - Name of the release.
    type: str
    required: true
  namespace:
    description:
      - Namespace of the release, which has to be there.
    type: str
    required: true
    aliases: [release_namespace]
  state:
    description:
      - V(present) installs, upgrades or heals, V(absent) uninstalls and waits until the objects are gone.
      - Objects with the annotation C(helm.sh/resource-policy=keep) stay.
    type: str
    choices: [present, absent]
    default: present
    aliases: [release_state]
  chart:
    description:
      - The chart; a directory, an archive, a reference such as V(oci://registry.example.com/charts/triton), a URL of an archive, the name of
        a chart in O(chart_repository), or C(repository/chart) of a repository that the user added to helm.
      - A chart that is not on this machine is fetched in every run, since its content may have changed, unless its reference ends with its
        digest (C(@sha256:...)).
      - Required for O(state=present).
    type: str
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
      - Values of the chart. They replace those of the revision before.
    type: dict
    default: {}
    aliases: [release_values]
  helm_binary:
    description:
      - Path of the helm executable; empty for the one on C(PATH).
    type: path
    default: ""
    aliases: [binary_path]
  timeout:
    description:
      - Seconds that helm waits for any single operation of the cluster.
    type: int
    default: 300
  pending_timeout:
    description:
      - Seconds since its beginning for which a revision that is pending (or being uninstalled) is taken for the work of another helm, and
        waited for. One that is pending still is taken for that of a helm that was killed, and recovered.
      - Give more where another helm of the same release may take longer, as with C(--wait) or with hooks.
    type: int
    default: 60
  wait:
    description:
      - Whether to wait until the objects are ready. The playbooks of this collection do not, since M(inferops.triton.triton_info) tells sooner
        and better why a server does not become ready.
    type: bool
    default: false
  history_max:
    description:
      - Revisions that helm keeps; V(0) for all.
    type: int
    default: 10
  purge:
    description:
      - Whether O(state=absent) also deletes the history of the release.
    type: bool
    default: true
  namespace_missing:
    description:
      - For check mode before the namespace was made, where the user may not look into it; all objects are planned as created, and
        the chart is rendered without looking at the cluster.
    type: bool
    default: false
  adapt:
    description:
      - Adapts the chart to the cluster before it is installed. It is rendered, adapted, judged, and a chart of the results is installed under
        the same name, its version marked with C(+adapted). Releases, history, rollbacks, hooks, tests and notes work as with any other chart.
      - Random values stay as the release has them, annotations that roll pods follow from what the pods read.
      - As long as nothing that it depends on has changed, nothing is rendered.
    type: dict
    suboptions:
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
        default: true
  plan:
    description:
      - RV(plan) of a run in check mode. As long as chart, values and release are as they were then, it is carried out without rendering
        and comparing again.
    type: dict
seealso:
  - module: kubernetes.core.helm
  - module: inferops.triton.chart_adapt
  - module: inferops.triton.scc_explain
"""

EXAMPLES = r"""
- name: Install or upgrade a release
  inferops.triton.helm_release:
    name: triton
    namespace: inference
    chart: charts/triton
    values:
      replicas: 2

- name: Plan it first, and judge its pods
  inferops.triton.helm_release:
    name: triton
    namespace: inference
    chart: oci://registry.example.com/charts/triton
    chart_version: 1.2.3
  check_mode: true
  register: planned

- name: Predict what becomes of its pods
  inferops.triton.scc_explain:
    namespace: inference
    definitions: "{{ planned.objects }}"

- name: Carry the plan out
  inferops.triton.helm_release:
    name: triton
    namespace: inference
    chart: oci://registry.example.com/charts/triton
    chart_version: 1.2.3
    plan: "{{ planned.plan }}"

- name: Install a chart that OpenShift refuses as it is
  inferops.triton.helm_release:
    name: triton
    namespace: inference
    chart: charts/triton-on-premises
    adapt:
      drop_missing: true
      volumes:
        models:
          claim:
            existing: models

- name: Uninstall it
  inferops.triton.helm_release:
    name: triton
    namespace: inference
    state: absent
"""

RETURN = r"""
action:
  description:
    - What was done, or would be in check mode. V(none); V(install); V(upgrade), where chart or values changed; V(heal), where only objects of the
      release were edited or deleted; V(recover), where the newest revision was broken off or had failed; V(uninstall).
  type: str
  returned: success
  sample: upgrade
revision:
  description: Number of the newest revision; none where there is none.
  type: int
  returned: success
  sample: 3
changes:
  description: The objects that change, in helm's order.
  type: list
  elements: dict
  returned: success
  sample: [{kind: Deployment, api_version: apps/v1, name: triton, namespace: inference, method: update}]
  contains:
    kind:
      description: Kind of the object.
      type: str
      returned: success
      sample: Deployment
    api_version:
      description: API version of the object.
      type: str
      returned: success
      sample: apps/v1
    name:
      description: Name of the object.
      type: str
      returned: success
      sample: triton
    namespace:
      description: Namespace of the object; none for kinds without.
      type: str
      returned: success
      sample: inference
    method:
      description: V(create), V(update) or V(delete).
      type: str
      returned: success
      sample: update
verified:
  description: Whether the release stays as it is and was verified before, as M(inferops.triton.release_history) notes it.
  type: bool
  returned: success
  sample: true
undecidable:
  description: What no comparison can decide, as sentences; hooks, templates that look at the cluster, random values.
  type: list
  elements: str
  returned: success
  sample: ["Hook Job migrate (pre-upgrade): what it does when the release changes cannot be told beforehand."]
objects:
  description: All objects of the release as they are to be, hooks among them, with the contents of Secrets as digests.
  type: list
  elements: dict
  returned: success
  sample: [{apiVersion: v1, kind: Service, metadata: {name: triton}}]
adapted:
  description: What was changed in the chart; none without O(adapt).
  type: dict
  returned: success
  sample: {chart: {name: triton, version: 1.0.0}, changes: [], cluster_definitions: []}
  contains:
    chart:
      description: Name and version of the chart as it was.
      type: dict
      returned: success
      sample: {name: triton, version: 1.0.0}
    changes:
      description: Each change, as RV(inferops.triton.chart_adapt#module:changes).
      type: list
      elements: dict
      returned: success
      sample: []
    cluster_definitions:
      description: Objects that an administrator has to make before.
      type: list
      elements: dict
      returned: success
      sample: []
    undecidable:
      description: What no comparison can decide about the chart as it was.
      type: list
      elements: str
      returned: success
      sample: []
server:
  description: The Deployment that runs Triton, and the Service and port that lead to it; none where the release has no such.
  type: dict
  returned: success
  sample: {workload: triton, service: triton, port: http}
msg:
  description: The outcome in words.
  type: str
  returned: success
  sample: "Release triton in namespace inference was upgraded (different: values); update Deployment triton."
plan:
  description: The plan, for option O(plan) of a later run; its content is not for other use.
  type: dict
  returned: in check mode, for O(state=present)
  sample: {action: upgrade, fingerprint: 5d41402abc4b2a76b9719d911017c592}
"""

from ansible_collections.inferops.triton.plugins.module_utils._adapt import options
from ansible_collections.inferops.triton.plugins.module_utils._module import Interface, connection_spec
from ansible_collections.inferops.triton.plugins.module_utils._run.helm_release import run

INTERFACE = Interface(
    run,
    {
        **connection_spec(),
        "name": {"type": "str", "required": True},
        "namespace": {"type": "str", "required": True, "aliases": ["release_namespace"]},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present", "aliases": ["release_state"]},
        "chart": {"type": "str", "aliases": ["chart_ref"]},
        "chart_version": {"type": "str", "default": ""},
        "chart_repository": {"type": "str", "default": "", "aliases": ["chart_repo_url"]},
        "values": {"type": "dict", "default": {}, "aliases": ["release_values"]},
        "helm_binary": {"type": "path", "default": "", "aliases": ["binary_path"]},
        "timeout": {"type": "int", "default": 300},
        "pending_timeout": {"type": "int", "default": 60},
        "wait": {"type": "bool", "default": False},
        "history_max": {"type": "int", "default": 10},
        "purge": {"type": "bool", "default": True},
        "namespace_missing": {"type": "bool", "default": False},
        "adapt": {"type": "dict", "options": options.spec()},
        "plan": {"type": "dict"},
    },
    rules={"required_if": [("state", "present", ("chart",))]},
    # Values may hold credentials, so that the system's log is to hear nothing of them.
    hidden=lambda _params: (),
)


def main() -> None:
    """Entry point."""
    INTERFACE.main()


if __name__ == "__main__":
    main()
