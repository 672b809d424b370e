# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._kube import wait
from ansible_collections.inferops.triton.plugins.module_utils._kube.apply import (
    Change,
    carry_out,
    plan_absent,
    plan_present,
    shown,
)
from ansible_collections.inferops.triton.plugins.module_utils._kube.client import ApiError, Client
from ansible_collections.inferops.triton.plugins.module_utils._kube.resources import Discovery
from ansible_collections.inferops.triton.tests.unit.plugins.fake_api import FakeApi, Seen

PROJECTS = "/apis/project.openshift.io/v1"


def definition(kind: str, name: str, namespace: str | None = "triton", **fields: Any) -> dict[str, Any]:
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata, **fields}


CLAIM = definition("PersistentVolumeClaim", "models", spec={"resources": {"requests": {"storage": "1Gi"}}})
CONFIG = definition("ConfigMap", "config", data={"a": "1"})
NAMESPACE = definition("Namespace", "triton", None)
PATHS = {
    "NAMESPACE": "/api/v1/namespaces/triton",
    "CLAIM": "/api/v1/namespaces/triton/persistentvolumeclaims/models",
    "CONFIG": "/api/v1/namespaces/triton/configmaps/config",
}


def present(client: Client, *definitions: dict[str, Any]) -> list[Change]:
    return plan_present(client, Discovery(client), definitions)


def absent(client: Client, *definitions: dict[str, Any]) -> list[Change]:
    return plan_absent(client, Discovery(client), definitions)


def apply(client: Client, *definitions: dict[str, Any]) -> list[str]:
    changes = present(client, *definitions)
    carry_out(client, changes, 5)
    return [change.method for change in changes]


@pytest.fixture(autouse=True)
def namespace(api: FakeApi) -> None:
    api.add("v1", "Namespace", "triton")


def test_first_run_creates_and_the_second_finds_nothing_to_do(api: FakeApi, client: Client) -> None:
    assert apply(client, CLAIM, CONFIG) == ["create", "create"]
    assert api.writes == [("PATCH", PATHS["CLAIM"]), ("PATCH", PATHS["CONFIG"])]
    api.seen.clear()
    # The server has added defaults, a UID and managed fields meanwhile.
    assert "volumeMode" in api.objects[PATHS["CLAIM"]]["spec"]
    assert apply(client, CLAIM, CONFIG) == ["none", "none"]
    assert api.writes == []


def test_planning_writes_nothing(api: FakeApi, client: Client) -> None:
    present(client, CLAIM, CONFIG)
    assert api.writes == []
    assert PATHS["CLAIM"] not in api.objects


def test_changed_value(api: FakeApi, client: Client) -> None:
    apply(client, CLAIM, CONFIG)
    api.seen.clear()
    (same, change) = present(client, CLAIM, {**CONFIG, "data": {"a": "2"}})
    assert (same.method, change.method) == ("none", "update")
    assert change.before is not None and change.after is not None
    assert (change.before["data"], change.after["data"]) == ({"a": "1"}, {"a": "2"})
    carry_out(client, [same, change], 5)
    assert api.writes == [("PATCH", PATHS["CONFIG"])]
    assert api.objects[PATHS["CONFIG"]]["data"] == {"a": "2"}


def test_removed_value(api: FakeApi, client: Client) -> None:
    apply(client, {**CONFIG, "data": {"a": "1", "b": "2"}})
    assert apply(client, CONFIG) == ["update"]
    assert api.objects[PATHS["CONFIG"]]["data"] == {"a": "1"}


def test_what_others_added_is_left_alone(api: FakeApi, client: Client) -> None:
    apply(client, CONFIG)
    api.objects[PATHS["CONFIG"]]["metadata"]["labels"] = {"team": "x"}
    assert apply(client, CONFIG) == ["none"]


def test_server_side_apply_as_one_manager(api: FakeApi, client: Client) -> None:
    apply(client, CONFIG)
    dry_run, write = [seen for seen in api.seen if seen.method == "PATCH"]
    assert dry_run.query == {"fieldManager": "inferops.triton", "force": "true", "dryRun": "All"}
    assert write.query == {"fieldManager": "inferops.triton", "force": "true"}
    assert write.body == CONFIG
    assert write.header("content-type") == ["application/apply-patch+yaml"]


def test_objects_of_a_namespace_that_is_made_by_the_same_run(api: FakeApi, client: Client) -> None:
    api.objects.clear()
    changes = present(client, NAMESPACE, CONFIG, CLAIM)
    assert [change.method for change in changes] == ["create", "create", "create"]
    assert changes[1].after == CONFIG
    assert api.writes == []
    carry_out(client, changes, 5)
    assert [path for _method, path in api.writes] == [PATHS["NAMESPACE"], PATHS["CONFIG"], PATHS["CLAIM"]]


def test_the_missing_namespace_is_looked_for_once(api: FakeApi, client: Client) -> None:
    api.objects.clear()
    present(client, CONFIG, CLAIM, definition("ConfigMap", "other"))
    assert [seen.path for seen in api.seen].count(PATHS["NAMESPACE"]) == 1


def test_writes_into_a_namespace_that_stays_missing_are_refused(api: FakeApi, client: Client) -> None:
    api.objects.clear()
    with pytest.raises(
        ApiError, match='The cluster refuses ConfigMap config in namespace triton: namespaces "triton" not found'
    ):
        apply(client, CONFIG)


def test_a_created_object_is_shown_as_it_is_defined(client: Client) -> None:
    (change,) = present(client, CLAIM)
    assert change.before is None
    assert change.after == CLAIM


def test_summary(client: Client) -> None:
    (change,) = present(client, CLAIM)
    assert change.summary() == {
        "kind": "PersistentVolumeClaim",
        "api_version": "v1",
        "name": "models",
        "namespace": "triton",
        "method": "create",
    }
    (change,) = present(client, NAMESPACE)
    assert change.summary()["namespace"] is None


@pytest.mark.parametrize("field", ["data", "stringData"])
def test_contents_of_a_secret_are_never_shown(api: FakeApi, client: Client, field: str) -> None:
    secret = definition("Secret", "s", **{field: {"password": "hunter2hunter2"}})
    (create,) = present(client, secret)
    carry_out(client, [create], 5)
    (update,) = present(client, {**secret, field: {"password": "changed-secret"}})
    assert update.method == "update"
    for text in (json.dumps(create.after), json.dumps(update.before), json.dumps(update.after)):
        assert "hunter2" not in text
        assert "changed-secret" not in text
        assert "password" in text
    assert update.before is not None and update.after is not None
    assert update.before[field] != update.after[field]


def test_binary_data_is_shown_as_a_digest(client: Client) -> None:
    (change,) = present(client, definition("ConfigMap", "c", binaryData={"a": "QUFB"}, data={"b": "text"}))
    assert change.after is not None
    assert change.after["binaryData"]["a"].startswith("(4 characters, sha256 ")
    assert change.after["data"] == {"b": "text"}


def test_what_the_server_sets_is_not_shown() -> None:
    live = {
        "kind": "Pod",
        "metadata": {
            "name": "x",
            "labels": {"a": "b"},
            "uid": "1",
            "resourceVersion": "2",
            "generation": 3,
            "creationTimestamp": "t",
            "managedFields": [],
            "selfLink": "/x",
        },
        "status": {"phase": "Running"},
        "spec": {},
    }
    assert shown(live) == {"kind": "Pod", "metadata": {"name": "x", "labels": {"a": "b"}}, "spec": {}}
    assert "uid" in live["metadata"]
    assert shown(None) is None


@pytest.mark.parametrize("code, reason", [(400, "BadRequest"), (403, "Forbidden"), (409, "Conflict"), (422, "Invalid")])
def test_a_definition_that_the_server_refuses(api: FakeApi, client: Client, code: int, reason: str) -> None:
    api.refuse("PATCH", PATHS["CLAIM"], code, reason, "spec: Forbidden: is immutable after creation")
    with pytest.raises(ApiError) as caught:
        apply(client, CONFIG, CLAIM)
    assert caught.value.message == (
        "The cluster refuses PersistentVolumeClaim models in namespace triton: spec: Forbidden: is immutable after creation"
    )
    assert caught.value.details == {"status": code, "reason": reason}
    # All definitions are judged before the first write.
    assert api.writes == []


def test_a_cluster_wide_object_that_the_server_refuses(api: FakeApi, client: Client) -> None:
    api.refuse("PATCH", PATHS["NAMESPACE"], 403, "Forbidden", "no")
    with pytest.raises(ApiError) as caught:
        present(client, NAMESPACE)
    assert caught.value.message == "The cluster refuses Namespace triton: no"


def test_any_other_failure_keeps_its_own_words(api: FakeApi, client: Client) -> None:
    api.refuse("PATCH", PATHS["CLAIM"], 500, "InternalError", "etcd is gone")
    with pytest.raises(ApiError, match="with 500 InternalError: etcd is gone"):
        present(client, CLAIM)


@pytest.mark.parametrize(
    "bad, words",
    [
        (
            {"apiVersion": "v1", "kind": "ConfigMap"},
            "A definition of kind ConfigMap has no metadata.name; give it one.",
        ),
        ({"apiVersion": "v1", "kind": "ConfigMap", "metadata": None}, "has no metadata.name"),
        ({"apiVersion": "v1", "kind": "ConfigMap", "metadata": "x"}, "has no metadata.name"),
        ({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": ""}}, "has no metadata.name"),
        (definition("ConfigMap", "c", None), "ConfigMap c lives in a namespace; give it metadata.namespace."),
        ({"apiVersion": "v1", "kind": "Nothing"}, "does not serve kind Nothing of v1"),
        ({"kind": "ConfigMap"}, "A definition needs apiVersion and kind"),
        ({"apiVersion": ["v1"], "kind": {"a": 1}}, "does not serve kind"),
    ],
)
def test_a_definition_that_is_none(api: FakeApi, client: Client, bad: dict[str, Any], words: str) -> None:
    with pytest.raises(TritonError) as caught:
        apply(client, CONFIG, bad)
    assert words in caught.value.message
    assert api.writes == []


@pytest.mark.parametrize("data", [["x"], "x", 5])
def test_a_secret_of_another_shape_is_no_traceback_and_not_shown(client: Client, api: FakeApi, data: Any) -> None:
    api.objects.clear()
    (change,) = present(client, definition("Secret", "s", data=data))
    assert change.after is not None
    assert str(change.after["data"]).startswith(f"({len(str(data))} characters, sha256 ")


def test_a_namespace_given_to_a_cluster_wide_kind_does_not_matter(api: FakeApi, client: Client) -> None:
    assert apply(client, definition("Namespace", "n", "triton")) == ["create"]
    assert api.writes == [("PATCH", "/api/v1/namespaces/n")]


def test_absent_deletes_and_finds_nothing_the_second_time(api: FakeApi, client: Client) -> None:
    apply(client, CLAIM, CONFIG)
    api.seen.clear()
    changes = absent(client, CLAIM, CONFIG)
    assert [change.method for change in changes] == ["delete", "delete"]
    assert api.writes == []
    assert changes[1].before is not None and changes[1].before["data"] == {"a": "1"}
    assert changes[1].after is None
    carry_out(client, changes, 5)
    assert api.writes == [("DELETE", PATHS["CLAIM"]), ("DELETE", PATHS["CONFIG"])]
    assert [change.method for change in absent(client, CLAIM, CONFIG)] == ["none", "none"]


def test_deletion_takes_what_belongs_to_the_object_with_it(api: FakeApi, client: Client) -> None:
    apply(client, CONFIG)
    carry_out(client, absent(client, CONFIG), 5)
    (seen,) = [seen for seen in api.seen if seen.method == "DELETE"]
    assert seen.body["propagationPolicy"] == "Foreground"


def test_a_kind_that_is_not_served_is_absent(client: Client) -> None:
    assert absent(client, {"apiVersion": "example.org/v1", "kind": "Thing", "metadata": {"name": "x"}}) == []


def test_absent_needs_a_kind_too(client: Client) -> None:
    with pytest.raises(TritonError, match="A definition needs apiVersion and kind"):
        absent(client, {"metadata": {"name": "x"}})


def test_an_object_that_somebody_else_deleted_meanwhile(api: FakeApi, client: Client) -> None:
    apply(client, CONFIG)
    changes = absent(client, CONFIG)
    del api.objects[PATHS["CONFIG"]]
    carry_out(client, changes, 5)


def test_a_deletion_that_is_forbidden(api: FakeApi, client: Client) -> None:
    apply(client, CONFIG)
    api.refuse("DELETE", PATHS["CONFIG"], 403, "Forbidden", "no")
    with pytest.raises(ApiError, match="forbids DELETE"):
        carry_out(client, absent(client, CONFIG), 5)


def test_deleted_objects_are_awaited(api: FakeApi, client: Client) -> None:
    apply(client, CONFIG)
    changes = absent(client, CONFIG)
    looks = 0

    def going(_seen: Seen) -> tuple[int, Any]:
        nonlocal looks
        looks += 1
        return (200, CONFIG) if looks < 3 else (404, {})

    api.answers["GET", PATHS["CONFIG"]] = going
    carry_out(client, changes, 60)
    assert looks == 3


def test_an_object_that_does_not_go(api: FakeApi, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    api.add("v1", "ConfigMap", "config", "triton", metadata={"finalizers": ["example.org/never"]})
    monkeypatch.setattr(wait, "FIRST_PAUSE", 0.001)
    with pytest.raises(TritonError) as caught:
        carry_out(client, absent(client, CONFIG), 0)
    assert caught.value.message == (
        "ConfigMap config is still there 0 s after it was deleted; look at its finalizers and at what still uses it."
    )


def project(name: str = "triton") -> dict[str, Any]:
    return {"apiVersion": "project.openshift.io/v1", "kind": "ProjectRequest", "metadata": {"name": name}}


@pytest.fixture
def projects(api: FakeApi) -> None:
    entry = {"name": "projectrequests", "kind": "ProjectRequest", "namespaced": False}
    api.answers["GET", PROJECTS] = (200, {"resources": [entry]})


@pytest.mark.usefixtures("projects")
def test_a_project_is_requested_once(api: FakeApi, client: Client) -> None:
    assert apply(client, project("new")) == ["create"]
    assert api.writes == [("POST", f"{PROJECTS}/projectrequests")]
    assert api.seen[-1].body == project("new")
    assert apply(client, project("triton")) == ["none"]


@pytest.mark.usefixtures("projects")
def test_a_project_of_which_one_may_not_know(api: FakeApi, client: Client) -> None:
    api.refuse("GET", "/api/v1/namespaces/new", 403, "Forbidden", "no")
    assert apply(client, project("new")) == ["create"]


@pytest.mark.usefixtures("projects")
def test_a_project_that_openshift_does_not_make(api: FakeApi, client: Client) -> None:
    api.refuse("POST", f"{PROJECTS}/projectrequests", 409, "AlreadyExists", 'project "new" already exists')
    with pytest.raises(ApiError) as caught:
        apply(client, project("new"))
    assert caught.value.message == (
        'OpenShift does not make project new: project "new" already exists; choose another name, or ask an administrator.'
    )
