# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Level baseline where more than security contexts count: all kinds of containers, ports, probes, annotations, releases."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._podsecurity import baseline
from ansible_collections.inferops.triton.plugins.module_utils._podsecurity.registry import CheckFunction
from ansible_collections.inferops.triton.plugins.module_utils._podsecurity.view import Finding, view

ARMOR = "container.apparmor.security.beta.kubernetes.io/"
PRIVILEGED = {"securityContext": {"privileged": True}}
HTTP, TCP = {"httpGet": {"host": "a.com"}}, {"tcpSocket": {"host": "b.com"}}


def found(check: CheckFunction, *containers: dict[str, Any], created: bool = True, **pod: Any) -> Finding:
    metadata = {"annotations": pod.pop("annotations", None)}
    return check(view({"metadata": metadata, "spec": {"containers": list(containers), **pod}}, created=created))


def test_containers_of_all_kinds_count_in_the_order_in_which_they_start() -> None:
    init, debug = [{"name": "init", **PRIVILEGED}], [{"name": "debug", **PRIVILEGED}]
    detail = 'containers "init", "main", "debug" must not set securityContext.privileged=true'
    main = {"name": "main", **PRIVILEGED}
    assert found(baseline.privileged, main, initContainers=init, ephemeralContainers=debug) == ("privileged", detail)


def test_an_empty_pod_offends_nobody() -> None:
    for pod in ({}, {"spec": None}, {"spec": {"containers": None, "securityContext": None}, "metadata": None}):
        for check in (baseline.apparmor, baseline.host_path, baseline.privileged, baseline.sysctls_1_0):
            assert check(view(pod, created=True)) is None


@pytest.mark.parametrize(
    ("ports", "detail"),
    [
        ([[{"hostPort": 20}]], 'container "a" uses hostPort 20'),
        ([[{"hostPort": 0}], [{"containerPort": 5}], [], None], None),
        ([[{"hostPort": 20}], [{"hostPort": 20}]], 'containers "a", "b" use hostPort 20'),
        # Sorted as texts, as Kubernetes does.
        ([[{"hostPort": 9}, {"hostPort": 10}], [{"hostPort": 30}]], 'containers "a", "b" use hostPorts 10, 30, 9'),
    ],
)
def test_ports_of_the_node(ports: list[Any], detail: str | None) -> None:
    containers = [{"name": name, "ports": given} for name, given in zip("abcd", ports, strict=False)]
    finding = found(baseline.host_ports, *containers)
    assert finding == (None if detail is None else ("hostPort", detail))


@pytest.mark.parametrize(
    ("fields", "detail"),
    [
        ({"livenessProbe": HTTP}, 'container "c" uses probe or lifecycle host "a.com"'),
        ({"readinessProbe": TCP}, 'container "c" uses probe or lifecycle host "b.com"'),
        ({"startupProbe": {**HTTP, **TCP}}, 'container "c" uses probe or lifecycle hosts "a.com", "b.com"'),
        ({"lifecycle": {"postStart": TCP}}, 'container "c" uses probe or lifecycle host "b.com"'),
        ({"lifecycle": {"preStop": HTTP, "postStart": HTTP}}, 'container "c" uses probe or lifecycle host "a.com"'),
        ({"livenessProbe": {"httpGet": {}}, "readinessProbe": {"tcpSocket": {"host": ""}}, "lifecycle": {}}, None),
        ({"livenessProbe": None, "lifecycle": {"preStop": {"exec": {}}}}, None),
    ],
)
def test_probes_of_other_hosts(fields: dict[str, Any], detail: str | None) -> None:
    finding = found(baseline.probe_hosts, {"name": "c", **fields})
    assert finding == (None if detail is None else ("probe or lifecycle host", detail))


def test_probes_alone_sort_their_containers() -> None:
    containers = [{"name": "z", "livenessProbe": TCP}, {"name": "b"}, {"name": "a", "startupProbe": HTTP}]
    assert found(baseline.probe_hosts, *containers, initContainers=[{"name": "z", "livenessProbe": TCP}]) == (
        "probe or lifecycle host",
        'containers "a", "z" use probe or lifecycle hosts "a.com", "b.com"',
    )


SAFE = [
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.ping_group_range",
    "net.ipv4.ip_unprivileged_port_start",
]
SINCE = {
    baseline.sysctls_1_27: ["net.ipv4.ip_local_reserved_ports"],
    baseline.sysctls_1_29: [
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
    ],
    baseline.sysctls_1_32: ["net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"],
}


def test_sysctls_became_safe_one_release_after_the_other() -> None:
    allowed = list(SAFE)
    every = [*SAFE, *(name for names in SINCE.values() for name in names), "kernel.msgmax"]
    context = {"sysctls": [{"name": name, "value": "1"} for name in every]}
    for check, more in [(baseline.sysctls_1_0, []), *SINCE.items()]:
        allowed += more
        forbidden = [name for name in every if name not in allowed]
        assert found(check, securityContext=context) == ("forbidden sysctls", ", ".join(forbidden))


def annotated(value: str, created: bool = True, **more: Any) -> Finding:
    own = more.pop("own", {})
    return found(
        baseline.apparmor,
        {"name": "c", "securityContext": own},
        annotations={f"{ARMOR}c": value},
        created=created,
        **more,
    )


def test_an_annotation_of_apparmor_is_copied_into_the_field_of_a_pod_that_is_created() -> None:
    both = (
        "forbidden AppArmor profiles",
        f'container "c" and annotation must not set AppArmor profile type to "Unconfined", "{ARMOR}c="unconfined""',
    )
    alone = (
        "forbidden AppArmor profile",
        f'annotation must not set AppArmor profile type to "{ARMOR}c="unconfined""',
    )
    assert annotated("unconfined") == both
    # Not where nothing is created, where a field speaks already, where the pod says the same, and not for Windows.
    assert annotated("unconfined", created=False) == alone
    assert annotated("unconfined", own={"appArmorProfile": {"type": "RuntimeDefault"}}) == alone
    assert annotated("unconfined", os={"name": "windows"}) == alone
    same = annotated("unconfined", securityContext={"appArmorProfile": {"type": "Unconfined"}})
    assert same is not None and same[1].startswith("pod and annotation must not set ")


def test_annotations_of_apparmor_that_are_harmless() -> None:
    for value in ("", "runtime/default", "localhost/", "localhost/profile"):
        assert annotated(value) is None
