# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._adapt.models import with_models
from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError

CLAIM = {"persistentVolumeClaim": {"claimName": "models"}}
LOCAL = {"modelRepositories": [{"name": "main", "volume": CLAIM}]}
BOTH = {"modelRepositories": [{"name": "main", "volume": CLAIM}, {"name": "s3", "uri": "s3://bucket/models"}]}
MAIN, S3 = "--model-repository=/models/main", "--model-repository=s3://bucket/models"
MOUNT = {"name": "models-main", "mountPath": "/models/main", "readOnly": True}


def workload(container: Any, kind: str = "Deployment", **spec: Any) -> dict[str, Any]:
    served = {"name": "t", "image": "nvcr.io/nvidia/tritonserver:25.01-py3", **container}
    template = {"spec": {"containers": [served], **spec}}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": "d"}, "spec": {"template": template}}


def pod_of(item: Any, values: Any = None) -> dict[str, Any]:
    before = deepcopy(item)
    (found,), steps = with_models([item], LOCAL if values is None else values)
    assert item == before
    assert steps and all((step.kind, step.name) == (item["kind"], "d") for step in steps)
    pod: dict[str, Any] = found["spec"]["template"]
    return pod


def served(container: Any, values: Any = None, **spec: Any) -> dict[str, Any]:
    found: dict[str, Any] = pod_of(workload(container, **spec), values)["spec"]["containers"][0]
    return found


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        # Triton's own chart.
        ({"args": ["tritonserver", "--model-store=gs://b/m", "--x"]}, {"args": ["tritonserver", MAIN, S3, "--x"]}),
        ({"args": ["tritonserver", "--model-store", "/m", "--x"]}, {"args": ["tritonserver", MAIN, S3, "--x"]}),
        (
            {"command": ["tritonserver", "--model-repository=/m"], "args": ["--x"]},
            {"command": ["tritonserver", MAIN, S3], "args": ["--x"]},
        ),
        # Each of them once, in the place of the first one.
        (
            {"args": ["tritonserver", "--model-repository=/a", "--x", "--model-repository", "/b", "--model-store=/c"]},
            {"args": ["tritonserver", MAIN, S3, "--x"]},
        ),
        ({"command": ["tritonserver"], "args": ["--x"]}, {"command": ["tritonserver"], "args": ["--x", MAIN, S3]}),
        ({"command": ["tritonserver"]}, {"command": ["tritonserver", MAIN, S3]}),
        ({}, {"args": ["tritonserver", MAIN, S3]}),
        ({"args": None, "command": None}, {"args": ["tritonserver", MAIN, S3]}),
        # Whatever a shell gets behind its script is no option of tritonserver.
        (
            {"command": ["sh", "-c", "exec tritonserver --log-verbose=1 && true"]},
            {"command": ["sh", "-c", f"exec tritonserver {MAIN} {S3} --log-verbose=1 && true"]},
        ),
        (
            {"command": ["sh", "-c"], "args": ["sleep 1;/opt/tritonserver/bin/tritonserver\n"]},
            {"args": [f"sleep 1;/opt/tritonserver/bin/tritonserver {MAIN} {S3}\n"]},
        ),
        ({"command": ["sh", "-c"], "args": ["tritonserver $OPTS"]}, {"args": [f"tritonserver {MAIN} {S3} $OPTS"]}),
        ({"command": ["bash", "-ec", "tritonserver"]}, {"command": ["bash", "-ec", f"tritonserver {MAIN} {S3}"]}),
        (
            {"command": ["tini", "--", "sh", "-c", "# a; tritonserver\ncp /tritonserver/x y\ntritonserver \\\n --x"]},
            {
                "command": [
                    *("tini", "--", "sh", "-c"),
                    f"# a; tritonserver\ncp /tritonserver/x y\ntritonserver {MAIN} {S3} \\\n --x",
                ]
            },
        ),
        ({"command": ["tini", "--", "tritonserver"]}, {"command": ["tini", "--", "tritonserver", MAIN, S3]}),
        ({"args": ["--log-verbose=1"]}, {"args": ["--log-verbose=1", MAIN, S3]}),
    ],
)
def test_the_options_name_the_repositories(given: Any, wanted: Any) -> None:
    found = served(given, BOTH)
    assert {key: found.get(key) for key in wanted} == wanted


@pytest.mark.parametrize(
    "script",
    [
        "tritonserver --model-store=/old --x",
        "tritonserver --model-repository /old --x",
        "tritonserver --model-store='/old' --x",
        'tritonserver --model-store="/old" --x',
        "tritonserver --model-store=/old --model-repository=/old2 --x",
        "sleep 1; exec tritonserver --model-repository=$MODELS --x --model-store /old && sleep 5",
    ],
)
def test_scripts_of_a_shell_name_them_once(script: str) -> None:
    mounts = [{"name": "old", "mountPath": "/old"}, {"name": "tmp", "mountPath": "/tmp"}]
    found = served({"command": ["/bin/sh", "-c", script], "volumeMounts": mounts}, BOTH)
    (text,) = found["command"][2:]
    assert text.count(MAIN) == text.count(S3) == 1
    assert "old" not in text and "$MODELS" not in text
    assert "--x" in text.split() and text.startswith(script.partition(" --model")[0])
    assert found["volumeMounts"] == [mounts[1], MOUNT]


@pytest.mark.parametrize(
    ("path", "mount", "stays"),
    [
        ("/models", "/models", False),
        ("/models/", "/models", False),
        ("/models", "/models/", False),
        ("/models", "/models/sub", False),
        # It may hold other things as well, such as /data/cache.
        ("/data/models", "/data", True),
        ("/models", "/", True),
        ("/models", "/models-cache", True),
        ("/models-cache", "/models", True),
        ("s3://b/models", "/models", True),
        ("/models", "/opt", True),
        # Two mounts cannot be in one place.
        ("/other", "/models/main", False),
    ],
)
def test_the_volume_of_the_former_models_goes(path: str, mount: str, stays: bool) -> None:
    mounts = [{"name": "v", "mountPath": mount}]
    item = workload(
        {"args": ["tritonserver", f"--model-store={path}"], "volumeMounts": mounts},
        volumes=[{"name": "v", "emptyDir": {}}],
    )
    spec = pod_of(item)["spec"]
    assert spec["containers"][0]["volumeMounts"] == [*(mounts if stays else []), MOUNT]
    own = {"name": "models-main", **CLAIM}
    assert spec["volumes"] == [*([{"name": "v", "emptyDir": {}}] if stays else []), own]


@pytest.mark.parametrize(
    "container",
    [
        {"args": ["sh", "-c", "exec /start.sh"]},
        {"args": ["bash", "/start.sh"]},
        {"args": ["/start.sh", "--x"]},
        {"args": ["sh", "-c", "echo tritonserver; exec $PROGRAM"]},
    ],
)
def test_a_command_line_without_a_place_for_options(container: Any) -> None:
    with pytest.raises(
        TritonError, match=r"^Deployment d: container t starts Triton in a way .*; name the models' place"
    ):
        with_models([workload(container)], LOCAL)


def test_one_container_of_a_pod_is_triton() -> None:
    item = workload({"image": "tritonserver-exporter:1"})
    exporter = deepcopy(item["spec"]["template"]["spec"]["containers"][0])
    item["spec"]["template"]["spec"]["containers"].append({"name": "s", "image": "i", "command": ["tritonserver"]})
    found = pod_of(item)["spec"]["containers"]
    assert (found[0], found[1]["command"]) == (exporter, ["tritonserver", MAIN])


@pytest.mark.parametrize(
    ("container", "wanted"),
    [
        ({"args": ["tritonserver", "--model-store=/m", "--x=secret"]}, ("args[1]", "--model-store=/m", MAIN)),
        ({"args": ["tritonserver", "--x=secret"]}, ("args", None, [MAIN])),
        (
            {"args": ["tritonserver", "--model-store", "/m", "--x=secret"]},
            ("args", ["--model-store", "/m"], [MAIN]),
        ),
        (
            {"command": ["sh", "-c", "P=secret tritonserver --model-store=/m --x"]},
            ("command[2]", "--model-store=/m", MAIN),
        ),
        ({"command": ["sh", "-c", "P=secret tritonserver --x"]}, ("command[2]", None, [MAIN])),
        ({}, ("args", None, ["tritonserver", MAIN])),
    ],
)
def test_steps_have_the_words_that_differ(container: Any, wanted: Any) -> None:
    steps = [one for one in with_models([workload(container)], LOCAL)[1] if "args" in one.path or "command" in one.path]
    place = "spec.template.spec.containers[0]."
    assert [(step.path.removeprefix(place), step.before, step.after) for step in steps] == [wanted]


@pytest.mark.parametrize("field", ["containers", "initContainers"])
def test_a_volume_that_others_mount_stays(field: str) -> None:
    other = {"name": "o", "image": "i", "volumeMounts": [{"name": "v", "mountPath": "/x"}]}
    container = {"args": ["tritonserver", "--model-store=/m"], "volumeMounts": [{"name": "v", "mountPath": "/m"}]}
    item = workload(container, volumes=[{"name": "v", "emptyDir": {}}])
    item["spec"]["template"]["spec"].setdefault(field, []).append(other)
    assert [one["name"] for one in pod_of(item)["spec"]["volumes"]] == ["v", "models-main"]


def test_volumes_that_nobody_mounted_before_stay() -> None:
    volumes = [{"name": "disk", "persistentVolumeClaim": {"claimName": "c"}}, {"name": "v", "emptyDir": {}}]
    container = {
        "args": ["tritonserver", "--model-store=/m"],
        "volumeDevices": [{"name": "disk", "devicePath": "/dev/x"}],
        "volumeMounts": [{"name": "v", "mountPath": "/m"}],
    }
    assert [one["name"] for one in pod_of(workload(container, volumes=volumes))["spec"]["volumes"]] == [
        "disk",
        "models-main",
    ]


def test_what_the_repositories_need_is_merged() -> None:
    values = {
        **BOTH,
        "env": [{"name": "A", "value": "new"}, {"name": "B", "value": "b"}],
        "extraVolumes": [{"name": "cache", "emptyDir": {}}],
        "extraVolumeMounts": [{"name": "cache", "mountPath": "/cache"}],
        "initContainers": [{"name": "fetch", "image": "i"}],
        "podSecurityContext": {"supplementalGroups": [5, 7]},
        "podAnnotations": {"a": "1"},
        "podLabels": {"l": "1"},
    }
    item = workload(
        {"env": [{"name": "A", "value": "old"}, {"name": "C", "value": "c"}]},
        securityContext={"fsGroup": 1, "supplementalGroups": [7, 9]},
    )
    item["spec"]["template"]["metadata"] = {"labels": {"app": "t"}, "annotations": None}
    pod = pod_of(item, values)
    container = pod["spec"]["containers"][0]
    assert [(one["name"], one["value"]) for one in container["env"]] == [("C", "c"), ("A", "new"), ("B", "b")]
    assert [one["mountPath"] for one in container["volumeMounts"]] == ["/models/main", "/cache"]
    assert [one["name"] for one in pod["spec"]["volumes"]] == ["models-main", "cache"]
    assert pod["spec"]["initContainers"] == [{"name": "fetch", "image": "i"}]
    assert pod["spec"]["securityContext"] == {"fsGroup": 1, "supplementalGroups": [7, 9, 5]}
    assert pod["metadata"] == {"labels": {"app": "t", "l": "1"}, "annotations": {"a": "1"}}


def test_a_directory_inside_the_volume() -> None:
    repository = {"name": "main", "volume": CLAIM, "subPath": "a/b", "mountPath": "/m", "readOnly": False}
    found = served({}, {"modelRepositories": [repository]})
    assert found["volumeMounts"] == [{"name": "models-main", "mountPath": "/m", "readOnly": False, "subPath": "a/b"}]
    assert found["args"] == ["tritonserver", "--model-repository=/m"]


@pytest.mark.parametrize("values", [{}, {"modelRepositories": []}, {"modelRepositories": None}])
def test_without_repositories_nothing_is_changed(values: Any) -> None:
    objects = [workload({}), {"kind": "X", "metadata": None}]
    assert with_models(objects, values) == (objects, [])


@pytest.mark.parametrize(
    "item",
    [
        {"kind": "ConfigMap"},
        workload({"image": "redis"}),
        workload({"command": ["sleep"]}),
        {"kind": "Deployment", "spec": None},
        {"kind": "Deployment", "spec": {"template": {"spec": {"containers": None}}}},
        {"kind": "Deployment", "spec": {"template": {"spec": {"containers": [None]}}}},
        workload({"args": "tritonserver"}),
        workload({"args": ["tritonserver"], "volumeMounts": [None]}),
        workload({"args": ["tritonserver"], "env": {"A": "b"}}),
    ],
)
def test_repositories_that_have_nowhere_to_go(item: Any) -> None:
    with pytest.raises(TritonError, match=r"^The chart has no container that runs tritonserver, .*; leave it out"):
        with_models([item], LOCAL)


IDENTITY = {**LOCAL, "serviceAccount": {"annotations": {"role": "r"}}}


@pytest.mark.parametrize("field", ["serviceAccountName", "serviceAccount"])
def test_annotations_of_the_service_account(field: str) -> None:
    accounts = [
        {"kind": "ServiceAccount", "metadata": {"name": name, "annotations": None}} for name in ("mine", "other")
    ]
    objects, steps = with_models([*accounts, workload({}, **{field: "mine"})], IDENTITY)
    assert [item["metadata"]["annotations"] for item in objects[:2]] == [{"role": "r"}, None]
    assert [step.path for step in steps if step.kind == "ServiceAccount"] == ["metadata.annotations"]


@pytest.mark.parametrize(("spec", "name"), [({}, "default"), ({"serviceAccountName": "far"}, "far")])
def test_a_service_account_that_the_chart_does_not_make(spec: Any, name: str) -> None:
    with pytest.raises(TritonError, match=f"annotations of service account {name}, which the chart does not make; "):
        with_models([workload({}, **spec)], IDENTITY)
