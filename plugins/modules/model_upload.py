#!/usr/bin/python
# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: model_upload
short_description: Upload a local model repository into a claim, sending only what changed
version_added: 0.1.0
description:
  - Each content of the repository becomes a directory of its own on the claim, C(sha256-DIGEST), which never changes afterwards. The digest
    is the SHA-256 of the lines that C(sha256sum) writes for all files, sorted bytewise.
  - A short-lived pod takes the files through the API server, checks them with C(sha256sum), and publishes the directory by renaming it. Files
    that earlier versions have are linked instead of sent. What an interrupted run has sent is not sent again.
  - The annotation C(triton.inferops/versions) on the claim names the finished versions. Where it names this one, no pod is made and nothing
    is written.
  - The pod is admitted by C(restricted-v2) and by Pod Security C(restricted), and fits the namespace's quotas and limit ranges. It is deleted
    in every case; one that a killed run has left ends by itself after two minutes, and the next run removes it.
  - Followed from a terminal, a longer upload says every few seconds how far it is.
author:
  - inferops.triton contributors (@inferops)
extends_documentation_fragment:
  - kubernetes.core.k8s_auth_options
  - inferops.triton.attributes
attributes:
  check_mode:
    support: full
    details:
      - Looks at all that can be known without a pod, quotas and admission among it. Which files earlier versions have is not.
  diff_mode:
    support: full
  idempotent:
    support: full
  action_group:
    support: full
requirements:
  - python >= 3.11
  - kubernetes >= 31.0.0 (Python package)
options:
  namespace:
    description: Namespace of the claim.
    type: str
    required: true
  claim:
    description: Name of the claim; it holds the versions of one repository.
    type: str
    required: true
  path:
    description: Directory of the repository where the task runs.
    type: path
    required: true
  digest:
    description:
      - Digest that the repository is expected to have, as RV(inferops.triton.model_repository#module:uploads) tells. With it, the files are
        not read where the claim has them.
    type: str
  checksums:
    description: The lines that O(digest) was made of, so that the files need not be read for them again.
    type: str
  keep:
    description: So many versions stay on the claim; one that a pod, a Deployment or a StatefulSet of the namespace mounts always does.
    type: int
    default: 3
  force:
    description: Look into the volume even where the claim names the version, for volumes that somebody else wrote to.
    type: bool
    default: false
  chart_values:
    description:
      - Values of the collection's Triton chart. The pod takes C(image), C(imagePullSecrets), C(nodeSelector) and C(tolerations) from them, so
        that a volume that is bound where its first pod runs is one that Triton can reach.
    type: dict
    default: {}
  image:
    description: Image of the pod, if not the one of O(chart_values); it needs a shell, C(tar), C(find) and C(sha256sum).
    type: str
  pull_policy:
    description: Pull policy of that image.
    type: str
    choices: [Always, IfNotPresent, Never]
  supplemental_groups:
    description: Groups of the pod, for volumes on which C(fsGroup) does nothing, such as NFS.
    type: list
    elements: int
    default: []
  pod_timeout:
    description: Seconds until the pod has to run.
    type: int
    default: 300
  timeout:
    description: Seconds that the pod may live.
    type: int
    default: 21600
  progress_file:
    description:
      - File on the machine where the task runs that tells, a few times a second, how many bytes were sent; one line of JSON with
        C(bytes_sent), C(bytes) and C(seconds).
    type: path
seealso:
  - module: inferops.triton.model_repository
"""

EXAMPLES = r"""
- name: Plan the storage
  inferops.triton.model_repository:
    namespace: triton
    release: triton
    repositories:
      - upload:
          path: models
          size: 20Gi
    live: true
  register: storage

- name: Upload the models
  inferops.triton.model_upload:
    namespace: triton
    claim: "{{ storage.uploads[0].claim }}"
    path: "{{ storage.uploads[0].path }}"
    digest: "{{ storage.uploads[0].digest }}"
    checksums: "{{ storage.uploads[0].checksums }}"
    image: nvcr.io/nvidia/tritonserver:26.08-py3
"""

RETURN = r"""
digest:
  description: Digest of the repository.
  type: str
  returned: success
  sample: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
directory:
  description: Directory of the version on the claim.
  type: str
  returned: success
  sample: sha256-9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
versions:
  description: Digests of the versions on the claim, the newest first.
  type: list
  elements: str
  returned: success
  sample: [9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08]
removed:
  description: Digests of the versions that were removed.
  type: list
  elements: str
  returned: success
  sample: []
files:
  description: Paths of the files whose content was sent; in check mode, of all that might be.
  type: list
  elements: str
  returned: success
  sample: [double/1/model.py, double/config.pbtxt]
files_sent:
  description: Number of files whose content was sent.
  type: int
  returned: success
  sample: 2
files_unchanged:
  description: Number of files that were there already, in this version or in an earlier one.
  type: int
  returned: success
  sample: 0
bytes_sent:
  description: Bytes of file content that were sent.
  type: int
  returned: success
  sample: 1024
seconds:
  description: How long it took.
  type: float
  returned: success
  sample: 3.4
notes:
  description: What else there is to say, in sentences.
  type: list
  elements: str
  returned: success
  sample: []
"""

from ansible_collections.inferops.triton.plugins.module_utils._module import Interface, connection_spec
from ansible_collections.inferops.triton.plugins.module_utils._run.model_upload import run

INTERFACE = Interface(
    run,
    {
        **connection_spec(),
        "namespace": {"type": "str", "required": True},
        "claim": {"type": "str", "required": True},
        "path": {"type": "path", "required": True},
        "digest": {"type": "str"},
        "checksums": {"type": "str"},
        "keep": {"type": "int", "default": 3},
        "force": {"type": "bool", "default": False},
        "chart_values": {"type": "dict", "default": {}},
        "image": {"type": "str"},
        "pull_policy": {"type": "str", "choices": ["Always", "IfNotPresent", "Never"]},
        "supplemental_groups": {"type": "list", "elements": "int", "default": []},
        "pod_timeout": {"type": "int", "default": 300},
        "timeout": {"type": "int", "default": 21600},
        "progress_file": {"type": "path"},
    },
)


def main() -> None:
    """Entry point."""
    INTERFACE.main()


if __name__ == "__main__":
    main()
