# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._scc.message import parse
from ansible_collections.inferops.triton.plugins.module_utils._scc.ways_out import Place, grant, ways_out

from . import refusals

POD: dict[str, Any] = {
    "securityContext": {"runAsUser": 1000, "fsGroup": 1000},
    "containers": [{"name": "triton", "securityContext": {"seccompProfile": {"type": "Localhost"}}}],
    "volumes": [{"name": "models", "nfs": {}}],
}
PLACE = Place("triton", "server", POD)


def ways(text: str, number: int = 0) -> list[tuple[str, str]]:
    """The ways out of one violation of a refusal: pairs of change and text."""
    return [(way.change, way.text) for way in ways_out(parse(text).violations[number], PLACE)]


def test_grant_is_a_command_that_can_be_run() -> None:
    assert grant("nonroot-v2", PLACE) == "oc adm policy add-scc-to-user nonroot-v2 -z server -n triton"


def test_group() -> None:
    remove, set_it, nonroot = ways(refusals.OFFICIAL_CHART, 0)
    assert remove[0] == set_it[0] == "pod"
    assert remove[1].startswith("Remove spec.template.spec.securityContext.fsGroup: 1000;")
    assert "openshift.io/sa.scc.supplemental-groups" in set_it[1]
    assert "kubectl get namespace triton" in set_it[1]
    assert nonroot[0] == "grant"
    assert grant("nonroot-v2", PLACE) in nonroot[1]


def test_nfs_volume() -> None:
    claim, persistent_volume, scc = ways(refusals.OFFICIAL_CHART, 1)
    assert [way[0] for way in (claim, persistent_volume, scc)] == ["storage", "storage", "grant"]
    assert "nfs volume at spec.template.spec.volumes[0] (models)" in claim[1]
    assert "persistentVolumeClaim.claimName" in claim[1]
    assert "PersistentVolume" in persistent_volume[1]
    assert "whose volumes include nfs" in scc[1]
    assert "service account server of triton" in scc[1]


def test_user() -> None:
    remove, set_it, nonroot = ways(refusals.OFFICIAL_CHART, 2)
    assert remove == (
        "pod",
        "Remove spec.template.spec.securityContext.runAsUser: 1000; OpenShift then sets a number that it allows.",
    )
    assert set_it == ("pod", "Or set it to a number from 1000040000 to 1000049999.")
    assert nonroot[0] == "grant"
    assert "user 1000" in nonroot[1]


def test_host_users() -> None:
    ((change, text),) = ways(refusals.OFFICIAL_CHART, 3)
    assert (change, "hostUsers: false" in text) == ("pod", True)


def test_other_volumes_need_no_persistent_volume_of_their_own() -> None:
    text = refusals.refused('spec.volumes[0]: Invalid value: "hostPath": hostPath volumes are not allowed to be used')
    assert [change for change, _text in ways(text)] == ["storage", "grant"]
    assert "whose volumes include hostPath" in ways(text)[1][1]


def test_capability() -> None:
    remove, scc = ways(refusals.CAPABILITIES, 1)
    place = "spec.template.spec.containers[0] (triton).securityContext.capabilities.add"
    assert remove[1].startswith(f"Remove NET_ADMIN from {place}")
    assert scc[0] == "grant"


def test_privilege_escalation() -> None:
    ((change, text),) = ways(refusals.CAPABILITIES, 3)
    assert change == "pod"
    assert "securityContext.allowPrivilegeEscalation to false" in text


def test_seccomp_profile() -> None:
    ((change, text),) = ways(refusals.SECCOMP, 1)
    assert change == "pod"
    assert text.startswith(
        "Set spec.template.spec.containers[0] (triton).securityContext.seccompProfile to {type: RuntimeDefault}"
    )


def test_anything_else_names_the_rule_and_the_place() -> None:
    pod, scc = ways(refusals.SYSCTL)
    assert pod[0] == "pod"
    assert pod[1].startswith("Change spec.template.spec.securityContext.sysctls[0] so that the rule holds: ")
    assert pod[1].endswith('unsafe sysctl "kernel.msgmax" is not allowed.')
    assert scc[0] == "grant"
    assert "service account server of triton" in scc[1]


def test_text_that_is_not_understood() -> None:
    pod, _scc = ways(refusals.refused("something new", "something newer"))
    assert pod[1].startswith("Change the pod template so that the rule holds: something new")


@pytest.mark.parametrize("number, key", [(0, "openshift.io/sa.scc.uid-range"), (1, "openshift.io/sa.scc.mcs")])
def test_broken_annotation_of_the_namespace(number: int, key: str) -> None:
    ((change, text),) = ways(refusals.BROKEN_NAMESPACE, number)
    assert change == "grant"
    assert f"annotation {key} of namespace triton" in text


def test_broken_annotation_that_is_none_of_the_known() -> None:
    ((change, text),) = ways(refusals.refused("unable to find pre-allocated something annotation", "x"))
    assert (change, "openshift.io/sa.scc.*" in text) == ("grant", True)


def test_pinned_scc_that_is_not_there() -> None:
    ((change, text),) = ways(refusals.NO_SUCH_SCC)
    assert (change, "openshift.io/required-scc" in text) == ("pod", True)


@pytest.mark.parametrize(
    "number, change, words",
    [
        (0, "pod", "allowPrivilegeEscalation: false in every container"),
        (1, "pod", 'capabilities.drop: ["ALL"]'),
        (2, "storage", "Replace the nfs volume at spec.template.spec.volumes by a PersistentVolumeClaim"),
        (3, "pod", "runAsNonRoot: true"),
        (4, "pod", "pod must not set runAsUser=0"),
        (5, "pod", "seccompProfile.type: RuntimeDefault"),
    ],
)
def test_pod_security_has_no_grant(number: int, change: str, words: str) -> None:
    found = ways(refusals.POD_SECURITY, number)
    assert words in found[0][1]
    assert {way[0] for way in found} == {change}


NAMES = [name for name, text in vars(refusals).items() if name.isupper() and isinstance(text, str)]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("pod", [{}, POD])
def test_no_violation_is_without_a_way_out(name: str, pod: dict[str, Any]) -> None:
    for violation in parse(getattr(refusals, name)).violations:
        found = ways_out(violation, Place("triton", pod=pod))
        assert found
        assert all(way.text and way.change in ("pod", "storage", "grant") for way in found)
        # Least privilege first.
        changes = [way.change for way in found]
        assert changes == sorted(changes, key=["pod", "storage", "grant"].index)
