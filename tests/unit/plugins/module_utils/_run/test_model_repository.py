# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._run.model_repository import hidden, run
from ansible_collections.inferops.triton.tests.unit.plugins.fake_api import FakeApi


def test_definitions_values_and_what_may_go_with_the_release(tmp_path: Path) -> None:
    (tmp_path / "double" / "1").mkdir(parents=True)
    (tmp_path / "double" / "1" / "model.py").write_text("x")
    repositories = [
        {"configmap": {"path": str(tmp_path)}},
        {"claim": {"size": "1Gi"}},
        {"claim": {"existing": "theirs"}},
    ]
    params = {"namespace": "serving", "release": "triton", "repositories": repositories, "storage_classes": None}
    result = run(params, False)
    assert [definition["kind"] for definition in result["definitions"]] == ["ConfigMap", "PersistentVolumeClaim"]
    # The claim holds models that exist nowhere else.
    assert [entry["name"] for entry in result["chart_values"]["modelRepositories"]] == [
        "models",
        "models-2",
        "models-3",
    ]
    assert result["models"] == ["double"]


def test_a_storage_class_that_the_cluster_does_not_have(tmp_path: Path) -> None:
    repositories = [{"claim": {"size": "1Gi", "storage_class": "fast"}}]
    params = {
        "namespace": "serving",
        "release": "triton",
        "repositories": repositories,
        "storage_classes": ["slow", {"name": "a"}],
    }
    with pytest.raises(TritonError) as caught:
        run(params, False)
    assert 'Claim triton-models names storage class "fast", which the cluster does not have' in caught.value.message
    assert "its storage classes are: a, slow" in caught.value.message
    assert run({**params, "storage_classes": ["fast"]}, False)["definitions"]


BUCKET = {"s3": {"bucket": "models", "access_key": "AKIDEXAMPLE", "secret_key": "canary-secret"}}
NFS = {"nfs": {"server": "nfs", "path": "/a"}}
CLAIM_PATH = "/api/v1/namespaces/serving/persistentvolumeclaims/triton-models"


def made(
    connection: dict[str, Any], *repositories: dict[str, Any], check: bool = False, **options: Any
) -> dict[str, Any]:
    defaults = {"state": "present", "scope": "namespace", "wait_timeout": 0, "storage_classes": None}
    return run(
        {
            **connection,
            "namespace": "serving",
            "release": "triton",
            "repositories": list(repositories),
            **defaults,
            **options,
        },
        check,
    )


def test_objects_are_made_once_and_check_mode_writes_nothing(api: FakeApi, connection: dict[str, Any]) -> None:
    api.add("v1", "Namespace", "serving")
    checked = made(connection, BUCKET, {"claim": {"size": "1Gi"}}, check=True)
    assert (checked["changed"], api.writes) == (True, [])
    first = made(connection, BUCKET, {"claim": {"size": "1Gi"}})
    again = made(connection, BUCKET, {"claim": {"size": "1Gi"}})
    assert (first["changed"], again["changed"], len(api.writes)) == (True, False, 2)
    assert [change["kind"] for change in first["changes"]] == ["Secret", "PersistentVolumeClaim"]
    assert again["diff"] == []


def test_no_secret_is_in_the_result_or_its_diff(api: FakeApi, connection: dict[str, Any]) -> None:
    api.add("v1", "Namespace", "serving")
    result = made(connection, BUCKET)
    assert (result["secrets"], result["definitions"]) == (["triton-models-s3"], [])
    assert "canary" not in str(result)
    # base64 of it
    assert "Y2FuYXJ5" not in str(result)


def test_a_claim_that_is_there_is_asked_for_its_size(api: FakeApi, connection: dict[str, Any]) -> None:
    api.add("v1", "Namespace", "serving")
    made(connection, {"claim": {"size": "10Gi"}})
    writes = len(api.writes)
    smaller = made(connection, {"claim": {"size": "5Gi"}})
    assert (smaller["changed"], len(api.writes)) == (False, writes)
    assert smaller["notes"] == ["Claim triton-models stays at 10Gi: claims do not shrink to 5Gi."]
    larger = made(connection, {"claim": {"size": "20Gi"}})
    assert larger["changed"]
    assert api.objects[CLAIM_PATH]["spec"]["resources"]["requests"]["storage"] == "20Gi"
    with pytest.raises(TritonError) as caught:
        made(
            connection,
            {"claim": {"size": "30Gi", "storage_class": None}},
            storage_classes=[{"name": "a", "provisioner": "x", "default": True, "expandable": False}],
        )
    # The double sets no class, so the claim's own is not known to be one that cannot grow.
    assert "cannot grow" in caught.value.message


def test_the_administrator_makes_the_volume_and_the_deployer_the_claim(
    api: FakeApi, connection: dict[str, Any]
) -> None:
    api.add("v1", "Namespace", "serving")
    with pytest.raises(TritonError) as caught:
        made(connection, NFS)
    assert "needs PersistentVolume serving.triton.models" in caught.value.message
    assert api.writes == []
    prepared = made(connection, NFS, scope="cluster")
    assert [change["kind"] for change in prepared["changes"]] == ["PersistentVolume"]
    with pytest.raises(TritonError) as caught:
        made(connection, NFS)
    assert (
        "Claim triton-models in namespace serving is not bound to PersistentVolume serving.triton.models"
        in caught.value.message
    )
    api.objects[CLAIM_PATH]["status"] = {"phase": "Bound"}
    assert made(connection, NFS)["changed"] is False
    assert made(connection, NFS, scope="cluster")["changed"] is False


def test_who_may_not_see_volumes_is_told_by_the_claim(api: FakeApi, connection: dict[str, Any]) -> None:
    api.add("v1", "Namespace", "serving")
    api.refuse("GET", "/api/v1/persistentvolumes/serving.triton.models", 403, "Forbidden", "no")
    assert made(connection, NFS, check=True)["changed"]
    with pytest.raises(TritonError) as caught:
        made(connection, {"claim": {"size": "1Gi"}, "name": "other"}, {**NFS, "name": "models"})
    assert "Let an administrator run the playbook inferops.triton.prepare" in caught.value.message
    # The claim tells it, so nothing else was written before.
    assert [path for _method, path in api.writes] == [CLAIM_PATH]


def test_two_claims_for_which_a_quota_has_room_for_one(api: FakeApi, connection: dict[str, Any]) -> None:
    api.add("v1", "Namespace", "serving")
    status = {"hard": {"persistentvolumeclaims": "3"}, "used": {"persistentvolumeclaims": "2"}}
    api.add("v1", "ResourceQuota", "small", "serving", status=status)
    one, two = {"claim": {"size": "1Gi"}}, {"claim": {"size": "2Gi"}}
    with pytest.raises(TritonError) as caught:
        made(connection, one, two)
    assert caught.value.message.startswith(
        "Quota small leaves no room for claims triton-models and triton-models-2: persistentvolumeclaims is 3, of which 2 is used, and they "
        "take 2."
    )
    assert api.writes == []
    assert made(connection, one)["changed"] is True
    # What is there already takes no more room, whatever the quota says by now.
    status["used"] = {"persistentvolumeclaims": "3"}
    api.add("v1", "ResourceQuota", "small", "serving", status=status)
    assert made(connection, one)["changed"] is False


def test_another_failure_than_a_missing_right_is_no_missing_volume(api: FakeApi, connection: dict[str, Any]) -> None:
    api.refuse("GET", "/api/v1/persistentvolumes/serving.triton.models", 500, "InternalError", "etcd is gone")
    with pytest.raises(TritonError) as caught:
        made(connection, NFS)
    assert "etcd is gone" in caught.value.message


@pytest.mark.parametrize("runtime, volume", [("containerd://2.1.0", "image"), ("containerd://1.7.27", "emptyDir")])
def test_an_image_is_mounted_where_the_nodes_can(
    api: FakeApi, connection: dict[str, Any], runtime: str, volume: str
) -> None:
    api.add("v1", "Node", "node", status={"nodeInfo": {"containerRuntimeVersion": runtime}})
    result = made(connection, {"image": {"reference": "models"}})
    assert list(result["chart_values"]["modelRepositories"][0]["volume"]) == [volume]


@pytest.mark.parametrize("group, copied", [("machineconfiguration.openshift.io", False), ("", True)])
def test_without_a_look_at_the_nodes_images_are_mounted_only_where_openshift_runs_them(
    api: FakeApi, connection: dict[str, Any], group: str, copied: bool
) -> None:
    api.openshift()
    api.groups += [group] if group else []
    api.refuse("GET", "/api/v1/nodes", 403, "Forbidden", "no")
    result = made(connection, {"image": {"reference": "models"}})
    assert ("initContainers" in result["chart_values"]) is copied


def test_a_secret_that_is_part_of_a_name() -> None:
    repositories = [{"s3": {"bucket": "my-models", "access_key": "a", "secret_key": "models"}}]
    with pytest.raises(TritonError) as caught:
        run({"namespace": "serving", "release": "triton", "repositories": repositories}, False)
    assert caught.value.message.startswith("The secret_key of a repository's s3 is also part of a name")


@pytest.mark.parametrize(
    "repository, texts",
    [
        ({"s3": {"bucket": "models", "secret_key": "s", "session_token": "t", "access_key": "id"}}, {"s", "t", "id"}),
        # Hiding the word would take it out of the host's name as well.
        ({"s3": {"endpoint": "https://minio:9000", "access_key": "minio", "secret_key": "s"}}, {"s"}),
        ({"azure": {"account_key": "k"}}, {"k"}),
        ({"azure": {"uri": "as://a/b?sig=token"}}, {"sig=token"}),
        (
            {"gcs": {"service_account_json": '{"type": "x", "private_key": "k"}'}},
            {'{"type": "x", "private_key": "k"}', "k"},
        ),
        ({"gcs": {"service_account_json": {"type": "x", "private_key": "k"}}}, {"k"}),
        (
            {"sync": {"s3": {"access_key": "AKID", "secret_key": "s", "endpoint": "https://u:p@minio"}}},
            {"AKID", "s", "u:p"},
        ),
        ({"sync": {"azure": {"account_key": "k"}, "env": {"RCLONE_X": "1"}}}, {"k"}),
        ({"sync": "text"}, set()),
        ({"claim": {"size": "1Gi"}, "s3": None}, set()),
        ({"s3": "text"}, set()),
    ],
)
def test_what_no_output_may_show(repository: dict[str, Any], texts: set[str]) -> None:
    assert set(hidden({"namespace": "serving", "repositories": [repository, None]})) == texts


@pytest.mark.parametrize("repositories", [None, "text", 5])
def test_options_of_another_form_hide_nothing(repositories: Any) -> None:
    assert set(hidden({"repositories": repositories})) == set()


def test_findings_and_warnings(tmp_path: Path) -> None:
    for path in ("a/1/model.py", "a/2/other"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("x")
    params = {"namespace": "serving", "release": "triton", "repositories": [{"configmap": {"path": str(tmp_path)}}]}
    result = run(params, False)
    assert [finding["severity"] for finding in result["findings"]] == ["warning", "note"]
    assert result["warnings"] == [f"{tmp_path}/a: Version 2 has no model.py, which the backend python loads."]


OWN = {
    "app.kubernetes.io/instance": "triton",
    "app.kubernetes.io/part-of": "triton",
    "app.kubernetes.io/managed-by": "inferops.triton",
}
CONTENT = {"data": {"key": "Y2FuYXJ5"}}


def leave(api: FakeApi) -> None:
    """What an earlier deployment from other back ends has left, beside objects of others."""
    api.add("v1", "Namespace", "serving")
    api.add("v1", "ConfigMap", "triton-models", "serving", metadata={"labels": OWN}, **CONTENT)
    api.add("v1", "Secret", "triton-models-s3", "serving", metadata={"labels": OWN}, **CONTENT)
    api.add("v1", "Secret", "triton-more-azure", "serving", metadata={"labels": OWN}, **CONTENT)
    api.add("v1", "PersistentVolumeClaim", "triton-models", "serving", metadata={"labels": OWN})
    api.add(
        "v1",
        "ConfigMap",
        "other",
        "serving",
        metadata={"labels": {**OWN, "app.kubernetes.io/instance": "other"}},
        **CONTENT,
    )
    api.add(
        "v1",
        "Secret",
        "helm",
        "serving",
        metadata={"labels": {**OWN, "app.kubernetes.io/managed-by": "Helm"}},
        **CONTENT,
    )
    api.add("v1", "Secret", "unlabelled", "serving", **CONTENT)


def revise(api: FakeApi, *specs: dict[str, Any], limit: int | None = None) -> None:
    """A Deployment with a ReplicaSet for each revision of its pods."""
    spec = {} if limit is None else {"revisionHistoryLimit": limit}
    api.add("apps/v1", "Deployment", "triton", "serving", spec=spec)
    uid = api.objects["/apis/apps/v1/namespaces/serving/deployments/triton"]["metadata"].setdefault("uid", "d")
    for number, pod in enumerate(specs, 1):
        api.add("apps/v1", "ReplicaSet", f"triton-{number}", "serving", spec={"template": {"spec": pod}})
        metadata = api.objects[f"/apis/apps/v1/namespaces/serving/replicasets/triton-{number}"]["metadata"]
        metadata["ownerReferences"] = [{"uid": uid}]
        metadata["annotations"] = {"deployment.kubernetes.io/revision": str(number)}


def test_a_plan_tells_what_is_left_of_other_back_ends(api: FakeApi, connection: dict[str, Any]) -> None:
    leave(api)
    result = made(connection, BUCKET, state="planned", live=True)
    assert result["superfluous"] == [
        {"kind": "ConfigMap", "name": "triton-models"},
        {"kind": "Secret", "name": "triton-more-azure"},
    ]
    assert api.writes == []
    lists = [seen for seen in api.seen if seen.path.endswith(("/secrets", "/configmaps"))]
    # Contents do not travel.
    assert lists and all("as=PartialObjectMetadataList" in seen.header("Accept")[0] for seen in lists)


def test_what_no_revision_names_goes_and_nothing_else(api: FakeApi, connection: dict[str, Any]) -> None:
    leave(api)
    key = {"name": "K", "valueFrom": {"secretKeyRef": {"name": "triton-more-azure"}}}
    revise(api, {"containers": [{"env": [key]}]}, {})
    before = set(api.objects)
    checked = made(connection, BUCKET, state="pruned", check=True)
    assert (checked["changed"], api.writes) == (True, [])
    result = made(connection, BUCKET, state="pruned")
    assert [(change["method"], change["name"]) for change in result["changes"]] == [("delete", "triton-models")]
    assert result["changes"] == checked["changes"] and result["diff"] == checked["diff"]
    assert before - set(api.objects) == {"/api/v1/namespaces/serving/configmaps/triton-models"}
    assert result["notes"] == [
        "Secret triton-more-azure is needed no more, but stays: revision 1 of Deployment triton, which can come back, names it."
    ]
    writes = len(api.writes)
    assert made(connection, BUCKET, state="pruned")["changed"] is False
    assert len(api.writes) == writes
    assert "Y2FuYXJ5" not in str(result)


def test_a_revision_that_is_not_kept_holds_nothing(api: FakeApi, connection: dict[str, Any]) -> None:
    leave(api)
    volume = {"name": "models", "projected": {"sources": [{"configMap": {"name": "triton-models"}}]}}
    revise(api, {"volumes": [volume]}, {}, limit=0)
    result = made(connection, BUCKET, state="pruned")
    assert [change["name"] for change in result["changes"]] == ["triton-models", "triton-more-azure"]


def test_check_mode_looks_ahead_to_the_revision_that_is_to_come(api: FakeApi, connection: dict[str, Any]) -> None:
    leave(api)
    volume = {"name": "models", "projected": {"sources": [{"configMap": {"name": "triton-models"}}]}}
    revise(api, {"volumes": [volume]}, limit=0)
    names = [change["name"] for change in made(connection, BUCKET, state="pruned", check=True)["changes"]]
    assert names == ["triton-models", "triton-more-azure"]
    # Without a newer revision this one serves.
    assert [change["name"] for change in made(connection, BUCKET, state="pruned")["changes"]] == ["triton-more-azure"]


def test_without_a_deployment_to_look_at_everything_stays(api: FakeApi, connection: dict[str, Any]) -> None:
    leave(api)
    result = made(connection, BUCKET, state="pruned")
    assert (result["changed"], api.writes, len(result["notes"])) == (False, [], 2)
    revise(api, {})
    api.refuse("GET", "/apis/apps/v1/namespaces/serving/replicasets", 403, "Forbidden", "no")
    assert made(connection, BUCKET, state="pruned")["changed"] is False


def test_who_may_not_list_them_is_told_of_none(api: FakeApi, connection: dict[str, Any]) -> None:
    leave(api)
    api.refuse("GET", "/api/v1/namespaces/serving/secrets", 403, "Forbidden", "no")
    assert made(connection, BUCKET, state="planned", live=True)["superfluous"] == [
        {"kind": "ConfigMap", "name": "triton-models"}
    ]


def test_the_value_of_a_misspelt_option_may_be_a_credential() -> None:
    given = {"bucket": "models", "secretkey": "canary-secret", "regio": "models"}
    for repository in ({"s3": given}, {"sync": {"s3": given}}):
        shown = set(hidden({"repositories": [repository]}))
        # What stands elsewhere as well would make names unreadable.
        assert "canary-secret" in shown and "models" not in shown
