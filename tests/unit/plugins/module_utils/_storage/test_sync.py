# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import re
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._storage.base import Plan, Target
from ansible_collections.inferops.triton.plugins.module_utils._storage.combine import combine
from ansible_collections.inferops.triton.plugins.module_utils._storage.plan import plan_repositories
from ansible_collections.inferops.triton.plugins.module_utils._storage.sync import Sync
from ansible_collections.inferops.triton.plugins.module_utils._storage.sync_script import SCRIPT
from ansible_collections.inferops.triton.tests.unit.plugins.module_utils._storage.cluster import having

TARGET = Target("serving", "triton")
BUCKET = {"bucket": "models", "prefix": "prod/a", "endpoint": "https://minio:9000", "existing_secret": "s3"}
DIGEST = "sha256-" + 32 * "0a"


def plan(target: Target = TARGET, **options: Any) -> Plan:
    given = options if {"s3", "gcs", "azure"} & set(options) else {"s3": BUCKET, **options}
    return Sync(**given).plan("models", target)


def container(result: Plan) -> Any:
    (only,) = result.init_containers
    return only


def variables(result: Plan) -> dict[str, Any]:
    """The container's variables: values, or where they come from."""
    found: dict[str, Any] = {}
    for item in container(result)["env"]:
        assert item["name"] not in found
        found[item["name"]] = item["value"] if "value" in item else item["valueFrom"]
    return found


def mounts(listed: Any) -> dict[str, Any]:
    return {mount["mountPath"]: mount for mount in listed}


def refusal(**options: Any) -> str:
    with pytest.raises(TritonError) as caught:
        plan(**options)
    return caught.value.message


def test_triton_reads_a_link_of_its_pod_and_writes_nothing() -> None:
    result = plan(claim={"size": "10Gi"})
    assert result.entry["uri"].startswith("/")
    link = result.entry["uri"].rpartition("/")[0]
    seen = mounts(result.mounts)
    assert all(mount["readOnly"] for mount in seen.values())
    volumes = {volume["name"]: volume for volume in result.volumes}
    assert "emptyDir" in volumes[seen[link]["name"]]
    # The link leads to the same place in both containers.
    written = mounts(container(result)["volumeMounts"])
    assert set(seen) <= set(written)
    assert not any(mount.get("readOnly") for path, mount in written.items() if path in seen)
    assert variables(result)["SYNC_LINK"] == link
    data = variables(result)["SYNC_VOLUME"]
    assert volumes[written[data]["name"]]["persistentVolumeClaim"] == {"claimName": "triton-models"}
    assert [definition["kind"] for definition in result.definitions] == ["PersistentVolumeClaim"]


def test_the_container_is_one_that_every_namespace_admits() -> None:
    made = container(plan())
    assert made["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    }
    assert set(made["resources"]["limits"]) == set(made["resources"]["requests"]) == {"cpu", "memory"}
    assert made["terminationMessagePolicy"] == "FallbackToLogsOnError"


def test_credentials_come_from_the_secret_and_only_into_the_copying_container() -> None:
    result = plan(having(("Secret", "s3", {"data": {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}})))
    found = variables(result)
    assert found["AWS_SECRET_ACCESS_KEY"] == {"secretKeyRef": {"name": "s3", "key": "AWS_SECRET_ACCESS_KEY"}}
    assert found["AWS_ACCESS_KEY_ID"] == {"secretKeyRef": {"name": "s3", "key": "AWS_ACCESS_KEY_ID"}}
    assert (result.env, result.cloud) == ((), None)


def test_credentials_as_values_stay_in_their_secret() -> None:
    result = plan(s3={"bucket": "models", "access_key": "AKID", "secret_key": "canary", "region": "eu-central-1"})
    assert [definition["metadata"]["name"] for definition in result.definitions] == ["triton-models-s3"]
    assert "canary" not in str((result.init_containers, result.volumes, result.mounts, result.entry))
    assert result.digest


def test_what_rclone_is_told_of_s3() -> None:
    found = variables(plan())
    assert found["SYNC_REMOTE"] == "source:models/prod/a"
    assert found["SYNC_SOURCE"] == "s3://https://minio:9000/models/prod/a"
    assert found["RCLONE_CONFIG_SOURCE_TYPE"] == "s3"
    assert found["RCLONE_CONFIG_SOURCE_PROVIDER"] == "Other"
    assert found["RCLONE_CONFIG_SOURCE_ENDPOINT"] == "https://minio:9000"
    assert found["RCLONE_CONFIG_SOURCE_ENV_AUTH"] == "true"
    assert "SYNC_ANONYMOUS" not in found
    aws = variables(plan(s3={"bucket": "models", "region": "eu-central-1"}))
    assert aws["RCLONE_CONFIG_SOURCE_PROVIDER"] == "AWS"
    assert aws["RCLONE_CONFIG_SOURCE_REGION"] == "eu-central-1"
    assert "RCLONE_CONFIG_SOURCE_ENDPOINT" not in aws
    # Without named credentials the bucket may be a public one.
    assert aws["SYNC_ANONYMOUS"] == "RCLONE_CONFIG_SOURCE_ENV_AUTH=false"


def test_an_identity_goes_to_the_service_account() -> None:
    role = "arn:aws:iam::123456789012:role/models"
    result = plan(s3={"bucket": "models", "region": "eu-central-1", "role_arn": role})
    assert result.service_account_annotations == {"eks.amazonaws.com/role-arn": role}
    assert variables(result)["AWS_DEFAULT_REGION"] == "eu-central-1"
    assert "SYNC_ANONYMOUS" not in variables(result)
    client = "01234567-89ab-cdef-0123-456789abcdef"
    azure = plan(azure={"account": "store", "container": "models", "client_id": client})
    assert azure.pod_labels == {"azure.workload.identity/use": "true"}
    assert variables(azure)["RCLONE_CONFIG_SOURCE_ENV_AUTH"] == "true"


def test_what_rclone_is_told_of_gcs() -> None:
    result = plan(gcs={"bucket": "models", "prefix": "prod", "existing_secret": "key"})
    found = variables(result)
    assert (found["SYNC_REMOTE"], found["SYNC_SOURCE"]) == ("source:models/prod", "gs://models/prod")
    assert found["RCLONE_CONFIG_SOURCE_TYPE"] == "google cloud storage"
    file = found["GOOGLE_APPLICATION_CREDENTIALS"]
    (directory,) = [path for path in mounts(container(result)["volumeMounts"]) if file.startswith(f"{path}/")]
    assert directory not in mounts(result.mounts)
    emulated = variables(plan(gcs={"bucket": "models", "emulator": "http://fake:4443"}))
    assert emulated["RCLONE_CONFIG_SOURCE_ENDPOINT"] == "http://fake:4443/storage/v1/"
    assert emulated["RCLONE_CONFIG_SOURCE_ANONYMOUS"] == "true"
    assert variables(plan(gcs={"bucket": "models"}))["SYNC_ANONYMOUS"] == "RCLONE_CONFIG_SOURCE_ANONYMOUS=true"


def test_what_rclone_is_told_of_azure() -> None:
    found = variables(plan(azure={"account": "store", "container": "models", "prefix": "a", "existing_secret": "key"}))
    assert (found["SYNC_REMOTE"], found["SYNC_SOURCE"]) == ("source:models/a", "as://store/models/a")
    assert found["RCLONE_CONFIG_SOURCE_TYPE"] == "azureblob"
    assert found["RCLONE_CONFIG_SOURCE_ACCOUNT"] == "store"
    assert found["RCLONE_CONFIG_SOURCE_KEY"] == {"secretKeyRef": {"name": "key", "key": "AZURE_STORAGE_KEY"}}


def test_a_private_ca_is_where_rclone_is_told() -> None:
    result = plan(s3={**BUCKET, "ca": {"config_map": "company", "key": "root.pem"}})
    mount = mounts(container(result)["volumeMounts"])[variables(result)["RCLONE_CA_CERT"]]
    assert mount["subPath"] == "root.pem"
    (volume,) = [volume for volume in result.volumes if volume["name"] == mount["name"]]
    assert volume["configMap"] == {"name": "company"}
    assert mount["name"] not in {each["name"] for each in result.mounts}


def test_settings_of_the_copy() -> None:
    env = {"RCLONE_CONFIG_SOURCE_PROVIDER": "Minio", "RCLONE_S3_CHUNK_SIZE": "16M"}
    found = variables(plan(claim={"existing": "shared"}, keep=5, digest=DIGEST, transfers=2, bandwidth="20M", env=env))
    assert (found["SYNC_KEEP"], found["SYNC_DIGEST"], found["SYNC_TRANSFERS"]) == ("5", DIGEST, "2")
    assert found["SYNC_BANDWIDTH"] == "20M"
    assert found["RCLONE_CONFIG_SOURCE_PROVIDER"] == "Minio"
    assert found["SYNC_USER"] == "serving.triton.models"
    assert variables(plan(digest=DIGEST.replace("-", ":")))["SYNC_DIGEST"] == DIGEST


def test_emptydir_of_a_size() -> None:
    result = plan(size="2Gi")
    assert {"name": "sync-models", "emptyDir": {"sizeLimit": "2Gi"}} in result.volumes
    assert variables(result)["SYNC_ROOM"] == str(2 * 1024**3)
    assert {"name": "sync-models", "emptyDir": {}} in plan().volumes


def test_directory_inside_a_claim() -> None:
    result = plan(claim={"existing": "shared", "sub_path": "triton/"})
    assert result.definitions == ()
    for listed in (result.mounts, container(result)["volumeMounts"]):
        assert mounts(listed)[variables(result)["SYNC_VOLUME"]]["subPath"] == "triton"


def test_only_a_release_without_a_pin_is_told_that_its_models_can_change() -> None:
    (note,) = plan().notes
    assert "s3://https://minio:9000/models/prod/a" in note and "digest pins" in note
    assert plan(digest=DIGEST).notes == ()


def test_beside_triton_reading_a_bucket_with_other_credentials() -> None:
    repositories = [
        {"name": "copied", "sync": {"s3": BUCKET, "claim": {"size": "1Gi"}}},
        {"name": "again", "sync": {"s3": {**BUCKET, "existing_secret": "other"}}},
        {"name": "direct", "s3": {"bucket": "models", "access_key": "AKID", "secret_key": "canary"}},
    ]
    values = combine(plan_repositories(repositories, TARGET), TARGET).chart_values
    assert [one["name"] for one in values["initContainers"]] == ["sync-copied", "sync-again"]
    assert {item["name"] for item in values["env"]} == {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
    assert [entry["uri"] for entry in values["modelRepositories"]][2] == "s3://models"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"claim": {"size": "1Gi"}, "size": "1Gi"}, "both claim and size"),
        ({"claim": {"size": "1Gi"}, "keep": 1}, "keep is 1, but on a claim at least 2 versions are kept"),
        ({"claim": {"size": "1Gi", "access_modes": ["ReadOnlyMany"]}}, "sync writes to its claim"),
        ({"claim": {"existing": "a", "size": "1Gi"}}, "either existing"),
        ({"digest": "latest"}, "digest is 'latest'; write it like sha256- and 64 hexadecimal digits"),
        ({"size": "much"}, "'much'"),
        ({"image": "-x"}, "image of sync is '-x'"),
        ({"bandwidth": "fast"}, "bandwidth of sync is 'fast'; write it like 20M"),
        ({"pull_policy": "Sometimes"}, "choose from Always, IfNotPresent, Never"),
        ({"transfers": 0}, "transfers is 0"),
        ({"env": {"PATH": "/x"}}, "env of sync sets PATH"),
        ({"env": {"RCLONE_CONFIG_SOURCE_SECRET_ACCESS_KEY": "canary"}}, "which everybody could read in the pod"),
        ({"s3": {**BUCKET, "scratch": "1Gi"}}, "takes no scratch"),
        ({"s3": {"bucket": "models", "credentials_file": {"secret": "a"}}}, "cloud credential file"),
        ({"s3": {"bucket": "Models"}}, "no bucket"),
        ({"s3": BUCKET, "gcs": {"bucket": "models"}}, "sync has s3 and gcs, which exclude each other"),
        ({"s3": None}, "sync names no source; give one of s3, gcs, azure"),
    ],
)
def test_refused(options: dict[str, Any], words: str) -> None:
    message = refusal(**options)
    assert "epository models" in message
    assert words in message


def test_a_secret_that_is_not_there() -> None:
    with pytest.raises(TritonError, match="needs Secret s3, which is not there in namespace serving"):
        plan(having())


def test_nobody_replaces_anything_in_the_script() -> None:
    """The kubelet replaces $(NAME) in commands by variables, and $$ by one dollar; Ansible replaces braces."""
    assert "$$" not in SCRIPT
    names = [item["name"] for item in container(plan(claim={"size": "1Gi"}, env={"RCLONE_X": "1"}))["env"]]
    assert not [name for name in names if f"$({name})" in SCRIPT]
    assert not re.search(r"\{[{%#]", SCRIPT)
