# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SCC with the least privilege: it is enough, each of its grants is needed, and grave ones have to be named."""

from __future__ import annotations

import random
from copy import deepcopy
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._scc.least import Wanted, least, object_name, refusals, scc_of, words
from ansible_collections.inferops.triton.plugins.module_utils._scc.model import parse
from ansible_collections.inferops.triton.plugins.module_utils._scc.privileges import TO_BE_NAMED, weight
from ansible_collections.inferops.triton.plugins.module_utils._scc.stored import stored
from ansible_collections.inferops.triton.tests.unit.plugins.module_utils._scc.builders import ANNOTATIONS, FIRST, pod


def found(*pods: dict[str, Any]) -> Any:
    return least(Wanted(pods, "ns", ANNOTATIONS), "ns.w")


def test_a_pod_without_wishes_needs_nothing_at_all() -> None:
    result = found(pod())
    assert result.grants == ()
    assert result.scc["volumes"] == ["none"]
    assert result.scc["runAsUser"] == {"type": "MustRunAsRange"}
    assert result.scc["requiredDropCapabilities"] == ["ALL"]
    assert (result.scc["users"], result.scc["groups"]) == ([], [])


def test_the_official_pod() -> None:
    result = found(pod(securityContext={"runAsUser": 1000, "fsGroup": 1000}, volumes=[{"name": "m", "nfs": {}}]))
    assert words(result.grants) == ["volumes of type nfs", "user 1000", "group 1000 for volumes"]
    assert result.scc["runAsUser"] == {"type": "MustRunAs", "uid": 1000}
    assert result.scc["fsGroup"] == {"type": "MustRunAs", "ranges": [{"min": 1000, "max": 1000}]}
    assert result.scc["volumes"] == ["nfs"]
    assert result.unnamed([]) == []


@pytest.mark.parametrize(
    ("of", "names", "fields"),
    [
        (pod(hostNetwork=True), ["host_network"], {"allowHostNetwork": True, "allowHostPorts": False}),
        (pod({"ports": [{"hostPort": 80}]}), ["host_ports"], {"allowHostPorts": True, "allowHostNetwork": False}),
        (pod(hostPID=True, hostIPC=True), ["host_pid", "host_ipc"], {"allowHostPID": True, "allowHostIPC": True}),
        (pod(volumes=[{"hostPath": {}}]), ["host_path"], {"volumes": ["hostPath"], "allowHostDirVolumePlugin": True}),
        (pod({"securityContext": {"privileged": True}}), ["privileged"], {"allowPrivilegedContainer": True}),
        (pod({"securityContext": {"runAsUser": 0}}), ["root"], {"runAsUser": {"type": "MustRunAs", "uid": 0}}),
        (
            pod({"securityContext": {"capabilities": {"add": ["SYS_PTRACE", "NET_BIND_SERVICE"]}}}),
            ["capabilities"],
            {"allowedCapabilities": ["NET_BIND_SERVICE", "SYS_PTRACE"], "requiredDropCapabilities": ["ALL"]},
        ),
        # OpenShift refuses an SCC that allows what it drops.
        (
            pod({"securityContext": {"capabilities": {"add": ["ALL"]}}}),
            ["capabilities"],
            {"allowedCapabilities": ["ALL"], "requiredDropCapabilities": None},
        ),
        (
            pod({"securityContext": {"allowPrivilegeEscalation": True}}),
            ["privilege_escalation"],
            {"allowPrivilegeEscalation": True},
        ),
        (
            pod(securityContext={"seccompProfile": {"type": "Unconfined"}}),
            ["seccomp"],
            {"seccompProfiles": ["runtime/default", "unconfined"]},
        ),
        (
            pod(securityContext={"sysctls": [{"name": "kernel.msgmax"}, {"name": "net.ipv4.tcp_rmem"}]}),
            ["unsafe_sysctls"],
            {"allowedUnsafeSysctls": ["kernel.msgmax"]},
        ),
        (
            pod(securityContext={"seLinuxOptions": {"type": "spc_t", "level": "s0:c30,c5"}}),
            ["selinux"],
            {"seLinuxContext": {"type": "MustRunAs", "seLinuxOptions": {"type": "spc_t"}}},
        ),
        (pod(securityContext={"seLinuxOptions": {"type": "spc_t"}}), ["selinux"], {"seLinuxContext": {"type": "RunAsAny"}}),
    ],
)
def test_grave_privileges_are_granted_by_name(of: dict[str, Any], names: list[str], fields: dict[str, Any]) -> None:
    result = found(of)
    assert [grant.privilege for grant in result.unnamed([])] == names
    assert result.unnamed(names) == []
    assert {field: result.scc[field] for field in fields} == fields
    assert set(names) <= set(TO_BE_NAMED)


@pytest.mark.parametrize(
    ("fields", "field", "wanted"),
    [
        ([{"runAsUser": 5}, {"runAsUser": 9}], "runAsUser", {"type": "MustRunAsRange", "uidRangeMin": 5, "uidRangeMax": 9}),
        ([{"runAsUser": 5}, {}], "runAsUser", {"type": "MustRunAs", "uid": 5}),
        ([{"fsGroup": 9}, {"fsGroup": 5}], "fsGroup", {"type": "MustRunAs", "ranges": [{"min": 5, "max": 5}, {"min": 9, "max": 9}]}),
        # JSON leaves a zero out, and what is stored is compared with what is wanted.
        ([{"fsGroup": 0}], "fsGroup", {"type": "MustRunAs", "ranges": [{}]}),
        ([{"supplementalGroups": []}], "supplementalGroups", {"type": "RunAsAny"}),
    ],
)
def test_several_pods_share_one_scc(fields: list[dict[str, Any]], field: str, wanted: Any) -> None:
    assert found(*(pod(securityContext=context) for context in fields)).scc[field] == wanted


def test_two_namespaces_never_share_a_name() -> None:
    assert object_name("a-b", "c") != object_name("a", "b-c")
    assert object_name("team", "triton") == "team.triton"


@pytest.mark.parametrize(
    ("of", "annotations", "words_"),
    [
        (pod(securityContext={"runAsUser": -1}), ANNOTATIONS, "No SCC admits pod p: "),
        (pod(), {**ANNOTATIONS, "openshift.io/sa.scc.uid-range": "x"}, "No SCC can be made for namespace ns: "),
    ],
)
def test_where_no_scc_helps(of: dict[str, Any], annotations: dict[str, str], words_: str) -> None:
    with pytest.raises(TritonError) as caught:
        least(Wanted((of,), "ns", annotations), "ns.w")
    assert caught.value.message.startswith(words_)


CHOICES: dict[str, list[Any]] = {
    "runAsUser": [0, 1000, 2000, FIRST],
    "runAsNonRoot": [True, False],
    "privileged": [True],
    "allowPrivilegeEscalation": [True, False],
    "capabilities": [{"add": ["SYS_ADMIN"]}, {"add": ["NET_BIND_SERVICE"]}, {"drop": ["ALL"]}],
    "seLinuxOptions": [{"level": "s0:c1"}, {"type": "spc_t"}, {"level": "s0:c5,c30"}],
    "seccompProfile": [{"type": "Unconfined"}, {"type": "Localhost", "localhostProfile": "p"}],
}


def random_pod(dice: random.Random) -> dict[str, Any]:
    def context(names: list[str]) -> dict[str, Any]:
        return {name: deepcopy(dice.choice(CHOICES[name])) for name in names if dice.random() < 0.25}

    containers = [{"securityContext": context(list(CHOICES))} for _number in range(dice.randint(1, 3))]
    own = context(["runAsUser", "seLinuxOptions", "seccompProfile"])
    own |= {"fsGroup": dice.choice([0, 7, FIRST])} if dice.random() < 0.4 else {}
    own |= {"supplementalGroups": dice.choice([[7], [5003], [8, 9]])} if dice.random() < 0.4 else {}
    kinds = dice.sample(["nfs", "hostPath", "secret", "projected", "csi", "emptyDir"], dice.randint(0, 3))
    host = {name: True for name in ("hostNetwork", "hostPID") if dice.random() < 0.15}
    return pod(*containers, securityContext=own, volumes=[{"name": kind, kind: {}} for kind in kinds], **host)


@pytest.mark.parametrize("seed", range(60))
def test_it_is_enough_and_nothing_of_it_can_go(seed: int) -> None:
    dice = random.Random(seed)
    wanted = Wanted(tuple(random_pod(dice) for _number in range(dice.randint(1, 3))), "ns", ANNOTATIONS)
    result = least(wanted, "ns.w")
    assert not any(refusals(wanted, result.scc))
    for grant in result.grants:
        without = scc_of("ns.w", [other for other in result.grants if other != grant])
        assert any(refusals(wanted, without)), grant
        assert result.reasons[grant]
    # OpenShift would store it as it is.
    assert stored(result.scc) == result.scc
    named = {grant.privilege for grant in result.grants}
    ordered = dict(zip(TO_BE_NAMED, weight(parse(result.scc)), strict=False))
    assert {name for name, much in ordered.items() if much} <= named
