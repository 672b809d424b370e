# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SCC with the least privilege: workloads that it is not made for, what has to be named, and its words."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._scc.least import Wanted, least, object_name, words

from .permissive import ANNOTATIONS, UID_RANGE, container, pod


def found(*pods: dict[str, Any]) -> Any:
    return least(Wanted(pods, "ns", ANNOTATIONS), "s")


def sysctls(*names: str | None) -> dict[str, Any]:
    return pod(securityContext={"sysctls": [{"name": name, "value": "1"} for name in names]})


@pytest.mark.parametrize(
    ("given", "field"),
    [
        # No ID.
        (pod(container(runAsUser=-1)), ".containers[0].runAsUser"),
        (pod(securityContext={"fsGroup": -1}), ".spec.securityContext.fsGroup"),
        (pod(securityContext={"supplementalGroups": [5, -1]}), ".spec.securityContext.supplementalGroups"),
        # No name.
        (pod(container(seccompProfile={"type": "Localhost"})), "pod.metadata.annotations[container.seccomp."),
        (pod(volumes=[{"name": "v"}]), "spec.volumes[0]"),
        (sysctls(None), "pod.spec.securityContext.sysctls[0]"),
        (sysctls("kernel.sem", None), "pod.spec.securityContext.sysctls[1]"),
        (pod(container(capabilities={"add": [""]})), ".containers[0].capabilities.add"),
        # A name that SCCs would take for a pattern, which grants more than it asks for.
        (pod(container(capabilities={"add": ["*"]})), ".containers[0].capabilities.add"),
        (sysctls("kernel.*"), "pod.spec.securityContext.sysctls[0]"),
        (pod(annotations={"seccomp.security.alpha.kubernetes.io/pod": "*"}), "pod.metadata.annotations[seccomp."),
    ],
)
def test_what_no_scc_can_grant_is_told_with_its_place(given: dict[str, Any], field: str) -> None:
    with pytest.raises(TritonError) as caught:
        found(given)
    message = caught.value.message
    assert message.startswith("No SCC admits pod p: ") and message.endswith(". Change the pod.")
    assert field in message


@pytest.mark.parametrize("key", [UID_RANGE, "openshift.io/sa.scc.mcs", "openshift.io/sa.scc.supplemental-groups"])
def test_a_broken_namespace_is_told(key: str) -> None:
    with pytest.raises(TritonError) as caught:
        least(Wanted((pod(),), "ns", {**ANNOTATIONS, key: ""}), "s")
    assert caught.value.message.startswith("No SCC can be made for namespace ns: unable to find pre-allocated ")


def test_names_of_two_namespaces_never_meet() -> None:
    assert object_name("a", "b-c") == "a.b-c"
    assert object_name("a-b", "c") == "a-b.c"


ROOT_ON_NFS = pod(container(runAsUser=0), volumes=[{"name": "v", "nfs": {}}, {"name": "w", "emptyDir": {}}])


def test_grave_grants_have_to_be_named_and_others_have_not() -> None:
    result = found(ROOT_ON_NFS)
    assert [grant.privilege for grant in result.grants] == ["root", "inline_volumes", "volumes"]
    assert [grant.privilege for grant in result.unnamed([])] == ["root"]
    assert [grant.privilege for grant in result.unnamed(["host_path"])] == ["root"]
    assert result.unnamed(["root"]) == []


def test_reasons_are_openshifts_words_at_their_place() -> None:
    assert list(found(ROOT_ON_NFS).reasons.values()) == [
        "p: containers[0].runAsUser: must be in the ranges: [1000700000, 1000709999]",
        "p: spec.volumes[0]: nfs volumes are not allowed to be used",
        "p: spec.volumes[1]: emptyDir volumes are not allowed to be used",
    ]


def test_pods_of_a_workload_are_named_by_their_prefix() -> None:
    given = {**pod(container(runAsUser=5)), "metadata": {"generateName": "triton-"}}
    assert next(iter(found(given).reasons.values())).startswith("triton: containers[0].runAsUser: ")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (ROOT_ON_NFS, ["user 0", "volumes of type nfs", "volumes of type emptyDir"]),
        (pod(container(privileged=True), hostPID=True), ["privileged containers", "the node's processes (hostPID)"]),
        (pod(securityContext={"fsGroup": 5}), ["group 5 for volumes"]),
        (pod(securityContext={"supplementalGroups": [5]}), ["supplemental group 5"]),
        (pod(securityContext={"supplementalGroups": []}), ["any supplemental group"]),
        (pod(container(capabilities={"add": ["CHOWN"]})), ["capability CHOWN"]),
        (pod(securityContext={"seLinuxOptions": {"level": "s0"}}), ["SELinux level s0"]),
        (pod(securityContext={"seccompProfile": {"type": "Unconfined"}}), ["seccomp profile unconfined"]),
        (sysctls("kernel.sem"), ["sysctl kernel.sem"]),
        (
            pod(volumes=[{"name": "v", "flexVolume": {"driver": "a/b"}}]),
            ["flexVolume driver a/b", "volumes of type flexVolume"],
        ),
    ],
)
def test_in_words_gravest_first(given: dict[str, Any], told: list[str]) -> None:
    assert words(found(given).grants) == told
