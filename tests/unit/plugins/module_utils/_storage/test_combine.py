# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._storage.base import Plan, Target
from ansible_collections.inferops.triton.plugins.module_utils._storage.combine import Combined, combine
from ansible_collections.inferops.triton.plugins.module_utils._storage.plan import plan_repositories

TARGET = Target("serving", "triton")
ONE = {"access_key": "id-1", "secret_key": "canary-1"}
TWO = {"access_key": "id-2", "secret_key": "canary-2"}
FILE = {"credentials_file": {"secret": "cloud", "key": "c.json"}}


def combined(*repositories: dict[str, Any]) -> Combined:
    return combine(plan_repositories(repositories, TARGET), TARGET)


def refusal(*repositories: dict[str, Any]) -> str:
    with pytest.raises(TritonError) as caught:
        combined(*repositories)
    assert "canary" not in caught.value.message
    return caught.value.message


def names(result: Combined) -> list[str]:
    return [item["name"] for item in result.chart_values.get("env", [])]


def credentials(result: Combined) -> Any:
    """The cloud credential file, as Triton reads it by the variable and the mount."""
    values = result.chart_values
    (path,) = [item["value"] for item in values["env"] if item["name"] == "TRITON_CLOUD_CREDENTIAL_PATH"]
    (mount,) = [mount for mount in values["extraVolumeMounts"] if path.startswith(f"{mount['mountPath']}/")]
    (volume,) = [volume for volume in values["extraVolumes"] if volume["name"] == mount["name"]]
    (secret,) = [one for one in result.definitions if one["metadata"]["name"] == volume["secret"]["secretName"]]
    return json.loads(base64.b64decode(secret["data"][path.rpartition("/")[2]]))


def test_nothing() -> None:
    result = combined()
    assert (result.definitions, result.chart_values) == ((), {})


def test_two_buckets_with_the_same_credentials_share_them() -> None:
    result = combined(
        {"s3": {"bucket": "one", "existing_secret": "s3"}}, {"s3": {"bucket": "two", "existing_secret": "s3"}}
    )
    assert names(result) == ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
    assert result.definitions == ()


def test_different_credentials_go_into_triton_s_file() -> None:
    result = combined({"s3": {"bucket": "one", "region": "eu", **ONE}}, {"s3": {"bucket": "two", **TWO}})
    entries = credentials(result)["s3"]
    assert entries["s3://one"]["secret_key"] == "canary-1"
    assert entries["s3://one"]["region"] == "eu"
    assert entries["s3://two"]["key_id"] == "id-2"
    # Triton reads none of these beside the file, and they would only mislead.
    assert names(result) == ["TRITON_CLOUD_CREDENTIAL_PATH"]
    assert "canary" not in str(result.chart_values)


def test_one_client_of_triton_serves_one_endpoint() -> None:
    result = combined(
        {"s3": {"bucket": "one", "endpoint": "http://a:9000", **ONE}},
        {"s3": {"bucket": "one", "endpoint": "http://b:9000", **ONE}},
    )
    assert set(credentials(result)["s3"]) == {"s3://http://a:9000/one", "s3://http://b:9000/one"}


def test_with_the_file_the_other_clouds_are_in_it_too() -> None:
    result = combined(
        {"s3": {"bucket": "one", **ONE}},
        {"s3": {"bucket": "two", **TWO}},
        {"gcs": {"bucket": "three", "existing_secret": "gcs"}},
        {"azure": {"account": "store", "container": "four", "account_key": "canary-3"}},
    )
    content = credentials(result)
    assert content["as"] == {"as://store/four": {"account_str": "store", "account_key": "canary-3"}}
    path = content["gs"]["gs://three"]
    assert any(path.startswith(mount["mountPath"]) for mount in result.chart_values["extraVolumeMounts"])


def test_different_clouds_need_no_file() -> None:
    result = combined(
        {"s3": {"bucket": "one", **ONE}},
        {"azure": {"account": "store", "container": "four", "account_key": "canary-3"}},
    )
    assert "TRITON_CLOUD_CREDENTIAL_PATH" not in names(result)
    assert len(names(result)) == 4


def test_two_accounts_of_azure() -> None:
    result = combined(
        *(
            {"azure": {"account": account, "container": "models", "account_key": f"canary-{account}"}}
            for account in ("one", "two")
        )
    )
    assert set(credentials(result)["as"]) == {"as://one/models", "as://two/models"}


def test_credentials_that_are_not_known_here_cannot_go_into_the_file() -> None:
    message = refusal({"s3": {"bucket": "one", **ONE}}, {"s3": {"bucket": "two", "existing_secret": "s3"}})
    assert "the credentials of models-2 lie in a Secret" in message
    assert "credentials_file" in message


def test_a_file_of_one_s_own_serves_all() -> None:
    result = combined({"s3": {"bucket": "one", **FILE}}, {"s3": {"bucket": "two", "endpoint": "minio:9000", **FILE}})
    assert result.definitions == ()
    (volume,) = result.chart_values["extraVolumes"]
    assert volume["secret"] == {"secretName": "cloud"}
    assert result.chart_values["env"][0]["value"].endswith("/c.json")


def test_beside_a_file_of_one_s_own_no_other_credentials_count() -> None:
    message = refusal({"s3": {"bucket": "one", **FILE}}, {"s3": {"bucket": "two", **ONE}})
    assert "Triton would not read the credentials of repository models-2" in message


def test_two_files() -> None:
    other = {"credentials_file": {"secret": "other"}}
    assert "models and models-2 want the cloud credential file" in refusal(
        {"s3": {"bucket": "one", **FILE}}, {"gcs": {"bucket": "two", **other}}
    )


def test_a_changed_file_rolls_the_pods() -> None:
    seen = {
        combined({"s3": {"bucket": "one", **ONE}}, {"s3": {"bucket": "two", **TWO, "secret_key": key}}).chart_values[
            "podAnnotations"
        ]["triton.inferops/models-digest"]
        for key in ("canary-a", "canary-b")
    }
    assert len(seen) == 2


def test_two_identities_for_one_service_account() -> None:
    roles = [f"arn:aws:iam::123456789012:role/{name}" for name in "ab"]
    message = refusal(*({"s3": {"bucket": "one", "region": "eu", "role_arn": role}} for role in roles))
    assert message.startswith(
        "Repositories models and models-2 want the annotation of the service account eks.amazonaws.com/role-arn"
    )


def test_two_regions_without_keys() -> None:
    assert "environment variable AWS_DEFAULT_REGION" in refusal(
        {"s3": {"bucket": "one", "region": "eu"}}, {"s3": {"bucket": "two", "region": "us"}}
    )


def test_two_emulators() -> None:
    assert "CLOUD_STORAGE_EMULATOR_ENDPOINT" in refusal(
        *({"gcs": {"bucket": "one", "emulator": f"http://{host}"}} for host in "ab")
    )


def test_the_same_ca_is_mounted_once_and_two_are_refused() -> None:
    def bucket(ca: str) -> dict[str, Any]:
        return {"s3": {"bucket": "one", "endpoint": "https://minio", "ca": {"config_map": ca}}}

    assert len(combined(bucket("company"), bucket("company")).chart_values["extraVolumeMounts"]) == 1
    assert "mount path /etc/ssl/certs/ca-certificates.crt" in refusal(bucket("company"), bucket("other"))


def test_groups_scratch_and_containers_of_several() -> None:
    result = combined(
        {"nfs_inline": {"server": "n", "path": "/a", "supplemental_groups": [7, 5]}},
        {"nfs": {"server": "n", "path": "/b", "supplemental_groups": [7]}},
        {"s3": {"bucket": "one", "scratch": "1Gi"}},
        {"gcs": {"bucket": "two", "scratch": "512Mi"}},
        {"image": {"reference": "models", "mode": "copy"}},
        {"image": {"reference": "models", "mode": "copy"}},
    )
    values = result.chart_values
    assert values["podSecurityContext"] == {"supplementalGroups": [5, 7]}
    assert values["scratch"] == {"sizeLimit": "2560Mi"}
    assert [one["name"] for one in values["initContainers"]] == ["copy-models-5", "copy-models-6"]
    assert [one["kind"] for one in result.cluster_definitions] == ["PersistentVolume"]
    assert result.bound == ("triton-models-2",)
    assert [entry["name"] for entry in values["modelRepositories"]] == [
        "models",
        *(f"models-{number}" for number in range(2, 7)),
    ]


def test_the_same_sentence_is_said_once() -> None:
    plan = Plan((), {"name": "a"}, notes=("x",), warnings=("y",))
    result = combine([plan, plan], TARGET)
    assert (result.notes, result.warnings) == (("x",), ("y",))


@pytest.mark.parametrize("files, buckets, known", [(1, 0, True), (1, 1, False), (0, 1, False), (0, 0, False)])
def test_whether_all_models_are_known(tmp_path: Path, files: int, buckets: int, known: bool) -> None:
    (tmp_path / "double" / "1").mkdir(parents=True)
    (tmp_path / "double" / "1" / "model.py").write_text("")
    (tmp_path / "double" / "config.pbtxt").write_text('name: "double"\nbackend: "python"\n')
    result = combined(*[{"configmap": {"path": str(tmp_path)}}] * files, *[{"s3": {"bucket": "models"}}] * buckets)
    assert (result.models_known, list(result.models)) == (known, ["double"] * files)
