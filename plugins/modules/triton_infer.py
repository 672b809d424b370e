#!/usr/bin/python
# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: triton_infer
short_description: Send one inference to a Triton Inference Server and judge the answer
version_added: 0.1.0
description:
  - Sends one inference by the KServe v2 protocol, through the API server's proxy or to a URL, and returns the outputs.
  - With O(expect) the task fails when the answer is not what it should be.
  - In check mode nothing is sent; the inputs and the expressions are checked, which a playbook can do before it writes anything.
author:
  - inferops.triton contributors (@inferops)
extends_documentation_fragment:
  - kubernetes.core.k8s_auth_options
  - inferops.triton.server
  - inferops.triton.attributes
attributes:
  check_mode:
    support: full
    details:
      - The request and the expressions are checked, nothing is sent.
  diff_mode:
    support: N/A
    details:
      - An inference changes nothing.
  idempotent:
    support: full
    details:
      - An inference changes nothing, and is never reported as a change.
requirements:
  - python >= 3.11
  - kubernetes >= 31.0.0 (Python package)
  - jmespath (Python package; for O(query) and O(expect))
options:
  model:
    description:
      - Name of the model.
    type: str
    required: true
  version:
    description:
      - Version of the model; the default is the server's choice, normally the newest.
    type: str
  inputs:
    description:
      - Input tensors.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Name of the input.
        type: str
        required: true
      datatype:
        description:
          - Datatype of the KServe v2 protocol, such as V(FP32), V(INT64) or V(BYTES).
          - Triton takes V(FP16) and V(BF16) in binary form only, which this module does not send.
        type: str
        required: true
      data:
        description: Values as a nested or flat list, or a single value.
        type: raw
        required: true
      shape:
        description: Shape; the default is that of the nested lists.
        type: list
        elements: int
  outputs:
    description:
      - Names of the outputs wanted; the default is all.
    type: list
    elements: str
    default: []
  parameters:
    description:
      - Parameters of the request, for example C(sequence_id).
    type: dict
  expect:
    description:
      - A JMESPath expression on the server's answer that has to be true, such as
        V(outputs[?name=='OUTPUT'].data | [0] == [2.0, 4.0]) with the numbers in backticks as JMESPath demands.
      - It is never templated; write it in single quotes.
    type: str
  query:
    description:
      - A JMESPath expression on the server's answer, whose value is returned as RV(result).
    type: str
seealso:
  - module: inferops.triton.triton_info
"""

EXAMPLES = r"""
- name: Ask the model double
  inferops.triton.triton_infer:
    namespace: triton
    name: triton
    model: double
    inputs:
      - name: INPUT
        datatype: FP32
        data: [1.5, 2.5]
    expect: 'outputs[0].data == `[3.0, 5.0]`'
    query: outputs[0].data
  register: answer
"""

RETURN = r"""
sent:
  description: Whether the request was sent; false in check mode.
  type: bool
  returned: always
  sample: true
request:
  description: The request as it is sent.
  type: dict
  returned: always
  sample: {inputs: [{name: INPUT, datatype: FP32, shape: [2], data: [1.5, 2.5]}]}
model:
  description: Name of the model that answered.
  type: str
  returned: when sent
  sample: double
version:
  description: Version that answered.
  type: str
  returned: when sent
  sample: "1"
outputs:
  description: Output tensors.
  type: list
  elements: dict
  returned: when sent
  sample: [{name: OUTPUT, datatype: FP32, shape: [2], data: [3.0, 5.0]}]
accepted:
  description: Whether O(expect) is true of the answer; the task fails where it is not.
  type: bool
  returned: when sent and O(expect) is given
  sample: true
result:
  description: The value of O(query).
  type: raw
  returned: when sent and O(query) is given
  sample: [3.0, 5.0]
"""

from ansible_collections.inferops.triton.plugins.module_utils._module import Interface, server_rules, server_spec
from ansible_collections.inferops.triton.plugins.module_utils._run.triton import infer

_TENSOR = {
    "name": {"type": "str", "required": True},
    "datatype": {"type": "str", "required": True},
    "data": {"type": "raw", "required": True},
    "shape": {"type": "list", "elements": "int"},
}
INTERFACE = Interface(
    infer,
    {
        **server_spec(),
        "model": {"type": "str", "required": True},
        "version": {"type": "str"},
        "inputs": {"type": "list", "elements": "dict", "required": True, "options": _TENSOR},
        "outputs": {"type": "list", "elements": "str", "default": []},
        "parameters": {"type": "dict"},
        "expect": {"type": "str"},
        "query": {"type": "str"},
    },
    rules=server_rules(),
)


def main() -> None:
    """Entry point."""
    INTERFACE.main()


if __name__ == "__main__":
    main()
