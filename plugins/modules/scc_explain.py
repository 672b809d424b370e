#!/usr/bin/python
# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: scc_explain
short_description: Say what OpenShift will decide about pods, why, and what can be done
version_added: 0.2.0
description:
  - Predicts for manifests of any kind of workload whether their pods will be admitted, before anything is applied. The decision of
    SecurityContextConstraints (SCC) is computed exactly as OpenShift's own admission computes it, and Pod Security Admission is judged
    as well, on every platform.
  - An admitted pod comes with the SCC that admits it and the security context that it will run with. A refused one comes with each
    refused value, what the SCCs would take instead, and ways out in order of privilege, each of which was tried on the same engine.
  - The pods of a workload are asked for by its controller, not by the person at the keyboard; the verdict is the one that they
    will get, whoever runs this module.
  - SCCs, roles and bindings among the manifests count as applied.
author:
  - inferops.triton contributors (@inferops)
extends_documentation_fragment:
  - kubernetes.core.k8s_auth_options
  - inferops.triton.attributes
  - inferops.triton.attributes.info
requirements:
  - python >= 3.11
  - PyYAML (for manifests as text)
  - kubernetes >= 31.0.0 (Python package; for live use)
options:
  definitions:
    description:
      - Manifests, as an object, a list of objects, or text of YAML documents or JSON, such as the output of C(helm template).
      - Pods, all kinds of workloads, lists of them, and other objects with a pod template in C(spec.template) are judged.
    type: raw
  src:
    description:
      - Files with manifests.
    type: list
    elements: path
  namespace:
    description:
      - Namespace of the objects that name none.
    type: str
    required: true
  service_account:
    description:
      - Service account of the pods that name none.
    type: str
  offline:
    description:
      - Ask no cluster. What O(namespace_definition), O(sccs) and O(granted) do not tell is taken as OpenShift ships it, and
        said in RV(pods[].notes).
    type: bool
    default: false
  namespace_definition:
    description:
      - The Namespace object, of which annotations and labels count. Live, it stands for a namespace that is not there yet.
    type: dict
  sccs:
    description:
      - SecurityContextConstraints objects of the cluster. The default are the live ones, or offline those that OpenShift ships.
    type: list
    elements: dict
  granted:
    description:
      - Further rights to use SCCs in the namespace, from the name of a user (C(system:serviceaccount:NAMESPACE:NAME)) or
        C(group:NAME) to a list of names of SCCs.
    type: dict
    default: {}
  platform:
    description:
      - V(openshift) where SecurityContextConstraints decide, V(kubernetes) elsewhere.
      - V(auto) looks at the API groups that the cluster serves; offline it means V(openshift).
    type: str
    choices: [auto, openshift, kubernetes]
    default: auto
  confirm:
    description:
      - Ask the cluster for a second opinion, by a dry run of each pod in the name of its controller. Nothing is written.
      - Where the user may not impersonate the controller, or the pod's service account is not there yet, the user's own name and the
        account V(default) are tried instead. Of that only a refusal counts that does not depend on who asks; else RV(pods[].confirmed) says
        what was missing.
    type: bool
    default: false
  wait_timeout:
    description:
      - Seconds to wait for the annotations that OpenShift writes moments after a namespace was created.
    type: int
    default: 30
seealso:
  - module: inferops.triton.scc
  - module: inferops.triton.workload_diagnosis
  - plugin: inferops.triton.scc_explain
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Render a chart
  kubernetes.core.helm_template:
    chart_ref: charts/inference
    release_namespace: triton
  register: rendered

- name: Predict what becomes of its pods
  inferops.triton.scc_explain:
    namespace: triton
    definitions: "{{ rendered.stdout }}"
  register: verdict
  failed_when: not verdict.admitted

- name: The same without a cluster
  inferops.triton.scc_explain:
    namespace: triton
    offline: true
    namespace_definition:
      metadata:
        name: triton
        annotations:
          openshift.io/sa.scc.uid-range: 1000900000/10000
          openshift.io/sa.scc.mcs: s0:c30,c5
    src: [deployment.yml]
"""

RETURN = r"""
admitted:
  description: Whether all pods will be admitted.
  type: bool
  returned: success
  sample: false
msg:
  description: The verdicts in words, a sentence for each pod.
  type: str
  returned: success
  sample: >-
    Deployment triton in namespace triton: refused: spec.template.spec.securityContext.runAsUser 1000 (must be in the ranges:
    [1000900000, 1000909999]).
pods:
  description: A verdict for each pod template.
  type: list
  elements: dict
  returned: success
  sample: [{kind: Deployment, name: triton, namespace: triton, verdict: admitted, scc: restricted-v2}]
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
      description: Its namespace.
      type: str
      returned: success
      sample: triton
    path:
      description: Where the pod template stands in the object; empty for a pod.
      type: str
      returned: success
      sample: spec.template
    guessed:
      description: Whether a pod template was found in an object of a kind that is not known.
      type: bool
      returned: success
      sample: false
    requester:
      description: Who will ask for the pods.
      type: str
      returned: success
      sample: system:serviceaccount:kube-system:replicaset-controller
    service_account:
      description: Service account of the pods.
      type: str
      returned: success
      sample: default
    verdict:
      description: What becomes of the pods, V(admitted) or V(refused).
      type: str
      returned: success
      sample: refused
    scc:
      description: The SCC that admits them; none for a refusal, and outside OpenShift.
      type: str
      returned: success
      sample: restricted-v2
    subject:
      description: By whom the SCC may be used, V(serviceaccount) or V(user) (the requester).
      type: str
      returned: success
      sample: user
    security_context:
      description: The security context that an admitted pod will run with.
      type: dict
      returned: success
      sample: {pod: {fsGroup: 1000900000}, containers: {triton: {runAsUser: 1000900000}}, annotations: {openshift.io/scc: restricted-v2}}
      contains:
        pod:
          description: C(spec.securityContext).
          type: dict
          returned: success
          sample: {fsGroup: 1000900000}
        containers:
          description: C(securityContext) of each container, by name.
          type: dict
          returned: success
          sample: {triton: {runAsUser: 1000900000}}
        annotations:
          description: Annotations that admission writes.
          type: dict
          returned: success
          sample: {openshift.io/scc: restricted-v2}
    message:
      description: The refusal as the cluster will word it; empty for an admitted pod.
      type: str
      returned: success
      sample: 'pods "triton-" is forbidden: unable to validate against any security context constraint: ...'
    causes:
      description: Each refused value.
      type: list
      elements: dict
      returned: success
      sample:
        - field: runAsUser
          where: spec.template.spec.securityContext.runAsUser
          value: 1000
          refused_by:
            - {scc: restricted-v2, why: "must be in the ranges: [1000900000, 1000909999]", allowed: 1000900000 to 1000909999}
      contains:
        field:
          description: The field.
          type: str
          returned: success
          sample: runAsUser
        where:
          description: Where the value stands in the manifest.
          type: str
          returned: success
          sample: spec.template.spec.securityContext.runAsUser
        value:
          description: The refused value; none where there is none.
          type: raw
          returned: success
          sample: 1000
        refused_by:
          description: The SCCs that may be used and refuse it, with OpenShift's reason and what each of them allows.
          type: list
          elements: dict
          returned: success
          sample: [{scc: restricted-v2, why: "must be in the ranges: [1000900000, 1000909999]", allowed: 1000900000 to 1000909999}]
        ways_out:
          description: What can be done where no remedy of RV(pods[].remedies) helps, such as a namespace with broken annotations.
          type: list
          elements: str
          returned: when there are some
          sample: [An administrator corrects annotation openshift.io/sa.scc.uid-range of namespace triton.]
    unusable_sccs:
      description: SCCs that neither the service account nor the requester may use.
      type: list
      elements: str
      returned: success
      sample: [anyuid, privileged]
    remedies:
      description: Ways out, least privilege first; with each, the pod is admitted.
      type: list
      elements: dict
      returned: success
      sample:
        - kind: existing
          scc: nonroot-v2
          text: "An administrator lets service account default use SCC nonroot-v2: oc adm policy add-scc-to-user nonroot-v2 -z default -n triton"
      contains:
        kind:
          description:
            - V(pod) changes the pod, V(existing) lets its service account use an SCC that is there, V(generated) makes an SCC for it
              (M(inferops.triton.scc)).
          type: str
          returned: success
          sample: existing
        scc:
          description: The SCC that admits the pod then.
          type: str
          returned: success
          sample: nonroot-v2
        text:
          description: What to do.
          type: str
          returned: success
          sample: "An administrator lets service account default use SCC nonroot-v2: oc adm policy add-scc-to-user nonroot-v2 -z default -n triton"
        changes:
          description: The changes of the pod, each with C(path), C(before), C(after) (none for a field that goes) and C(storage) (a claim is needed).
          type: list
          elements: dict
          returned: for kind V(pod)
          sample: [{path: spec.template.spec.securityContext.runAsUser, before: 1000, after: null, storage: false}]
        objects:
          description: Objects that an administrator applies.
          type: list
          elements: dict
          returned: for the other kinds
          sample: []
        privileges:
          description: What the SCC allows, gravest first.
          type: list
          elements: str
          returned: for the other kinds
          sample: [users outside the namespace's range]
        excess:
          description: Names of grave privileges that the SCC grants and the pod does not need; such SCCs come last.
          type: list
          elements: str
          returned: for kind V(existing)
          sample: []
        command:
          description: The same as a command.
          type: str
          returned: for kind V(existing)
          sample: oc adm policy add-scc-to-user nonroot-v2 -z default -n triton
        allow:
          description: What O(inferops.triton.scc#module:allow) has to name for it.
          type: list
          elements: str
          returned: for kind V(generated)
          sample: []
    pod_security:
      description: The verdict of Pod Security Admission on the pod as SCC admission has changed it; none where SCC admission refuses it.
      type: dict
      returned: success
      sample: {level: "privileged:latest", allowed: true, violations: [], warning: ""}
    confirmed:
      description:
        - What the cluster itself answered, for O(confirm=true). C(no_room) is a sentence where a quota or a limit range leaves no room for
          any of the pods; a quota counts only where the workload is not there yet, since its own pods may fill it.
      type: dict
      returned: when O(confirm=true)
      sample: {agrees: true, answer: admitted, scc: restricted-v2, reason: "", no_room: ""}
    notes:
      description: What could not be read or was assumed.
      type: list
      elements: str
      returned: success
      sample: []
"""

from ansible_collections.inferops.triton.plugins.module_utils._module import Interface, connection_spec
from ansible_collections.inferops.triton.plugins.module_utils._run.scc_explain import run

INTERFACE = Interface(
    run,
    {
        **connection_spec(),
        "definitions": {"type": "raw"},
        "src": {"type": "list", "elements": "path"},
        "namespace": {"type": "str", "required": True},
        "service_account": {"type": "str"},
        "offline": {"type": "bool", "default": False},
        "namespace_definition": {"type": "dict"},
        "sccs": {"type": "list", "elements": "dict"},
        "granted": {"type": "dict", "default": {}},
        "platform": {"type": "str", "choices": ["auto", "openshift", "kubernetes"], "default": "auto"},
        "confirm": {"type": "bool", "default": False},
        "wait_timeout": {"type": "int", "default": 30},
    },
    rules={"required_one_of": [("definitions", "src")]},
)


def main() -> None:
    """Entry point."""
    INTERFACE.main()


if __name__ == "__main__":
    main()
