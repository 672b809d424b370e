# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which buckets are read before the release, by what pod, and what its last words come to."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._release.values import merged
from ansible_collections.inferops.triton.plugins.module_utils._storage import probe
from ansible_collections.inferops.triton.plugins.module_utils._storage.combine import Combined, combine
from ansible_collections.inferops.triton.plugins.module_utils._storage.plan import plan_repositories
from ansible_collections.inferops.triton.plugins.module_utils._storage.probe import Account
from ansible_collections.inferops.triton.plugins.module_utils._storage.probe_script import BAD, GOOD, ODD, UNKNOWN
from ansible_collections.inferops.triton.tests.unit.plugins.module_utils._storage.cluster import having

ENDPOINT = "https://minio.example.com:9000"
KEYS = ("Secret", "keys", {"data": {"AWS_ACCESS_KEY_ID": "QQ==", "AWS_SECRET_ACCESS_KEY": "QQ=="}})
CA = ("ConfigMap", "company-ca", {"data": {"ca.crt": "PEM"}})
S3: dict[str, Any] = {
    "bucket": "models",
    "prefix": "prod",
    "endpoint": ENDPOINT,
    "region": "eu-central-1",
    "existing_secret": "keys",
    "ca": {"config_map": "company-ca"},
}
CONTEXT = {
    "podSecurityContext": {"runAsNonRoot": True},
    "securityContext": {"allowPrivilegeEscalation": False},
    "podAnnotations": {"openshift.io/required-scc": "restricted-v2"},
}
THERE = Account("triton", {})


def planned(*repositories: Mapping[str, Any]) -> Combined:
    target = having(KEYS, CA)
    return combine(plan_repositories(repositories, target), target)


def probes(*repositories: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list(planned(*repositories).probes)


def pod(combined: Combined, account: Account = THERE, **values: Any) -> dict[str, Any]:
    given = merged([combined.chart_values, values])
    return probe.pod("serving", "triton", combined.probes, given, CONTEXT, {"limits": {"cpu": "1"}}, account, 300)


def env(container: Mapping[str, Any]) -> dict[str, Any]:
    names = [item["name"] for item in container["env"]]
    assert len(names) == len(set(names))
    return {item["name"]: item.get("value", item.get("valueFrom")) for item in container["env"]}


def test_a_bucket_is_read_as_triton_reads_it() -> None:
    """The keys come from the Secret by the kubelet, the CA from where Triton has it."""
    made = pod(planned({"s3": S3}))
    (container,) = made["spec"]["containers"]
    variables = env(container)
    assert variables["SYNC_SOURCE"] == f"s3://{ENDPOINT}/models/prod"
    assert variables["PROBE_REMOTE"] == "source:models/prod"
    assert variables["RCLONE_CONFIG_SOURCE_ENDPOINT"] == ENDPOINT
    assert variables["AWS_SECRET_ACCESS_KEY"] == {"secretKeyRef": {"name": "keys", "key": "AWS_SECRET_ACCESS_KEY"}}
    mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    (volume,) = [one for one in made["spec"]["volumes"] if one.get("configMap") == {"name": "company-ca"}]
    assert mounts[volume["name"]] == variables["RCLONE_CA_CERT"] == "/etc/ssl/certs/ca-certificates.crt"
    assert container["image"] == "docker.io/rclone/rclone:1.76.0"


def test_values_are_nowhere_but_in_their_secret() -> None:
    given = {**S3, "existing_secret": "", "access_key": "canary-id", "secret_key": "canary-secret"}
    combined = planned({"s3": given})
    shown = json.dumps([list(combined.probes), pod(combined)])
    assert "canary" not in shown and "secretKeyRef" in shown


def test_the_pod_is_admitted_and_gets_no_requests() -> None:
    made = pod(planned({"s3": S3}), podLabels={"team": "vision"}, imagePullSecrets=[{"name": "mirror"}])
    spec, labels = made["spec"], made["metadata"]["labels"]
    assert made["metadata"]["annotations"] == CONTEXT["podAnnotations"]
    assert spec["containers"][0]["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
    }
    assert (spec["restartPolicy"], spec["activeDeadlineSeconds"]) == ("Never", 300)
    # Network policies for Triton count for it, and the Service that selects by these labels waits for a condition that nobody sets.
    assert labels["app.kubernetes.io/name"] == "triton" and labels["app.kubernetes.io/instance"] == "triton"
    assert labels["team"] == "vision"
    assert spec["readinessGates"] == [{"conditionType": "triton.inferops/never-ready"}]
    assert spec["imagePullSecrets"] == [{"name": "mirror"}]
    assert spec["automountServiceAccountToken"] is False


def test_several_repositories_share_a_pod() -> None:
    made = pod(
        planned({"name": "a", "s3": S3}, {"name": "b", "s3": {**S3, "prefix": "other"}}, {"claim": {"size": "1Gi"}})
    )
    in_order = [*made["spec"]["initContainers"], *made["spec"]["containers"]]
    assert [env(one)["PROBE_REMOTE"] for one in in_order] == ["source:models/prod", "source:models/other"]


def test_credentials_of_its_own_for_each() -> None:
    """Triton reads a file with all of them; here each container has its own."""
    values = {**S3, "existing_secret": "", "access_key": "AK", "secret_key": "one"}
    other = {**values, "access_key": "BK", "endpoint": "https://other.example.com:9000"}
    made = pod(planned({"name": "a", "s3": values}, {"name": "b", "s3": other}))
    in_order = [*made["spec"]["initContainers"], *made["spec"]["containers"]]
    secrets = [env(one)["AWS_SECRET_ACCESS_KEY"]["secretKeyRef"]["name"] for one in in_order]
    assert secrets == ["triton-a-s3", "triton-b-s3"]


def test_what_the_user_gives_triton_is_there_too() -> None:
    proxy = {"name": "HTTPS_PROXY", "value": "http://proxy:3128"}
    bundle = {"name": "bundle", "configMap": {"name": "trusted"}}
    mount = {"name": "bundle", "mountPath": "/etc/ssl/certs/ca-certificates.crt", "subPath": "ca-bundle.crt"}
    data = {"name": "data", "persistentVolumeClaim": {"claimName": "big"}}
    made = pod(
        planned({"s3": {**S3, "ca": None}}),
        env=[proxy],
        envFrom=[{"secretRef": {"name": "more"}}],
        extraVolumes=[bundle, data],
        extraVolumeMounts=[mount, {"name": "data", "mountPath": "/data"}],
    )
    (container,) = made["spec"]["containers"]
    assert env(container)["HTTPS_PROXY"] == "http://proxy:3128"
    assert container["envFrom"] == [{"secretRef": {"name": "more"}}]
    assert mount in container["volumeMounts"] and bundle in made["spec"]["volumes"]
    assert data not in made["spec"]["volumes"]


def test_azure_and_google() -> None:
    azure = pod(planned({"azure": {"account": "acme", "container": "models", "account_key": "canary"}}))
    variables = env(azure["spec"]["containers"][0])
    assert variables["RCLONE_CONFIG_SOURCE_ACCOUNT"] == "acme"
    assert variables["RCLONE_CONFIG_SOURCE_KEY"] == {
        "secretKeyRef": {"name": "triton-models-azure", "key": "AZURE_STORAGE_KEY"}
    }
    assert variables["PROBE_MAY_BE_EMPTY"] == "yes"
    google = pod(planned({"gcs": {"bucket": "models", "prefix": "prod", "emulator": "http://fake-gcs:4443"}}))
    variables = env(google["spec"]["containers"][0])
    assert variables["SYNC_SOURCE"] == "gs://models/prod at http://fake-gcs:4443"
    assert variables["RCLONE_CONFIG_SOURCE_ENDPOINT"] == "http://fake-gcs:4443/storage/v1/"
    assert "PROBE_MAY_BE_EMPTY" not in variables


def test_switched_off_and_elsewhere() -> None:
    assert probes({"s3": S3, "probe": {"enabled": False}}) == []
    assert probes({"claim": {"size": "1Gi"}}) == []
    (mirrored,) = probes({"s3": S3, "probe": {"image": "mirror.example.com/rclone:1", "pull_policy": "Always"}})
    assert (mirrored["image"], mirrored["pull_policy"]) == ("mirror.example.com/rclone:1", "Always")


@pytest.mark.parametrize(
    ("repository", "words"),
    [
        (
            {"claim": {"size": "1Gi"}, "probe": {"enabled": True}},
            "probe is for repositories that Triton reads by itself",
        ),
        ({"s3": S3, "probe": {"image": "no image"}}, "image of probe is 'no image'"),
        ({"s3": S3, "probe": {"pull_policy": "Sometimes"}}, "pull_policy of probe is 'Sometimes'"),
    ],
)
def test_what_is_refused(repository: Mapping[str, Any], words: str) -> None:
    with pytest.raises(TritonError, match=words):
        probes(repository)


ROLE = {**S3, "existing_secret": "", "endpoint": "", "ca": None, "role_arn": "arn:aws:iam::123456789012:role/models"}
BY_ROLE = {"eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/models"}


@pytest.mark.parametrize(
    ("options", "account", "reason"),
    [
        (S3, Account("triton"), ""),
        (ROLE, Account("triton"), "the service account triton, which may have some, comes with the release"),
        (ROLE, Account("triton", {}), "the service account triton gets its identity with the release"),
        (ROLE, Account("triton", {**BY_ROLE, "more": "x"}), ""),
        # The surroundings may know the pod by its service account.
        ({**S3, "existing_secret": ""}, Account("triton"), "comes with the release"),
        ({**S3, "existing_secret": ""}, THERE, ""),
    ],
)
def test_an_identity_has_to_be_there(options: Mapping[str, Any], account: Account, reason: str) -> None:
    ready, left_out = probe.divided(probes({"s3": options}), account)
    assert len(ready) == (0 if reason else 1)
    assert len(left_out) == (1 if reason else 0)
    if reason:
        assert left_out[0].startswith("Repository models is not read before the release: ") and reason in left_out[0]


def test_a_credential_file_is_left_to_triton() -> None:
    file = ("Secret", "file", {"data": {"credentials.json": "QQ=="}})
    target = having(file, CA)
    options = {**S3, "existing_secret": "", "credentials_file": {"secret": "file"}}
    combined = combine(plan_repositories([{"s3": options}], target), target)
    ready, (sentence,) = probe.divided(combined.probes, THERE)
    assert ready == [] and "cloud credential file, which only Triton reads" in sentence


def test_the_service_account_is_the_release_s_if_it_is_there() -> None:
    assert "serviceAccountName" not in pod(planned({"s3": S3}), Account("triton"))["spec"]
    assert pod(planned({"s3": S3}))["spec"]["serviceAccountName"] == "triton"
    assert probe.account_name({"serviceAccount": {"create": False}}, "triton") == "default"
    assert probe.account_name({"serviceAccount": {"create": True, "name": "own"}}, "triton") == "own"
    assert probe.account_name({"fullnameOverride": "server"}, "triton") == "server"


def deployed(combined: Combined, **values: Any) -> dict[str, Any]:
    """The Deployment of a release with these repositories, as the API server has it."""
    given = json.loads(json.dumps(merged([combined.chart_values, values])))
    volumes = given.get("extraVolumes", [])
    for volume in volumes:
        for kind in ("secret", "configMap"):
            if kind in volume:
                volume[kind]["defaultMode"] = 420
    container = {
        "name": "triton",
        "args": ["tritonserver", *(f"--model-repository={one['uri']}" for one in given["modelRepositories"])],
        "env": [{"name": "HOME", "value": "/home/triton"}, *given.get("env", [])],
        "volumeMounts": [{"name": "scratch", "mountPath": "/tmp"}, *given.get("extraVolumeMounts", [])],
    }
    spec = {"containers": [container], "volumes": [{"name": "scratch", "emptyDir": {}}, *volumes]}
    template = {"metadata": {"annotations": given.get("podAnnotations", {})}, "spec": spec}
    status = {
        "observedGeneration": 3,
        "replicas": 1,
        "updatedReplicas": 1,
        "availableReplicas": 1,
    }
    return {"metadata": {"generation": 3}, "spec": {"replicas": 1, "template": template}, "status": status}


OWN_KEYS = {**S3, "existing_secret": "", "access_key": "AK", "secret_key": "one"}


def test_what_is_served_is_not_read_again() -> None:
    combined = planned({"s3": OWN_KEYS})
    assert probe.converged(combined.probes, combined.chart_values, deployed(combined))
    more = merged([combined.chart_values, {"env": [{"name": "LEVEL", "value": ""}]}])
    live = deployed(combined)
    live["spec"]["template"]["spec"]["containers"][0]["env"].append({"name": "LEVEL"})
    assert probe.converged(combined.probes, more, live)


@pytest.mark.parametrize(
    "options",
    [
        {"bucket": "other"},
        {"prefix": "other"},
        {"endpoint": "https://other.example.com:9000"},
        {"secret_key": "two"},
        {"region": "eu-west-1"},
        {"ca": None},
        {"ca": {"config_map": "company-ca", "path": "/etc/pki/bundle.pem"}},
        {"access_key": "", "secret_key": "", "existing_secret": "keys"},
    ],
    ids=str,
)
def test_whatever_changes_is_read(options: Mapping[str, Any]) -> None:
    before, after = (
        planned({"s3": {**OWN_KEYS, "ca": {"config_map": "company-ca"}}}),
        planned({"s3": {**OWN_KEYS, **options}}),
    )
    live = deployed(before)
    if options == {"ca": None}:
        live, after = deployed(after), before
    assert not probe.converged(after.probes, after.chart_values, live)


def test_the_same_file_of_another_secret_is_read() -> None:
    secrets = [("Secret", name, {"data": {"key.json": "QQ=="}}) for name in ("one", "two")]
    target = having(*secrets)
    before, after = (
        combine(plan_repositories([{"gcs": {"bucket": "models", "existing_secret": name}}], target), target)
        for name in ("one", "two")
    )
    assert probe.converged(before.probes, before.chart_values, deployed(before))
    assert not probe.converged(after.probes, after.chart_values, deployed(before))


def test_what_does_not_serve_is_read_again() -> None:
    combined = planned({"s3": OWN_KEYS})
    assert not probe.converged(combined.probes, combined.chart_values, None)
    for field, value in (("availableReplicas", 0), ("updatedReplicas", 0), ("observedGeneration", 2)):
        live = copy.deepcopy(deployed(combined))
        live["status"][field] = value
        assert not probe.converged(combined.probes, combined.chart_values, live)


def test_last_words() -> None:
    several = probes(*({"name": name, "s3": {**S3, "prefix": name}} for name in ("a", "b", "c", "d", "e", "f")))

    def ended(message: str = "", **more: Any) -> dict[str, Any]:
        return {"terminated": {"exitCode": 0, "message": message, **more}}

    states = [
        ended("0 It can be read."),
        ended("78 The credentials are refused."),
        ended("75 It cannot be reached."),
        ended("1 It has no files."),
        ended(exitCode=137, reason="OOMKilled"),
        {"running": {}},
    ]
    statuses = [{"name": f"probe-{number}", "state": state} for number, state in enumerate(states, 1)]
    live = {"status": {"initContainerStatuses": statuses[:-1], "containerStatuses": statuses[-1:]}}
    found = probe.verdicts(several, live, "", 60)
    assert [verdict.code for verdict in found] == [GOOD, BAD, BAD, ODD, UNKNOWN, BAD]
    assert found[1].text == "Repository b: The credentials are refused."
    assert "OOMKilled" in found[4].text and "enabled of its probe" in found[4].text
    assert f"s3://{ENDPOINT}/models/f was not listed within 60 s" in found[5].text


def test_a_pod_that_never_ran_tells_nothing() -> None:
    (verdict,) = probe.verdicts(probes({"s3": S3}), {}, "Quota small leaves no room.", 60)
    assert verdict.code == UNKNOWN
    assert verdict.text == (
        "Whether repository models can be read was not found out before the release: Quota small leaves no room. Correct that, or set "
        "enabled of its probe to false."
    )
