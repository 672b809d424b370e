# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways out of Pod Security's refusals: the changed pod is let in, and nothing more is changed than that takes."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._podsecurity.evaluate import evaluate
from ansible_collections.inferops.triton.plugins.module_utils._podsecurity.mend import by_labels, mend
from ansible_collections.inferops.triton.plugins.module_utils._podsecurity.policy import PREFIX
from ansible_collections.inferops.triton.plugins.module_utils._podsecurity.remedies import lower_levels

RESTRICTED = {PREFIX + "enforce": "restricted"}
BASELINE = {PREFIX + "enforce": "baseline"}


def pod(*containers: dict[str, Any], annotations: dict[str, str] | None = None, **spec: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": "p", "annotations": annotations or {}},
        "spec": {"containers": [{"name": "a"}, *containers], **spec},
    }


WRONG = [
    pod(),
    pod(hostNetwork=True, hostPID=True, hostIPC=True),
    pod({"name": "b", "securityContext": {"privileged": True, "procMount": "Unmasked", "runAsUser": 0}}),
    pod({"name": "b", "securityContext": {"capabilities": {"add": ["SYS_ADMIN", "NET_BIND_SERVICE"]}}}),
    pod({"name": "b", "ports": [{"containerPort": 1, "hostPort": 1}]}),
    pod({"name": "b", "livenessProbe": {"httpGet": {"host": "1.2.3.4", "port": 1}}}),
    pod({"name": "b", "lifecycle": {"preStop": {"tcpSocket": {"host": "1.2.3.4", "port": 1}}}}),
    pod(volumes=[{"name": "v", "hostPath": {"path": "/"}}, {"name": "w", "nfs": {"server": "s", "path": "/"}}]),
    pod(securityContext={"runAsUser": 0, "runAsNonRoot": False, "sysctls": [{"name": "kernel.sem", "value": "1"}]}),
    pod(securityContext={"seccompProfile": {"type": "Unconfined"}, "appArmorProfile": {"type": "Unconfined"}}),
    pod(securityContext={"seLinuxOptions": {"user": "u"}, "windowsOptions": {"hostProcess": True}}),
    pod(annotations={"container.apparmor.security.beta.kubernetes.io/a": "unconfined"}),
    pod({"name": "b", "securityContext": {"seccompProfile": {"type": "Unconfined"}, "runAsNonRoot": False}}),
]


@pytest.mark.parametrize("labels", [BASELINE, RESTRICTED], ids=["baseline", "restricted"])
@pytest.mark.parametrize("given", WRONG)
def test_the_changed_pod_is_let_in(given: dict[str, Any], labels: dict[str, str]) -> None:
    before = deepcopy(given)
    found = mend(given, by_labels(labels, None))
    assert found is not None
    assert given == before
    assert evaluate(found.pod, labels).allowed
    assert bool(found.changes) == (not evaluate(given, labels).allowed)
    assert len({change.path for change in found.changes}) == len(found.changes)


def test_what_is_allowed_stays() -> None:
    given = pod({"name": "b", "securityContext": {"capabilities": {"add": ["SYS_ADMIN", "NET_BIND_SERVICE"]}}})
    found = mend(given, by_labels(RESTRICTED, None))
    assert found is not None
    assert found.pod["spec"]["containers"][1]["securityContext"]["capabilities"] == {
        "add": ["NET_BIND_SERVICE"],
        "drop": ["ALL"],
    }


def test_what_cannot_be_mended_is_not() -> None:
    given = pod()
    violations = evaluate(given, RESTRICTED).violations
    assert mend(given, lambda _pod: violations) is None


@pytest.mark.parametrize(
    ("given", "level"),
    [(pod(), "baseline"), (pod(hostPID=True), "privileged")],
)
def test_the_strictest_level_that_lets_it_in(given: dict[str, Any], level: str) -> None:
    (remedy,) = lower_levels(given, RESTRICTED, "models", None)
    assert remedy["command"] == f"kubectl label namespace models pod-security.kubernetes.io/enforce={level} --overwrite"
    assert remedy["privileges"] == [f"Pod Security level {level} for every pod of the namespace"]
