# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._run import model as module
from ansible_collections.inferops.triton.plugins.module_utils._run.triton import info
from ansible_collections.inferops.triton.tests.unit.plugins.fake_api import FakeApi, Seen
from ansible_collections.inferops.triton.tests.unit.plugins.fake_triton import LATEST, NOT_EXPLICIT, FakeTriton

LABELS = {"app": "triton"}
PODS = ("server-a", "server-b")
LOG = "/api/v1/namespaces/ns/pods/server-a/log"
MODELS = {"add": [1], "double": [1, 3], "broken": [1]}
SERVER: dict[str, Any] = {
    "namespace": "ns",
    "name": "server",
    "workload": None,
    "port": "http",
    "url": None,
    "url_ca_cert": None,
    "url_validate_certs": True,
    "url_headers": None,
    "timeout": 5,
}
WISH: dict[str, Any] = {
    **SERVER,
    "model": "double",
    "state": "loaded",
    "version": None,
    "config": None,
    "unload_dependents": False,
    "wait_timeout": 10,
}


def base(pod: str) -> str:
    return f"/api/v1/namespaces/ns/pods/http:{pod}:8000/proxy"


def deploy(
    api: FakeApi, args: list[str] | None = None, *, pods: tuple[str, ...] = PODS, **status: Any
) -> dict[str, Any]:
    """A Deployment of two replicas, whose status is complete unless said otherwise, and its running pods."""
    revision = {"annotations": {"deployment.kubernetes.io/revision": "1"}}
    done = {"observedGeneration": 1, "updatedReplicas": 2, "replicas": 2, "availableReplicas": 2}
    live = api.add(
        "apps/v1",
        "Deployment",
        "server",
        "ns",
        spec={"replicas": 2, "selector": {"matchLabels": LABELS}},
        status={**done, **status},
        metadata={"generation": 1, **revision},
    )
    owned = {"labels": LABELS, "ownerReferences": [{"uid": live["metadata"]["uid"]}], **revision}
    creator = api.add("apps/v1", "ReplicaSet", "server-1", "ns", metadata=owned)
    container = {
        "name": "triton",
        "args": args or ["tritonserver", "--model-control-mode=explicit"],
        "ports": [{"name": "http", "containerPort": 8000}],
    }
    for pod in pods:
        api.add(
            "v1",
            "Pod",
            pod,
            "ns",
            metadata={"labels": LABELS, "ownerReferences": [{"uid": creator["metadata"]["uid"]}]},
            spec={"containers": [container]},
            status={"containerStatuses": [{"name": "triton", "state": {"running": {}}}]},
        )
    return live


@pytest.fixture
def tritons(api: FakeApi) -> list[FakeTriton]:
    """Two replicas that have loaded nothing yet."""
    deploy(api)
    return [FakeTriton(api, base(pod), MODELS) for pod in PODS]


def bring(connection: dict[str, Any], check: bool = False, **options: Any) -> dict[str, Any]:
    return module.run({**connection, **WISH, **options}, check)


def problem(connection: dict[str, Any], check: bool = False, **options: Any) -> TritonError:
    with pytest.raises(TritonError) as caught:
        bring(connection, check, **options)
    assert "\n" not in caught.value.message
    return caught.value


def changes(tritons: list[FakeTriton]) -> list[list[tuple[str, str, Any]]]:
    return [triton.changes for triton in tritons]


def test_a_model_is_loaded_on_every_replica_and_then_left_alone(
    connection: dict[str, Any], tritons: list[FakeTriton]
) -> None:
    expected = [{"pod": pod, "changed": True, "versions_before": [], "versions": []} for pod in PODS]
    checked = bring(connection, check=True)
    assert (checked["changed"], checked["pods"]) == (True, expected)
    assert changes(tritons) == [[], []]

    first = bring(connection)
    assert first["changed"] is True
    assert [pod["versions"] for pod in first["pods"]] == [["3"], ["3"]]
    assert changes(tritons) == [[("load", "double", None)]] * 2

    again = bring(connection)
    assert again["changed"] is False
    assert [pod["changed"] for pod in again["pods"]] == [False, False]
    assert changes(tritons) == [[("load", "double", None)]] * 2


def test_only_the_replica_that_lacks_it_is_asked(connection: dict[str, Any], tritons: list[FakeTriton]) -> None:
    tritons[0].serve("double")
    result = bring(connection)
    assert [pod["changed"] for pod in result["pods"]] == [False, True]
    assert changes(tritons) == [[], [("load", "double", None)]]


def test_unloading_waits_until_the_last_request_is_answered(
    connection: dict[str, Any], tritons: list[FakeTriton]
) -> None:
    for triton in tritons:
        triton.serve("double")
        triton.lingering = 3
    result = bring(connection, state="unloaded", unload_dependents=True)
    assert [pod["versions"] for pod in result["pods"]] == [[], []]
    assert tritons[0].changes == [("unload", "double", {"parameters": {"unload_dependents": True}})]
    assert bring(connection, state="unloaded")["changed"] is False
    assert len(tritons[0].changes) == 1


def test_a_version_is_loaded_with_the_live_configuration(connection: dict[str, Any], tritons: list[FakeTriton]) -> None:
    for triton in tritons:
        triton.serve("double", max_batch_size=8)
    result = bring(connection, version="1")
    assert [pod["versions"] for pod in result["pods"]] == [["1"], ["1"]]
    ((_verb, _model, sent),) = tritons[1].changes
    assert sent == {"name": "double", "max_batch_size": 8, "version_policy": {"specific": {"versions": [1]}}}
    assert bring(connection, version="1")["changed"] is False
    # Any version will do here.
    assert bring(connection)["changed"] is False


def test_a_version_of_a_model_that_is_not_loaded_takes_two_loads_unless_it_is_the_newest(
    connection: dict[str, Any], tritons: list[FakeTriton]
) -> None:
    assert bring(connection, version="1")["pods"][0]["versions"] == ["1"]
    assert [verb for verb, *_rest in tritons[0].changes] == ["load", "load"]
    bring(connection, state="unloaded")
    bring(connection, version="3")
    assert [verb for verb, *_rest in tritons[0].changes] == ["load", "load", "unload", "load"]


def test_a_version_that_is_not_there_changes_nothing(connection: dict[str, Any], tritons: list[FakeTriton]) -> None:
    for triton in tritons:
        triton.serve("double")
    assert problem(connection, version="9").message == (
        "Triton in pod server-a of namespace ns has no version 9 of model double in its repositories; versions that it serves: 3. "
        "Not asked: server-b."
    )
    assert [triton.versions("double") for triton in tritons] == [[3], [3]]
    assert tritons[1].changes == []


def test_a_version_that_is_not_there_of_a_model_that_is_not_loaded_leaves_it_unloaded(
    connection: dict[str, Any], tritons: list[FakeTriton]
) -> None:
    assert "has no version 9 of model double" in problem(connection, version="9").message
    assert tritons[0].versions("double") == []


def test_a_configuration_is_compared_before_it_is_sent(connection: dict[str, Any], tritons: list[FakeTriton]) -> None:
    for triton in tritons:
        triton.serve("double", max_batch_size=8, backend="python")
    assert bring(connection, config={"max_batch_size": "8"})["changed"] is False
    assert bring(connection, config={"backend": "python", "max_batch_size": 4}, version="1")["changed"] is True
    ((_verb, _model, sent),) = tritons[0].changes
    assert sent == {"backend": "python", "max_batch_size": 4, "version_policy": {"specific": {"versions": [1]}}}


def test_reloading_always_loads_and_leaves_a_version_that_an_earlier_load_has_chosen(
    connection: dict[str, Any], tritons: list[FakeTriton]
) -> None:
    for triton in tritons:
        triton.serve("double")
    assert bring(connection, state="reloaded", check=True)["changed"] is True
    assert changes(tritons) == [[], []]
    assert bring(connection, state="reloaded")["changed"] is True
    assert tritons[0].changes == [("load", "double", None)]
    bring(connection, state="reloaded", version="1")
    assert tritons[0].versions("double") == [1]
    assert bring(connection, state="reloaded")["pods"][0]["versions"] == ["3"]
    # A mere load would have stayed with version 1.
    assert [verb for verb, *_rest in tritons[0].changes[2:]] == ["unload", "load"]


def test_a_model_that_does_not_load_ends_it_at_the_first_replica_with_tritons_reason(
    connection: dict[str, Any], tritons: list[FakeTriton]
) -> None:
    for triton in tritons:
        triton.broken = {"broken"}
    error = problem(connection, model="broken")
    assert error.message == (
        "Triton in pod server-a of namespace ns cannot load model broken: version 1 is at UNAVAILABLE state: Internal: RuntimeError: "
        "no weights. Not asked: server-b."
    )
    assert error.details["changed"] is False
    assert tritons[1].changes == []


def test_a_model_that_loads_on_one_replica_only_is_told_as_such(
    connection: dict[str, Any], tritons: list[FakeTriton]
) -> None:
    tritons[1].broken = {"double"}
    error = problem(connection)
    assert error.message.startswith("Triton in pod server-b of namespace ns cannot load model double: ")
    assert error.message.endswith(" Done already in server-a.")
    assert error.details["changed"] is True
    assert [(pod["changed"], pod["versions"]) for pod in error.details["pods"]] == [(True, ["3"]), (False, [])]


def test_what_a_failed_reload_leaves_is_told(connection: dict[str, Any], tritons: list[FakeTriton]) -> None:
    for triton in tritons:
        triton.serve("double", version_policy={"specific": {"versions": [1]}})
    tritons[0].broken = {"double:3"}
    error = problem(connection, state="reloaded")
    assert (error.details["changed"], error.details["pods"][0]["versions"]) == (True, [])
    assert error.details["pods"][1] == {
        "pod": "server-b",
        "changed": False,
        "versions_before": ["1"],
        "versions": ["1"],
    }


def test_a_newest_version_that_does_not_load_bars_the_way_to_an_older_one(
    connection: dict[str, Any], tritons: list[FakeTriton]
) -> None:
    tritons[0].broken = {"double:3"}
    assert "Before version 1 Triton loads what the repository's configuration says; give config" in (
        problem(connection, version="1").message
    )
    assert bring(connection, version="1", config={"backend": "python"})["changed"] is True
    # The version itself: no other configuration helps.
    tritons[0].loaded.clear()
    assert "give config" not in problem(connection, version="3").message


def test_a_reason_that_only_the_log_has(api: FakeApi, connection: dict[str, Any], tritons: list[FakeTriton]) -> None:
    said = {"error": "failed to load 'double', failed to poll from model repository"}
    api.answers["POST", f"{base('server-a')}/v2/repository/models/double/load"] = (500, said)
    assert "cannot load model double: failed to load 'double', failed to poll from model repository." in (
        problem(connection).message
    )
    log = (
        "E1130 19:29:08.382760 1 model_repository_manager.cc:1460] \"Poll failed for model directory 'other': no\"\n"
        "E1130 19:29:09.382760 1 model_repository_manager.cc:1460] \"Poll failed for model directory 'double': unknown field\"\n"
    )
    api.answers["GET", LOG] = (200, log.encode())
    assert "cannot load model double: Poll failed for model directory 'double': unknown field." in (
        problem(connection).message
    )
    assert tritons[1].changes == []


@pytest.mark.parametrize("check", [True, False])
def test_unknown_models_are_told_with_those_that_are_there(
    connection: dict[str, Any], tritons: list[FakeTriton], check: bool
) -> None:
    assert problem(connection, check, model="dubble").message == (
        "Triton in pod server-a of namespace ns has no model dubble; the models of its repositories are: add, broken, double."
    )
    assert changes(tritons) == [[], []]


@pytest.mark.parametrize("check", [True, False])
def test_a_server_of_another_mode_is_told_before_it_is_asked(
    api: FakeApi, connection: dict[str, Any], check: bool
) -> None:
    deploy(api, ["tritonserver", "--model-control-mode=none"])
    tritons = [FakeTriton(api, base(pod), MODELS, explicit=False) for pod in PODS]
    assert problem(connection, check).message == (
        "Triton in pod server-a of namespace ns does not load and unload models on request (it runs with --model-control-mode=none); "
        "deploy it with triton_model_control: explicit."
    )
    assert not [seen for seen in api.seen if "/repository/models/" in seen.path]
    # What it serves anyway needs no request.
    for triton in tritons:
        triton.serve("double")
    assert bring(connection)["changed"] is False


def test_a_mode_that_only_triton_knows_is_told_in_its_words(api: FakeApi, connection: dict[str, Any]) -> None:
    deploy(api, ["/start.sh"])
    for pod in PODS:
        FakeTriton(api, base(pod), MODELS, explicit=False)
    assert f"does not load and unload models on request ({NOT_EXPLICIT})" in problem(connection).message


def test_a_server_by_url(api: FakeApi) -> None:
    triton = FakeTriton(api, "", MODELS)
    options = {**WISH, "namespace": None, "name": None, "url": api.url, "url_headers": AUTHORISED}
    (pod,) = module.run(options, False)["pods"]
    assert (pod["pod"], pod["versions"]) == (f"Triton at {api.url}", ["3"])
    assert triton.versions("double") == [3]


AUTHORISED = {"Authorization": "Bearer secret-token"}


def test_pods_that_do_not_answer_yet_are_waited_for(
    api: FakeApi, connection: dict[str, Any], tritons: list[FakeTriton]
) -> None:
    path = ("POST", f"{base('server-b')}/v2/repository/index")
    whole, left = api.answers[path], [1, 2]

    def starting(seen: Seen) -> tuple[int, Any]:
        if left:
            left.pop()
            return 502, b"connection refused"
        assert callable(whole)
        return whole(seen)

    api.answers[path] = starting
    assert bring(connection)["changed"] is True
    assert [triton.versions("double") for triton in tritons] == [[3], [3]]


@pytest.mark.parametrize(
    "status, pods, words",
    [
        ({"updatedReplicas": 1}, PODS, "the rollout of Deployment server is not complete"),
        ({"observedGeneration": 0}, PODS, "the rollout of Deployment server is not complete"),
        ({}, ("server-a",), "1 of 2 pods of Deployment server run"),
    ],
)
def test_a_rollout_that_does_not_end(
    api: FakeApi, connection: dict[str, Any], status: dict[str, Any], pods: tuple[str, ...], words: str
) -> None:
    deploy(api, pods=pods, **status)
    tritons = [FakeTriton(api, base(pod), MODELS) for pod in pods]
    message = problem(connection, wait_timeout=1).message
    assert message == f"Model double cannot be loaded after 1 s: {words}. Nothing was changed."
    assert not any(changes(tritons))


def test_pods_that_are_not_available_are_asked_all_the_same(api: FakeApi, connection: dict[str, Any]) -> None:
    """A model that failed may be what keeps them from it, and loading it anew the cure."""
    deploy(api, availableReplicas=0)
    for pod in PODS:
        FakeTriton(api, base(pod), MODELS)
    assert bring(connection)["changed"] is True


def test_a_deployment_that_is_not_there_or_wants_no_pods(api: FakeApi, connection: dict[str, Any]) -> None:
    assert problem(connection).message.startswith("There is no Deployment server in namespace ns; deploy it first")
    deploy(api)["spec"]["replicas"] = 0
    assert problem(connection).message.startswith("Deployment server in namespace ns wants 0 replicas")


def test_a_load_whose_answer_is_lost_is_followed_by_the_index(
    api: FakeApi, connection: dict[str, Any], tritons: list[FakeTriton]
) -> None:
    path = ("POST", f"{base('server-a')}/v2/repository/models/double/load")
    real = api.answers[path]

    def lost(seen: Seen) -> tuple[int, Any]:
        assert callable(real)
        real(seen)
        return 504, b"gateway timeout"

    api.answers[path] = lost
    assert bring(connection)["pods"][0]["versions"] == ["3"]
    assert tritons[0].versions("double") == [3]


def test_a_load_that_does_not_end(api: FakeApi, connection: dict[str, Any], tritons: list[FakeTriton]) -> None:
    api.answers["POST", f"{base('server-a')}/v2/repository/models/double/load"] = (200, b"")
    assert problem(connection, wait_timeout=1).message == (
        "Triton in pod server-a of namespace ns has not loaded model double after 1 s; versions that it serves: none. Not asked: server-b."
    )
    assert tritons[1].changes == []


@pytest.mark.parametrize("limit", [0, -1])
def test_no_time_to_wait(connection: dict[str, Any], limit: int) -> None:
    assert problem(connection, wait_timeout=limit).message.startswith(f"wait_timeout is {limit}; give the seconds")


def test_a_right_that_is_missing_is_named(api: FakeApi, connection: dict[str, Any], tritons: list[FakeTriton]) -> None:
    api.refuse("POST", f"{base('server-a')}/v2/repository/index", 403, "Forbidden", "no")
    assert "(pods/proxy is forbidden)" in problem(connection).message
    assert changes(tritons) == [[], []]


def test_every_replica_in_the_info(api: FakeApi, connection: dict[str, Any], tritons: list[FakeTriton]) -> None:
    api.triton("/api/v1/namespaces/ns/services/http:server:http/proxy", [])
    tritons[0].serve("double")
    tritons[1].serve("double", version_policy={"specific": {"versions": [1]}})
    tritons[1].serve("add", version_policy=LATEST)
    options = {**SERVER, "wait": False, "wait_timeout": 0, "models": [], "gather": ["replicas"], "query": None}
    result = info({**connection, **options}, False)
    assert [(one["pod"], one["ready"]) for one in result["replicas"]] == [("server-a", True), ("server-b", True)]
    assert [(one["name"], one["version"], one["replicas_ready"]) for one in result["totals"]] == [
        ("add", "1", 1),
        ("double", "1", 1),
        ("double", "3", 1),
    ]
    assert {one["inference_count"] for one in result["totals"]} == {2}
    assert api.writes == []
