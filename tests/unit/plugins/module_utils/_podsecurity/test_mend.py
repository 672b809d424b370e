# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes after which Pod Security lets a pod in: no more than it takes, and tried by the same rules."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._podsecurity.evaluate import Violation
from ansible_collections.inferops.triton.plugins.module_utils._podsecurity.mend import by_labels, mend
from ansible_collections.inferops.triton.plugins.module_utils._podsecurity.remedies import lower_levels

PREFIX = "pod-security.kubernetes.io/"
ARMOR = "container.apparmor.security.beta.kubernetes.io/"
CLAIM = {"name": "v", "persistentVolumeClaim": {"claimName": "v"}}
GOOD: dict[str, Any] = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}
FIRST, SECOND = "spec.containers[0]", "spec.containers[1]"
WHOLE = "spec.securityContext"


def pod(context: Any = None, other: Any = None, metadata: Any = None, **spec: Any) -> dict[str, Any]:
    """Two containers that level restricted lets in, with what is to be wrong about them."""
    containers = [
        {"name": name, "securityContext": {**GOOD, **(own or {})}} for name, own in (("a", context), ("b", other))
    ]
    return {"metadata": metadata or {}, "spec": {"containers": containers, **spec}}


def level(name: str, version: str = "latest") -> dict[str, str]:
    return {f"{PREFIX}enforce": name, f"{PREFIX}enforce-version": version}


def changes(given: dict[str, Any], name: str, version: str = "latest") -> list[tuple[str, Any, Any]]:
    """The changes found, after a look at what has to hold for all of them."""
    judge, before = by_labels(level(name, version), None), deepcopy(given)
    assert judge(given)
    mended = mend(given, judge)
    assert mended is not None and not judge(mended.pod)
    assert given == before
    return [(change.path, change.before, change.after) for change in mended.changes]


def probing(host: str) -> dict[str, Any]:
    found = pod()
    found["spec"]["containers"][0] |= {
        "livenessProbe": {"httpGet": {"host": host, "port": 80}},
        "lifecycle": {"preStop": {"tcpSocket": {"host": host}, "httpGet": {"host": ""}}},
    }
    return found


def listening() -> dict[str, Any]:
    found = pod()
    found["spec"]["containers"][1]["ports"] = [{"containerPort": 1, "hostPort": 5}, {"containerPort": 2, "hostPort": 0}]
    return found


BASELINE = [
    (
        pod(hostPID=True, hostIPC=False, hostNetwork=True),
        [("spec.hostNetwork", True, None), ("spec.hostPID", True, None)],
    ),
    (
        pod({"privileged": True}, {"privileged": False}),
        [(f"{FIRST}.securityContext.privileged", True, None)],
    ),
    (
        pod({"procMount": "Unmasked"}, {"procMount": "Default"}),
        [(f"{FIRST}.securityContext.procMount", "Unmasked", None)],
    ),
    (
        pod({"capabilities": {"add": ["CHOWN", "SYS_ADMIN"], "drop": ["ALL"]}}),
        [
            (
                f"{FIRST}.securityContext.capabilities",
                {"add": ["CHOWN", "SYS_ADMIN"], "drop": ["ALL"]},
                {"drop": ["ALL"]},
            )
        ],
    ),
    (
        pod(
            volumes=[{"name": "e", "emptyDir": {}}, {"name": "v", "hostPath": {"path": "/"}}, {"name": "n", "nfs": {}}]
        ),
        [("spec.volumes[1]", {"name": "v", "hostPath": {"path": "/"}}, CLAIM)],
    ),
    (listening(), [(f"{SECOND}.ports[0].hostPort", 5, None)]),
    (
        probing("a.com"),
        [
            (f"{FIRST}.livenessProbe.httpGet.host", "a.com", None),
            (f"{FIRST}.lifecycle.preStop.tcpSocket.host", "a.com", None),
        ],
    ),
    (
        pod(
            {"seLinuxOptions": {"type": "spc_t"}},
            {"seLinuxOptions": {"level": "s0:c1,c2"}},
            securityContext={"seLinuxOptions": {"user": "u"}},
        ),
        [
            (f"{WHOLE}.seLinuxOptions", {"user": "u"}, None),
            (f"{FIRST}.securityContext.seLinuxOptions", {"type": "spc_t"}, None),
        ],
    ),
    (
        pod({"seccompProfile": {"type": "Unconfined"}}, securityContext={"seccompProfile": {"type": "Localhost"}}),
        [(f"{FIRST}.securityContext.seccompProfile", {"type": "Unconfined"}, None)],
    ),
    (
        pod(securityContext={"sysctls": [{"name": "kernel.msgmax"}, {"name": "net.ipv4.tcp_wmem"}, {"name": "x"}]}),
        [
            (
                f"{WHOLE}.sysctls",
                [{"name": "kernel.msgmax"}, {"name": "net.ipv4.tcp_wmem"}, {"name": "x"}],
                [{"name": "net.ipv4.tcp_wmem"}],
            )
        ],
    ),
    (
        pod(securityContext={"sysctls": [{"name": "kernel.msgmax"}]}),
        [(f"{WHOLE}.sysctls", [{"name": "kernel.msgmax"}], None)],
    ),
    (
        pod({"windowsOptions": {"hostProcess": True}}, {"windowsOptions": {"runAsUserName": "u"}}),
        [(f"{FIRST}.securityContext.windowsOptions", {"hostProcess": True}, None)],
    ),
    (
        pod(
            {"appArmorProfile": {"type": "Unconfined"}},
            {"appArmorProfile": {"type": "Localhost", "localhostProfile": "p"}},
            {"annotations": {f"{ARMOR}a": "unconfined", f"{ARMOR}b": "localhost/p", "x": "y"}},
        ),
        [
            (f"{FIRST}.securityContext.appArmorProfile", {"type": "Unconfined"}, None),
            (f"metadata.annotations[{ARMOR}a]", "unconfined", None),
        ],
    ),
]
RESTRICTED = [
    (
        pod({"allowPrivilegeEscalation": True}, {"allowPrivilegeEscalation": None}),
        [
            (f"{FIRST}.securityContext.allowPrivilegeEscalation", True, False),
            (f"{SECOND}.securityContext.allowPrivilegeEscalation", None, False),
        ],
    ),
    (
        pod({"capabilities": {"add": ["CHOWN", "NET_BIND_SERVICE"]}}),
        [
            (
                f"{FIRST}.securityContext.capabilities",
                {"add": ["CHOWN", "NET_BIND_SERVICE"]},
                {"add": ["NET_BIND_SERVICE"], "drop": ["ALL"]},
            )
        ],
    ),
    (pod({"runAsNonRoot": None}), [(f"{WHOLE}.runAsNonRoot", None, True)]),
    (
        pod({"runAsNonRoot": False}, securityContext={"runAsNonRoot": True}),
        [(f"{FIRST}.securityContext.runAsNonRoot", False, None)],
    ),
    (
        pod({"runAsUser": 0}, {"runAsUser": 7}, securityContext={"runAsUser": 0}),
        [(f"{WHOLE}.runAsUser", 0, None), (f"{FIRST}.securityContext.runAsUser", 0, None)],
    ),
    (pod({"seccompProfile": None}), [(f"{WHOLE}.seccompProfile", None, {"type": "RuntimeDefault"})]),
    (
        pod({"seccompProfile": {"type": "Unconfined"}}, securityContext={"seccompProfile": {"type": "Unconfined"}}),
        [
            (f"{WHOLE}.seccompProfile", {"type": "Unconfined"}, {"type": "RuntimeDefault"}),
            (f"{FIRST}.securityContext.seccompProfile", {"type": "Unconfined"}, None),
        ],
    ),
    (pod(volumes=[{"name": "v", "nfs": {}}]), [("spec.volumes[0]", {"name": "v", "nfs": {}}, CLAIM)]),
    (
        pod({"procMount": "Unmasked"}, hostUsers=False),
        [(f"{FIRST}.securityContext.procMount", "Unmasked", None)],
    ),
]


@pytest.mark.parametrize(("given", "wanted"), BASELINE)
def test_level_baseline(given: dict[str, Any], wanted: list[tuple[str, Any, Any]]) -> None:
    assert changes(given, "baseline") == wanted


@pytest.mark.parametrize(("given", "wanted"), RESTRICTED)
def test_level_restricted(given: dict[str, Any], wanted: list[tuple[str, Any, Any]]) -> None:
    assert changes(given, "restricted") == wanted


def test_containers_of_all_kinds_are_mended() -> None:
    given: dict[str, Any] = {
        "spec": {
            "containers": [{"name": "a"}],
            "initContainers": [{"name": "i"}],
            "ephemeralContainers": [{"name": "e"}],
        }
    }
    paths = [path for path, _before, _after in changes(given, "restricted")]
    for kind in ("containers", "initContainers", "ephemeralContainers"):
        assert f"spec.{kind}[0].securityContext.allowPrivilegeEscalation" in paths
    assert paths.count("spec.securityContext.runAsNonRoot") == 1


def test_a_claim_in_place_of_a_volume_has_to_be_made() -> None:
    given = pod(volumes=[{"hostPath": {}}])
    mended = mend(given, by_labels(level("baseline"), None))
    assert mended is not None and mended.changes[0].storage
    assert mended.changes[0].after == {"name": "data", "persistentVolumeClaim": {"claimName": "data"}}


@pytest.mark.parametrize("written", [{}, {"securityContext": None}, {"securityContext": {}}])
def test_an_empty_security_context_stays_as_it_is_written(written: dict[str, Any]) -> None:
    given = pod(hostPID=True, **written)
    mended = mend(given, by_labels(level("baseline"), None))
    assert mended is not None
    assert mended.pod["spec"] == {"containers": given["spec"]["containers"], **written}
    assert changes(pod({"privileged": True}, securityContext=None), "restricted")


def test_a_good_pod_needs_no_change() -> None:
    mended = mend(pod(), by_labels(level("restricted"), None))
    assert mended is not None and mended.changes == ()


def test_what_no_change_of_a_field_helps() -> None:
    # Before 1.19 profiles were annotations, and what a judge says that nobody knows is not guessed at.
    given = pod(metadata={"annotations": {"seccomp.security.alpha.kubernetes.io/pod": "unconfined"}})
    assert mend(given, by_labels(level("baseline", "v1.18"), None)) is None
    assert mend(pod(), lambda _pod: (Violation("news", "news", ""),)) is None


def test_the_level_that_lets_a_pod_in_is_the_strictest_one() -> None:
    def lowered(given: dict[str, Any]) -> list[str]:
        return [one["command"] for one in lower_levels(given, level("restricted"), "ns", None)]

    label = "kubectl label namespace ns pod-security.kubernetes.io/enforce"
    assert lowered(pod({"runAsUser": 0})) == [f"{label}=baseline --overwrite"]
    assert lowered(pod(hostPID=True)) == [f"{label}=privileged --overwrite"]
