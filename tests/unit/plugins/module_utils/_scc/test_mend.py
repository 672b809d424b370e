# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes of a pod: they lead where they are to lead, and nothing else changes."""

from __future__ import annotations

import random
from copy import deepcopy
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._scc.allocation import resolve
from ansible_collections.inferops.triton.plugins.module_utils._scc.mend import mend
from ansible_collections.inferops.triton.plugins.module_utils._scc.provider import Provider
from ansible_collections.inferops.triton.plugins.module_utils._scc.view import Pod
from ansible_collections.inferops.triton.tests.unit.plugins.module_utils._scc.builders import ANNOTATIONS, pod, scc
from ansible_collections.inferops.triton.tests.unit.plugins.module_utils._scc.test_least import random_pod

RESTRICTED = Provider(resolve(scc(), ANNOTATIONS, "ns"))


@pytest.mark.parametrize(
    ("of", "changes"),
    [
        (pod(), {}),
        (pod(securityContext={"fsGroup": 5}), {"spec.securityContext.fsGroup": (5, None)}),
        (pod(securityContext={"runAsUser": 5}), {"spec.securityContext.runAsUser": (5, None)}),
        # The container's own number is the cause, not the pod's behind it.
        (
            pod({"securityContext": {"runAsUser": 5}}, {}, securityContext={"runAsUser": 1000900007}),
            {"spec.containers[0].securityContext.runAsUser": (5, None)},
        ),
        (pod(hostUsers=True, hostPID=True), {"spec.hostPID": (True, None)}),
        (
            pod({"ports": [{"hostPort": 80}, {"containerPort": 1}]}),
            {"spec.containers[0].ports[0].hostPort": (80, None)},
        ),
        (
            pod({"securityContext": {"capabilities": {"add": ["A", "NET_BIND_SERVICE"]}}}),
            {"spec.containers[0].securityContext.capabilities.add": (["A", "NET_BIND_SERVICE"], ["NET_BIND_SERVICE"])},
        ),
        (
            pod(volumes=[{"name": "m", "nfs": {"server": "s"}}]),
            {
                "spec.volumes[0]": (
                    {"name": "m", "nfs": {"server": "s"}},
                    {"name": "m", "persistentVolumeClaim": {"claimName": "m"}},
                )
            },
        ),
        (
            pod(annotations={"container.seccomp.security.alpha.kubernetes.io/c0": "unconfined"}),
            {"metadata.annotations[container.seccomp.security.alpha.kubernetes.io/c0]": ("unconfined", None)},
        ),
        (
            pod(securityContext={"sysctls": [{"name": "kernel.msgmax"}, {"name": "net.ipv4.tcp_rmem"}]}),
            {
                "spec.securityContext.sysctls": (
                    [{"name": "kernel.msgmax"}, {"name": "net.ipv4.tcp_rmem"}],
                    [{"name": "net.ipv4.tcp_rmem"}],
                )
            },
        ),
        (
            pod(securityContext={"sysctls": [{"name": "kernel.msgmax"}, {"name": "kernel.msgmax"}]}),
            {"spec.securityContext.sysctls": ([{"name": "kernel.msgmax"}, {"name": "kernel.msgmax"}], None)},
        ),
        (
            pod(initContainers=[{"securityContext": {"privileged": True}}]),
            {"spec.initContainers[0].securityContext.privileged": (True, None)},
        ),
    ],
)
def test_the_smallest_changes(of: dict[str, Any], changes: dict[str, Any]) -> None:
    mended = mend(of, RESTRICTED)
    assert mended is not None
    assert {change.path: (change.before, change.after) for change in mended.changes} == changes
    assert [change.path for change in mended.changes if change.storage] == [
        path for path in changes if "volumes" in path
    ]


def test_a_missing_field_can_be_the_cause() -> None:
    strict = Provider(resolve(scc(userNamespaceLevel="RequirePodLevel"), ANNOTATIONS, "ns"))
    mended = mend(pod(), strict)
    assert mended is not None and mended.pod["spec"]["hostUsers"] is False


def test_where_nothing_helps() -> None:
    assert (
        mend(pod(volumes=[{"name": "m", "nfs": {}}]), Provider(resolve(scc(volumes=["secret"]), ANNOTATIONS, "ns")))
        is None
    )


@pytest.mark.parametrize("seed", range(60))
def test_a_mended_pod_is_admitted_and_only_the_listed_changes_differ(seed: int) -> None:
    of = random_pod(random.Random(seed))
    before = deepcopy(of)
    mended = mend(of, RESTRICTED)
    assert of == before and mended is not None
    assert RESTRICTED.evaluate(Pod(mended.pod)).problems == []
    again = mend(mended.pod, RESTRICTED)
    assert again is not None and again.changes == ()
    listed = {change.path for change in mended.changes}
    assert {
        path for path in differences("", before, mended.pod) if not any(path.startswith(one) for one in listed)
    } == set()


def differences(path: str, one: Any, other: Any) -> set[str]:
    """Paths of all leaves in which two pods differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        keys = one.keys() | other.keys()
        return {
            found for key in keys for found in differences(f"{path}.{key}".lstrip("."), one.get(key), other.get(key))
        }
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return {
            found
            for index, pair in enumerate(zip(one, other, strict=True))
            for found in differences(f"{path}[{index}]", *pair)
        }
    return set() if one == other or (not one and not other) else {path}
