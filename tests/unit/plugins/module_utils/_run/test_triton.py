# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._run.triton import infer, info
from ansible_collections.inferops.triton.tests.unit.plugins.fake_api import TOKEN, FakeApi, Seen, status
from ansible_collections.inferops.triton.tests.unit.plugins.module_utils._scc import refusals

SERVICE = "/api/v1/namespaces/ns/services/http:server:http/proxy"
POD = "/api/v1/namespaces/ns/pods/http:server-1-a:8000/proxy"
LOG = "/api/v1/namespaces/ns/pods/server-1-a/log"
LABELS = {"app": "triton"}
READY = [{"name": "double", "version": "1", "state": "READY"}, {"name": "add", "version": "1", "state": "READY"}]
BROKEN = {"name": "broken", "version": "1", "state": "UNAVAILABLE", "reason": "Internal: no weights"}
LOADING = {"name": "slow", "version": "1", "state": "LOADING"}
DEPLOYMENT = "/apis/apps/v1/namespaces/ns/deployments/server"
COMPLETE = {"observedGeneration": 1, "updatedReplicas": 1, "replicas": 1, "availableReplicas": 1}
RUNNING = {"containerStatuses": [{"name": "triton", "state": {"running": {}}}]}

SERVER: dict[str, Any] = {
    "namespace": "ns",
    "name": "server",
    "port": "http",
    "url": None,
    "url_ca_cert": None,
    "url_validate_certs": True,
    "url_headers": None,
    "timeout": 5,
}
INFO: dict[str, Any] = {
    **SERVER,
    "workload": None,
    "wait": False,
    "wait_timeout": 0,
    "models": [],
    "gather": ["server"],
    "query": None,
}
INFER: dict[str, Any] = {
    **SERVER,
    "model": "double",
    "version": None,
    "inputs": [{"name": "INPUT", "datatype": "FP32", "data": [1.5, 2.5], "shape": None}],
    "outputs": [],
    "parameters": None,
    "expect": None,
    "query": None,
}
ANSWER = {
    "model_name": "double",
    "model_version": "1",
    "outputs": [{"name": "OUTPUT", "datatype": "FP32", "shape": [2], "data": [3.0, 5.0]}],
}


def ask(connection: dict[str, Any], **options: Any) -> dict[str, Any]:
    return info({**connection, **INFO, **options}, False)


def awaited(connection: dict[str, Any], **options: Any) -> dict[str, Any]:
    return ask(connection, wait=True, **options)


def problem(connection: dict[str, Any], **options: Any) -> TritonError:
    with pytest.raises(TritonError) as caught:
        awaited(connection, **options)
    return caught.value


def send(connection: dict[str, Any], check: bool = False, **options: Any) -> dict[str, Any]:
    return infer({**connection, **INFER, **options}, check)


def add_deployment(api: FakeApi, pod_status: dict[str, Any] | None = None, **status: Any) -> dict[str, Any]:
    """A Deployment with its ReplicaSet and, if a status is given for it, one pod."""
    revision = {"annotations": {"deployment.kubernetes.io/revision": "1"}}
    spec = {"replicas": 1, "selector": {"matchLabels": LABELS}}
    live = api.add(
        "apps/v1", "Deployment", "server", "ns", spec=spec, status=status, metadata={"generation": 1, **revision}
    )
    owned = {"labels": LABELS, "ownerReferences": [{"uid": live["metadata"]["uid"]}], **revision}
    replicas = api.add("apps/v1", "ReplicaSet", "server-1", "ns", metadata=owned)
    if pod_status is not None:
        metadata = {"labels": LABELS, "ownerReferences": [{"uid": replicas["metadata"]["uid"]}]}
        ports = [{"name": "grpc", "containerPort": 8001}, {"name": "http", "containerPort": 8000}]
        pod_spec = {"containers": [{"name": "side"}, {"name": "triton", "ports": ports}]}
        api.add("v1", "Pod", "server-1-a", "ns", metadata=metadata, spec=pod_spec, status=pod_status)
    return replicas


def test_state_of_a_server(api: FakeApi, connection: dict[str, Any]) -> None:
    api.triton(SERVICE, [*READY, BROKEN])
    result = ask(connection)
    assert (result["ready"], result["models_ready"]) == (True, ["add", "double"])
    assert [model["ready"] for model in result["models"]] == [True, True, False]
    assert result["server"] == {"name": "triton", "version": "2.51.0"}
    assert set(result) == {"ready", "models", "models_ready", "server"}
    assert api.writes == []


def test_everything_that_can_be_gathered(api: FakeApi, connection: dict[str, Any]) -> None:
    api.triton(SERVICE, [*READY, BROKEN])
    result = ask(connection, gather=["metadata", "config", "statistics"])
    assert result["metadata"]["double"] == {"name": "double", "inputs": []}
    assert result["config"]["double"]["max_batch_size"] == 8
    # Models that are not ready have neither.
    assert set(result["config"]) == set(result["metadata"]) == {"double", "add"}
    assert result["statistics"] == [{"name": "double", "inference_count": 3}]
    assert "server" not in result


def test_query_on_the_result(api: FakeApi, connection: dict[str, Any]) -> None:
    api.triton(SERVICE, READY)
    assert ask(connection, query="models_ready[0]")["result"] == "add"


def test_a_query_that_is_none_is_refused_before_anything_is_asked(api: FakeApi, connection: dict[str, Any]) -> None:
    with pytest.raises(TritonError, match="Option query is no JMESPath expression"):
        ask(connection, query="[")
    assert api.seen == []


def test_a_server_that_is_not_ready(api: FakeApi, connection: dict[str, Any]) -> None:
    api.triton(SERVICE, [LOADING], ready=False)
    result = ask(connection)
    assert (result["ready"], result["models_ready"]) == (False, [])


def test_a_server_by_url(api: FakeApi) -> None:
    api.triton("", READY)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    options = {
        **INFO,
        "namespace": None,
        "name": None,
        "url": api.url,
        "url_headers": headers,
        "wait": True,
        "models": ["double"],
    }
    assert info(options, False)["ready"] is True
    # No cluster is asked.
    assert {seen.path.split("/")[1] for seen in api.seen} == {"v2"}


@pytest.mark.parametrize("timeout", [0, -1])
def test_no_time_to_answer(connection: dict[str, Any], timeout: int) -> None:
    with pytest.raises(TritonError, match=f"timeout is {timeout}; give the seconds"):
        ask(connection, timeout=timeout)


def test_waiting_for_a_server_that_is_ready(api: FakeApi, connection: dict[str, Any]) -> None:
    add_deployment(api, RUNNING, **COMPLETE)
    api.triton(SERVICE, READY)
    assert awaited(connection, models=["double"])["ready"] is True


def test_without_a_deployment_of_that_name_the_server_itself_is_asked(api: FakeApi, connection: dict[str, Any]) -> None:
    api.triton(SERVICE, READY)
    assert awaited(connection)["ready"] is True


def test_workload_of_another_name(api: FakeApi, connection: dict[str, Any]) -> None:
    add_deployment(api)["status"] = {
        "conditions": [{"type": "ReplicaFailure", "status": "True", "message": refusals.SINGLE}]
    }
    api.triton("/api/v1/namespaces/ns/services/http:svc:http/proxy", READY)
    assert awaited(connection, name="svc")["ready"] is True
    assert "refused" in problem(connection, name="svc", workload="server").message


def test_a_model_that_nobody_has_is_not_waited_for(api: FakeApi, connection: dict[str, Any]) -> None:
    api.triton(SERVICE, READY)
    error = problem(connection, models=["double", "dubble"], wait_timeout=600)
    assert error.message == (
        "Triton behind service server in namespace ns has no model dubble; the models of its repositories are: add, double."
    )


def test_an_empty_repository_has_no_model(api: FakeApi, connection: dict[str, Any]) -> None:
    api.triton(SERVICE, [])
    assert problem(connection, models=["double"]).message.endswith("the models of its repositories are: none.")
    assert awaited(connection)["models"] == []


def test_a_model_that_triton_cannot_load_ends_the_waiting(api: FakeApi, connection: dict[str, Any]) -> None:
    api.triton(SERVICE, [*READY, BROKEN])
    error = problem(connection, wait_timeout=600)
    assert error.message == (
        "Triton behind service server in namespace ns cannot load 1 of its models: broken version 1: Internal: no weights"
    )
    assert error.details["failed_models"] == [{**BROKEN, "ready": False}]


def test_only_the_models_that_are_named_count_on_request(api: FakeApi, connection: dict[str, Any]) -> None:
    """A model that failed on request leaves a server unready that serves all others."""
    api.triton(SERVICE, [*READY, BROKEN, LOADING], ready=False)
    assert awaited(connection, models=["double"], only_models=True)["models_ready"] == ["add", "double"]
    assert awaited(connection, models=[], only_models=True)["ready"] is False
    assert "cannot load 1 of its models: broken" in (
        problem(connection, models=["broken"], only_models=True, wait_timeout=600).message
    )
    assert "models slow are not ready" in problem(connection, models=["double", "slow"], only_models=True).message
    unknown = problem(connection, models=["dubble"], only_models=True, wait_timeout=600).message
    assert unknown.endswith("the models of its repositories are: add, broken, double, slow.")


def test_a_model_that_cannot_be_loaded_while_the_server_is_not_ready(api: FakeApi, connection: dict[str, Any]) -> None:
    api.triton(SERVICE, [BROKEN], ready=False)
    assert "broken version 1: Internal: no weights" in problem(connection, wait_timeout=600).message


def test_a_model_that_loads_is_waited_for(api: FakeApi, connection: dict[str, Any]) -> None:
    api.triton(SERVICE, [*READY, LOADING])
    error = problem(connection, models=["slow"])
    assert (
        error.message
        == "Triton behind service server in namespace ns is not ready after 0 s: models slow are not ready"
    )
    answers = iter([[*READY, LOADING], [*READY, {**LOADING, "state": "READY"}]])
    last = [{**LOADING, "state": "READY"}]
    api.answers["POST", f"{SERVICE}/v2/repository/index"] = lambda _seen: (200, next(answers, last))
    assert awaited(connection, models=["slow"], wait_timeout=30)["ready"] is True


def test_nobody_behind_the_service(api: FakeApi, connection: dict[str, Any]) -> None:
    api.refuse(
        "GET", f"{SERVICE}/v2/health/ready", 503, "ServiceUnavailable", 'no endpoints available for service "server"'
    )
    assert (
        "is not ready after 0 s: Triton behind service server in namespace ns does not answer (503: no endpoints"
        in (problem(connection).message)
    )


def test_a_service_that_is_not_there_is_not_waited_for(api: FakeApi, connection: dict[str, Any]) -> None:
    api.refuse("GET", f"{SERVICE}/v2/health/ready", 404, "NotFound", 'services "server" not found')
    message = problem(connection, wait_timeout=600).message
    assert 'services "server" not found' in message
    assert message.endswith("deploy it first, or correct the name.")


def test_refused_pods_end_the_waiting(api: FakeApi, connection: dict[str, Any]) -> None:
    condition = {"type": "ReplicaFailure", "status": "True", "message": refusals.OFFICIAL_CHART}
    add_deployment(api)["status"] = {"conditions": [condition]}
    error = problem(connection, wait_timeout=600)
    assert error.message.startswith("The pods of Deployment server in namespace ns are refused by restricted-v2: ")
    assert error.message.endswith("The playbook inferops.triton.diagnose lists the ways out.")
    assert len(error.details["violations"]) == 3


def without_room(api: FakeApi, words: str) -> None:
    condition = {"type": "ReplicaFailure", "status": "True", "message": f'pods "server-x" is forbidden: {words}'}
    add_deployment(api)["status"] = {"conditions": [condition]}


def test_a_full_quota_may_become_free_and_is_named(api: FakeApi, connection: dict[str, Any]) -> None:
    without_room(api, "exceeded quota: small, requested: pods=1, used: pods=3, limited: pods=3")
    message = problem(connection).message
    assert "is not ready after" in message
    assert "Quota small leaves no room for the pods of Deployment server in namespace ns: pods is 3" in message


def test_limits_that_no_waiting_helps_end_it(api: FakeApi, connection: dict[str, Any]) -> None:
    without_room(api, "maximum memory usage per Container is 64Mi, but request is 128Mi")
    message = problem(connection, wait_timeout=600).message
    assert message.startswith(
        "A limit range of the namespace refuses the pods of Deployment server in namespace ns: maximum"
    )


def test_claims_that_a_pod_waits_for_are_named(api: FakeApi, connection: dict[str, Any]) -> None:
    unbound = {"type": "PodScheduled", "status": "False", "message": "pod has unbound immediate PersistentVolumeClaims"}
    add_deployment(api, {"conditions": [unbound]})
    volumes = [{"name": name, "persistentVolumeClaim": {"claimName": name}} for name in ("bound", "gone", "waits")]
    next(item for item in api.objects.values() if item["kind"] == "Pod")["spec"]["volumes"] = volumes
    api.add("v1", "PersistentVolumeClaim", "bound", "ns", status={"phase": "Bound"}, spec={})
    waits = api.add(
        "v1", "PersistentVolumeClaim", "waits", "ns", status={"phase": "Pending"}, spec={"storageClassName": "fast"}
    )
    told = {"message": "the provisioner is away", "involvedObject": {"uid": waits["metadata"]["uid"]}}
    api.add("v1", "Event", "e", "ns", **told)
    message = problem(connection).message
    assert (
        "claim gone is not there; claim waits of storage class fast has no volume (Pending): the provisioner is away;"
        in message
    )
    assert "claim bound" not in message


def waiting(reason: str, message: str = "") -> dict[str, Any]:
    return {"containerStatuses": [{"name": "triton", "state": {"waiting": {"reason": reason, "message": message}}}]}


def test_a_container_that_never_starts_ends_the_waiting(api: FakeApi, connection: dict[str, Any]) -> None:
    add_deployment(api, waiting("InvalidImageName", 'couldn\'t parse image reference "a b"'))
    assert problem(connection, wait_timeout=600).message == (
        "Deployment server in namespace ns cannot start: container triton of pod server-1-a waits: InvalidImageName couldn't parse "
        'image reference "a b"'
    )


def test_what_may_still_come_is_waited_for_and_named(api: FakeApi, connection: dict[str, Any]) -> None:
    add_deployment(api, waiting("ImagePullBackOff", "back-off"))
    assert problem(connection).message == (
        "Triton behind service server in namespace ns is not ready after 0 s: container triton of pod server-1-a waits: "
        "ImagePullBackOff back-off"
    )


def copying(exit_code: int, words: str, attempts: int) -> dict[str, Any]:
    """Status of a pod whose init container failed so often and is about to try again."""
    ended = {"terminated": {"exitCode": exit_code, "reason": "Error", "message": words}}
    waiting_again = {"waiting": {"reason": "CrashLoopBackOff"}}
    return {
        "initContainerStatuses": [
            {"name": "sync-models", "restartCount": attempts, "state": waiting_again, "lastState": ended}
        ]
    }


PODS = "/api/v1/namespaces/ns/pods"
WORDS = "The credentials for s3://models are refused (AccessDenied)."


def attempts(api: FakeApi, *statuses: dict[str, Any]) -> None:
    """Let the pod have these statuses one after the other, and the last one from then on."""
    add_deployment(api, statuses[0])
    pod = next(live for (path, live) in api.objects.items() if path.startswith(f"{PODS}/"))
    left = list(statuses)

    def answer(_seen: Any) -> tuple[int, Any]:
        status = left.pop(0) if len(left) > 1 else left[0]
        return 200, {"items": [{**pod, "status": status}]}

    api.answers["GET", PODS] = answer


def test_a_copy_that_no_attempt_can_help_ends_the_waiting(api: FakeApi, connection: dict[str, Any]) -> None:
    attempts(api, {}, copying(78, WORDS, 1))
    assert problem(connection, wait_timeout=600).message == (
        "Deployment server in namespace ns cannot start: init container sync-models of pod server-1-a failed: " + WORDS
    )


def test_what_failed_before_may_be_put_right_by_now(api: FakeApi, connection: dict[str, Any]) -> None:
    """A pod that is about to try again, with the credentials corrected meanwhile, gets its chance."""
    attempts(api, copying(78, WORDS, 1), copying(78, WORDS, 1), copying(78, WORDS.replace("Denied", "Expired"), 2))
    assert "AccessExpired" in problem(connection, wait_timeout=600).message


def test_a_copy_that_another_attempt_may_help_is_waited_for(api: FakeApi, connection: dict[str, Any]) -> None:
    attempts(api, {}, copying(75, "The server does not answer.", 1), copying(75, "The server does not answer.", 2))
    assert problem(connection, wait_timeout=1).message == (
        "Triton behind service server in namespace ns is not ready after 1 s: init container sync-models of pod server-1-a failed: "
        "The server does not answer."
    )


@pytest.mark.parametrize("code", [429, 500, 503])
def test_an_api_server_that_does_not_answer_for_a_moment_does_not_end_the_waiting(
    api: FakeApi, connection: dict[str, Any], code: int
) -> None:
    add_deployment(api)
    looks = []

    def look(_seen: Seen) -> tuple[int, Any]:
        looks.append(1)
        if len(looks) == 1:
            return 200, api.objects[DEPLOYMENT]
        if len(looks) == 2:
            return status(code, "ServiceUnavailable", "etcd has no leader")
        api.objects[DEPLOYMENT]["status"] = COMPLETE
        return 200, api.objects[DEPLOYMENT]

    api.answers["GET", DEPLOYMENT] = look
    api.triton(SERVICE, READY)
    assert info({**INFO, **connection, "wait": True, "wait_timeout": 60}, False)["ready"] is True
    assert len(looks) == 3


def test_an_api_server_that_never_answered_ends_the_waiting(api: FakeApi, connection: dict[str, Any]) -> None:
    api.refuse("GET", DEPLOYMENT, 503, "ServiceUnavailable", "etcd has no leader")
    assert "etcd has no leader" in problem(connection, wait_timeout=600).message


def test_a_rollout_under_way(api: FakeApi, connection: dict[str, Any]) -> None:
    add_deployment(api)
    assert problem(connection).message.endswith("the rollout of Deployment server is not complete")


def test_old_pods_that_still_answer_do_not_hide_a_rollout_under_way(api: FakeApi, connection: dict[str, Any]) -> None:
    add_deployment(api, **{**COMPLETE, "updatedReplicas": 0})
    api.triton(SERVICE, READY)
    assert "rollout" in problem(connection).message


def test_a_pod_that_runs_is_asked_for_its_models(api: FakeApi, connection: dict[str, Any]) -> None:
    add_deployment(api, RUNNING)
    api.triton(POD, [BROKEN], ready=False)
    assert problem(connection, wait_timeout=600).message == (
        "Triton in pod server-1-a of namespace ns cannot load 1 of its models: broken version 1: Internal: no weights"
    )


@pytest.mark.parametrize("port", ["http", "8000"])
def test_port_of_the_pod_by_name_or_number(api: FakeApi, connection: dict[str, Any], port: str) -> None:
    add_deployment(api, RUNNING)
    api.triton(POD, [BROKEN], ready=False)
    assert "no weights" in problem(connection, port=port, wait_timeout=600).message


def test_reasons_that_only_the_log_tells(api: FakeApi, connection: dict[str, Any]) -> None:
    add_deployment(api, RUNNING)
    api.triton(POD, [], ready=False)
    line = "E1123 08:00:02.123456 1 model_repository_manager.cc:1325] Poll failed for model directory 'x': no version\n"
    api.answers["GET", LOG] = (200, line.encode())
    assert problem(connection, wait_timeout=600).message == (
        "Triton in pod server-1-a of namespace ns runs but does not get ready: Poll failed for model directory 'x': no version"
    )


def test_a_pod_that_runs_and_does_not_answer_yet_is_waited_for(api: FakeApi, connection: dict[str, Any]) -> None:
    add_deployment(api, RUNNING)
    api.answers["GET", f"{POD}/v2/health/ready"] = (502, b"connection refused")
    assert "is not ready after 0 s" in problem(connection).message


def test_inference(api: FakeApi, connection: dict[str, Any]) -> None:
    api.answers["POST", f"{SERVICE}/v2/models/double/infer"] = (200, ANSWER)
    result = send(connection, expect="outputs[0].data == `[3.0, 5.0]`", query="outputs[0].data")
    assert api.seen[-1].body == {"inputs": [{"name": "INPUT", "datatype": "FP32", "shape": [2], "data": [1.5, 2.5]}]}
    assert result == {
        "sent": True,
        "request": api.seen[-1].body,
        "model": "double",
        "version": "1",
        "outputs": ANSWER["outputs"],
        "accepted": True,
        "result": [3.0, 5.0],
    }


def test_inference_by_version(api: FakeApi, connection: dict[str, Any]) -> None:
    api.answers["POST", f"{SERVICE}/v2/models/double/versions/3/infer"] = (200, ANSWER)
    assert send(connection, version="3")["sent"] is True


@pytest.mark.parametrize("expect", ["outputs[0].data == `[0]`", "nowhere", "outputs[?name=='X']"])
def test_an_answer_that_is_not_what_was_expected(api: FakeApi, connection: dict[str, Any], expect: str) -> None:
    api.answers["POST", f"{SERVICE}/v2/models/double/infer"] = (200, ANSWER)
    with pytest.raises(TritonError) as caught:
        send(connection, expect=expect)
    assert caught.value.message == (
        f"Model double answered, but the answer is not what was expected: {expect} is not true of outputs "
        "{'OUTPUT': [3.0, 5.0]}."
    )
    assert caught.value.details["accepted"] is False
    assert caught.value.details["outputs"] == ANSWER["outputs"]


def test_a_huge_answer_is_cut_in_the_message(api: FakeApi, connection: dict[str, Any]) -> None:
    answer = {"outputs": [{"name": "IMAGE", "data": [0] * 100000}]}
    api.answers["POST", f"{SERVICE}/v2/models/double/infer"] = (200, answer)
    with pytest.raises(TritonError) as caught:
        send(connection, expect="nowhere")
    assert len(caught.value.message) < 1300


@pytest.mark.parametrize(
    "answer",
    [{}, {"outputs": None}, {"outputs": [{}]}, {"outputs": [{"name": "X"}]}, {"outputs": [5]}, {"outputs": {"a": 1}}],
)
def test_an_answer_without_data_is_no_traceback(
    api: FakeApi, connection: dict[str, Any], answer: dict[str, Any]
) -> None:
    api.answers["POST", f"{SERVICE}/v2/models/double/infer"] = (200, answer)
    assert send(connection)["sent"] is True
    with pytest.raises(TritonError, match="not what was expected"):
        send(connection, expect="outputs[0].data")


def test_check_mode_sends_nothing_but_checks_everything(api: FakeApi, connection: dict[str, Any]) -> None:
    assert send(connection, check=True)["sent"] is False
    for options, words in (
        ({"expect": "["}, "Option expect"),
        ({"query": "["}, "Option query"),
        ({"inputs": []}, "at least one input"),
    ):
        with pytest.raises(TritonError, match=words):
            send(connection, check=True, **options)
    assert api.seen == []


def test_a_refused_inference_in_tritons_words(api: FakeApi, connection: dict[str, Any]) -> None:
    text = "unexpected shape for input 'INPUT' for model 'double'"
    api.answers["POST", f"{SERVICE}/v2/models/double/infer"] = (400, {"error": text})
    with pytest.raises(TritonError, match=text):
        send(connection)
