# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every storage back end, as far as its pod: the bundled chart takes its values, and admission takes the pod, or not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "roles/release/files/triton"
CONTAINER = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
POD = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
OPENSHIFT = {
    "podSecurityContext": POD,
    "securityContext": CONTAINER,
    "podAnnotations": {"openshift.io/required-scc": "restricted-v2"},
}
KUBERNETES = {"podSecurityContext": {**POD, "runAsUser": 1000, "runAsGroup": 1000}, "securityContext": CONTAINER}

KEYS = {"access_key": "AKIDEXAMPLE", "secret_key": "canary"}
CA = {"config_map": "company-ca"}
BACKENDS: dict[str, Any] = {
    "claim": {"claim": {"size": "10Gi", "sub_path": "prod"}},
    "nfs": {"nfs": {"server": "nfs.example.com", "path": "/exports", "supplemental_groups": [5555]}},
    "s3 with keys": {"s3": {"bucket": "models", "endpoint": "https://minio:9000", "ca": CA, "scratch": "20Gi", **KEYS}},
    "s3 with a Secret": {"s3": {"bucket": "models", "existing_secret": "s3", "region": "eu-central-1"}},
    "s3 with a role": {
        "s3": {"bucket": "models", "region": "eu-central-1", "role_arn": "arn:aws:iam::123456789012:role/models"}
    },
    "gcs with a key file": {"gcs": {"bucket": "models", "existing_secret": "gcs"}},
    "gcs with workload identity": {"gcs": {"bucket": "models", "service_account": "m@p.iam.gserviceaccount.com"}},
    "gcs with an emulator": {"gcs": {"bucket": "models", "emulator": "http://fake-gcs:4443"}},
    "azure with a key": {"azure": {"account": "store", "container": "models", "account_key": "canary"}},
    "azure with workload identity": {
        "azure": {"account": "store", "container": "models", "client_id": "01234567-89ab-cdef-0123-456789abcdef"}
    },
    "image, copied": {"image": {"reference": "registry.example.com/models:1", "mode": "copy", "size": "2Gi"}},
    "image, mounted": {"image": {"reference": "registry.example.com/models:1", "mode": "volume"}},
    "several sets of credentials": [
        {"s3": {"bucket": "one", **KEYS}},
        {"s3": {"bucket": "two", "endpoint": "http://minio:9000", "access_key": "other", "secret_key": "canary-2"}},
        {"gcs": {"bucket": "three", "existing_secret": "gcs"}},
    ],
}
REFUSED: dict[str, Any] = {
    "nfs_inline": ({"nfs_inline": {"server": "nfs.example.com", "path": "/exports"}}, "nfs volumes are not allowed"),
}


def values_of(repositories: Any, context: Mapping[str, Any]) -> dict[str, Any]:
    """The chart's values as the playbooks would have them."""
    folder = os.environ["INFEROPS_COLLECTIONS"]
    if folder not in sys.path:
        sys.path.insert(0, folder)
    from ansible_collections.inferops.triton.plugins.module_utils._release.values import merged
    from ansible_collections.inferops.triton.plugins.module_utils._storage.base import Target
    from ansible_collections.inferops.triton.plugins.module_utils._storage.combine import combine
    from ansible_collections.inferops.triton.plugins.module_utils._storage.plan import plan_repositories

    target = Target("serving", "triton")
    listed = repositories if isinstance(repositories, list) else [repositories]
    return merged(
        [{"fullnameOverride": "triton"}, context, combine(plan_repositories(listed, target), target).chart_values]
    )


def local(folder: Path, kind: str) -> dict[str, Any]:
    """A repository of local files."""
    (folder / "a" / "1").mkdir(parents=True)
    (folder / "a" / "1" / "model.py").write_text("x")
    return {kind: {"path": str(folder)}}


def rendered(values: Mapping[str, Any], tmp_path: Path, major: str) -> tuple[Path, str]:
    path = tmp_path / "values.json"
    path.write_text(json.dumps(values))
    helm = os.environ["INFEROPS_HELM" if major == "3" else "INFEROPS_HELM4"]
    command = [
        helm,
        "template",
        "triton",
        str(CHART),
        "--namespace=serving",
        "--kube-version=1.35.4",
        "--values",
        str(path),
    ]
    done = subprocess.run(command, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    manifest = tmp_path / "manifest.yaml"
    manifest.write_text(done.stdout)
    return manifest, done.stdout


def verdict(manifest: Path, tmp_path: Path, platform: str) -> tuple[int, str]:
    """Exit code and text of scc-explain for a namespace as strict as the platform has them."""
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    ranges = {
        "openshift.io/sa.scc.uid-range": "1000900000/10000",
        "openshift.io/sa.scc.mcs": "s0:c30,c5",
        "openshift.io/sa.scc.supplemental-groups": "1000900000/10000",
    }
    metadata = {"name": "serving", "labels": labels, "annotations": ranges if platform == "openshift" else {}}
    namespace = tmp_path / "namespace.json"
    namespace.write_text(json.dumps({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}))
    command = [
        sys.executable,
        str(ROOT / "bin/scc-explain"),
        str(manifest),
        "--namespace",
        str(namespace),
        "--platform",
        platform,
    ]
    done = subprocess.run(command, text=True, capture_output=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("platform, context", [("openshift", OPENSHIFT), ("kubernetes", KUBERNETES)])
@pytest.mark.parametrize("backend", [*BACKENDS, "configmap", "secret"])
def test_strict_namespaces_admit_the_pod(backend: str, platform: str, context: dict[str, Any], tmp_path: Path) -> None:
    repositories = BACKENDS.get(backend) or local(tmp_path / "models", backend)
    manifest, text = rendered(values_of(repositories, context), tmp_path, "3")
    code, said = verdict(manifest, tmp_path, platform)
    assert code == 0, said
    assert "canary" not in text


@pytest.mark.parametrize("backend", REFUSED)
def test_what_restricted_v2_refuses_is_refused_before_the_release(backend: str, tmp_path: Path) -> None:
    repositories, words = REFUSED[backend]
    manifest, _text = rendered(values_of(repositories, OPENSHIFT), tmp_path, "3")
    code, said = verdict(manifest, tmp_path, "openshift")
    assert (code, words in said) == (1, True), said


@pytest.mark.parametrize("backend", [*BACKENDS, *REFUSED])
def test_both_majors_of_helm_take_the_values(backend: str, tmp_path: Path) -> None:
    repositories = BACKENDS.get(backend) or REFUSED[backend][0]
    values = values_of(repositories, OPENSHIFT)
    one, other = (rendered(values, tmp_path, major)[1] for major in ("3", "4"))
    assert list(yaml.safe_load_all(one)) == list(yaml.safe_load_all(other))


def test_what_a_repository_wants_reaches_the_pod(tmp_path: Path) -> None:
    """Variables, mounts, groups, identity and room, beside what the user sets."""
    repositories = [
        BACKENDS["s3 with keys"],
        BACKENDS["nfs"],
        BACKENDS["gcs with workload identity"],
        BACKENDS["image, copied"],
    ]
    user = {"env": [{"name": "MINE", "value": "1"}], "podSecurityContext": {"supplementalGroups": [7]}}
    values = values_of(repositories, OPENSHIFT)
    from ansible_collections.inferops.triton.plugins.module_utils._release.values import merged

    _manifest, text = rendered(merged([values, user]), tmp_path, "3")
    objects = {item["kind"]: item for item in yaml.safe_load_all(text) if item}
    pod = objects["Deployment"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "MINE", "HOME"} <= {one["name"] for one in container["env"]}
    mounts = {one["mountPath"]: one for one in container["volumeMounts"]}
    assert mounts["/etc/ssl/certs/ca-certificates.crt"]["subPath"] == "ca.crt"
    assert {"/models/models-2", "/models/models-4"} <= set(mounts)
    assert pod["securityContext"]["supplementalGroups"] == [5555, 7]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert "iam.gke.io/gcp-service-account" in objects["ServiceAccount"]["metadata"]["annotations"]
    volumes = {one["name"]: one for one in pod["volumes"]}
    assert volumes["scratch"]["emptyDir"]["sizeLimit"] == "21Gi"
    # The init container fills the volume that Triton's container mounts.
    (copying,) = pod["initContainers"]
    assert copying["volumeMounts"][0]["name"] == mounts["/models/models-4"]["name"] == "models-models-4"
    assert container["args"][1:5] == [
        "--model-repository=s3://https://minio:9000/models",
        "--model-repository=/models/models-2",
        "--model-repository=gs://models",
        "--model-repository=/models/models-4",
    ]
