# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import base64
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._storage.azure import Azure
from ansible_collections.inferops.triton.plugins.module_utils._storage.base import Plan, Target
from ansible_collections.inferops.triton.plugins.module_utils._storage.combine import combine
from ansible_collections.inferops.triton.tests.unit.plugins.module_utils._storage.cluster import having

TARGET = Target("serving", "triton")
PLACE = {"account": "modelstore", "container": "models"}
CLIENT = "01234567-89ab-cdef-0123-456789abcdef"


def plan(target: Target = TARGET, **options: Any) -> Plan:
    return Azure(**options).plan("models", target)


def refusal(target: Target = TARGET, **options: Any) -> str:
    with pytest.raises(TritonError) as caught:
        plan(target, **options)
    assert "canary" not in caught.value.message
    return caught.value.message


def env(result: Plan) -> dict[str, Any]:
    values = combine([result], TARGET).chart_values.get("env", [])
    return {item["name"]: item.get("value") or item["valueFrom"]["secretKeyRef"] for item in values}


@pytest.mark.parametrize(
    "options, uri",
    [
        (PLACE, "as://modelstore/models"),
        ({**PLACE, "prefix": "/a/b/"}, "as://modelstore/models/a/b"),
        ({"uri": "as://modelstore/models/a/"}, "as://modelstore/models/a"),
        ({"uri": "as://modelstore.blob.core.windows.net/models"}, "as://modelstore/models"),
        ({**PLACE, "container": "$root"}, "as://modelstore/$root"),
    ],
)
def test_uri(options: dict[str, str], uri: str) -> None:
    assert plan(**options).entry == {"name": "models", "uri": uri}


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"account": "abc"},
        {"container": "abc"},
        {"uri": "as://abc/abc", "account": "abc"},
        {"uri": "as://abc/abc", "prefix": "a"},
    ],
)
def test_uri_or_fields(options: dict[str, str]) -> None:
    assert "azure takes either uri, or account and container" in refusal(**options)


@pytest.mark.parametrize(
    "options, words",
    [
        ({"uri": "as://modelstore"}, "is no URI of Azure Storage"),
        ({"uri": "as://modelstore/models?sv=canary"}, "is no URI of Azure Storage"),
        ({"uri": "https://x/y"}, "is no URI"),
        (
            {"uri": "as://modelstore.blob.core.chinacloudapi.cn/models"},
            "Triton reads accounts of *.blob.core.windows.net only",
        ),
        ({**PLACE, "account": "Model-Store"}, "'Model-Store' is no storage account"),
        ({**PLACE, "container": "a--b"}, "'a--b' is no container"),
        ({**PLACE, "container": "ab"}, "'ab' is no container"),
        ({**PLACE, "prefix": "a?b"}, "prefix 'a?b'"),
        ({**PLACE, "client_id": "me"}, "'me' is no ID of a managed identity"),
        ({**PLACE, "client_id": CLIENT, "account_key": "canary"}, "exclude each other"),
    ],
)
def test_what_cannot_be_read(options: dict[str, str], words: str) -> None:
    assert words in refusal(**options)


def test_the_key_of_a_secret() -> None:
    result = plan(**PLACE, existing_secret="azure", account_key_name="key")
    assert env(result) == {"AZURE_STORAGE_ACCOUNT": "modelstore", "AZURE_STORAGE_KEY": {"name": "azure", "key": "key"}}


def test_a_given_key_goes_into_a_secret_and_nowhere_else() -> None:
    result = plan(**PLACE, account_key="canary")
    (secret,) = result.definitions
    assert [base64.b64decode(value).decode() for value in secret["data"].values()] == ["canary"]
    assert env(result)["AZURE_STORAGE_KEY"] == {"name": secret["metadata"]["name"], "key": "AZURE_STORAGE_KEY"}
    assert "canary" not in str(combine([result], TARGET).chart_values)
    assert result.digest != plan(**PLACE, account_key="other").digest != ""


def test_workload_identity() -> None:
    result = plan(**PLACE, client_id=CLIENT)
    values = combine([result], TARGET).chart_values
    assert values["serviceAccount"] == {"annotations": {"azure.workload.identity/client-id": CLIENT}}
    assert values["podLabels"] == {"azure.workload.identity/use": "true"}
    assert env(result)["AZURE_STORAGE_AUTH_TYPE"] == "default"
    assert "AZURE_STORAGE_AUTH_TYPE" in result.warnings[0]


def test_a_public_container_still_names_its_account() -> None:
    result = plan(**PLACE)
    assert env(result) == {"AZURE_STORAGE_ACCOUNT": "modelstore"}
    assert "public container" in result.notes[0]


def test_a_secret_that_is_not_there() -> None:
    assert "needs Secret azure" in refusal(having(), **PLACE, existing_secret="azure")
