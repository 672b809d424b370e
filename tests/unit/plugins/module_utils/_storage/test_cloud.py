# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pods roll when a Secret or ConfigMap changes that they read only when they start."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._storage.combine import DIGEST_ANNOTATION, combine
from ansible_collections.inferops.triton.plugins.module_utils._storage.plan import plan_repositories
from ansible_collections.inferops.triton.tests.unit.plugins.module_utils._storage.cluster import having

S3 = {"bucket": "models", "region": "eu"}
AZURE = {"account": "store", "container": "models"}
# Each way to name what is there, as a repository: kind of the object, and a key that the pods read.
READ = [
    ({"s3": {**S3, "existing_secret": "it"}}, "Secret", "AWS_SECRET_ACCESS_KEY"),
    ({"s3": {**S3, "existing_secret": "it", "session_token_name": "more"}}, "Secret", "more"),
    ({"gcs": {"bucket": "models", "existing_secret": "it"}}, "Secret", "key.json"),
    ({"azure": {**AZURE, "existing_secret": "it"}}, "Secret", "AZURE_STORAGE_KEY"),
    ({"s3": {**S3, "credentials_file": {"secret": "it"}}}, "Secret", "credentials.json"),
    ({"azure": {**AZURE, "credentials_file": {"secret": "it"}}}, "Secret", "credentials.json"),
    ({"s3": {**S3, "ca": {"config_map": "it"}}}, "ConfigMap", "ca.crt"),
    ({"gcs": {"bucket": "models", "ca": {"secret": "it", "key": "own"}}}, "Secret", "own"),
    ({"sync": {"s3": {**S3, "existing_secret": "it"}}}, "Secret", "AWS_ACCESS_KEY_ID"),
    ({"sync": {"azure": {**AZURE, "ca": {"config_map": "it"}}}}, "ConfigMap", "ca.crt"),
]
KEYS = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "key.json", "AZURE_STORAGE_KEY", "credentials.json", "ca.crt"}
CONTENT = {key: "b2xk" for key in (*KEYS, "more", "own", "other")}


def live(content: Mapping[str, str], uid: str = "0d7b", **metadata: Any) -> dict[str, Any]:
    return {"metadata": {"name": "it", "uid": uid, **metadata}, "data": dict(content)}


def annotation(repository: Mapping[str, Any], kind: str, content: Any, **options: Any) -> str | None:
    target = having((kind, "it", content), **options)
    values = combine(plan_repositories([repository], target), target).chart_values
    found: str | None = values.get("podAnnotations", {}).get(DIGEST_ANNOTATION)
    return found


@pytest.mark.parametrize("repository, kind, key", READ)
def test_pods_roll_with_what_they_read_and_with_nothing_else(
    repository: Mapping[str, Any], kind: str, key: str
) -> None:
    before = annotation(repository, kind, live(CONTENT))
    assert before
    assert annotation(repository, kind, live({**CONTENT, key: "bmV3"})) != before
    assert annotation(repository, kind, live({**CONTENT, "other": "bmV3"})) == before
    assert annotation(repository, kind, live(CONTENT, resourceVersion="2", labels={"a": "b"})) == before


def test_a_bundle_in_binary_data() -> None:
    repository, kind, _key = READ[6]
    bundles = [{"metadata": {"uid": "0d7b"}, "binaryData": {"ca.crt": text}} for text in ("b2xk", "bmV3")]
    assert len({annotation(repository, kind, bundle) for bundle in bundles}) == 2


def test_credentials_and_a_ca_count_both() -> None:
    repository = {"s3": {**S3, "existing_secret": "it", "ca": {"secret": "it"}}}
    changed = [CONTENT, {**CONTENT, "ca.crt": "bmV3"}, {**CONTENT, "AWS_ACCESS_KEY_ID": "bmV3"}]
    assert len({annotation(repository, "Secret", live(content)) for content in changed}) == len(changed)


@pytest.mark.parametrize("repository, kind, _key", READ)
def test_nobody_can_try_guesses_who_may_not_read_the_secret(
    repository: Mapping[str, Any], kind: str, _key: str
) -> None:
    """The same values in another object give another annotation, so without the UID a right guess looks like a wrong one."""
    assert annotation(repository, kind, live(CONTENT)) != annotation(repository, kind, live(CONTENT, uid="5c1e"))


def test_the_annotation_is_no_digest_of_a_value_alone() -> None:
    repository, kind, key = READ[2]
    found = annotation(repository, kind, live(CONTENT))
    guesses = [CONTENT[key], "old", json.dumps({key: CONTENT[key]}), json.dumps([{key: CONTENT[key]}])]
    once = [hashlib.sha256(guess.encode()).hexdigest() for guess in guesses]
    twice = [hashlib.sha256(one.encode()).hexdigest() for one in once]
    assert found not in {*once, *twice}


@pytest.mark.parametrize("repository, kind, _key", READ)
def test_what_may_not_be_read_changes_nothing(repository: Mapping[str, Any], kind: str, _key: str) -> None:
    assert annotation(repository, kind, live(CONTENT), denied=(kind,)) is None
    assert annotation(repository, kind, live(CONTENT), preparing=True) is None


def test_two_repositories_with_one_secret() -> None:
    repositories = [{"name": name, **READ[0][0]} for name in ("one", "two")]
    targets = [having(("Secret", "it", live({**CONTENT, "AWS_ACCESS_KEY_ID": text}))) for text in ("b2xk", "bmV3")]
    values = [combine(plan_repositories(repositories, target), target).chart_values for target in targets]
    for one, other in itertools.pairwise(values):
        assert one["podAnnotations"] != other["podAnnotations"]
