#!/usr/bin/python
# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: model_repository
short_description: Check model repositories, plan how the pod gets at them, and make what they need
version_added: 0.1.0
description:
  - Checks local model repositories before anything is shipped, and says for each repository which objects it needs and how Triton's pod
    gets at it. One back end for each repository.
  - With O(state=present) it also writes the objects, the Secrets among them, whose contents are in no result and no diff. With
    O(state=pruned) it deletes those of former repositories.
author:
  - inferops.triton contributors (@inferops)
extends_documentation_fragment:
  - kubernetes.core.k8s_auth_options
  - inferops.triton.attributes
  - inferops.triton.repositories
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
  action_group:
    support: full
requirements:
  - python >= 3.11
  - kubernetes >= 31.0.0 (Python package), for O(live=true) and O(state=present)
  - tritonclient and protobuf (Python packages), to check files config.pbtxt; C(pip install --no-deps tritonclient protobuf) is enough
options:
  namespace:
    description:
      - Namespace of the objects.
    type: str
    required: true
  release:
    description:
      - Name of the release; objects are named after it.
    type: str
    required: true
  state:
    description:
      - V(planned) writes nothing, V(present) writes what differs.
      - V(pruned) deletes ConfigMaps and Secrets that earlier repositories of the release needed and these ones do not, unless a revision of
        the Deployment that can come back names them. Claims are never deleted.
    type: str
    choices: [planned, present, pruned]
    default: planned
  scope:
    description:
      - Whose objects O(state=present) writes. V(namespace) are those of the namespace. V(cluster) are those that only an administrator may
        write (PersistentVolumes); objects of the namespace need not be there yet then.
    type: str
    choices: [namespace, cluster]
    default: namespace
  live:
    description:
      - Whether to look into the cluster for what is there (claims, volumes, Secrets, ConfigMaps) while planning; O(state=present) and
        O(state=pruned) always do. What the user may not read is not checked.
    type: bool
    default: false
  wait_timeout:
    description:
      - Seconds that a claim with a volume of its own may take to be bound to it.
    type: int
    default: 30
  storage_classes:
    description:
      - The storage classes that the cluster has, as RV(inferops.triton.platform_info#module:storage_classes) tells, or their names alone; a
        claim that they cannot serve is refused. Without it, classes are not checked.
    type: list
    elements: raw
  digests:
    description:
      - Digests of local repositories of the back end C(upload), by the repository's name, as RV(uploads) of an earlier call tells them.
        These are not read again.
    type: dict
    default: {}
seealso:
  - module: inferops.triton.apply
  - module: inferops.triton.model_probe
"""

EXAMPLES = r"""
- name: Plan the storage of two repositories
  inferops.triton.model_repository:
    namespace: triton
    release: triton
    repositories:
      - name: small
        configmap:
          path: models
      - name: large
        claim:
          size: 100Gi
  register: storage

- name: Make what a bucket needs
  inferops.triton.model_repository:
    namespace: triton
    release: triton
    state: present
    repositories:
      - s3:
          bucket: models
          endpoint: https://minio.example.com:9000
          access_key: "{{ access_key }}"
          secret_key: "{{ secret_key }}"
          ca: {config_map: company-ca}
          scratch: 20Gi
"""

RETURN = r"""
definitions:
  description: Objects of the namespace that the repositories need, without the Secrets.
  type: list
  elements: dict
  returned: success
  sample: [{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: triton-large, namespace: triton}}]
secrets:
  description: Names of the Secrets that the repositories need and O(state=present) makes.
  type: list
  elements: str
  returned: success
  sample: [triton-models-s3]
cluster_definitions:
  description: Objects that only an administrator may write.
  type: list
  elements: dict
  returned: success
  sample: [{apiVersion: v1, kind: PersistentVolume, metadata: {name: triton.triton.models}}]
chart_values:
  description: Values of the collection's Triton chart.
  type: dict
  returned: success
  sample: {modelRepositories: [{name: large, volume: {persistentVolumeClaim: {claimName: triton-large}}}]}
models:
  description: Names of the models, as far as they are known here.
  type: list
  elements: str
  returned: success
  sample: [double]
models_known:
  description: Whether RV(models) are all that there are; models in buckets, on claims and in images are not known here.
  type: bool
  returned: success
  sample: true
uploads:
  description: What M(inferops.triton.model_upload) has to do, as its options; C(needed) is false where the claim has the files.
  type: list
  elements: dict
  returned: success
  sample: [{repository: models, claim: triton-models, path: models, digest: 9f86d08…, bytes: 1024, keep: 3, needed: true}]
probes:
  description: Buckets that M(inferops.triton.model_probe) has to read before the release, as its option.
  type: list
  elements: dict
  returned: success
  sample: [{repository: models, uri: "s3://https://minio.example.com:9000/models", remote: "source:models", image: "docker.io/rclone/rclone:1.76.0"}]
notes:
  description: What was decided, in sentences.
  type: list
  elements: str
  returned: success
  sample: ["Claim triton-large grows from 10Gi to 100Gi."]
findings:
  description: What there is to say about local repositories, the grave first.
  type: list
  elements: dict
  returned: success
  sample: [{path: models/double/config.pbtxt, severity: warning, message: "It names no backend; Triton has to guess it from the files."}]
  contains:
    path:
      description: File or directory.
      type: str
      returned: success
      sample: models/double/config.pbtxt
    severity:
      description: V(error), V(warning) or V(note).
      type: str
      returned: success
      sample: warning
    message:
      description: What there is to say.
      type: str
      returned: success
      sample: It names no backend; Triton has to guess it from the files.
superfluous:
  description: ConfigMaps and Secrets that earlier repositories of the release needed and these ones do not.
  type: list
  elements: dict
  returned: with O(live=true) or O(state=pruned), and O(scope=namespace)
  sample: [{kind: Secret, name: triton-models-s3}]
changes:
  description: What became of each object.
  type: list
  elements: dict
  returned: O(state=present) or O(state=pruned)
  sample: [{kind: Secret, api_version: v1, name: triton-models-s3, namespace: triton, method: create}]
"""

from ansible_collections.inferops.triton.plugins.module_utils._module import Interface, connection_spec
from ansible_collections.inferops.triton.plugins.module_utils._run.model_repository import hidden, run
from ansible_collections.inferops.triton.plugins.module_utils._storage.options import repositories

INTERFACE = Interface(
    run,
    {
        **connection_spec(),
        "namespace": {"type": "str", "required": True},
        "release": {"type": "str", "required": True},
        "state": {"type": "str", "choices": ["planned", "present", "pruned"], "default": "planned"},
        "scope": {"type": "str", "choices": ["namespace", "cluster"], "default": "namespace"},
        "live": {"type": "bool", "default": False},
        "wait_timeout": {"type": "int", "default": 30},
        "storage_classes": {"type": "list", "elements": "raw"},
        "digests": {"type": "dict", "default": {}},
        "repositories": repositories(),
        "image_mirrors": {"type": "dict", "default": {}},
    },
    hidden=hidden,
)


def main() -> None:
    """Entry point."""
    INTERFACE.main()


if __name__ == "__main__":
    main()
