# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bundled chart, rendered by Helm 3 and Helm 4: what values lead to, and what is refused with which words."""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "roles/release/files/triton"
KUBERNETES = "1.35.4"
HELMS = ("3", "4")
# Volume types that OpenShift's restricted-v2 and Pod Security "restricted" both admit, of those the chart adds itself.
OWN_VOLUME_TYPES = {"emptyDir"}
CLAIM = {"persistentVolumeClaim": {"claimName": "models"}}

sys.path.insert(0, str(ROOT / "tests/tools"))

import provide

Values = Mapping[str, Any]


@functools.cache
def helm_path(major: str) -> str:
    return str(provide.helm(major))


def helm(major: str, *arguments: str | Path, values: Values | None = None) -> subprocess.CompletedProcess[str]:
    """Run helm with values on stdin (JSON, so that nothing is read as another type) and no cluster in reach."""
    command = [helm_path(major), *map(str, arguments), "--values=-"]
    env = {**os.environ, "KUBECONFIG": os.devnull}
    return subprocess.run(command, input=json.dumps(values or {}), text=True, capture_output=True, check=False, env=env)


def render(values: Values | None = None, *, major: str = "3", chart: Path = CHART, release: str = "demo") -> dict:
    """The rendered objects by kind."""
    done = helm(
        major, "template", release, chart, "--namespace=inference", f"--kube-version={KUBERNETES}", values=values
    )
    assert done.returncode == 0, done.stderr
    objects = [item for item in yaml.safe_load_all(done.stdout) if item]
    return {item["kind"]: item for item in objects}


def refusal(values: Values, major: str = "3") -> str:
    """What helm says on stderr when it refuses the values."""
    done = helm(major, "template", "demo", CHART, f"--kube-version={KUBERNETES}", values=values)
    assert done.returncode != 0, f"accepted: {values}"
    return done.stderr


def pod(values: Values | None = None, **options: Any) -> dict:
    return render(values, **options)["Deployment"]["spec"]["template"]["spec"]


def container(values: Values | None = None, **options: Any) -> dict:
    (only,) = pod(values, **options)["containers"]
    return only


def keys_within(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from keys_within(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from keys_within(inner)


def environment(values: Values | None = None) -> dict[str, str]:
    entries = container(values)["env"]
    names = [entry["name"] for entry in entries]
    assert len(names) == len(set(names)), "a variable stands twice"
    return {entry["name"]: entry.get("value", "") for entry in entries}


def mounts(values: Values | None = None) -> dict[str, dict]:
    return {mount["mountPath"]: mount for mount in container(values)["volumeMounts"]}


EXPLICIT_CONTEXT = {
    "podSecurityContext": {
        "runAsUser": 1000660000,
        "fsGroup": 1000660000,
        "runAsNonRoot": True,
        "seLinuxOptions": {"level": "s0:c26,c5"},
        "seccompProfile": {"type": "RuntimeDefault"},
    },
    "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
}
# Values that reach every branch of the templates; both majors of Helm have to agree on each.
TABLE: dict[str, Values] = {
    "defaults": {},
    "explicit security context": EXPLICIT_CONTEXT,
    "several repositories": {
        "modelRepositories": [
            {"name": "claim", "volume": CLAIM, "subPath": "team/a", "readOnly": False},
            {"name": "small", "volume": {"configMap": {"name": "models"}}, "subPath": "models"},
            {"name": "bucket", "uri": "s3://https://objects.example:443/models"},
            {"name": "nfs", "mountPath": "/srv/models/", "volume": {"nfs": {"server": "nfs.example", "path": "/m"}}},
            {"name": "baked", "uri": "/opt/models"},
        ]
    },
    "explicit model control": {"models": {"controlMode": "explicit", "load": ["double", "weighted_sum"]}},
    "poll": {"models": {"controlMode": "poll", "pollSeconds": 30}, "server": {"logVerbose": 1}},
    "gpu": {
        "gpu": {"resourceName": "nvidia.com/mig-1g.5gb", "count": 2},
        "resources": {"requests": {"cpu": 2}, "limits": {"memory": "8Gi"}},
        "strategy": {"type": "Recreate"},
    },
    "small budgets": {
        "probes": {"startupBudgetSeconds": 61, "startupPeriodSeconds": 10},
        "image": {"pullBudgetSeconds": 0},
        "shutdown": {"preStopSeconds": 0, "gracePeriodSeconds": 10},
        "sharedMemory": {"size": 0},
    },
    "everything about pods": {
        "nameOverride": "inference",
        "commonLabels": {"team": "a"},
        "podLabels": {"tier": "gold"},
        "podAnnotations": {"openshift.io/required-scc": "restricted-v2"},
        "imagePullSecrets": [{"name": "registry"}],
        "image": {"digest": "sha256:" + "0123456789abcdef" * 4},
        "hostUsers": False,
        "serviceAccount": {"create": False, "name": "existing", "automount": True},
        "service": {"type": "NodePort", "labels": {"exposed": "yes"}, "annotations": {"note": "a: b"}},
        "env": [{"name": "HOME", "value": "/elsewhere"}, {"name": "AWS_DEFAULT_REGION", "value": "eu-west-1"}],
        "envFrom": [{"secretRef": {"name": "s3"}}],
        "extraVolumes": [{"name": "ca", "configMap": {"name": "ca"}}],
        "extraVolumeMounts": [{"name": "ca", "mountPath": "/etc/ca"}],
        "initContainers": [{"name": "fill", "image": "busybox", "command": ["true"]}],
        "nodeSelector": {"gpu": "a100"},
        "tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists"}],
        "affinity": {"nodeAffinity": {}},
        "topologySpreadConstraints": [
            {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway", "labelSelector": {}}
        ],
        "priorityClassName": "high",
        "runtimeClassName": "nvidia",
        "schedulerName": "batch",
        "ports": {"http": 9000, "grpc": 9001, "metrics": 9002},
    },
}


@pytest.mark.parametrize("major", HELMS)
def test_lint_is_clean(major: str) -> None:
    done = helm(major, "lint", "--strict", CHART, f"--kube-version={KUBERNETES}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING" not in done.stdout


@pytest.mark.parametrize("values", TABLE.values(), ids=TABLE)
def test_both_majors_of_helm_give_equal_objects(values: Values) -> None:
    assert render(values, major="3") == render(values, major="4")


@pytest.mark.parametrize("values", [v for k, v in TABLE.items() if k != "explicit security context"])
def test_the_chart_itself_writes_no_id(values: Values) -> None:
    ids = {"runAsUser", "runAsGroup", "fsGroup", "supplementalGroups", "seLinuxOptions", "privileged"}
    assert not ids & set(keys_within(render(values)))


def test_default_volumes_are_those_that_restricted_namespaces_admit() -> None:
    types = {kind for volume in pod()["volumes"] for kind in volume if kind != "name"}
    assert types == OWN_VOLUME_TYPES
    assert not {"hostNetwork", "hostPID", "hostIPC", "hostPort", "hostPath"} & set(keys_within(render()))


def test_security_contexts_are_taken_as_given_with_a_read_only_root_file_system() -> None:
    given = pod(EXPLICIT_CONTEXT)
    assert given["securityContext"] == EXPLICIT_CONTEXT["podSecurityContext"]
    assert given["containers"][0]["securityContext"] == {
        **EXPLICIT_CONTEXT["securityContext"],
        "readOnlyRootFilesystem": True,
    }


@pytest.mark.parametrize(
    "values, expected",
    [
        ({}, True),
        ({"readOnlyRootFilesystem": False}, False),
        ({"securityContext": {"readOnlyRootFilesystem": False}}, False),
        ({"readOnlyRootFilesystem": False, "securityContext": {"readOnlyRootFilesystem": True}}, True),
    ],
)
def test_the_container_context_decides_over_the_value_read_only_root(values: Values, expected: bool) -> None:
    assert container(values)["securityContext"]["readOnlyRootFilesystem"] is expected


@pytest.mark.parametrize("value, expected", [(None, "left out"), (False, False), (True, True)])
def test_host_users_is_left_out_unless_set(value: bool | None, expected: object) -> None:
    assert pod({"hostUsers": value}).get("hostUsers", "left out") == expected


@pytest.mark.parametrize(
    "given, strategy",
    [
        ({}, {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}}),
        (
            {"type": "RollingUpdate"},
            {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}},
        ),
        (
            {"rollingUpdate": {"maxUnavailable": 0}},
            {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 0}},
        ),
        ({"type": "Recreate"}, {"type": "Recreate"}),
    ],
)
def test_nothing_of_a_strategy_is_left_to_the_api_server(given: Values, strategy: Values) -> None:
    """What that fills in itself would stay beside a later Recreate, and be refused."""
    assert render({"strategy": given})["Deployment"]["spec"]["strategy"] == strategy


def test_repositories_become_arguments_and_mounts_in_order() -> None:
    values = TABLE["several repositories"]
    repositories = [a.split("=", 1)[1] for a in container(values)["args"] if a.startswith("--model-repository=")]
    assert repositories == [
        "/models/claim",
        "/models/small",
        "s3://https://objects.example:443/models",
        "/srv/models",
        "/opt/models",
    ]
    assert mounts(values)["/models/claim"] == {
        "name": "models-claim",
        "mountPath": "/models/claim",
        "subPath": "team/a",
        "readOnly": False,
    }
    assert mounts(values)["/srv/models"]["readOnly"] is True
    volumes = {volume["name"]: volume for volume in pod(values)["volumes"]}
    assert volumes["models-claim"] == {"name": "models-claim", **CLAIM}
    assert {name for name in volumes if name.startswith("models-")} == {"models-claim", "models-small", "models-nfs"}


@pytest.mark.parametrize(
    "values, present, absent",
    [
        ({}, ["--model-control-mode=none", "--exit-on-error=false", "--strict-readiness=true"], "--load-model"),
        (TABLE["explicit model control"], ["--load-model=double", "--load-model=weighted_sum"], "--repository-poll"),
        (TABLE["poll"], ["--repository-poll-secs=30", "--log-verbose=1"], "--load-model"),
        ({"models": {"exitOnError": True, "strictReadiness": False}}, ["--exit-on-error=true"], "--log-verbose"),
        ({"server": {"extraArgs": ["--http-thread-count=4"]}}, ["--http-thread-count=4"], "--load-model"),
    ],
)
def test_model_settings_become_arguments(values: Values, present: list[str], absent: str) -> None:
    args = container(values)["args"]
    assert args[0] == "tritonserver"
    assert set(present) <= set(args)
    assert not [argument for argument in args if argument.startswith(absent)]


@pytest.mark.parametrize(
    "mode, startup, readiness", [("none", "live", "ready"), ("explicit", "ready", "live"), ("poll", "live", "ready")]
)
def test_where_models_load_on_request_a_failed_one_does_not_take_the_pod_out(
    mode: str, startup: str, readiness: str
) -> None:
    probes = container({"models": {"controlMode": mode}})
    paths = {name: probes[f"{name}Probe"]["httpGet"]["path"] for name in ("startup", "readiness", "liveness")}
    assert paths == {
        "startup": f"/v2/health/{startup}",
        "readiness": f"/v2/health/{readiness}",
        "liveness": "/v2/health/live",
    }


@pytest.mark.parametrize(
    "values, resources",
    [
        ({}, {"requests": {"cpu": "250m", "memory": "1Gi"}}),
        (
            TABLE["gpu"],
            {"requests": {"cpu": 2, "memory": "1Gi"}, "limits": {"memory": "8Gi", "nvidia.com/mig-1g.5gb": 2}},
        ),
        (
            {"gpu": {"count": 1}, "resources": {"limits": {"nvidia.com/gpu": 1}}},
            {"requests": {"cpu": "250m", "memory": "1Gi"}, "limits": {"nvidia.com/gpu": 1}},
        ),
        ({"resources": {"requests": None}}, {}),
    ],
)
def test_a_gpu_is_among_the_limits_only_when_asked_for(values: Values, resources: dict) -> None:
    assert container(values)["resources"] == resources


@pytest.mark.parametrize("budget, period, threshold", [(600, 5, 120), (61, 10, 7), (1, 5, 1), (7200, 10, 720)])
def test_the_startup_probe_lasts_the_whole_budget(budget: int, period: int, threshold: int) -> None:
    deployment = render({"probes": {"startupBudgetSeconds": budget, "startupPeriodSeconds": period}})["Deployment"]
    probe = deployment["spec"]["template"]["spec"]["containers"][0]["startupProbe"]
    assert (probe["failureThreshold"], probe["periodSeconds"]) == (threshold, period)
    assert probe["httpGet"] == {"path": "/v2/health/live", "port": "http"}
    # The rollout may not be given up while the probe still waits.
    assert deployment["spec"]["progressDeadlineSeconds"] > threshold * period


@pytest.mark.parametrize("pre_stop, grace, exit_timeout", [(10, 60, 45), (0, 10, 5), (30, 300, 265)])
def test_what_the_grace_period_leaves_goes_to_requests_under_way(pre_stop: int, grace: int, exit_timeout: int) -> None:
    values = {"shutdown": {"preStopSeconds": pre_stop, "gracePeriodSeconds": grace}}
    assert pod(values)["terminationGracePeriodSeconds"] == grace
    assert f"--exit-timeout-secs={exit_timeout}" in container(values)["args"]
    expected = {"preStop": {"sleep": {"seconds": pre_stop}}} if pre_stop else None
    assert container(values).get("lifecycle") == expected


@pytest.mark.parametrize("size, mounted", [("256Mi", True), ("2Gi", True), (1048576, True), ("", False), (0, False)])
def test_shared_memory_is_a_sized_volume_or_left_to_the_runtime(size: str | int, mounted: bool) -> None:
    values = {"sharedMemory": {"size": size}}
    assert ("/dev/shm" in mounts(values)) is mounted
    volumes = {volume["name"]: volume for volume in pod(values)["volumes"]}
    if mounted:
        assert volumes["shm"]["emptyDir"] == {"medium": "Memory", "sizeLimit": size}
    else:
        assert "shm" not in volumes


def test_home_and_temporary_files_have_a_writable_place() -> None:
    env = environment()
    assert env["HOME"] in mounts() and env["TMPDIR"] in mounts()
    assert {mounts()[env[name]]["name"] for name in ("HOME", "TMPDIR")} == {"scratch"}
    assert all(env[name].startswith(env["HOME"] + "/") for name in ("HF_HOME", "XDG_CACHE_HOME"))


def test_a_given_variable_replaces_the_charts_own() -> None:
    env = environment(TABLE["everything about pods"])
    assert env["HOME"] == "/elsewhere"
    assert env["AWS_DEFAULT_REGION"] == "eu-west-1"
    assert env["TMPDIR"] == "/tmp"


def test_the_service_names_its_ports_and_finds_the_pods() -> None:
    objects = render(TABLE["everything about pods"])
    service, deployment = objects["Service"], objects["Deployment"]
    assert {port["name"]: port["port"] for port in service["spec"]["ports"]} == {
        "http": 9000,
        "grpc": 9001,
        "metrics": 9002,
    }
    assert {port["name"]: port["appProtocol"] for port in service["spec"]["ports"]}["grpc"] == "h2c"
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    assert service["spec"]["selector"].items() <= labels.items()
    assert {"team": "a", "tier": "gold"}.items() <= labels.items()
    container_ports = {
        port["name"]: port["containerPort"] for port in container(TABLE["everything about pods"])["ports"]
    }
    assert {port["targetPort"] for port in service["spec"]["ports"]} == set(container_ports)


def test_what_may_not_change_does_not_change() -> None:
    selector = render()["Deployment"]["spec"]["selector"]
    changed = {**TABLE["everything about pods"], "nameOverride": ""}
    assert render(changed)["Deployment"]["spec"]["selector"] == selector
    assert set(selector["matchLabels"]) == {"app.kubernetes.io/name", "app.kubernetes.io/instance"}


def test_a_new_version_of_the_chart_alone_restarts_no_pod(tmp_path: Path) -> None:
    newer = tmp_path / "triton"
    shutil.copytree(CHART, newer)
    about = (newer / "Chart.yaml").read_text()
    (newer / "Chart.yaml").write_text(re.sub(r"(?m)^version: .*$", "version: 9.9.9", about))
    before, after = render(), render(chart=newer)
    assert after["Deployment"]["metadata"]["labels"]["helm.sh/chart"] == "triton-9.9.9"
    assert after["Deployment"]["spec"]["template"] == before["Deployment"]["spec"]["template"]


@pytest.mark.parametrize(
    "release, values, name",
    [
        ("demo", {}, "demo-triton"),
        ("my-triton", {}, "my-triton"),
        ("demo", {"fullnameOverride": "other"}, "other"),
        ("r" * 50, {"nameOverride": "n" * 20}, "r" * 50 + "-" + "n" * 12),
    ],
)
def test_names_follow_the_release(release: str, values: Values, name: str) -> None:
    objects = render(values, release=release)
    assert {item["metadata"]["name"] for item in objects.values()} == {name}
    assert {item["metadata"]["namespace"] for item in objects.values()} == {"inference"}


def test_an_existing_service_account_is_used_not_made() -> None:
    values = TABLE["everything about pods"]
    assert "ServiceAccount" not in render(values)
    assert pod(values)["serviceAccountName"] == "existing"
    assert pod({"serviceAccount": {"create": False}})["serviceAccountName"] == "default"
    assert pod()["automountServiceAccountToken"] is False


def test_a_digest_pins_the_image() -> None:
    digest = TABLE["everything about pods"]["image"]["digest"]
    assert container(TABLE["everything about pods"])["image"] == f"nvcr.io/nvidia/tritonserver@{digest}"
    local = {"image": {"repository": "inferops.local/tritonserver", "tag": "2.51.0"}}
    assert container(local)["image"] == "inferops.local/tritonserver:2.51.0"


REPOSITORY = {"name": "a", "volume": CLAIM}


@pytest.mark.parametrize(
    "values, words",
    [
        ({"replica": 2}, ["additional properties 'replica' not allowed"]),
        ({"image": {"pullPolicy": "Sometimes"}}, ["/image/pullPolicy", "'Always', 'IfNotPresent', 'Never'"]),
        ({"scratch": {"sizeLimit": "1 GiB"}}, ["/scratch/sizeLimit", "'1 GiB' does not match", "Gi"]),
        ({"sharedMemory": {"size": "lots"}}, ["/sharedMemory/size", "'lots' does not match"]),
        ({"resources": {"limits": {"memory": "8GB"}}}, ["/resources/limits/memory", "'8GB' does not match"]),
        ({"replicas": -1}, ["/replicas", "got -1, want 0"]),
        ({"gpu": {"resourceName": "gpu"}}, ["/gpu/resourceName", "'gpu' does not match"]),
        ({"gpu": {"count": 1.5}}, ["/gpu/count", "want integer"]),
        ({"modelRepositories": []}, ["/modelRepositories", "got 0, want 1"]),
        ({"modelRepositories": [{"name": "My_models"}]}, ["/modelRepositories/0/name", "'My_models'"]),
        ({"modelRepositories": [{"name": "a", "uri": "http://b/c"}]}, ["/modelRepositories/0/uri", "s3|gs|as"]),
        (
            {"modelRepositories": [{"name": "a", "volume": {**CLAIM, "emptyDir": {}}}]},
            ["/modelRepositories/0/volume", "got 2, want 1"],
        ),
        ({"models": {"controlMode": "auto"}}, ["/models/controlMode", "'none', 'explicit', 'poll'"]),
        ({"server": {"extraArgs": ["http-port=1"]}}, ["/server/extraArgs/0", "'http-port=1'"]),
        ({"ports": {"http": 70000}}, ["/ports/http", "got 70,000, want 65,535"]),
        ({"hostUsers": "no"}, ["/hostUsers", "got string, want"]),
    ],
)
def test_the_schema_names_the_value_that_it_refuses(values: Values, words: list[str]) -> None:
    for major in HELMS:
        message = refusal(values, major)
        assert [word for word in words if word not in message] == [], message


@pytest.mark.parametrize(
    "values, sentence",
    [
        (
            {"modelRepositories": [REPOSITORY, REPOSITORY]},
            'modelRepositories has two entries named "a": give each its own name.',
        ),
        (
            {"modelRepositories": [REPOSITORY, {"name": "b", "mountPath": "/models/a/deeper", "volume": CLAIM}]},
            (
                'modelRepositories entry "b" would be mounted at /models/a/deeper, which clashes with /models/a of the model '
                'repository "a": choose another mountPath.'
            ),
        ),
        (
            {"modelRepositories": [{"name": "a", "mountPath": "/tmp", "volume": CLAIM}]},
            (
                'modelRepositories entry "a" would be mounted at /tmp, which clashes with /tmp of the chart\'s scratch volume: '
                "choose another mountPath."
            ),
        ),
        (
            {"modelRepositories": [{"name": "a", "uri": "s3://b/c", "volume": CLAIM}]},
            (
                'modelRepositories entry "a" has both uri (s3://b/c) and volume (persistentVolumeClaim): keep the one that '
                "holds the models."
            ),
        ),
        (
            {"modelRepositories": [{"name": "a", "volume": {}}]},
            (
                'modelRepositories entry "a" has neither uri nor volume: give one, as uri: s3://bucket/folder or volume: '
                "{persistentVolumeClaim: {claimName: models}}."
            ),
        ),
        (
            {"modelRepositories": [{"name": "a", "uri": "s3://b/c", "subPath": "d"}]},
            'modelRepositories entry "a" has a uri (s3://b/c), so nothing is mounted: leave out mountPath and subPath.',
        ),
        (
            {"modelRepositories": [{"name": "a", "volume": {"configMap": {"name": "m"}}}]},
            (
                'modelRepositories entry "a" is a configMap without subPath, so that Triton would never be ready: begin each '
                "path under items with a folder, as models/NAME/config.pbtxt, and set subPath: models."
            ),
        ),
        (
            {"models": {"load": ["double", "x"]}},
            (
                'models.load names double, x, but models.controlMode is "none": set it to "explicit", or leave models.load '
                "empty."
            ),
        ),
        (
            {"shutdown": {"preStopSeconds": 30, "gracePeriodSeconds": 35}},
            (
                "shutdown.gracePeriodSeconds is 35, which leaves no time to finish requests after shutdown.preStopSeconds "
                "(30): set it to 36 or more."
            ),
        ),
        (
            {"ports": {"http": 8001}},
            "ports.http (8001), ports.grpc (8001) and ports.metrics (8002) must be three different numbers.",
        ),
        (
            {"gpu": {"count": 1}, "resources": {"limits": {"nvidia.com/gpu": 2}}},
            (
                "resources.limits has nvidia.com/gpu: 2, but gpu.count is 1: leave the GPU out of resources, gpu.count puts it "
                "there."
            ),
        ),
        (
            {"podLabels": {"app.kubernetes.io/name": "mine"}},
            (
                'podLabels sets app.kubernetes.io/name to "mine", but the chart selects its pods by "triton": leave that label '
                "out, or use nameOverride."
            ),
        ),
        (
            {"extraVolumes": [{"name": "scratch", "emptyDir": {}}]},
            (
                'extraVolumes has a volume named "scratch", a name that the chart uses itself (scratch, shm, models-…): choose '
                "another name."
            ),
        ),
    ],
)
def test_contradictions_are_refused_in_one_sentence(values: Values, sentence: str) -> None:
    for major in HELMS:
        assert sentence in refusal(values, major)


@pytest.mark.parametrize(
    "models", [{"controlMode": "explicit", "load": ["double"]}, {"strictReadiness": False}], ids=["explicit", "lenient"]
)
def test_a_config_map_as_a_whole_is_allowed_where_triton_can_be_ready_with_it(models: Values) -> None:
    values = {"modelRepositories": [{"name": "a", "volume": {"configMap": {"name": "m"}}}], "models": models}
    assert "subPath" not in mounts(values)["/models/a"]


def test_an_older_kubernetes_is_refused() -> None:
    done = helm("3", "template", "demo", CHART, "--kube-version=1.29.9")
    assert done.returncode != 0
    assert "chart requires kubeVersion: >=1.30.0-0" in done.stderr


@pytest.mark.parametrize("major", HELMS)
def test_the_notes_tell_how_to_ask_the_server(major: str, tmp_path: Path) -> None:
    # `helm template` leaves the notes out, and `helm install` wants a cluster: render them into an object.
    copy = tmp_path / "triton"
    shutil.copytree(CHART, copy)
    (copy / "templates/notes.yaml").write_text(
        "kind: ConfigMap\ndata:\n  notes: |\n"
        '    {{- include (print $.Template.BasePath "/NOTES.txt") . | nindent 4 }}\n'
    )
    notes = render({"ports": {"http": 9000}}, major=major, chart=copy)["ConfigMap"]["data"]["notes"]
    assert "/api/v1/namespaces/inference/services/http:demo-triton:http/proxy/v2/models/MODEL/infer" in notes
    assert "/api/v1/namespaces/inference/pods/http:${POD#pod/}:9000/proxy/v2/repository/index" in notes
    assert "kubectl -n inference get events --field-selector reason=FailedCreate" in notes
