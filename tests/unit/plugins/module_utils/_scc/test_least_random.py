# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SCC with the least privilege: it admits the workload, and does not without any one of its grants."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._scc.allocation import resolve
from ansible_collections.inferops.triton.plugins.module_utils._scc.least import (
    Least,
    Wanted,
    least,
    scc_of,
)
from ansible_collections.inferops.triton.plugins.module_utils._scc.model import parse
from ansible_collections.inferops.triton.plugins.module_utils._scc.provider import Provider
from ansible_collections.inferops.triton.plugins.module_utils._scc.stored import stored
from ansible_collections.inferops.triton.plugins.module_utils._scc.view import Pod

from .permissive import ANNOTATIONS, container, pod
from .random_pods import random_pod

START: dict[str, Any] = scc_of("s", [])


def found(*pods: dict[str, Any]) -> Least:
    return least(Wanted(pods, "ns", ANNOTATIONS), "s")


def admits(scc: dict[str, Any], *pods: dict[str, Any]) -> bool:
    """Asked of the engine itself, as OpenShift would."""
    provider = Provider(resolve(parse(stored(scc)), ANNOTATIONS, "ns"))
    return not any(provider.evaluate(Pod(given)).problems for given in pods)


@pytest.mark.parametrize("seed", range(100))
def test_it_admits_a_random_workload_and_not_without_any_one_of_its_grants(seed: int) -> None:
    pods = [random_pod(seed * 7 + place) for place in range(1 + seed % 3)]
    result = found(*pods)
    assert admits(result.scc, *pods)
    assert result.scc == scc_of("s", result.grants) == stored(result.scc)
    assert len(set(result.grants)) == len(result.grants)
    for grant in result.grants:
        without = scc_of("s", [other for other in result.grants if other != grant])
        assert not admits(without, *pods), grant
        assert result.reasons[grant].startswith("p: ")


def test_a_pod_that_asks_for_nothing_gets_nothing() -> None:
    result = found(pod())
    assert result.grants == () and result.scc == START
    assert START == {
        "apiVersion": "security.openshift.io/v1",
        "kind": "SecurityContextConstraints",
        "metadata": {"name": "s", "labels": {"app.kubernetes.io/managed-by": "inferops.triton"}},
        "priority": None,
        "allowHostNetwork": False,
        "allowHostPID": False,
        "allowHostIPC": False,
        "allowHostPorts": False,
        "allowHostDirVolumePlugin": False,
        "allowPrivilegedContainer": False,
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": False,
        "allowedCapabilities": None,
        "defaultAddCapabilities": None,
        "requiredDropCapabilities": ["ALL"],
        "runAsUser": {"type": "MustRunAsRange"},
        "seLinuxContext": {"type": "MustRunAs"},
        "fsGroup": {"type": "MustRunAs"},
        "supplementalGroups": {"type": "MustRunAs"},
        "seccompProfiles": ["runtime/default"],
        "volumes": ["none"],
        "users": [],
        "groups": [],
    }


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        (
            pod(
                securityContext={"runAsUser": 1000, "fsGroup": 1000},
                volumes=[{"name": "v", "nfs": {"server": "s", "path": "/"}}, {"name": "w", "emptyDir": {}}],
            ),
            {
                "runAsUser": {"type": "MustRunAs", "uid": 1000},
                "fsGroup": {"type": "MustRunAs", "ranges": [{"min": 1000, "max": 1000}]},
                "volumes": ["emptyDir", "nfs"],
            },
        ),
        # Several users make a range, with all that lie between.
        (
            pod(container("a", runAsUser=5), container("b", runAsUser=9), container("c", runAsUser=7)),
            {"runAsUser": {"type": "MustRunAsRange", "uidRangeMin": 5, "uidRangeMax": 9}},
        ),
        # Root, as JSON stores it: without the zero of a range's minimum.
        (pod(container(runAsUser=0)), {"runAsUser": {"type": "MustRunAs", "uid": 0}}),
        (pod(securityContext={"fsGroup": 0}), {"fsGroup": {"type": "MustRunAs", "ranges": [{}]}}),
        (
            pod(securityContext={"supplementalGroups": [9, 5]}),
            {"supplementalGroups": {"type": "MustRunAs", "ranges": [{"min": 5, "max": 5}, {"min": 9, "max": 9}]}},
        ),
        (pod(securityContext={"supplementalGroups": []}), {"supplementalGroups": {"type": "RunAsAny"}}),
        (
            pod(container(capabilities={"add": ["SYS_PTRACE", "CHOWN"]})),
            {"allowedCapabilities": ["CHOWN", "SYS_PTRACE"]},
        ),
        # OpenShift refuses an SCC that allows what it drops.
        (
            pod(container(capabilities={"add": ["ALL"]})),
            {"allowedCapabilities": ["ALL"], "requiredDropCapabilities": None},
        ),
        (
            pod(volumes=[{"name": "v", "hostPath": {"path": "/"}}]),
            {"volumes": ["hostPath"], "allowHostDirVolumePlugin": True},
        ),
        # Of flexVolumes, the driver that is asked for.
        (
            pod(volumes=[{"name": "v", "flexVolume": {"driver": "a/b"}}]),
            {"volumes": ["flexVolume"], "allowedFlexVolumes": [{"driver": "a/b"}]},
        ),
        (
            pod(container(seccompProfile={"type": "Localhost", "localhostProfile": "a"})),
            {"seccompProfiles": ["runtime/default", "localhost/a"]},
        ),
        # The label that all ask for, else any.
        (
            pod(securityContext={"seLinuxOptions": {"type": "spc_t", "level": "s0"}}),
            {"seLinuxContext": {"type": "MustRunAs", "seLinuxOptions": {"type": "spc_t", "level": "s0"}}},
        ),
        (
            pod(container("a", seLinuxOptions={"type": "spc_t"}), container("b")),
            {"seLinuxContext": {"type": "RunAsAny"}},
        ),
        (
            pod(securityContext={"sysctls": [{"name": "kernel.sem", "value": "1"}]}),
            {"allowedUnsafeSysctls": ["kernel.sem"]},
        ),
        (
            pod(container(ports=[{"hostPort": 80}]), hostNetwork=True),
            {"allowHostNetwork": True, "allowHostPorts": True},
        ),
        (pod(container(allowPrivilegeEscalation=True)), {"allowPrivilegeEscalation": True}),
    ],
)
def test_workloads(given: dict[str, Any], fields: dict[str, Any]) -> None:
    assert found(given).scc == {**START, **fields}
