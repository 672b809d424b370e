# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes of a pod that make one SCC admit it: they suffice, each is needed, and nothing else changes."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._scc.allocation import resolve
from ansible_collections.inferops.triton.plugins.module_utils._scc.changes import Change
from ansible_collections.inferops.triton.plugins.module_utils._scc.mend import mend
from ansible_collections.inferops.triton.plugins.module_utils._scc.provider import Provider
from ansible_collections.inferops.triton.plugins.module_utils._scc.view import Pod

from .permissive import ANNOTATIONS, FIRST, LEVEL, container, pod, provider, stock
from .random_pods import random_pod

SHIPPED = {scc.name: Provider(resolve(scc, ANNOTATIONS, "ns")) for scc in stock()}
V2 = SHIPPED["restricted-v2"]


def undone(given: dict[str, Any], change: Change) -> dict[str, Any]:
    """A pod with one change taken back: the place is found by the path alone."""
    result = deepcopy(given)
    head, bracket, key = change.path.partition("annotations[")
    parts: list[Any] = []
    for part in f"{head}annotations".split(".") if bracket else change.path.split("."):
        name, *indexes = part.replace("]", "").split("[")
        parts += [name, *map(int, indexes)]
    if bracket:
        parts.append(key.removesuffix("]"))
    place: Any = result
    for part in parts[:-1]:
        place = place[part] if isinstance(part, int) else place.setdefault(part, {})
    if change.before is None:
        del place[parts[-1]]
    else:
        place[parts[-1]] = change.before
    return result


def admits(of: Provider, given: dict[str, Any]) -> bool:
    return not of.evaluate(Pod(given)).problems


@pytest.mark.parametrize("seed", range(100))
def test_of_a_random_pod_the_changes_suffice_and_each_is_needed(seed: int) -> None:
    given = random_pod(seed)
    before = deepcopy(given)
    for name, of in SHIPPED.items():
        mended = mend(given, of)
        assert given == before
        assert mended is not None and admits(of, mended.pod), name
        assert bool(mended.changes) is not admits(of, given), name
        assert len({change.path for change in mended.changes}) == len(mended.changes), name
        back = mended.pod
        for change in mended.changes:
            assert not admits(of, undone(mended.pod, change)), (name, change)
            back = undone(back, change)
        assert back == given, name


def test_a_pod_that_is_admitted_stays_as_it_is() -> None:
    mended = mend(pod(), V2)
    assert mended is not None and (mended.pod, mended.changes) == (pod(), ())


C0 = "spec.containers[0].securityContext"
CLAIM = {"name": "v", "persistentVolumeClaim": {"claimName": "v"}}


@pytest.mark.parametrize(
    ("given", "changes"),
    [
        (pod(container(runAsUser=5)), [Change(f"{C0}.runAsUser", 5)]),
        (pod(securityContext={"runAsUser": 5}), [Change("spec.securityContext.runAsUser", 5)]),
        # The container's own value goes, the pod's may stay.
        (pod(container(runAsUser=5), securityContext={"runAsUser": FIRST}), [Change(f"{C0}.runAsUser", 5)]),
        # Both, where the pod's is no better.
        (
            pod(container(runAsUser=5), securityContext={"runAsUser": 6}),
            [Change("spec.securityContext.runAsUser", 6), Change(f"{C0}.runAsUser", 5)],
        ),
        (pod(securityContext={"fsGroup": 5}), [Change("spec.securityContext.fsGroup", 5)]),
        (pod(hostNetwork=True), [Change("spec.hostNetwork", True)]),
        (pod(container(privileged=True)), [Change(f"{C0}.privileged", True)]),
        (
            pod(container(capabilities={"add": ["NET_BIND_SERVICE", "CHOWN"]})),
            [Change(f"{C0}.capabilities.add", ["NET_BIND_SERVICE", "CHOWN"], ["NET_BIND_SERVICE"])],
        ),
        # Several at once are one change, with what stood there at first.
        (
            pod(container(capabilities={"add": ["KILL", "CHOWN"]})),
            [Change(f"{C0}.capabilities.add", ["KILL", "CHOWN"])],
        ),
        (
            pod(container("a"), container("b", ports=[{"containerPort": 1}, {"containerPort": 2, "hostPort": 80}])),
            [Change("spec.containers[1].ports[1].hostPort", 80)],
        ),
        (
            pod(volumes=[{"name": "v", "nfs": {"server": "s"}}]),
            [Change("spec.volumes[0]", {"name": "v", "nfs": {"server": "s"}}, CLAIM, storage=True)],
        ),
        (
            pod(securityContext={"seLinuxOptions": {"level": "s0", "type": "t"}}),
            [Change("spec.securityContext.seLinuxOptions", {"level": "s0", "type": "t"})],
        ),
        (
            pod(
                securityContext={"sysctls": [{"name": "a", "value": "1"}, {"name": "net.ipv4.tcp_rmem", "value": "1"}]}
            ),
            [
                Change(
                    "spec.securityContext.sysctls",
                    [{"name": "a", "value": "1"}, {"name": "net.ipv4.tcp_rmem", "value": "1"}],
                    [{"name": "net.ipv4.tcp_rmem", "value": "1"}],
                )
            ],
        ),
        (
            pod(initContainers=[container("i", seccompProfile={"type": "Unconfined"})]),
            [Change("spec.initContainers[0].securityContext.seccompProfile", {"type": "Unconfined"})],
        ),
        (
            pod(annotations={"container.seccomp.security.alpha.kubernetes.io/c": "unconfined", "x": "y"}),
            [Change("metadata.annotations[container.seccomp.security.alpha.kubernetes.io/c]", "unconfined")],
        ),
        # What does not count, or is no worse than what the SCC wants, stays.
        (
            pod(
                container(seLinuxOptions={"level": "s0", "type": "t"}),
                securityContext={"seLinuxOptions": {"level": LEVEL}, "seccompProfile": {"type": "RuntimeDefault"}},
                annotations={"seccomp.security.alpha.kubernetes.io/pod": "unconfined"},
            ),
            [
                Change("metadata.annotations[seccomp.security.alpha.kubernetes.io/pod]", "unconfined"),
                Change(f"{C0}.seLinuxOptions", {"level": "s0", "type": "t"}),
            ],
        ),
        (
            pod(
                securityContext={"seccompProfile": {"type": "Unconfined"}},
                annotations={"seccomp.security.alpha.kubernetes.io/pod": ""},
            ),
            [Change("spec.securityContext.seccompProfile", {"type": "Unconfined"})],
        ),
        (
            pod(annotations={"seccomp.security.alpha.kubernetes.io/pod": "unconfined"}),
            [Change("metadata.annotations[seccomp.security.alpha.kubernetes.io/pod]", "unconfined")],
        ),
    ],
)
def test_changes(given: dict[str, Any], changes: list[Change]) -> None:
    mended = mend(given, V2)
    assert mended is not None
    assert sorted(mended.changes, key=lambda change: change.path) == sorted(changes, key=lambda change: change.path)


def test_user_namespaces_are_switched_on() -> None:
    for given, before in ((pod(), None), (pod(hostUsers=True), True)):
        mended = mend(given, SHIPPED["restricted-v3"])
        assert mended is not None
        assert mended.changes == (Change("spec.hostUsers", before, False),)
        assert mended.pod["spec"]["hostUsers"] is False


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        # No claim may stand in for the volume, nor for a claim.
        (pod(volumes=[{"name": "v", "nfs": {}}]), {"volumes": ["emptyDir"]}),
        (pod(volumes=[{"name": "v", "persistentVolumeClaim": {"claimName": "v"}}]), {"volumes": ["emptyDir"]}),
        # A group that the SCC itself would write and refuse, as in a namespace with an empty range.
        (pod(), {"fsGroup": {"type": "MustRunAs", "ranges": [{"min": 5, "max": 4}]}}),
        (pod(), {"runAsUser": {"type": "MustRunAsRange", "uidRangeMin": 5, "uidRangeMax": 4}}),
    ],
)
def test_what_no_change_of_a_field_helps(given: dict[str, Any], fields: dict[str, Any]) -> None:
    assert mend(given, provider(**fields)) is None


def test_the_pod_is_judged_as_the_api_server_fills_it_in() -> None:
    """What is added there is refused, and is not in the pod that was written: so no change of it helps."""

    def fill(written: dict[str, Any]) -> dict[str, Any]:
        return {**written, "spec": {**written["spec"], "hostPID": True}}

    assert mend(pod(), V2, fill) is None
    # What is written stays as it was written.
    mended = mend(pod(hostNetwork=True), V2, lambda written: {**written, "status": {}})
    assert mended is not None and mended.pod == pod()
