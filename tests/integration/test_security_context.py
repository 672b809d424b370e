# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The heart, live: what the module computes is what OpenShift's own admission accepts."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from conftest import IMAGE, Cluster


def pod_of(namespace: str, result: dict[str, Any]) -> dict[str, Any]:
    container = {
        "name": "main",
        "image": "{repository}:{tag}".format(**IMAGE),
        "imagePullPolicy": "Never",
        "command": ["sleep", "60"],
        "securityContext": result["container_security_context"],
    }
    metadata = {"name": "probe", "namespace": namespace, "annotations": result["pod_annotations"]}
    spec = {"securityContext": result["pod_security_context"], "containers": [container]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


@pytest.mark.parametrize("style", ["omit", "explicit"])
def test_the_result_is_admitted_by_restricted_v2(cluster: Cluster, namespace: str, style: str) -> None:
    result = cluster.module("openshift_security_context", {"namespace": namespace, "style": style})
    admitted = json.loads(
        cluster.kubectl(
            "create", "--dry-run=server", "-o", "json", "-f", "-", text=json.dumps(pod_of(namespace, result))
        )
    )
    assert admitted["metadata"]["annotations"]["openshift.io/scc"] == "restricted-v2"
    annotations = cluster.get("namespace", namespace)["metadata"]["annotations"]
    start, size = (int(number) for number in annotations["openshift.io/sa.scc.uid-range"].split("/"))
    assert result["uid_range"] == {"first": start, "last": start + size - 1, "size": size}
    assert result["mcs"] == annotations["openshift.io/sa.scc.mcs"]
    # What OpenShift fills in under style omit is what style explicit writes.
    assert admitted["spec"]["securityContext"]["fsGroup"] == result["fs_group"] == start
    assert ("runAsUser" in result["pod_security_context"]) == (style == "explicit")


def test_a_namespace_made_a_moment_ago(cluster: Cluster, fresh_name: Callable[[], str]) -> None:
    """The annotations come after the namespace; nobody has to wait for them beforehand."""
    name = fresh_name()
    cluster.kubectl("create", "namespace", name)
    result = cluster.module("openshift_security_context", {"namespace": name})
    assert result["uid_range"]["size"] == 10000
