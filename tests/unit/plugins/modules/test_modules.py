# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all modules have in common, and each module's options, through main() as Ansible calls it."""

from __future__ import annotations

import base64
import dataclasses
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils import basic

from ansible_collections.inferops.triton.plugins.doc_fragments import repositories as repositories_fragment
from ansible_collections.inferops.triton.plugins.module_utils._module import typed
from ansible_collections.inferops.triton.plugins.module_utils._storage import options
from ansible_collections.inferops.triton.plugins.module_utils._storage.plan import BACKENDS
from ansible_collections.inferops.triton.plugins.modules import (
    apply,
    helm_release,
    model_probe,
    model_repository,
    openshift_security_context,
    platform_info,
    release_history,
    release_rollback,
    rollout_plan,
    triton_infer,
    triton_info,
    triton_model,
    workload_diagnosis,
)
from ansible_collections.inferops.triton.tests.unit.plugins.fake_api import TOKEN, FakeApi
from ansible_collections.inferops.triton.tests.unit.plugins.fake_triton import FakeTriton

RunModule = Callable[..., dict[str, Any]]

ANNOTATIONS = {"openshift.io/sa.scc.uid-range": "1000900000/10000", "openshift.io/sa.scc.mcs": "s0:c30,c5"}
CONFIG = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "namespace": "triton"}, "data": {"a": "1"}}
SERVER = {"namespace": "ns", "name": "server"}
TENSOR = {"name": "INPUT", "datatype": "FP32", "data": [1.5]}
INFER = {**SERVER, "model": "double", "inputs": [TENSOR]}
REPOSITORY = {"namespace": "ns", "release": "triton", "repositories": [{"claim": {"size": "1Gi"}}]}
PROBE = {**dict.fromkeys(("repository", "uri", "source", "remote", "image"), "models"), "env": []}
RELEASE = {"name": "triton", "namespace": "ns", "chart": "/charts/triton", "helm_binary": "/opt/helm"}
SERVICE = "/api/v1/namespaces/ns/services/http:server:http/proxy"

MODULES: dict[str, tuple[Callable[[], None], dict[str, Any]]] = {
    "apply": (apply.main, {"definitions": [CONFIG]}),
    "helm_release": (helm_release.main, RELEASE),
    "model_probe": (model_probe.main, {"namespace": "ns", "release": "triton", "probes": [PROBE]}),
    "openshift_security_context": (openshift_security_context.main, {"namespace": "triton"}),
    "platform_info": (platform_info.main, {}),
    "release_history": (release_history.main, {"namespace": "ns", "release": "triton"}),
    "release_rollback": (release_rollback.main, {"namespace": "ns", "name": "triton"}),
    "rollout_plan": (
        rollout_plan.main,
        {"namespace": "ns", "release": "triton", "user_values": {"envFrom": [{"secretRef": {"name": "s"}}]}},
    ),
    "triton_infer": (triton_infer.main, INFER),
    "triton_info": (triton_info.main, SERVER),
    "triton_model": (triton_model.main, {**SERVER, "model": "double"}),
    "workload_diagnosis": (workload_diagnosis.main, SERVER),
}


@pytest.fixture(params=MODULES, ids=str)
def module(request: pytest.FixtureRequest) -> tuple[Callable[[], None], dict[str, Any]]:
    """A module that talks to a cluster, with options that it takes."""
    return MODULES[request.param]


def without_the_call(result: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in result.items() if name != "invocation"}


def test_the_result_is_the_same_in_ansibles_own_process(
    module: tuple[Callable[[], None], dict[str, Any]], api: FakeApi, connection: dict[str, Any], run_module: RunModule
) -> None:
    main, options = module
    interface = main.__globals__["INTERFACE"]
    for arguments in ({**options, **connection}, options, {**options, **connection, "nonsense": 1}, {**connection}):
        program = run_module(main, arguments, check=True, diff=True)
        # The name of a program is that of its file; the one that runs here is Ansible's.
        here = interface.outcome("basic.py", arguments, True, True)
        program["msg"] = program.get("msg", "").replace("(basic)", "(basic.py)")
        assert without_the_call({"msg": "", **here}) == without_the_call(program)


def test_what_no_output_may_show_is_not_in_a_result_of_ansibles_own_process(
    api: FakeApi, connection: dict[str, Any]
) -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": "ns"}}
    definitions = [{**secret, "stringData": {"password": "a-canary-of-the-test"}}]
    for arguments in ({"definitions": definitions}, {"definitions": definitions, "state": "a-canary-of-the-test"}):
        result = apply.INTERFACE.outcome("apply", {**connection, **arguments}, True, True)
        assert result["invocation"]["module_args"]["definitions"]
        assert "a-canary-of-the-test" not in str(result)
        assert TOKEN not in str(result)


def test_values_of_ansibles_own_types_become_plain() -> None:
    # A text whose str() is no plain one either, as Ansible's tagged ones.
    Text = type("Text", (str,), {"__str__": lambda self: self})
    value = typed({Text("a"): [Text("b"), (1, True, None, 1.5)], "c": date(2026, 1, 2), 8000: 1, True: 2, None: 3})
    assert value == {"a": ["b", [1, True, None, 1.5]], "c": "2026-01-02", "8000": 1, "true": 2, "null": 3}
    assert {name.__class__ for name in [*value, value["a"][0]]} == {str}


def assert_sentence(result: dict[str, Any], words: str) -> None:
    assert result["failed"] is True
    assert words in result["msg"]
    assert "Traceback" not in result["msg"]
    assert "\n" not in result["msg"]


def test_unreachable_cluster(run_module: RunModule, module: tuple[Callable[[], None], dict[str, Any]]) -> None:
    main, options = module
    result = run_module(main, {**options, "host": "http://127.0.0.1:1", "api_key": "x"})
    assert_sentence(result, "The API server http://127.0.0.1:1 cannot be reached (")


def test_expired_token(api: FakeApi, run_module: RunModule, module: tuple[Callable[[], None], dict[str, Any]]) -> None:
    main, options = module
    result = run_module(main, {**options, "host": api.url, "api_key": "expired"})
    assert result["failed"] is True
    assert "401" in result["msg"]
    assert api.writes == []


def test_wrong_context(
    tmp_path: Path, run_module: RunModule, module: tuple[Callable[[], None], dict[str, Any]]
) -> None:
    main, options = module
    path = tmp_path / "config"
    path.write_text("{contexts: [{name: prod, context: {cluster: c, user: u}}], clusters: [], users: []}")
    result = run_module(main, {**options, "kubeconfig": str(path), "context": "test"})
    assert_sentence(result, f'Context "test" is not in {path}; it has: prod.')


def test_the_token_of_a_kubeconfig_is_never_shown(
    api: FakeApi, run_module: RunModule, module: tuple[Callable[[], None], dict[str, Any]]
) -> None:
    main, options = module
    kubeconfig = {
        "clusters": [{"name": "c", "cluster": {"server": api.url}}],
        "users": [{"name": "u", "user": {"token": TOKEN}}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "x",
    }
    api.answers["GET", "/version"] = (500, f"the token {TOKEN} is bad".encode())
    assert TOKEN not in str(run_module(main, {**options, "kubeconfig": kubeconfig}))


@pytest.mark.parametrize(
    "main, options, words",
    [
        (apply.main, {}, "missing required arguments: definitions"),
        (apply.main, {"definitions": ["x"]}, "definitions"),
        (apply.main, {"definitions": [], "state": "gone"}, "value of state must be one of: present, absent, got: gone"),
        (helm_release.main, {"name": "x"}, "missing required arguments: namespace"),
        (
            helm_release.main,
            {"name": "x", "namespace": "x"},
            "state is present but all of the following are missing: chart",
        ),
        (openshift_security_context.main, {}, "one of the following is required: namespace, annotations"),
        (
            openshift_security_context.main,
            {"namespace": "x", "style": "y"},
            "value of style must be one of: auto, omit, explicit",
        ),
        (openshift_security_context.main, {"namespace": "x", "run_as_user": "y"}, "run_as_user"),
        (
            openshift_security_context.main,
            {"namespace": "x", "platform": "y"},
            "value of platform must be one of: auto, ",
        ),
        (platform_info.main, {"rights": [{"verbs": ["get"]}]}, "missing required arguments: resource found in rights"),
        (triton_info.main, {}, "one of the following is required: url, name"),
        (triton_info.main, {"name": "x"}, "missing parameter(s) required by 'name': namespace"),
        (triton_info.main, {**SERVER, "gather": ["x"]}, "value of gather must be one or more of: server, metadata, "),
        (triton_infer.main, {**SERVER, "model": "x"}, "missing required arguments: inputs"),
        (triton_infer.main, {**SERVER, "inputs": [TENSOR]}, "missing required arguments: model"),
        (triton_infer.main, {**INFER, "inputs": [{"name": "x"}]}, "data, datatype found in inputs"),
        (triton_model.main, SERVER, "missing required arguments: model"),
        (triton_model.main, {"model": "x"}, "one of the following is required: url, name"),
        (
            triton_model.main,
            {**SERVER, "model": "x", "state": "gone"},
            "value of state must be one of: loaded, unloaded, reloaded",
        ),
        (workload_diagnosis.main, {"name": "x"}, "missing required arguments: namespace"),
        (workload_diagnosis.main, {**SERVER, "kind": "Pod"}, "value of kind must be one of: Deployment, "),
        (model_repository.main, {"release": "x", "namespace": "x"}, "missing required arguments: repositories"),
        (
            model_repository.main,
            {**REPOSITORY, "repositories": [{"configmap": {}}]},
            "missing required arguments: path",
        ),
        (model_repository.main, {**REPOSITORY, "repositories": [{"ftp": {}}]}, "Unsupported parameters"),
    ],
)
def test_options_that_are_refused(
    run_module: RunModule, main: Callable[[], None], options: dict[str, Any], words: str
) -> None:
    result = run_module(main, options)
    assert result["failed"] is True
    assert words in result["msg"]


@pytest.mark.parametrize(
    "main, options, words",
    [
        (openshift_security_context.main, {"annotations": {}}, "There is no annotation openshift.io/sa.scc.uid-range"),
        (
            openshift_security_context.main,
            {"annotations": {**ANNOTATIONS, "openshift.io/sa.scc.uid-range": "abc"}},
            '"abc"',
        ),
        (openshift_security_context.main, {"annotations": {"openshift.io/sa.scc.uid-range": 5}}, "put it in quotes"),
        (
            openshift_security_context.main,
            {"annotations": ANNOTATIONS, "style": "explicit", "run_as_user": 7},
            "run_as_user is 7, but the namespace allows 1000900000-1000909999",
        ),
        (triton_info.main, {"url": "server:8000"}, "url is 'server:8000'; it must begin with http:// or https://."),
        (triton_info.main, {**SERVER, "query": "["}, "Option query is no JMESPath expression"),
        (triton_infer.main, {**INFER, "expect": "["}, "Option expect is no JMESPath expression"),
        (triton_infer.main, {**INFER, "inputs": []}, "An inference needs at least one input"),
        (triton_infer.main, {**INFER, "inputs": [{**TENSOR, "datatype": "X"}]}, "'X' is no datatype"),
        (triton_infer.main, {**INFER, "inputs": [{**TENSOR, "data": ["x"]}]}, "'x' is no FP32"),
        (triton_model.main, {**SERVER, "model": "x", "version": "new"}, "Version 'new' of model x is no version"),
        (
            triton_model.main,
            {**SERVER, "model": "x", "unload_dependents": True},
            "unload_dependents is for state unloaded",
        ),
        (model_repository.main, {**REPOSITORY, "repositories": [{}]}, "names no back end"),
        (model_repository.main, {**REPOSITORY, "repositories": [{"claim": {"size": "x"}}]}, "The size 'x'"),
        (
            model_repository.main,
            {**REPOSITORY, "repositories": [{"configmap": {"path": "/no/such/place"}}]},
            "The model repository /no/such/place is no directory here",
        ),
    ],
)
@pytest.mark.parametrize("check", [True, False])
def test_bad_input_gets_one_sentence_before_any_cluster_is_asked(
    run_module: RunModule, main: Callable[[], None], options: dict[str, Any], words: str, check: bool
) -> None:
    assert_sentence(run_module(main, options, check=check), words)


def test_apply_changes_once_and_check_mode_writes_nothing(
    api: FakeApi, connection: dict[str, Any], run_module: RunModule
) -> None:
    api.add("v1", "Namespace", "triton")
    options = {**connection, "definitions": [CONFIG]}
    checked = run_module(apply.main, options, check=True, diff=True)
    assert api.writes == []
    done = run_module(apply.main, options, diff=True)
    again = run_module(apply.main, options, diff=True)
    assert (checked["changed"], done["changed"], again["changed"]) == (True, True, False)
    assert checked["diff"] == done["diff"] != []
    assert again["diff"] == []
    assert len(api.writes) == 1


def test_diff_is_only_given_on_request(api: FakeApi, connection: dict[str, Any], run_module: RunModule) -> None:
    assert "diff" not in run_module(apply.main, {**connection, "definitions": [CONFIG]}, check=True)


def test_details_of_a_failure(api: FakeApi, connection: dict[str, Any], run_module: RunModule) -> None:
    api.add("v1", "Namespace", "triton")
    api.refuse("PATCH", "/api/v1/namespaces/triton/configmaps/c", 422, "Invalid", "data: Invalid value")
    result = run_module(apply.main, {**connection, "definitions": [CONFIG]})
    assert_sentence(result, "The cluster refuses ConfigMap c in namespace triton: data: Invalid value")
    assert (result["status"], result["reason"]) == (422, "Invalid")


def test_security_context_offline(run_module: RunModule) -> None:
    result = run_module(openshift_security_context.main, {"annotations": ANNOTATIONS, "style": "explicit"})
    assert result["changed"] is False
    assert result["pod_security_context"]["runAsUser"] == 1000900000


def test_security_context_defaults(api: FakeApi, connection: dict[str, Any], run_module: RunModule) -> None:
    api.openshift()
    api.add("v1", "Namespace", "triton", metadata={"annotations": ANNOTATIONS})
    result = run_module(openshift_security_context.main, {**connection, "namespace": "triton"}, check=True)
    assert (result["platform"], result["style"]) == ("openshift", "omit")
    assert result["pod_annotations"] == {"openshift.io/required-scc": "restricted-v2"}
    assert api.writes == []


def test_platform_info(api: FakeApi, connection: dict[str, Any], run_module: RunModule) -> None:
    api.denied = {("create", "secrets")}
    rights = [{"verbs": ["create"], "resource": "secrets", "namespace": "triton"}]
    result = run_module(platform_info.main, {**connection, "namespace": "triton", "rights": rights}, check=True)
    assert (result["changed"], result["missing_rights"]) == (False, ["create secrets"])
    assert result["user"] == {"name": "deployer", "groups": ["system:authenticated"]}


def test_triton_info(api: FakeApi, connection: dict[str, Any], run_module: RunModule) -> None:
    api.triton(SERVICE, [{"name": "double", "version": "1", "state": "READY"}])
    result = run_module(triton_info.main, {**connection, **SERVER})
    assert (result["changed"], result["models_ready"], result["server"]["version"]) == (False, ["double"], "2.51.0")


def test_triton_infer(api: FakeApi, connection: dict[str, Any], run_module: RunModule) -> None:
    answer = {"model_name": "double", "outputs": [{"name": "OUTPUT", "data": [3.0]}]}
    api.answers["POST", f"{SERVICE}/v2/models/double/infer"] = (200, answer)
    options = {**connection, **INFER, "expect": "outputs[0].data == `[3.0]`"}
    checked = run_module(triton_infer.main, options, check=True)
    assert (checked["changed"], checked["sent"], api.seen) == (False, False, [])
    result = run_module(triton_infer.main, options)
    assert (result["changed"], result["sent"], result["accepted"]) == (False, True, True)


def test_triton_model(api: FakeApi, run_module: RunModule) -> None:
    FakeTriton(api, "", {"double": [1]})
    options = {"url": api.url, "url_headers": {"Authorization": f"Bearer {TOKEN}"}, "model": "double"}
    checked, done, again = (run_module(triton_model.main, options, check=check) for check in (True, False, False))
    assert (checked["changed"], done["changed"], again["changed"]) == (True, True, False)
    assert (done["state"], done["pods"][0]["versions"]) == ("loaded", ["1"])


def test_headers_of_the_url_are_secret(api: FakeApi, run_module: RunModule) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    api.answers["GET", "/v2/health/ready"] = (200, b"")
    api.answers["POST", "/v2/repository/index"] = (500, f"bad Bearer {TOKEN}".encode())
    result = run_module(triton_info.main, {"url": api.url, "url_headers": headers})
    assert result["failed"] is True
    assert TOKEN not in str(result)


def test_workload_diagnosis(api: FakeApi, connection: dict[str, Any], run_module: RunModule) -> None:
    api.add("apps/v1", "Deployment", "server", "ns", spec={})
    result = run_module(workload_diagnosis.main, {**connection, **SERVER, "wait_timeout": 0})
    assert (result["changed"], result["verdict"]) == (False, "unknown")


def test_model_repository(run_module: RunModule) -> None:
    result = run_module(model_repository.main, REPOSITORY, check=True)
    assert result["changed"] is False
    (claim,) = result["definitions"]
    assert (claim["metadata"]["name"], claim["spec"]["accessModes"]) == ("triton-models", ["ReadWriteOnce"])


CANARY = "canary-0123456789"
PRIVATE = "-----BEGIN PRIVATE KEY-----\ncanary-0123456789\n-----END PRIVATE KEY-----\n"
CREDENTIALS = [
    {"s3": {"bucket": "models", "access_key": "AKIDEXAMPLE", "secret_key": CANARY}},
    {"azure": {"account": "store", "container": "models", "account_key": CANARY}},
    {"gcs": {"bucket": "models", "service_account_json": {"type": "service_account", "private_key": PRIVATE}}},
    {
        "gcs": {
            "bucket": "models",
            "service_account_json": json.dumps({"type": "service_account", "private_key": PRIVATE}, indent=1),
        }
    },
]


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the modules tell the system's log."""
    said: list[str] = []
    monkeypatch.setattr(basic.AnsibleModule, "log", lambda _module, text, **more: said.append(f"{text} {more}"))
    return said


@pytest.mark.parametrize("repository", CREDENTIALS)
@pytest.mark.parametrize("extra", [{}, {"state": "gone"}, {"namespace": None}, {"wait_timeout": "long"}])
def test_credentials_are_in_no_output(
    api: FakeApi,
    connection: dict[str, Any],
    run_module: RunModule,
    heard: list[str],
    repository: dict[str, Any],
    extra: dict[str, Any],
) -> None:
    api.add("v1", "Namespace", "ns")
    options = {**connection, **REPOSITORY, "repositories": [repository], "state": "present", **extra}
    result = run_module(model_repository.main, options, diff=True)
    assert result.get("failed", False) is bool(extra)
    assert "invocation" in result
    assert CANARY not in str(result) + str(heard)
    if not extra:
        assert len(api.writes) == 1
        written = next(seen.body for seen in reversed(api.seen) if seen.method == "PATCH")
        assert CANARY in str([base64.b64decode(value) for value in written["data"].values()])


def test_a_refused_key_file_is_in_no_output(run_module: RunModule, heard: list[str]) -> None:
    repository = {"gcs": {"bucket": "models", "service_account_json": f"no json {CANARY}"}}
    result = run_module(model_repository.main, {**REPOSITORY, "repositories": [repository]})
    assert_sentence(result, "service_account_json is no JSON object")
    assert CANARY not in str(result) + str(heard)


@pytest.mark.parametrize(
    "content", [{"stringData": {"key": CANARY}}, {"data": {"key": base64.b64encode(CANARY.encode()).decode()}}]
)
def test_apply_shows_no_secret(
    api: FakeApi, connection: dict[str, Any], run_module: RunModule, heard: list[str], content: dict[str, Any]
) -> None:
    api.add("v1", "Namespace", "triton")
    definition = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "c", "namespace": "triton"}, **content}
    result = run_module(apply.main, {**connection, "definitions": [definition]}, diff=True)
    assert result["changed"] is True
    shown = str(result) + str(heard)
    assert CANARY not in shown
    assert base64.b64encode(CANARY.encode()).decode() not in shown


def test_names_are_not_hidden_with_a_key_that_is_a_word_of_theirs(run_module: RunModule) -> None:
    repository = {"s3": {"bucket": "minio-models", "access_key": "minio", "secret_key": CANARY}}
    result = run_module(model_repository.main, {**REPOSITORY, "repositories": [repository]})
    assert result["chart_values"]["modelRepositories"] == [{"name": "models", "uri": "s3://minio-models"}]


@pytest.mark.parametrize("backend", sorted(BACKENDS))
def test_every_option_of_a_back_end_can_be_given(backend: str) -> None:
    """The module's options are those of the class, no more and no less."""
    assert set(options.backends()[backend]["options"]) == {
        field.name for field in dataclasses.fields(BACKENDS[backend])
    }


def test_every_back_end_can_be_chosen() -> None:
    assert set(options.backends()) == set(BACKENDS)


def test_every_option_is_documented_as_it_is() -> None:
    documented = yaml.safe_load(repositories_fragment.ModuleDocFragment.DOCUMENTATION)["options"]["repositories"][
        "suboptions"
    ]
    assert described(documented) == described(options.repositories()["options"])


def described(options: Any) -> dict[str, Any]:
    """Types and defaults of options, at any depth."""
    return {
        name: (
            option["type"],
            option.get("default"),
            option.get("elements"),
            option.get("required", False),
            option.get("choices"),
            described(option.get("suboptions") or option.get("options") or {}),
        )
        for name, option in options.items()
    }
