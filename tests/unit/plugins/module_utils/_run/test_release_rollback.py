# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Going back to a revision, against a double of the cluster and a helm that notes how it is called."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._release.history import VERIFIED
from ansible_collections.inferops.triton.plugins.module_utils._run.release_rollback import run
from ansible_collections.inferops.triton.tests.unit.plugins.fake_api import FakeApi

HELM = """#!/bin/sh
# path	helm.sh/helm/v{major}
if [ "$1" = version ]; then echo v{major}.21.0; exit; fi
echo "$@" >> {calls}
{then}
"""
DIGEST = "ab" * 32


def deployment(image: str = "triton:1", **pod: Any) -> dict[str, Any]:
    spec = {"containers": [{"name": "triton", "image": image}], **pod}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "triton", "namespace": "ns"},
        "spec": {"template": {"spec": spec}},
    }


def models(name: str) -> dict[str, Any]:
    sources = [{"configMap": {"name": name, "items": [{"key": "a", "path": "repository/a"}]}}]
    return deployment(volumes=[{"name": "models-models", "projected": {"sources": sources}}])


def uploaded() -> dict[str, Any]:
    volume = {"name": "models-models", "persistentVolumeClaim": {"claimName": "models"}}
    mount = {"name": "models-models", "mountPath": "/models", "subPath": f"sha256-{DIGEST}"}
    found = deployment(volumes=[volume])
    found["spec"]["template"]["spec"]["containers"][0]["volumeMounts"] = [mount]
    return found


class Cluster:
    """Revisions as helm keeps them; the live Deployment is that of the newest."""

    def __init__(self, api: FakeApi, connection: dict[str, Any], folder: Path) -> None:
        self.api, self.connection, self.folder = api, connection, folder
        self.helm("3")

    def helm(self, major: str, then: str = "") -> None:
        path = self.folder / "helm"
        path.write_text(HELM.format(major=major, calls=self.folder / "calls", then=then))
        path.chmod(0o755)

    @property
    def calls(self) -> list[str]:
        path = self.folder / "calls"
        return path.read_text().splitlines() if path.exists() else []

    def revision(self, number: int, item: dict[str, Any], status: str = "superseded", verified: bool = True) -> None:
        release = {
            "name": "triton",
            "namespace": "ns",
            "version": number,
            "info": {"status": status},
            "manifest": json.dumps(item),
        }
        packed = base64.b64encode(base64.b64encode(gzip.compress(json.dumps(release).encode()))).decode()
        labels = {"owner": "helm", "name": "triton", "version": str(number), "status": status}
        if verified:
            labels[VERIFIED] = str(number)
        name = f"sh.helm.release.v1.triton.v{number}"
        self.api.add("v1", "Secret", name, "ns", metadata={"labels": labels}, data={"release": packed})
        self.live(item)

    def live(self, item: dict[str, Any]) -> None:
        marks = {"meta.helm.sh/release-name": "triton", "meta.helm.sh/release-namespace": "ns"}
        metadata = {"labels": {"app.kubernetes.io/managed-by": "Helm"}, "annotations": marks}
        self.api.add("apps/v1", "Deployment", "triton", "ns", metadata=metadata, spec=item["spec"])
        path = "/apis/apps/v1/namespaces/ns/deployments/triton"

        def tried(seen: Any) -> Any:
            after = json.loads(json.dumps(self.api.objects[path]))
            after["spec"] = {**after["spec"], **seen.body.get("spec", {})}
            return 200, after

        self.api.answers["PATCH", path] = tried

    def back(self, revision: int = 0, check: bool = False, **options: Any) -> dict[str, Any]:
        named = {"name": "triton", "namespace": "ns", "revision": revision, "timeout": 30, "history_max": 10}
        binary = str(self.folder / "helm")
        return run({**named, "helm_binary": binary, **self.connection, **options}, check)

    def refusal(self, revision: int = 0) -> str:
        with pytest.raises(TritonError) as caught:
            self.back(revision)
        assert (self.calls, self.api.writes) == ([], [])
        return caught.value.message


@pytest.fixture
def cluster(api: FakeApi, connection: dict[str, Any], tmp_path: Path) -> Cluster:
    return Cluster(api, connection, tmp_path)


def test_the_last_one_that_was_verified(cluster: Cluster) -> None:
    cluster.revision(1, deployment("triton:1"))
    cluster.revision(2, deployment("triton:2"))
    cluster.revision(3, deployment("triton:3"), "failed", verified=False)
    planned = cluster.back(check=True)
    assert (planned["changed"], planned["target"], planned["revision"], cluster.calls) == (True, 2, 3, [])
    assert planned["msg"] == "Release triton in namespace ns would be rolled back to revision 2."
    assert [item["spec"]["template"]["spec"]["containers"][0]["image"] for item in planned["objects"]] == ["triton:2"]
    (shown,) = planned["diff"]
    assert "image: triton:3" in shown["before"] and "image: triton:2" in shown["after"]
    done = cluster.back()
    assert cluster.calls == ["rollback triton 2 --namespace=ns --timeout=30s --history-max=10"]
    assert (done["changed"], done["revision"], done["changes"]) == (True, 4, planned["changes"])


def test_helm_4_takes_over_what_others_wrote(cluster: Cluster) -> None:
    cluster.helm("4")
    cluster.revision(1, deployment("triton:1"))
    cluster.revision(2, deployment("triton:2"), "deployed")
    cluster.back(1)
    assert cluster.calls == [
        "rollback triton 1 --namespace=ns --server-side=true --force-conflicts --timeout=30s --history-max=10"
    ]


def test_what_is_there_already(cluster: Cluster) -> None:
    cluster.revision(1, deployment("triton:1"))
    cluster.revision(2, deployment("triton:2"))
    cluster.revision(3, deployment("triton:1"), "deployed")
    done = cluster.back(1)
    assert (done["changed"], done["changes"], cluster.calls) == (False, [], [])
    assert done["msg"] == "Release triton in namespace ns is what revision 1 was."


def test_without_a_number_it_is_something_else_than_what_is_there(cluster: Cluster) -> None:
    cluster.revision(1, deployment("triton:1"))
    cluster.revision(2, deployment("triton:2"))
    cluster.revision(3, deployment("triton:2"), "deployed")
    assert cluster.back(check=True)["target"] == 1


def test_a_revision_that_does_not_exist(cluster: Cluster) -> None:
    cluster.revision(3, deployment("triton:1"))
    cluster.revision(4, deployment("triton:2"), "deployed")
    assert cluster.refusal(7) == "Release triton has no revision 7; it has: 3, 4. Nothing was written."


def test_no_release_at_all(cluster: Cluster) -> None:
    assert cluster.refusal(1).startswith("Release triton has no revision; deploy it first")
    assert cluster.refusal().startswith("Release triton has no revision; deploy it first")


def test_none_that_was_verified(cluster: Cluster) -> None:
    cluster.revision(1, deployment("triton:1"), verified=False)
    cluster.revision(2, deployment("triton:2"), "deployed")
    assert "has no revision before 2 that was verified" in cluster.refusal()


def test_models_that_are_there_still(cluster: Cluster) -> None:
    cluster.revision(1, models("triton-models-1"))
    cluster.revision(2, models("triton-models-2"), "deployed")
    cluster.api.add("v1", "ConfigMap", "triton-models-1", "ns", data={"a": "x"})
    assert cluster.back(1)["changed"] is True


def test_models_that_have_gone(cluster: Cluster) -> None:
    cluster.revision(1, models("triton-models-1"))
    cluster.revision(2, models("triton-models-2"), "deployed")
    assert cluster.refusal(1).startswith(
        "Revision 1 of release triton needs ConfigMap triton-models-1, which is not there any more in namespace ns; choose another"
    )


def test_uploaded_models_that_have_gone(cluster: Cluster) -> None:
    cluster.revision(1, uploaded())
    cluster.revision(2, deployment("triton:2"), "deployed")

    def claim(*digests: str) -> None:
        annotations = {"triton.inferops/versions": ",".join(digests)}
        cluster.api.add("v1", "PersistentVolumeClaim", "models", "ns", metadata={"annotations": annotations})

    claim("cd" * 32)
    assert cluster.refusal(1).startswith(
        "Revision 1 of release triton served models sha256-abababababab…, which claim models does not hold any more; choose another"
    )
    claim("cd" * 32, DIGEST)
    assert cluster.back(1)["changed"] is True


def test_a_helm_that_fails(cluster: Cluster) -> None:
    cluster.revision(1, deployment("triton:1"))
    cluster.revision(2, deployment("triton:2"), "deployed")
    cluster.helm("3", "echo 'Error: no time' >&2; exit 1")
    with pytest.raises(TritonError, match="Helm cannot roll release triton back to revision 1: no time."):
        cluster.back(1)
