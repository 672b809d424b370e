# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ill-typed pods never reach the engines."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._scc.shape import check_pod


def pod(**spec: Any) -> dict[str, Any]:
    return {"metadata": {"name": "p"}, "spec": spec}


def container(**context: Any) -> dict[str, Any]:
    return pod(containers=[{"name": "a"}, {"name": "b", "securityContext": context}])


@pytest.mark.parametrize(
    ("given", "path"),
    [
        (pod(securityContext={"runAsUser": "1000"}), "spec.securityContext.runAsUser is '1000'"),
        (pod(securityContext={"runAsUser": 1000.0}), "spec.securityContext.runAsUser is 1000.0"),
        (pod(securityContext={"runAsUser": True}), "spec.securityContext.runAsUser is True"),
        (pod(securityContext={"fsGroup": 2**63}), "spec.securityContext.fsGroup is 9223372036854775808"),
        (
            pod(securityContext={"supplementalGroups": 1}),
            "spec.securityContext.supplementalGroups is 1; it must be a list",
        ),
        (pod(securityContext={"supplementalGroups": [1, "2"]}), "spec.securityContext.supplementalGroups[1] is '2'"),
        (pod(securityContext=[]), "spec.securityContext is []; it must be an object"),
        (pod(hostNetwork="true"), "spec.hostNetwork is 'true'; it must be true or false"),
        (pod(hostUsers=0), "spec.hostUsers is 0"),
        (
            pod(volumes=[{"name": "v", "nfs": "server:/path"}]),
            "spec.volumes[0].nfs is 'server:/path'; it must be an object",
        ),
        (pod(volumes=[None]), "spec.volumes[0] is null"),
        (pod(containers={"name": "a"}), "spec.containers is {'name': 'a'}; it must be a list"),
        (
            container(capabilities={"add": "SYS_ADMIN"}),
            "spec.containers[1].securityContext.capabilities.add is 'SYS_ADMIN'",
        ),
        (container(privileged="yes"), "spec.containers[1].securityContext.privileged is 'yes'"),
        (
            container(seccompProfile="RuntimeDefault"),
            "spec.containers[1].securityContext.seccompProfile is 'RuntimeDefault'",
        ),
        (pod(containers=[{"ports": [{"hostPort": 2**31}]}]), "spec.containers[0].ports[0].hostPort is 2147483648"),
        (
            {"metadata": {"annotations": {"a": 1}}, "spec": {}},
            "metadata.annotations is {'a': 1}; it must be a map of texts",
        ),
        ({"metadata": [], "spec": {}}, "metadata is []"),
        (
            pod(volumes=[{"downwardAPI": {"items": [{"fieldRef": "x"}]}}]),
            "spec.volumes[0].downwardAPI.items[0].fieldRef is 'x'; it must be an object",
        ),
        (
            pod(volumes=[{"projected": {"sources": [{"downwardAPI": {"items": {}}}]}}]),
            "spec.volumes[0].projected.sources[0].downwardAPI.items is {}; it must be a list",
        ),
        (
            pod(volumes=[{"projected": {"sources": [{"secret": "s"}]}}]),
            "spec.volumes[0].projected.sources[0].secret is 's'; it must be an object",
        ),
        (pod(containers=[{"ports": [{"name": 1}]}]), "spec.containers[0].ports[0].name is 1; it must be text"),
        (
            pod(securityContext={"fsGroup": 10**5000}),
            "spec.securityContext.fsGroup is a number of about 4983 digits; it must be a whole number",
        ),
        ({"spec": "x"}, "spec is 'x'"),
        (5, "the pod is 5; it must be an object"),
    ],
)
def test_the_sentence_names_field_value_and_what_is_wanted(given: Any, path: str) -> None:
    with pytest.raises(TritonError) as caught:
        check_pod(given, "Pod p")
    assert caught.value.message.startswith(f"Pod p: {path}")


def test_long_values_are_shortened() -> None:
    with pytest.raises(TritonError) as caught:
        check_pod(pod(hostPID="x" * 10_000), "Pod p")
    assert len(caught.value.message) < 150


@pytest.mark.parametrize(
    "given",
    [
        pod(),
        pod(securityContext=None, containers=None, hostUsers=None, volumes=[{"name": "v", "nfs": None}]),
        pod(unknownField=[1, {"a": object()}], containers=[{"name": "a", "image": 5}]),
        container(runAsUser=-(2**63), capabilities={"add": [], "drop": ["ALL"]}),
        {"spec": {}, "metadata": {"annotations": {"a": None}}},
    ],
)
def test_null_is_absent_and_other_fields_do_not_count(given: Any) -> None:
    check_pod(given, "Pod p")
