# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import base64
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._storage.base import Plan, Target
from ansible_collections.inferops.triton.plugins.module_utils._storage.combine import combine
from ansible_collections.inferops.triton.plugins.module_utils._storage.s3 import S3
from ansible_collections.inferops.triton.tests.unit.plugins.module_utils._storage.cluster import having

TARGET = Target("serving", "triton")
KEYS = {"access_key": "AKIDEXAMPLE", "secret_key": "canary-secret"}
ROLE = "arn:aws:iam::123456789012:role/triton"


def plan(target: Target = TARGET, **options: Any) -> Plan:
    return S3(**options).plan("models", target)


def refusal(target: Target = TARGET, **options: Any) -> str:
    with pytest.raises(TritonError) as caught:
        plan(target, **options)
    assert "canary" not in caught.value.message
    return caught.value.message


def env(*plans: Plan) -> dict[str, Any]:
    values = combine(plans, TARGET).chart_values.get("env", [])
    return {item["name"]: item.get("value") or item["valueFrom"]["secretKeyRef"] for item in values}


@pytest.mark.parametrize(
    "options, uri",
    [
        ({"bucket": "models"}, "s3://models"),
        ({"bucket": "models", "prefix": "/prod/v1/"}, "s3://models/prod/v1"),
        ({"bucket": "models", "endpoint": "minio.example.com:9000"}, "s3://https://minio.example.com:9000/models"),
        ({"bucket": "models", "endpoint": "https://minio.example.com"}, "s3://https://minio.example.com:443/models"),
        ({"bucket": "models", "endpoint": "http://minio/", "prefix": "a"}, "s3://http://minio:80/models/a"),
        ({"bucket": "models", "endpoint": "http://10.0.0.1:9000"}, "s3://http://10.0.0.1:9000/models"),
        ({"uri": "s3://models/a/"}, "s3://models/a"),
        ({"uri": "s3://https://minio.example.com:9000/models/a"}, "s3://https://minio.example.com:9000/models/a"),
        # Triton's own default for a host with a port.
        ({"uri": "s3://minio:9000/models"}, "s3://http://minio:9000/models"),
    ],
)
def test_uri(options: dict[str, str], uri: str) -> None:
    assert plan(**options).entry == {"name": "models", "uri": uri}


@pytest.mark.parametrize(
    "uri",
    [
        "s3://https://minio.example.com/models",
        "s3://http://minio/models",
        "models",
        "gs://models",
        "s3://",
        "s3://minio:9000",
        "s3:/m/a",
    ],
)
def test_what_triton_would_read_as_something_else(uri: str) -> None:
    assert f"Triton does not read {uri!r}" in refusal(uri=uri)


@pytest.mark.parametrize("bucket", ["Models", "ab", "a_b", "-ab", "a..b", "a" * 64, "models/a"])
def test_what_is_no_bucket(bucket: str) -> None:
    assert f"{bucket!r} is no bucket" in refusal(bucket=bucket)


@pytest.mark.parametrize(
    "endpoint", ["https://minio:9000/path", "ftp://minio", "minio:port", "min io", "https://", "[fd00::1]:9000"]
)
def test_what_is_no_endpoint(endpoint: str) -> None:
    assert f"{endpoint!r} is no endpoint" in refusal(bucket="models", endpoint=endpoint)


@pytest.mark.parametrize(
    "options", [{"uri": "s3://id:canary@bucket/a b"}, {"bucket": "models", "endpoint": "https://id:canary@minio/x"}]
)
def test_credentials_in_an_address_are_not_repeated(options: dict[str, str]) -> None:
    assert "***" in refusal(**options)


@pytest.mark.parametrize("prefix", ["a b", "a//b", "a+b"])
def test_a_prefix_that_triton_misreads_below_an_endpoint(prefix: str) -> None:
    assert f"prefix {prefix!r}" in refusal(bucket="models", endpoint="minio:9000", prefix=prefix)


def test_aws_itself_takes_more_letters() -> None:
    assert plan(bucket="models", prefix="a+b").entry["uri"] == "s3://models/a+b"


@pytest.mark.parametrize(
    "options", [{}, {"uri": "s3://a", "bucket": "b"}, {"uri": "s3://abc", "prefix": "b"}, {"prefix": "b"}]
)
def test_uri_or_fields(options: dict[str, str]) -> None:
    assert "s3 takes either uri, or bucket" in refusal(**options)


def test_a_host_in_the_place_of_the_bucket_is_warned_of() -> None:
    (warning,) = plan(uri="s3://minio.example.com/models/a").warnings
    assert "s3://https://minio.example.com:443/models/a" in warning
    assert plan(uri="s3://models/a").warnings == ()


def test_buckets_are_asked_for_by_path_only() -> None:
    assert "path_style cannot be false" in refusal(bucket="models", path_style=False)


def test_an_existing_secret_with_its_own_key_names() -> None:
    options = {
        "existing_secret": "s3",
        "access_key_name": "id",
        "secret_key_name": "key",
        "session_token_name": "token",
    }
    result = plan(bucket="models", region="eu-central-1", **options)
    assert result.definitions == ()
    assert env(result) == {
        "AWS_ACCESS_KEY_ID": {"name": "s3", "key": "id"},
        "AWS_SECRET_ACCESS_KEY": {"name": "s3", "key": "key"},
        "AWS_SESSION_TOKEN": {"name": "s3", "key": "token"},
        "AWS_DEFAULT_REGION": "eu-central-1",
    }


def test_without_a_session_token_none_is_asked_for() -> None:
    assert set(env(plan(bucket="models", existing_secret="s3"))) == {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}


def test_given_keys_go_into_a_secret_and_nowhere_else() -> None:
    result = plan(bucket="models", **KEYS)
    (secret,) = result.definitions
    assert secret["kind"] == "Secret"
    stored = {key: base64.b64decode(value).decode() for key, value in secret["data"].items()}
    assert stored == {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "canary-secret"}
    name = secret["metadata"]["name"]
    assert env(result)["AWS_SECRET_ACCESS_KEY"] == {"name": name, "key": "AWS_SECRET_ACCESS_KEY"}
    assert "canary-secret" not in str(combine([result], TARGET).chart_values)
    assert "canary-secret" not in repr(S3(bucket="models", **KEYS))


def test_changed_keys_roll_the_pods() -> None:
    digests = {plan(bucket="models", **{**KEYS, "secret_key": key}).digest for key in ("one", "two")}
    assert len(digests) == 2 and "" not in digests


@pytest.mark.parametrize("options", [{"access_key": "a"}, {"secret_key": "b"}, {"session_token": "c"}])
def test_half_of_the_keys(options: dict[str, str]) -> None:
    assert "give both keys" in refusal(bucket="models", **options)


def test_a_role_for_the_service_account() -> None:
    result = plan(bucket="models", role_arn=ROLE, region="eu-central-1")
    values = combine([result], TARGET).chart_values
    assert values["serviceAccount"] == {"annotations": {"eks.amazonaws.com/role-arn": ROLE}}
    assert env(result) == {"AWS_DEFAULT_REGION": "eu-central-1"}
    assert result.definitions == ()


def test_a_role_needs_the_region() -> None:
    assert "give region" in refusal(bucket="models", role_arn=ROLE)


@pytest.mark.parametrize("role", ["triton", "arn:aws:iam::1:role/x", "arn:aws:s3:::bucket"])
def test_what_is_no_role(role: str) -> None:
    assert f"{role!r} is no role" in refusal(bucket="models", region="eu", role_arn=role)


@pytest.mark.parametrize(
    "more", [{"existing_secret": "s3"}, {"role_arn": ROLE, "region": "eu"}, {"credentials_file": {"secret": "s"}}]
)
def test_credentials_exclude_each_other(more: dict[str, Any]) -> None:
    assert "exclude each other" in refusal(bucket="models", **KEYS, **more)


def test_no_credentials_are_said() -> None:
    result = plan(bucket="models")
    assert env(result) == {}
    assert "names no credentials" in result.notes[0]


def test_a_secret_that_is_not_there() -> None:
    message = refusal(having(), bucket="models", existing_secret="s3")
    assert "needs Secret s3, which is not there in namespace serving" in message
    assert "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY" in message


def test_a_secret_without_the_key() -> None:
    target = having(("Secret", "s3", {"data": {"AWS_ACCESS_KEY_ID": "canary", "other": "canary"}}))
    message = refusal(target, bucket="models", existing_secret="s3")
    assert "has no key AWS_SECRET_ACCESS_KEY; it has: AWS_ACCESS_KEY_ID, other" in message


@pytest.mark.parametrize("target", [having(denied=("Secret",)), having(preparing=True)])
def test_a_secret_that_cannot_be_looked_at_or_comes_later(target: Target) -> None:
    assert plan(target, bucket="models", existing_secret="s3").entry["uri"] == "s3://models"


@pytest.mark.parametrize("name", ["S3", "a b", "-"])
def test_what_is_no_name_of_a_secret(name: str) -> None:
    assert f"{name!r} is no name of a Secret" in refusal(bucket="models", existing_secret=name)


@pytest.mark.parametrize(
    "ca, source",
    [
        ({"config_map": "company"}, {"configMap": {"name": "company"}}),
        ({"secret": "company", "key": "tls.crt"}, {"secret": {"secretName": "company"}}),
    ],
)
def test_a_private_ca_takes_the_place_of_the_bundle_that_triton_reads(
    ca: dict[str, str], source: dict[str, Any]
) -> None:
    result = plan(bucket="models", endpoint="https://minio", ca=ca)
    (volume,), (mount,) = result.volumes, result.mounts
    assert {key: value for key, value in volume.items() if key != "name"} == source
    assert mount["name"] == volume["name"]
    assert (mount["mountPath"], mount["subPath"]) == ("/etc/ssl/certs/ca-certificates.crt", ca.get("key", "ca.crt"))


@pytest.mark.parametrize(
    "ca, words",
    [({"key": "x"}, "neither config_map nor secret"), ({"config_map": "a", "secret": "b"}, "exclude each other")],
)
def test_a_ca_from_one_place(ca: dict[str, str], words: str) -> None:
    assert words in refusal(bucket="models", endpoint="https://minio", ca=ca)


def test_a_ca_without_tls_is_a_mistake() -> None:
    assert "is read without TLS" in refusal(bucket="models", endpoint="http://minio:9000", ca={"config_map": "a"})


def test_a_ca_that_is_not_there() -> None:
    assert "needs ConfigMap company" in refusal(
        having(), bucket="models", endpoint="https://minio", ca={"config_map": "company"}
    )


@pytest.mark.parametrize("region", ["EU Central", "eu_1"])
def test_what_is_no_region(region: str) -> None:
    assert f"{region!r} is no region" in refusal(bucket="models", region=region)


def test_room_for_the_copy() -> None:
    assert combine([plan(bucket="models", scratch="20Gi")], TARGET).chart_values["scratch"] == {"sizeLimit": "21Gi"}
