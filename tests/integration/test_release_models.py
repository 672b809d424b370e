# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Models of a running server: loaded, exchanged and unloaded on every replica, with Triton and the audit log as witnesses."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from audit import events
from conftest import DOUBLE, ROOT, VALUES, Cluster, Played

MODELS = ROOT / "tests" / "models"
# Quick to notice a pod that is not ready any more.
PROBES = {"startupPeriodSeconds": 1, "readinessPeriodSeconds": 1, "readinessFailureThreshold": 1}


def repository(target: Path) -> Path:
    """weighted_sum, a model that never loads, and double in two versions: the first multiplies by 3, the second by 2."""
    shutil.copytree(MODELS / "weighted_sum", target / "weighted_sum")
    shutil.copytree(MODELS / "double", target / "double")
    text = (MODELS / "double" / "1" / "model.py").read_text()
    (target / "double" / "2").mkdir()
    (target / "double" / "2" / "model.py").write_text(text)
    (target / "double" / "1" / "model.py").write_text(text.replace("type(2)", "type(3)"))
    shutil.copytree(MODELS / "double", target / "broken")
    config = (target / "broken" / "config.pbtxt").read_text().replace('"double"', '"broken"')
    (target / "broken" / "config.pbtxt").write_text(config)
    (target / "broken" / "1" / "model.py").write_text('raise RuntimeError("no weights here")\n')
    return target


def control_requests(cluster: Cluster, offset: int) -> list[str]:
    """Pod, model and verb of each request to load or unload since the offset, by the audit log."""
    # Waits until the log is whole.
    cluster.writes(offset)
    uris = [event["requestURI"] for event in events(cluster.state / "audit.log", offset, "admin")]
    found = (re.search(r"/pods/http:([^:]+):\d+/proxy/v2/repository/models/(\w+)/(\w+)", uri) for uri in uris)
    return [" ".join(match.groups()) for match in found if match]


def play_each(
    cluster: Cluster, playbook: str, settings: dict[str, Any], cases: list[tuple[dict[str, Any], str]]
) -> Played:
    """Run a playbook for several faulty settings at once: each fails with its words."""
    hosts = {f"case-{number}": {**settings, **wrong} for number, (wrong, _words) in enumerate(cases)}
    played = cluster.play_hosts(playbook, hosts)
    for (_wrong, words), messages in zip(cases, played.hosts.values(), strict=True):
        assert len([message for message in messages if words in message]) == 1, played.output
    return played


def infer(cluster: Cluster, namespace: str, pod: str, model: str, inputs: dict[str, list[Any]]) -> list[float]:
    """One pod's answer, asked without the collection."""
    tensors = []
    for name, data in inputs.items():
        nested = isinstance(data[0], list)
        shape = [len(data), len(data[0])] if nested else [len(data)]
        tensors.append({"name": name, "datatype": "FP32", "shape": shape, "data": data})
    path = f"/api/v1/namespaces/{namespace}/pods/http:{pod}:8000/proxy/v2/models/{model}/infer"
    answer = json.loads(cluster.kubectl("create", "--raw", path, "-f", "-", text=json.dumps({"inputs": tensors})))
    data = answer["outputs"][0]["data"]
    assert isinstance(data, list)
    return data


def check_readiness_stays(cluster: Cluster, namespace: str, pod: str) -> None:
    """The kubelet looks every second and would say so at once."""
    condition = ["--for=condition=Ready=false", "--timeout=4s"]
    assert "condition met" not in cluster.kubectl("wait", "-n", namespace, f"pod/{pod}", *condition, check=False)


def test_models_of_two_replicas(cluster: Cluster, fresh_name: Callable[[], str], tmp_path: Path) -> None:
    namespace = fresh_name()
    settings = {
        "triton_namespace": namespace,
        "triton_model_repository": {"configmap": {"path": str(repository(tmp_path / "models"))}},
        "triton_model_control": "explicit",
        "triton_load_models": ["double"],
        "triton_inferences": [DOUBLE],
        "triton_values": {**VALUES, "replicas": 2, "probes": PROBES},
    }
    refused = play_each(
        cluster,
        "deploy",
        settings,
        [
            ({"triton_model_control": "poll"}, 'triton_model_control is "poll", but has to be none'),
            ({"triton_model_control": "none"}, "triton_model_control is none, which loads all models"),
            (
                {"triton_load_models": ["dubble"]},
                "The repositories have no model dubble, which triton_load_models names",
            ),
        ],
    )
    assert refused.writes == ()

    # One of the models never loads, which is no hindrance: it is not to be loaded at the start.
    deployed = cluster.play("deploy", settings)
    assert deployed.code == 0, deployed.output
    assert f"Triton serves double in namespace {namespace}" in deployed.output
    pods = sorted(
        pod["metadata"]["name"]
        for pod in cluster.get("pods", "-n", namespace, "-l", "app.kubernetes.io/name=triton")["items"]
    )
    assert len(pods) == 2

    load_and_exchange(cluster, settings, pods)
    refuse_what_cannot_be(cluster, settings, pods)
    unload(cluster, settings, pods)
    # Neither what was loaded meanwhile nor the model that failed makes a difference to the release.
    again = cluster.play("deploy", settings)
    assert (again.code, again.changed, again.writes) == (0, 0, ()), again.output


def load_and_exchange(cluster: Cluster, settings: dict[str, Any], pods: list[str]) -> None:
    """A second model, and the older version of the first, on both replicas."""
    namespace = settings["triton_namespace"]
    wanted = {**settings, "triton_models": [{"model": "double", "version": 1}, {"model": "weighted_sum"}]}
    offset = cluster.audit_offset()
    checked = cluster.play("models", wanted, "--check")
    assert (checked.code, checked.changed, checked.writes) == (0, 1, ()), checked.output
    assert control_requests(cluster, offset) == []

    first = cluster.play("models", wanted)
    assert (first.code, first.changed, first.writes) == (0, 1, ()), first.output
    assert sorted(control_requests(cluster, offset)) == sorted(
        f"{pod} {model} load" for pod in pods for model in ("double", "weighted_sum")
    )
    for pod in pods:
        assert infer(cluster, namespace, pod, "double", {"INPUT": [1.5, -0.5]}) == [4.5, -1.5]
        sums = {"VALUES": [[1, 2, 3]], "WEIGHTS": [[2, 0.5, 1]]}
        assert infer(cluster, namespace, pod, "weighted_sum", sums) == [6.0]
    info = cluster.module("triton_info", {"namespace": namespace, "name": "triton", "gather": ["replicas"]})
    assert [one["pod"] for one in info["replicas"]] == pods
    counted = {
        (one["name"], one["version"]): (one["replicas_ready"], one["replicas"], one["inference_count"])
        for one in info["totals"]
    }
    assert counted[("double", "1")] == counted[("weighted_sum", "1")] == (2, 2, 2)
    assert counted[("double", "2")][0] == 0

    offset = cluster.audit_offset()
    second = cluster.play("models", wanted)
    assert (second.code, second.changed, second.writes) == (0, 0, ()), second.output
    assert control_requests(cluster, offset) == []


def refuse_what_cannot_be(cluster: Cluster, settings: dict[str, Any], pods: list[str]) -> None:
    """One sentence each; what is served stays served, on pods that stay ready."""
    namespace = settings["triton_namespace"]
    offset = cluster.audit_offset()
    play_each(
        cluster,
        "models",
        settings,
        [
            (
                {"triton_models": [{"model": "weighted_sum", "state": "unloaded"}, {"model": "dubble"}]},
                "has no model dubble; the models of its repositories are: broken, double, weighted_sum.",
            ),
            (
                {"triton_models": [{"model": "double", "version": "newest"}]},
                "Version 'newest' of model double is no version",
            ),
            ({"triton_models": [{"model": "double", "state": "gone"}]}, "but has to be a list of models, each once"),
        ],
    )
    assert control_requests(cluster, offset) == []

    server = {"namespace": namespace, "name": "triton"}
    missing = cluster.module("triton_model", {**server, "model": "double", "version": "9"})
    assert missing["msg"] == (
        f"Triton in pod {pods[0]} of namespace {namespace} has no version 9 of model double in its repositories; versions that it serves: 1. "
        f"Not asked: {pods[1]}."
    )
    broken = cluster.module("triton_model", {**server, "model": "broken"})
    assert broken["msg"].startswith(f"Triton in pod {pods[0]} of namespace {namespace} cannot load model broken: ")
    assert "no weights here" in broken["msg"]
    assert [request.split(" ", 1)[0] for request in control_requests(cluster, offset)] == [pods[0]] * 2
    check_readiness_stays(cluster, namespace, pods[0])
    for pod in pods:
        assert infer(cluster, namespace, pod, "double", {"INPUT": [1.5]}) == [4.5]


def unload(cluster: Cluster, settings: dict[str, Any], pods: list[str]) -> None:
    """The newer version comes back, and the second model goes."""
    namespace = settings["triton_namespace"]
    models = [{"model": "double", "state": "reloaded", "version": "2"}, {"model": "weighted_sum", "state": "unloaded"}]
    done = cluster.play("models", {**settings, "triton_models": models})
    assert (done.code, done.changed, done.writes) == (0, 1, ()), done.output
    for pod in pods:
        assert infer(cluster, namespace, pod, "double", {"INPUT": [1.5]}) == [3.0]
    info = cluster.module("triton_info", {"namespace": namespace, "name": "triton", "gather": ["replicas"]})
    ready = [(one["name"], one["version"]) for one in info["totals"] if one["replicas_ready"]]
    assert ready == [("double", "2")]

    offset = cluster.audit_offset()
    server = {"namespace": namespace, "name": "triton"}
    again = cluster.module("triton_model", {**server, "model": "weighted_sum", "state": "unloaded"})
    assert again["changed"] is False
    assert control_requests(cluster, offset) == []


def test_a_server_that_loads_all_at_its_start(cluster: Cluster, fresh_name: Callable[[], str], tmp_path: Path) -> None:
    namespace = fresh_name()
    shutil.copytree(MODELS / "double", tmp_path / "models" / "double")
    settings = {
        "triton_namespace": namespace,
        "triton_model_repository": {"configmap": {"path": str(tmp_path / "models")}},
        "triton_values": {**VALUES, "probes": PROBES},
    }
    assert cluster.play("deploy", settings).code == 0
    offset = cluster.audit_offset()
    server = {"namespace": namespace, "name": "triton", "model": "double"}
    refused = cluster.module("triton_model", {**server, "state": "unloaded"})
    assert refused["msg"].endswith(
        "does not load and unload models on request (it runs with --model-control-mode=none); deploy it with triton_model_control: explicit."
    )
    assert cluster.module("triton_model", server)["changed"] is False
    assert control_requests(cluster, offset) == []
