# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The refusal that started it all: named, explained, and cured by the ways out that the explanation offers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from conftest import IMAGE, Cluster

# The facts of the official chart for on-premises clusters: inline NFS, UID 1000, fsGroup 1000.
OFFICIAL: dict[str, Any] = {
    "securityContext": {"runAsUser": 1000, "fsGroup": 1000},
    "containers": [
        {
            "name": "triton",
            "image": "{repository}:{tag}".format(**IMAGE),
            "args": ["tritonserver", "--model-repository=/models"],
            "readinessProbe": {"httpGet": {"path": "/v2/health/ready", "port": 8000}, "periodSeconds": 1},
            "volumeMounts": [{"name": "models", "mountPath": "/models"}],
        }
    ],
    "volumes": [{"name": "models", "nfs": {"server": "192.0.2.10", "path": "/models"}}],
    "terminationGracePeriodSeconds": 5,
}
CLAIM: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "PersistentVolumeClaim",
    "metadata": {"name": "models"},
    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "64Mi"}}},
}


def deployment(name: str, namespace: str, pod: Mapping[str, Any]) -> dict[str, Any]:
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": pod}
    spec = {"replicas": 1, "selector": {"matchLabels": labels}, "template": template}
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec}


def without_user(pod: dict[str, Any]) -> None:
    del pod["securityContext"]["runAsUser"]


def without_group(pod: dict[str, Any]) -> None:
    del pod["securityContext"]["fsGroup"]


def with_claim(pod: dict[str, Any]) -> None:
    pod["volumes"] = [{"name": "models", "persistentVolumeClaim": {"claimName": "models"}}]


CURES = {"runAsUser": without_user, "fsGroup": without_group, "volumes": with_claim}


def test_each_way_out_cures_its_own_violation(cluster: Cluster, namespace: str) -> None:
    cured = {"official": (), **{f"cured-{field.lower()}": (field,) for field in CURES}, "cured-all": tuple(CURES)}
    objects: list[Mapping[str, Any]] = [{**CLAIM, "metadata": {"name": "models", "namespace": namespace}}]
    for name, fields in cured.items():
        pod = deepcopy(OFFICIAL)
        for field in fields:
            CURES[field](pod)
        objects.append(deployment(name, namespace, pod))
    cluster.apply(*objects)

    for name, fields in cured.items():
        diagnosis = cluster.module("workload_diagnosis", {"namespace": namespace, "name": name})
        named = {violation["field"] for violation in diagnosis["violations"]}
        assert named == set(CURES) - set(fields), diagnosis
        assert diagnosis["verdict"] == ("admitted" if name == "cured-all" else "refused")
        assert all(violation["ways_out"] for violation in diagnosis["violations"])
    cluster.kubectl("wait", "-n", namespace, "deployment/cured-all", "--for=condition=Available", "--timeout=120s")


def test_the_playbook_tells_cause_place_and_ways_out(cluster: Cluster, namespace: str) -> None:
    cluster.apply(deployment("official", namespace, OFFICIAL))
    played = cluster.play("diagnose", {"triton_namespace": namespace, "triton_workload": "official"})
    assert (played.code, played.changed, played.writes) == (0, 0, ()), played.output
    verdict = re.search(r'"(The pods of Deployment official .*)"', played.output)
    assert verdict
    start = cluster.get("namespace", namespace)["metadata"]["annotations"]["openshift.io/sa.scc.uid-range"].split("/")[
        0
    ]
    for fact in ("nfs volumes are not allowed", "1000 is not an allowed group", f"must be in the ranges: [{start}"):
        assert fact in verdict[1]
    for way in ("PersistentVolumeClaim", "Remove spec.template.spec.securityContext.runAsUser", "nonroot-v2"):
        assert way in played.output


def test_a_user_in_the_range_by_number_is_a_way_out(cluster: Cluster, namespace: str) -> None:
    pod = deepcopy(OFFICIAL)
    refused = deployment("numbers", namespace, pod)
    cluster.apply(refused)
    diagnosis = cluster.module("workload_diagnosis", {"namespace": namespace, "name": "numbers"})
    (user,) = [violation for violation in diagnosis["violations"] if violation["field"] == "runAsUser"]
    (number,) = {found for way in user["ways_out"] for found in re.findall(r"a number from (\d+) to \d+", way["text"])}
    pod["securityContext"] = {"runAsUser": int(number)}
    with_claim(pod)
    pod["volumes"] = [{"name": "models", "emptyDir": {}}]
    cluster.apply(deployment("numbers", namespace, pod))
    assert cluster.module("workload_diagnosis", {"namespace": namespace, "name": "numbers"})["verdict"] == "admitted"


def test_deploy_tells_the_refusal_before_it_writes(cluster: Cluster, namespace: str) -> None:
    """A chart value that OpenShift refuses ends the run with cause and ways out, before anything of the release is there."""
    values = {"image": IMAGE, "podSecurityContext": {"runAsUser": 1000}}
    played = cluster.play("deploy", {"triton_namespace": namespace, "triton_values": values, "triton_timeout": 600})
    assert played.code != 0 and played.writes == (), played.output
    assert "runAsUser 1000 (must be in the ranges" in played.sentence
    assert "Remove spec.template.spec.securityContext.runAsUser (1000)" in played.sentence
