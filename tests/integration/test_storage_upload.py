# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Models from the controller on a claim: served, pinned, sent once, and whole whatever happens on the way."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from audit import events
from conftest import DOUBLE, IMAGE, ROOT, VALUES, Cluster

sys.path.insert(0, str(ROOT / "tests" / "storage"))

from kills import family, volume

IMAGE_NAME = "{repository}:{tag}".format(**IMAGE)
PODS = {"image": IMAGE_NAME, "pull_policy": "Never"}
# `make soak-storage` kills more often.
SEED = int(os.environ.get("INFEROPS_SEED", "5"))
KILLS = int(os.environ.get("INFEROPS_KILLS", "6"))


def settings(namespace: str, path: Path, **more: Any) -> dict[str, Any]:
    return {
        "triton_namespace": namespace,
        "triton_model_repository": {"upload": {"path": str(path), "size": "3Gi", **more}},
        "triton_values": VALUES,
        "triton_inferences": [DOUBLE],
    }


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    path = tmp_path / "models"
    shutil.copytree(ROOT / "tests" / "models" / "double", path / "double")
    return path


def claim(cluster: Cluster, namespace: str) -> None:
    cluster.apply(
        {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": "models", "namespace": namespace},
            "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "3Gi"}}},
        }
    )


def digest_of(path: Path) -> str:
    """The digest by the definition in the documentation."""
    files = [file for file in path.rglob("*") if file.is_file()]
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.relative_to(path)}\n".encode() for file in files]
    return hashlib.sha256(b"".join(sorted(lines))).hexdigest()


def uploads(writes: tuple[str, ...]) -> list[str]:
    """Writes of pods; the audit log does not count what goes through them."""
    return [write for write in writes if "/pods" in write]


def connections(cluster: Cluster, offset: int, namespace: str) -> int:
    """Commands in pods of a namespace that the API server was asked for since the offset, from the audit log."""
    # The log is complete up to a request of our own.
    cluster.writes(offset)
    asked = [event.get("objectRef", {}) for event in events(cluster.state / "audit.log", offset, "admin")]
    return sum((one.get("namespace"), one.get("subresource")) == (namespace, "exec") for one in asked)


def test_uploaded_once_and_then_only_what_changed(
    cluster: Cluster, fresh_name: Callable[[], str], repository: Path
) -> None:
    namespace = fresh_name()
    shown = cluster.play("deploy", settings(namespace, repository), "--check", "--diff")
    assert (shown.code, shown.writes) == (0, ()), shown.output
    assert "double/1/model.py" in shown.output

    first = cluster.play("deploy", settings(namespace, repository))
    assert first.code == 0, first.output
    digest = digest_of(repository)
    (mount,) = [
        mount
        for mount in cluster.get("deployment", "triton", "-n", namespace)["spec"]["template"]["spec"]["containers"][0][
            "volumeMounts"
        ]
        if mount["name"] == "models-models"
    ]
    assert (mount["subPath"], mount["readOnly"]) == (f"sha256-{digest}", True)
    annotations = cluster.get("pvc", "triton-models", "-n", namespace)["metadata"]["annotations"]
    assert annotations["triton.inferops/versions"] == digest
    pods = cluster.get("pods", "-n", namespace)["items"]
    assert not [pod for pod in pods if pod["metadata"]["name"].startswith("upload-")]

    assert connections(cluster, 0, namespace) > 0
    offset = cluster.audit_offset()
    again = cluster.play("deploy", settings(namespace, repository))
    assert (again.code, again.changed, again.writes) == (0, 0, ()), again.output
    # Content has no other way to a pod than a connection through the API server.
    assert connections(cluster, offset, namespace) == 0

    # A changed model is served by new pods, and only its file is sent.
    model = repository / "double" / "1" / "model.py"
    model.write_text(model.read_text() + "\n# changed\n")
    third = cluster.play("deploy", settings(namespace, repository), "-v")
    assert third.code == 0, third.output
    assert '"files": ["double/1/model.py"]' in third.output
    assert [write.split()[0] for write in uploads(third.writes)] == ["create", "delete"]
    annotations = cluster.get("pvc", "triton-models", "-n", namespace)["metadata"]["annotations"]
    assert annotations["triton.inferops/versions"] == f"{digest_of(repository)},{digest}"

    removed = cluster.play("remove", settings(namespace, repository))
    assert removed.code == 0, removed.output
    assert cluster.get("pvc", "triton-models", "-n", namespace)["metadata"]["annotations"] == annotations

    # The same models from the same claim: they are there, so nothing is sent.
    offset = cluster.audit_offset()
    back = cluster.play("deploy", settings(namespace, repository))
    assert back.code == 0, back.output
    assert uploads(back.writes) == [] and connections(cluster, offset, namespace) == 0


def test_a_deployer_without_more_rights_than_edit(cluster: Cluster, namespace: str, repository: Path) -> None:
    cluster.kubectl("create", "rolebinding", "deployer", "--clusterrole=edit", "--user=deployer", "-n", namespace)
    claim(cluster, namespace)
    quota = {
        "pods": "1",
        "requests.cpu": "200m",
        "limits.cpu": "500m",
        "limits.memory": "256Mi",
        "requests.memory": "1Gi",
    }
    limits = [{"type": "Container", "max": {"cpu": "400m"}, "maxLimitRequestRatio": {"cpu": "2"}}]
    cluster.apply(
        {
            "apiVersion": "v1",
            "kind": "ResourceQuota",
            "metadata": {"name": "small", "namespace": namespace},
            "spec": {"hard": quota},
        },
        {
            "apiVersion": "v1",
            "kind": "LimitRange",
            "metadata": {"name": "narrow", "namespace": namespace},
            "spec": {"limits": limits},
        },
    )
    options = {"namespace": namespace, "claim": "models", "path": str(repository), **PODS}
    done = cluster.module("model_upload", options, user="deployer")
    assert done.get("files_sent") == 2, done
    (version,) = volume(cluster, namespace, "models").glob("sha256-*")
    assert version.name == f"sha256-{digest_of(repository)}" == f"sha256-{digest_of(version)}"
    # Any pod of the namespace's group may remove it later, under another user ID as well.
    assert version.stat().st_mode & 0o777 == 0o775

    cluster.apply(
        {
            "apiVersion": "v1",
            "kind": "ResourceQuota",
            "metadata": {"name": "small", "namespace": namespace},
            "spec": {"hard": {"pods": "0"}},
        }
    )
    cluster.kubectl(
        "wait", "-n", namespace, "resourcequota/small", "--for=jsonpath={.status.hard.pods}=0", "--timeout=30s"
    )
    (repository / "double" / "config.pbtxt").write_text("changed")
    offset = cluster.audit_offset()
    refused = cluster.module("model_upload", options, user="deployer")
    assert "Quota small leaves no room for the pod that uploads models: pods is 0" in refused["msg"]
    assert cluster.writes(offset, "deployer") == ()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_killed_in_the_middle_and_taken_up_again(
    cluster: Cluster, namespace: str, repository: Path, how: signal.Signals
) -> None:
    claim(cluster, namespace)
    chance = random.Random(SEED * how)
    size = 256 << 20
    (repository / "double" / "1" / "weights.bin").write_bytes(
        b"".join(chance.randbytes(1 << 20) for _block in range(size >> 20))
    )
    (repository / "double" / "1" / "small.bin").write_bytes(chance.randbytes(1000))
    progress = repository.parent / "progress"
    options = {
        "kubeconfig": str(cluster.kubeconfig),
        "namespace": namespace,
        "claim": "models",
        "path": str(repository),
        "progress_file": str(progress),
        **PODS,
    }
    for _kill in range(KILLS // 2):
        progress.unlink(missing_ok=True)
        victim = running_module(cluster, options)
        await_progress(progress, chance.uniform(0, 0.4), victim)
        for process in family(victim.pid):
            # One ends by itself when the one that started it is gone.
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, how)
        victim.communicate(timeout=60)
        assert not list(volume(cluster, namespace, "models").glob("sha256-*")), "a half version was published"
    if how == signal.SIGTERM:
        cluster.kubectl("wait", "-n", namespace, "pod/upload-models", "--for=delete", "--timeout=30s")
    done = cluster.module("model_upload", options)
    assert done.get("changed"), done
    (version,) = volume(cluster, namespace, "models").glob("sha256-*")
    assert version.name == f"sha256-{digest_of(version)}" == f"sha256-{digest_of(repository)}"
    # What had arrived before the kills was not sent again.
    assert done["bytes_sent"] < size
    left = cluster.kubectl("get", "pods", "-n", namespace, "-o", "name", "--field-selector=metadata.name=upload-models")
    assert left == "" or "deletionTimestamp" in cluster.kubectl(
        "get", "-n", namespace, "-o", "yaml", left.strip(), check=False
    )


def running_module(cluster: Cluster, options: dict[str, Any]) -> subprocess.Popen[str]:
    command = [f"{cluster.env['INFEROPS_VENV']}/bin/ansible", "localhost", "-m", "inferops.triton.model_upload"]
    return subprocess.Popen(
        [*command, "-a", json.dumps(options)],
        env=cluster.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def await_progress(progress: Path, part: float, victim: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert victim.poll() is None, victim.stdout and victim.stdout.read()
        told = json.loads(progress.read_text()) if progress.exists() else {"bytes_sent": -1, "bytes": 1}
        if told["bytes_sent"] >= part * told["bytes"]:
            return
        time.sleep(0.02)
    raise AssertionError("the upload did not get that far")


def test_one_sentence_each(cluster: Cluster, namespace: str, repository: Path) -> None:
    claim(cluster, namespace)
    options = {"namespace": namespace, "claim": "models", "path": str(repository), **PODS}
    absent = cluster.module("model_upload", {**options, "image": "inferops.local/nothing:1"})
    assert "The image inferops.local/nothing:1 of the pod that uploads models cannot be had" in absent["msg"]

    cluster.apply(
        {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": "lost", "namespace": namespace},
            "spec": {
                "accessModes": ["ReadWriteOnce"],
                "storageClassName": "fast",
                "resources": {"requests": {"storage": "1Gi"}},
            },
        }
    )
    lost = cluster.module("model_upload", {**options, "claim": "lost"})
    assert 'Claim lost names storage class "fast", which the cluster does not have' in lost["msg"]

    # All rights of a deployer but the one to run commands.
    rules = [
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["*"]},
        {"apiGroups": [""], "resources": ["persistentvolumeclaims", "namespaces"], "verbs": ["get"]},
    ]
    rights = {"apiVersion": "rbac.authorization.k8s.io/v1", "metadata": {"name": "few", "namespace": namespace}}
    cluster.apply({**rights, "kind": "Role", "rules": rules})
    cluster.kubectl("create", "rolebinding", "few", "--role=few", "--user=deployer", "-n", namespace)
    forbidden = cluster.module("model_upload", options, user="deployer")
    assert "does not let you run commands in pod upload-models (pods/exec is forbidden: " in forbidden["msg"]
    cluster.kubectl("wait", "-n", namespace, "pod/upload-models", "--for=delete", "--timeout=30s")

    missing = cluster.play("deploy", settings(namespace, repository), user="deployer")
    assert "create pods/exec" in missing.sentence, missing.output
