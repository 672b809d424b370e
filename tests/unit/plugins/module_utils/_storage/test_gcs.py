# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._storage.base import Plan, Target
from ansible_collections.inferops.triton.plugins.module_utils._storage.combine import combine
from ansible_collections.inferops.triton.plugins.module_utils._storage.gcs import Gcs
from ansible_collections.inferops.triton.tests.unit.plugins.module_utils._storage.cluster import having

TARGET = Target("serving", "triton")
KEY = json.dumps({"type": "service_account", "private_key": "canary-key"})


def plan(target: Target = TARGET, **options: Any) -> Plan:
    return Gcs(**options).plan("models", target)


def refusal(target: Target = TARGET, **options: Any) -> str:
    with pytest.raises(TritonError) as caught:
        plan(target, **options)
    assert "canary" not in caught.value.message
    return caught.value.message


def env(result: Plan) -> dict[str, str]:
    return {item["name"]: item["value"] for item in combine([result], TARGET).chart_values.get("env", [])}


@pytest.mark.parametrize(
    "options, uri",
    [
        ({"bucket": "models"}, "gs://models"),
        ({"bucket": "models", "prefix": "/a/b/"}, "gs://models/a/b"),
        ({"uri": "gs://my_models.example.com/a/"}, "gs://my_models.example.com/a"),
    ],
)
def test_uri(options: dict[str, str], uri: str) -> None:
    assert plan(**options).entry == {"name": "models", "uri": uri}


@pytest.mark.parametrize("options", [{}, {"uri": "gs://abc", "bucket": "abc"}, {"uri": "gs://abc", "prefix": "a"}])
def test_uri_or_fields(options: dict[str, str]) -> None:
    assert "gcs takes either uri, or bucket" in refusal(**options)


@pytest.mark.parametrize(
    "options, words",
    [
        ({"uri": "s3://models"}, "'s3://models' is no URI of Google Cloud Storage"),
        ({"uri": "gs://Models"}, "'Models' is no bucket"),
        ({"bucket": "a"}, "'a' is no bucket"),
        ({"bucket": "models", "prefix": "a//b"}, "prefix 'a//b'"),
        ({"bucket": "models", "emulator": "fake-gcs:4443"}, "'fake-gcs:4443' is no emulator"),
        ({"bucket": "models", "emulator": "http://fake-gcs:4443/storage"}, "is no emulator"),
        ({"bucket": "models", "service_account": "models"}, "'models' is no service account of Google"),
        ({"bucket": "models", "service_account_json": "canary"}, "service_account_json is no JSON object"),
        ({"bucket": "models", "service_account_json": "[1]"}, "service_account_json is no JSON object"),
        (
            {"bucket": "models", "service_account_json": '{"type": "external_account", "x": "canary"}'},
            "of another type",
        ),
        ({"bucket": "models", "existing_secret": "a", "service_account_json": KEY}, "exclude each other"),
    ],
)
def test_what_cannot_be_read(options: dict[str, str], words: str) -> None:
    assert words in refusal(**options)


def test_a_key_file_of_a_secret_is_mounted_and_named() -> None:
    result = plan(bucket="models", existing_secret="gcs", key_name="sa.json")
    (volume,), (mount,) = result.volumes, result.mounts
    assert volume["secret"] == {"secretName": "gcs"}
    assert mount["name"] == volume["name"]
    assert env(result) == {"GOOGLE_APPLICATION_CREDENTIALS": f"{mount['mountPath']}/sa.json"}
    # The chart keeps that prefix for the repositories' own volumes.
    assert not volume["name"].startswith("models-")


def test_a_given_key_file_goes_into_a_secret_and_nowhere_else() -> None:
    result = plan(bucket="models", service_account_json=KEY)
    (secret,) = result.definitions
    ((key, value),) = secret["data"].items()
    assert base64.b64decode(value).decode() == KEY
    assert env(result)["GOOGLE_APPLICATION_CREDENTIALS"] == f"{result.mounts[0]['mountPath']}/{key}"
    assert result.volumes[0]["secret"] == {"secretName": secret["metadata"]["name"]}
    assert "canary" not in str(combine([result], TARGET).chart_values)
    assert result.digest != plan(bucket="models", service_account_json=KEY.replace("canary-key", "other")).digest != ""


def test_workload_identity_of_gke() -> None:
    result = plan(bucket="models", service_account="models@project.iam.gserviceaccount.com")
    assert combine([result], TARGET).chart_values["serviceAccount"] == {
        "annotations": {"iam.gke.io/gcp-service-account": "models@project.iam.gserviceaccount.com"}
    }
    assert env(result) == {}


def test_emulator() -> None:
    result = plan(bucket="models", emulator="http://fake-gcs:4443")
    assert env(result) == {"CLOUD_STORAGE_EMULATOR_ENDPOINT": "http://fake-gcs:4443"}
    assert result.notes == ()


def test_no_credentials_are_said() -> None:
    assert "names no credentials" in plan(bucket="models").notes[0]


def test_a_secret_that_is_not_there() -> None:
    assert "needs Secret gcs" in refusal(having(), bucket="models", existing_secret="gcs")
