#!/usr/bin/python
# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: triton_info
short_description: Read the state of a Triton Inference Server and of its models
version_added: 0.1.0
description:
  - Reads whether a server and each of its models are ready, and on request metadata, configuration and statistics.
  - With O(wait) it waits until the rollout is complete and every model is ready. It ends at once, with the reason, when waiting is
    useless because the pods are refused by admission or because Triton cannot load a model.
author:
  - inferops.triton contributors (@inferops)
extends_documentation_fragment:
  - kubernetes.core.k8s_auth_options
  - inferops.triton.server
  - inferops.triton.attributes
  - inferops.triton.attributes.info
requirements:
  - python >= 3.11
  - kubernetes >= 31.0.0 (Python package)
  - jmespath (Python package; for O(query))
options:
  workload:
    description:
      - Name of the server's Deployment; the default is O(name). It is looked at with O(wait) and for O(gather=replicas) only.
    type: str
  wait:
    description:
      - Whether to wait until the server and all models of its repositories are ready.
      - With control mode V(explicit), Triton does not try to load models that are not named; give those that have to be ready as
        O(models).
    type: bool
    default: false
  wait_timeout:
    description:
      - Seconds to wait.
    type: int
    default: 600
  models:
    description:
      - Models that have to be ready for O(wait) to end.
    type: list
    elements: str
    default: []
  only_models:
    description:
      - Whether O(wait) looks at O(models) alone. Other models that failed to load, for example on request, do not end it then.
    type: bool
    default: false
  gather:
    description:
      - What else to read.
      - V(replicas) asks every pod of O(workload) by itself, since a Service leads to one of them, and sums their statistics up.
    type: list
    elements: str
    choices: [server, metadata, config, statistics, replicas]
    default: [server]
  query:
    description:
      - A JMESPath expression on the result, whose value is returned as RV(result). It is never templated; write it in single
        quotes.
    type: str
seealso:
  - module: inferops.triton.triton_infer
  - module: inferops.triton.triton_model
"""

EXAMPLES = r"""
- name: Wait until Triton serves
  inferops.triton.triton_info:
    namespace: triton
    name: triton
    wait: true
    models: [double]

- name: Count the requests that a model answered
  inferops.triton.triton_info:
    namespace: triton
    name: triton
    gather: [statistics]
    query: "statistics[?name=='double'].inference_count | [0]"
  register: answered

- name: Count the requests that all replicas together answered
  inferops.triton.triton_info:
    namespace: triton
    name: triton
    gather: [replicas]
    query: "totals[?name=='double'].inference_count | sum(@)"
  register: answered_by_all
"""

RETURN = r"""
ready:
  description: Whether the server says that it is ready.
  type: bool
  returned: success
  sample: true
models:
  description: All models of the server's repositories.
  type: list
  elements: dict
  returned: success
  sample: [{name: double, version: "1", state: READY, reason: "", ready: true}]
  contains:
    name:
      description: Name of the model.
      type: str
      returned: success
      sample: double
    version:
      description: Version; empty for a model that was never loaded.
      type: str
      returned: success
      sample: "1"
    state:
      description: State in Triton's words.
      type: str
      returned: success
      sample: READY
    reason:
      description: Why the model is in this state; mostly empty.
      type: str
      returned: success
      sample: ""
    ready:
      description: Whether the model takes requests.
      type: bool
      returned: success
      sample: true
models_ready:
  description: Names of the models that take requests, sorted.
  type: list
  elements: str
  returned: success
  sample: [double]
server:
  description: Name, version and extensions of the server.
  type: dict
  returned: when O(gather) has V(server)
  sample: {name: triton, version: 2.51.0, extensions: [classification]}
metadata:
  description: Inputs and outputs of each model that is ready, by name.
  type: dict
  returned: when O(gather) has V(metadata)
  sample: {double: {name: double, versions: ["1"], inputs: [{name: INPUT, datatype: FP32, shape: [-1]}]}}
config:
  description: Configuration of each model that is ready as the server completed it, by name.
  type: dict
  returned: when O(gather) has V(config)
  sample: {double: {name: double, backend: python}}
statistics:
  description: Statistics of each version of each model.
  type: list
  elements: dict
  returned: when O(gather) has V(statistics)
  sample: [{name: double, version: "1", inference_count: 3}]
replicas:
  description: What every running pod says by itself; the one server where O(url) is given.
  type: list
  elements: dict
  returned: when O(gather) has V(replicas)
  sample: [{pod: triton-7c9-x2x, ready: true, models: [{name: double, version: "1", state: READY, reason: "", ready: true}], statistics: []}]
  contains:
    pod:
      description: Name of the pod; the server in words where O(url) is given.
      type: str
      returned: success
      sample: triton-7c9-x2x
    ready:
      description: Whether this server says that it is ready.
      type: bool
      returned: success
      sample: true
    models:
      description: As RV(models), of this server.
      type: list
      elements: dict
      returned: success
      sample: [{name: double, version: "1", state: READY, reason: "", ready: true}]
    statistics:
      description: As RV(statistics), of this server.
      type: list
      elements: dict
      returned: success
      sample: [{name: double, version: "1", inference_count: 3}]
totals:
  description: What RV(replicas) come to together, for each version of each model.
  type: list
  elements: dict
  returned: when O(gather) has V(replicas)
  sample: [{name: double, version: "1", replicas_ready: 2, replicas: 2, last_inference: 1764500000000, inference_count: 5, execution_count: 5}]
  contains:
    name:
      description: Name of the model.
      type: str
      returned: success
      sample: double
    version:
      description: Version of the model.
      type: str
      returned: success
      sample: "1"
    replicas_ready:
      description: On how many replicas it takes requests.
      type: int
      returned: success
      sample: 2
    replicas:
      description: How many replicas were asked.
      type: int
      returned: success
      sample: 2
    last_inference:
      description: Time of the latest inference, in milliseconds since 1970; 0 for none.
      type: int
      returned: success
      sample: 1764500000000
    inference_count:
      description: Inferences answered, each request of a batch counted by its size.
      type: int
      returned: success
      sample: 5
    execution_count:
      description: Executions of the model, each batch counted once.
      type: int
      returned: success
      sample: 5
    inference_stats:
      description: Count and nanoseconds of each kind that Triton tells, summed.
      type: dict
      returned: success
      sample: {success: {count: 5, ns: 52000}}
result:
  description: The value of O(query).
  type: raw
  returned: when O(query) is given
  sample: 3
failed_models:
  description: The models that Triton cannot load, with Triton's reason.
  type: list
  elements: dict
  returned: on failure, when that is the cause
  sample: [{name: broken, version: "1", state: UNAVAILABLE, reason: "no such file", ready: false}]
"""

from ansible_collections.inferops.triton.plugins.module_utils._module import Interface, server_rules, server_spec
from ansible_collections.inferops.triton.plugins.module_utils._run.triton import info

INTERFACE = Interface(
    info,
    {
        **server_spec(),
        "workload": {"type": "str"},
        "wait": {"type": "bool", "default": False},
        "wait_timeout": {"type": "int", "default": 600},
        "models": {"type": "list", "elements": "str", "default": []},
        "only_models": {"type": "bool", "default": False},
        "gather": {
            "type": "list",
            "elements": "str",
            "choices": ["server", "metadata", "config", "statistics", "replicas"],
            "default": ["server"],
        },
        "query": {"type": "str"},
    },
    rules=server_rules(),
)


def main() -> None:
    """Entry point."""
    INTERFACE.main()


if __name__ == "__main__":
    main()
