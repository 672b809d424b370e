# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import base64

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._release.objects import (
    is_kept,
    key_of,
    owned,
    owner,
    parse,
)

TEXT = """---
# Source: x/templates/service.yaml
apiVersion: v1
kind: Service
metadata:
  name: triton
---
apiVersion: batch/v1
kind: Job
metadata:
  name: migrate
  annotations:
    helm.sh/hook: pre-upgrade
---
# nothing but a comment
"""


def test_parse_keeps_hooks_apart() -> None:
    manifest = parse([TEXT], "test")
    assert [item["kind"] for item in manifest.objects] == ["Service"]
    assert [item["kind"] for item in manifest.hooks] == ["Job"]


def test_what_is_no_manifest() -> None:
    with pytest.raises(TritonError, match="the rendered chart"):
        parse(["a: [\n"], "the rendered chart")


def test_an_object_may_change_its_version() -> None:
    one = {"apiVersion": "autoscaling/v1", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "x"}}
    other = {**one, "apiVersion": "autoscaling/v2", "metadata": {"name": "x", "namespace": "ns"}}
    assert key_of(one, "ns") == key_of(other, "ns")
    assert key_of(one, "ns") != key_of(one, "elsewhere")


def test_owned_as_helm_applies_it() -> None:
    item = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x", "labels": None}, "spec": {"type": None}}
    assert owned(item, "triton", "ns", namespaced=True) == {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {
            "name": "x",
            "namespace": "ns",
            "labels": {"app.kubernetes.io/managed-by": "Helm"},
            "annotations": {"meta.helm.sh/release-name": "triton", "meta.helm.sh/release-namespace": "ns"},
        },
        "spec": {},
    }
    assert "namespace" not in owned({**item, "kind": "Namespace"}, "triton", "ns", namespaced=False)["metadata"]


def test_clear_texts_of_a_secret_are_its_data() -> None:
    item = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "x"},
        "data": {"a": "QQ=="},
        "stringData": {"b": "clear"},
    }
    made = owned(item, "triton", "ns", namespaced=True)
    assert made["data"] == {"a": "QQ==", "b": base64.b64encode(b"clear").decode()}
    assert "stringData" not in made


def test_owner() -> None:
    made = owned({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x"}}, "triton", "ns", namespaced=True)
    assert owner(made) == ("triton", "ns")
    assert owner({"metadata": {"name": "x"}}) is None


@pytest.mark.parametrize("policy, kept", [("keep", True), (" Keep", True), ("delete", False), (None, False)])
def test_is_kept(policy: str | None, kept: bool) -> None:
    assert is_kept({"metadata": {"annotations": {"helm.sh/resource-policy": policy}}}) is kept
