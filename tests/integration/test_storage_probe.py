# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Buckets are read before the release: what is wrong is one sentence, and nothing of the release is written."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, VALUES, Cluster, Played

sys.path.insert(0, str(ROOT / "tests" / "storage"))

from kills import family
from objectstore import RCLONE_IMAGE, GcsStore, S3Store, gcs_store, private_authority, s3_store
from repositories import many_small

PROBE = {"image": RCLONE_IMAGE, "pull_policy": "Never"}
PREFIX = "team/production"
NOTHING = "Nothing of the release was written."
END_S = 60


@pytest.fixture(scope="module")
def factors(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Mapping[str, int]]:
    """A repository with one model, and what that multiplies by."""
    folder = tmp_path_factory.mktemp("repository")
    return folder, many_small(folder, models=1, seed=11)


@pytest.fixture(scope="module")
def s3(cluster: Cluster, factors: tuple[Path, Mapping[str, int]]) -> Iterator[S3Store]:
    with s3_store(cluster.name) as store:
        store.fill(factors[0], "models", PREFIX)
        yield store


@pytest.fixture(scope="module")
def gcs(cluster: Cluster, factors: tuple[Path, Mapping[str, int]]) -> Iterator[GcsStore]:
    with gcs_store(cluster.name) as store:
        store.fill(factors[0], "models", PREFIX)
        yield store


def bucket(store: S3Store, *, tls: bool = False, **options: Any) -> dict[str, Any]:
    """A repository of the back end s3 that can be read, but for the options."""
    given = {
        "bucket": "models",
        "prefix": PREFIX,
        "endpoint": store.endpoint(tls=tls),
        "region": store.region,
        "access_key": store.access_key,
        "secret_key": store.secret_key,
        **options,
    }
    return {"s3": {key: value for key, value in given.items() if value}, "probe": PROBE}


def settings(namespace: str, *repositories: Mapping[str, Any]) -> dict[str, Any]:
    return {"triton_namespace": namespace, "triton_values": VALUES, "triton_model_repository": list(repositories)}


def authority(cluster: Cluster, namespace: str, name: str, certificate: str) -> dict[str, Any]:
    """The option ca with a CA that is there."""
    content = {"metadata": {"name": name, "namespace": namespace}, "data": {"ca.crt": certificate}}
    cluster.apply({"apiVersion": "v1", "kind": "ConfigMap", **content})
    return {"config_map": name}


def of_the_release(played: Played) -> list[str]:
    """Writes of helm: its Secret, and what the chart has."""
    return [
        write
        for write in played.writes
        if any(part in write for part in ("sh.helm.", "/deployments", "/services", "/serviceaccounts"))
    ]


def pods(played: Played) -> list[str]:
    """Verbs of the writes to pods."""
    return [write.split()[0] for write in played.writes if "/pods" in write and "dryRun" not in write]


def answer(cluster: Cluster, namespace: str, model: str) -> float:
    """The model's factor; asked without the collection."""
    request = {"inputs": [{"name": "INPUT", "datatype": "FP32", "shape": [1], "data": [1]}]}
    path = f"/api/v1/namespaces/{namespace}/services/http:triton:http/proxy/v2/models/{model}/infer"
    said = json.loads(cluster.kubectl("create", "--raw", path, "-f", "-", text=json.dumps(request)))
    return float(said["outputs"][0]["data"][0])


def test_each_mistake_is_one_sentence_before_the_release(
    cluster: Cluster, namespace: str, s3: S3Store, gcs: GcsStore
) -> None:
    """One pod for all repositories of a release, and a sentence for each that is wrong."""
    plain, emulator = s3.endpoint(), gcs.env["CLOUD_STORAGE_EMULATOR_ENDPOINT"]
    nobody = plain.replace(":8080", ":8081")
    google = {"bucket": "models", "prefix": PREFIX, "emulator": emulator}
    good: dict[str, Mapping[str, Any]] = {"good": bucket(s3), "good-google": {"gcs": google, "probe": PROBE}}
    cases: dict[str, tuple[Mapping[str, Any], str]] = {
        "wrong-secret": (
            bucket(s3, secret_key="wrong-canary-secret"),
            f"The credentials for s3://{plain}/models/{PREFIX} are refused (SignatureDoesNotMatch); correct them",
        ),
        # This store says 404 of an unknown key.
        "wrong-key-id": (
            bucket(s3, access_key="AKIANOBODYKNOWSTHIS", prefix="team"),
            f"s3://{plain}/models/team is not there: the bucket does not exist, or its name, endpoint or access key is wrong.",
        ),
        "no-bucket": (
            bucket(s3, bucket="nobody"),
            f"s3://{plain}/nobody/{PREFIX} is not there: the bucket does not exist, or its name, endpoint or access key is wrong.",
        ),
        "no-prefix": (
            bucket(s3, prefix="team/nowhere"),
            f"s3://{plain}/models/team/nowhere has no files; put the model repository there, or correct the prefix.",
        ),
        "nobody-there": (
            bucket(s3, endpoint=nobody),
            f"s3://{nobody}/models/{PREFIX} cannot be reached by a pod of this namespace: ",
        ),
        "no-such-host": (
            bucket(s3, endpoint="http://nobody.invalid:9000"),
            f"s3://http://nobody.invalid:9000/models/{PREFIX} cannot be reached by a pod of this namespace: ",
        ),
        "no-bucket-of-google": (
            {"gcs": {**google, "bucket": "nobody"}, "probe": PROBE},
            f"gs://nobody/{PREFIX} at {emulator} is not there: the bucket does not exist",
        ),
        "no-prefix-of-google": (
            {"gcs": {**google, "prefix": "nowhere"}, "probe": PROBE},
            f"gs://models/nowhere at {emulator} has no files",
        ),
    }
    every = [{"name": name, **one} for name, one in {**good, **{name: case[0] for name, case in cases.items()}}.items()]
    played = cluster.play("deploy", settings(namespace, *every), "--diff", "-v")
    assert played.code != 0 and played.sentence.endswith(NOTHING)
    for name, (_repository, sentence) in cases.items():
        assert f"Repository {name}: {sentence}" in played.sentence, played.sentence
    assert played.sentence.count("Repository ") == len(cases), played.sentence
    assert (of_the_release(played), pods(played)) == ([], ["create", "delete"])
    assert s3.secret_key not in played.output and "canary" not in played.output
    assert all("deletionTimestamp" in pod["metadata"] for pod in cluster.get("pods", "-n", namespace)["items"])


def test_an_authority_that_signed_nothing(cluster: Cluster, namespace: str, s3: S3Store) -> None:
    """With a wrong CA and without any; check mode tells what would be read."""
    right = authority(cluster, namespace, "right", s3.ca)
    wrong = authority(cluster, namespace, "wrong", private_authority(["elsewhere"], [])[0])
    source = f"s3://{s3.endpoint(tls=True)}/models/{PREFIX}"
    for ca in (wrong, None):
        played = cluster.play("deploy", settings(namespace, bucket(s3, tls=True, ca=ca)))
        assert played.sentence == (
            f"Repository models: The certificate of {source} is not trusted (tls: failed to verify certificate: x509: certificate signed by "
            f"unknown authority); give the CA that signed it as ca. {NOTHING}"
        )
        assert (of_the_release(played), pods(played)) == ([], ["create", "delete"])
    shown = cluster.play("deploy", settings(namespace, bucket(s3, tls=True, ca=right)), "--check")
    assert (shown.code, shown.writes) == (0, ()), shown.output
    assert f"Repository models: a pod would list {source} before the release." in shown.output


def serving(cluster: Cluster, namespace: str) -> set[str]:
    """Triton's pods; the one that read the bucket may still be ending."""
    found = cluster.get("pods", "-n", namespace, "-l", "!triton.inferops/probe")["items"]
    return {pod["metadata"]["uid"] for pod in found}


def test_read_once_and_not_again_while_it_is_served(
    cluster: Cluster, namespace: str, s3: S3Store, factors: tuple[Path, Mapping[str, int]]
) -> None:
    ((model, factor),) = factors[1].items()
    ca = authority(cluster, namespace, "right", s3.ca)
    good = settings(namespace, bucket(s3, tls=True, ca=ca))
    first = cluster.play("deploy", good)
    assert first.code == 0, first.output
    assert pods(first) == ["create", "delete"]
    assert answer(cluster, namespace, model) == factor
    second = cluster.play("deploy", good)
    assert (second.code, second.changed, second.writes) == (0, 0, ()), second.output

    # A wrong key for a release that serves: it is told, and the pods that serve stay.
    before = serving(cluster, namespace)
    wrong = cluster.play("deploy", settings(namespace, bucket(s3, tls=True, ca=ca, secret_key="wrong-canary-secret")))
    assert wrong.code != 0 and "are refused (SignatureDoesNotMatch)" in wrong.sentence
    assert of_the_release(wrong) == []
    assert serving(cluster, namespace) == before
    assert answer(cluster, namespace, model) == factor

    # Put right, the release is as it was before, so nobody asks.
    righted = cluster.play("deploy", good)
    assert righted.code == 0, righted.output
    assert (pods(righted), of_the_release(righted)) == ([], [])


def test_a_pod_that_cannot_run_is_a_warning(cluster: Cluster, namespace: str, s3: S3Store) -> None:
    """No image, and no room in the quota: nothing is known of the bucket, and the deployment goes on; switched off, nothing is asked."""
    plan = options(
        cluster, namespace, {**bucket(s3), "probe": {"image": "inferops.local/nobody:1", "pull_policy": "Never"}}
    )
    said = cluster.module("model_probe", plan)
    (unknown,) = said["probes"]
    assert unknown["verdict"] == "unknown"
    assert unknown["message"].startswith("Whether repository models can be read was not found out before the release: ")
    assert "ErrImageNeverPull" in unknown["message"] and "set enabled of its probe to false" in unknown["message"]

    quota = {"metadata": {"name": "none", "namespace": namespace}, "spec": {"hard": {"pods": "0"}}}
    cluster.apply({"apiVersion": "v1", "kind": "ResourceQuota", **quota})
    cluster.kubectl(
        "wait", "-n", namespace, "resourcequota/none", "--for=jsonpath={.status.hard.pods}=0", f"--timeout={END_S}s"
    )
    said = cluster.module("model_probe", options(cluster, namespace, bucket(s3)))
    assert "Quota none leaves no room for the pod that reads buckets before the release" in said["probes"][0]["message"]
    assert options(cluster, namespace, {**bucket(s3), "probe": {"enabled": False}})["probes"] == []


def test_the_right_to_make_the_pod_is_asked_for_beforehand(cluster: Cluster, namespace: str, s3: S3Store) -> None:
    for repository, asked in ((bucket(s3), True), ({**bucket(s3), "probe": {"enabled": False}}, False)):
        refused = cluster.play("deploy", settings(namespace, repository), user="deployer")
        assert refused.sentence.startswith("User ") and "lacks rights" in refused.sentence
        assert bool(re.search(r"create, delete pods[;.]", refused.sentence)) is asked, refused.sentence
        assert refused.writes == ()


def options(cluster: Cluster, namespace: str, repository: Mapping[str, Any]) -> dict[str, Any]:
    """Options of model_probe, with the Secret made as a deployment makes it."""
    named = {"namespace": namespace, "release": "triton", "repositories": [repository]}
    plan = cluster.module("model_repository", {**named, "state": "present"})
    chosen = {key: named[key] for key in ("namespace", "release")}
    return {**chosen, "probes": plan["probes"], "chart_values": plan["chart_values"]}


def test_under_limits_and_with_the_rights_of_edit(cluster: Cluster, namespace: str, s3: S3Store) -> None:
    """The pod fits, its rights are those of every deployer, and what a killed run has left goes."""
    cluster.kubectl("create", "rolebinding", "deployer", "--clusterrole=edit", "--user=deployer", "-n", namespace)
    hard = {
        "pods": "2",
        "requests.cpu": "200m",
        "limits.cpu": "500m",
        "requests.memory": "256Mi",
        "limits.memory": "256Mi",
    }
    limits = [{"type": "Container", "max": {"cpu": "400m"}, "maxLimitRequestRatio": {"cpu": "2"}}]
    cluster.apply(
        {
            "apiVersion": "v1",
            "kind": "ResourceQuota",
            "metadata": {"name": "small", "namespace": namespace},
            "spec": {"hard": hard},
        },
        {
            "apiVersion": "v1",
            "kind": "LimitRange",
            "metadata": {"name": "narrow", "namespace": namespace},
            "spec": {"limits": limits},
        },
    )
    wanted = options(cluster, namespace, bucket(s3))
    # A pod that no node takes, so that it is there for as long as the run waits.
    values = {**wanted["chart_values"], "nodeSelector": {"nobody": "there"}}
    waiting = {**wanted, "chart_values": values, "kubeconfig": str(cluster.kubeconfig)}
    pod = ["pod/probe-triton", "-n", namespace]
    for how in (signal.SIGTERM, signal.SIGKILL):
        victim = running_module(cluster, waiting)
        cluster.kubectl("wait", *pod, "--for=create", f"--timeout={END_S}s")
        for process in family(victim.pid):
            # One ends by itself when the one that started it is gone.
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, how)
        victim.communicate(timeout=END_S)
        if how == signal.SIGTERM:
            cluster.kubectl("wait", *pod, "--for=delete", f"--timeout={END_S}s")
    left = cluster.get(*pod)["metadata"]["uid"]
    said = cluster.module("model_probe", wanted, user="deployer")
    assert [one["verdict"] for one in said["probes"]] == ["readable"], said
    still = [one["metadata"] for one in cluster.get("pods", "-n", namespace)["items"]]
    assert all(one["uid"] != left and "deletionTimestamp" in one for one in still)


def running_module(cluster: Cluster, options: dict[str, Any]) -> subprocess.Popen[str]:
    command = [f"{cluster.env['INFEROPS_VENV']}/bin/ansible", "localhost", "-m", "inferops.triton.model_probe"]
    return subprocess.Popen(
        [*command, "-a", json.dumps(options)],
        env=cluster.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
