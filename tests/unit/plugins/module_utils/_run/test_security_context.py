# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._run.security_context import run
from ansible_collections.inferops.triton.tests.unit.plugins.fake_api import FakeApi

ANNOTATIONS = {"openshift.io/sa.scc.uid-range": "1000900000/10000", "openshift.io/sa.scc.mcs": "s0:c30,c5"}
DEFAULTS: dict[str, Any] = {
    "namespace": None,
    "annotations": None,
    "platform": "auto",
    "style": "auto",
    "scc": "restricted-v2",
    "run_as_user": None,
    "fs_group": None,
    "supplemental_groups": [],
    "namespace_missing": False,
    "wait_timeout": 0,
}


def compute(connection: dict[str, Any], **options: Any) -> dict[str, Any]:
    return run({**connection, **DEFAULTS, **options}, False)


def test_offline_asks_no_cluster() -> None:
    result = compute({"host": "http://127.0.0.1:1"}, annotations=ANNOTATIONS, namespace="n")
    assert (result["platform"], result["namespace"], result["fs_group"]) == ("openshift", "n", 1000900000)


@pytest.mark.parametrize(
    "platform, answer", [("auto", "openshift"), ("openshift", "openshift"), ("kubernetes", "kubernetes")]
)
def test_offline_platform(platform: str, answer: str) -> None:
    assert compute({}, annotations=ANNOTATIONS, platform=platform)["platform"] == answer


def test_offline_without_any_annotation_is_an_error_and_no_look_at_a_cluster() -> None:
    with pytest.raises(TritonError, match="There is no annotation openshift.io/sa.scc.uid-range"):
        compute({"host": "http://127.0.0.1:1"}, annotations={})


def test_live_on_openshift(api: FakeApi, connection: dict[str, Any]) -> None:
    api.openshift()
    api.add("v1", "Namespace", "triton", metadata={"annotations": ANNOTATIONS})
    result = compute(connection, namespace="triton", style="explicit")
    assert result["platform"] == "openshift"
    assert result["pod_security_context"]["runAsUser"] == 1000900000
    assert api.writes == []


def test_live_elsewhere(api: FakeApi, connection: dict[str, Any]) -> None:
    api.add("v1", "Namespace", "triton")
    result = compute(connection, namespace="triton")
    assert (result["platform"], result["pod_security_context"]["runAsUser"]) == ("kubernetes", 1000)


def test_live_platform_that_is_given_is_not_looked_for(api: FakeApi, connection: dict[str, Any]) -> None:
    api.add("v1", "Namespace", "triton", metadata={"annotations": ANNOTATIONS})
    assert compute(connection, namespace="triton", platform="openshift")["platform"] == "openshift"
    assert [seen.path for seen in api.seen] == ["/api/v1/namespaces/triton"]


@pytest.mark.parametrize("platform", ["openshift", "kubernetes"])
def test_missing_namespace(api: FakeApi, connection: dict[str, Any], platform: str) -> None:
    with pytest.raises(TritonError, match='Namespace "triton" does not exist'):
        compute(connection, namespace="triton", platform=platform)


def test_annotations_are_awaited_on_openshift(api: FakeApi, connection: dict[str, Any]) -> None:
    answers = iter([{"metadata": {}}, {"metadata": {"annotations": ANNOTATIONS}}])
    api.answers["GET", "/api/v1/namespaces/triton"] = lambda _seen: (200, next(answers))
    assert compute(connection, namespace="triton", platform="openshift", wait_timeout=30)["mcs"] == "s0:c30,c5"


def test_nothing_is_awaited_elsewhere(api: FakeApi, connection: dict[str, Any]) -> None:
    api.add("v1", "Namespace", "triton")
    compute(connection, namespace="triton", platform="kubernetes", wait_timeout=600)
    assert len(api.seen) == 1


def test_annotations_that_stay_away(api: FakeApi, connection: dict[str, Any]) -> None:
    api.openshift()
    api.add("v1", "Namespace", "triton")
    with pytest.raises(TritonError, match='Namespace "triton" has no annotation openshift.io/sa.scc.uid-range'):
        compute(connection, namespace="triton")


@pytest.mark.parametrize("style", ["auto", "omit", "explicit"])
def test_a_namespace_that_is_yet_to_be_made(api: FakeApi, connection: dict[str, Any], style: str) -> None:
    api.openshift()
    before = compute(connection, namespace="triton", style=style, namespace_missing=True)
    api.add("v1", "Namespace", "triton", metadata={"annotations": ANNOTATIONS})
    after = compute(connection, namespace="triton", style=style)
    unknown = {"runAsUser", "fsGroup", "seLinuxOptions"} if style == "explicit" else set()
    expected = {key: value for key, value in after["pod_security_context"].items() if key not in unknown}
    assert before["pod_security_context"] == expected
    for key in ("container_security_context", "pod_annotations", "host_users"):
        assert before[key] == after[key]


def test_elsewhere_all_is_known_beforehand(api: FakeApi, connection: dict[str, Any]) -> None:
    before = compute(connection, namespace="triton", namespace_missing=True)
    api.add("v1", "Namespace", "triton")
    assert before == compute(connection, namespace="triton")
