# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the release triton of a namespace serves, asked without the collection. Clusters are those of the integration tests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def answers(cluster: Any, namespace: str, model: str) -> tuple[float, float]:
    """What a model of repositories.py makes of 3 and -0.5."""
    request = {"inputs": [{"name": "INPUT", "datatype": "FP32", "shape": [2], "data": [3, -0.5]}]}
    path = f"/api/v1/namespaces/{namespace}/services/http:triton:http/proxy/v2/models/{model}/infer"
    answer = json.loads(cluster.kubectl("create", "--raw", path, "-f", "-", text=json.dumps(request)))
    first, second = answer["outputs"][0]["data"]
    return first, second


def check_answers(cluster: Any, namespace: str, factors: Mapping[str, int]) -> None:
    """Every model multiplies by its own factor."""
    for model, factor in factors.items():
        assert answers(cluster, namespace, model) == (3.0 * factor, -0.5 * factor), model


def serving_pod(cluster: Any, namespace: str) -> Any:
    """The pod that serves; those of the last release may still be on their way out."""
    pods = cluster.get("pods", "-n", namespace, "-l", "app.kubernetes.io/name=triton")["items"]
    (serving,) = [one for one in pods if "deletionTimestamp" not in one["metadata"]]
    return serving


def last_words(cluster: Any, namespace: str) -> str:
    """The message with which the one init container of the serving pod ended."""
    (status,) = serving_pod(cluster, namespace)["status"]["initContainerStatuses"]
    return str(status["state"]["terminated"]["message"])
