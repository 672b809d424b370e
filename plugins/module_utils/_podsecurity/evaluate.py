# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pod Security Admission: whether a namespace's policy lets a pod in, and what the API server says about it.

What is to be known about it:

- A pod is judged after all that fills in its fields: Kubernetes' defaults, and on OpenShift the SCC that admitted it.
- A workload is never refused; its template as written only yields warnings. Its pods are refused later.
- Which check applies depends on the policy's version, and on the cluster's, which knows none newer than itself. Feature gates
  are taken as Kubernetes sets them by default: before 1.35, ``hostUsers: false`` frees from nothing.
- Namespaces, users and runtime classes that an administrator exempted are not visible in the API, and not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .policy import KUBERNETES_DEFAULT, LevelVersion, Policy, policy_of
from .registry import checks_for
from .view import PodView, view


@dataclass(frozen=True, slots=True)
class Violation:
    """One check that failed: its name in Kubernetes' code, the reason, and the detail that names the containers."""

    check: str
    reason: str
    detail: str

    def __str__(self) -> str:
        return f"{self.reason} ({self.detail})" if self.detail else self.reason


@dataclass(frozen=True, slots=True)
class PodSecurityVerdict:
    """The answer to one request.

    ``policy``: the namespace's, with the errors of its labels in ``label_errors``; ``violations`` of the level that is
    enforced; ``message``: the error, "" when the request is allowed; ``warning``: what the API server would add to its answer,
    and ``audit`` to its log, each "" for nothing.
    """

    allowed: bool
    policy: Policy
    violations: tuple[Violation, ...]
    message: str
    warning: str
    audit: str
    label_errors: tuple[str, ...]


def evaluate(
    pod: Mapping[str, Any],
    namespace_labels: Mapping[str, str],
    *,
    cluster_default: Policy = KUBERNETES_DEFAULT,
    cluster_version: tuple[int, int] | None = None,
) -> PodSecurityVerdict:
    """Judge the creation of a pod.

    :param pod: as the API server has it after all mutations, its shape checked.
    :param cluster_default: what holds where labels are silent.
    :param cluster_version: Kubernetes' major and minor version; None for the newest known.
    """
    policy, errors = policy_of(namespace_labels, cluster_default)
    seen = view(pod, created=True)
    violations = _violations(policy.enforce, seen, cluster_version)
    message = ""
    if violations:
        metadata = pod.get("metadata") or {}
        # The API server completes a generated name before it asks the admission; nobody knows that end beforehand.
        name = metadata.get("name") or metadata.get("generateName") or ""
        subject = f'pods "{name}" is' if name else "pods is"
        message = f"{subject} forbidden: {_sentence('violates', policy.enforce, violations)}"
    audit = violations if policy.audit == policy.enforce else _violations(policy.audit, seen, cluster_version)
    # A request that is refused carries no warning besides.
    warn = () if violations else _violations(policy.warn, seen, cluster_version)
    return PodSecurityVerdict(
        allowed=not violations,
        policy=policy,
        violations=violations,
        message=message,
        warning=_sentence("would violate", policy.warn, warn),
        audit=_sentence("would violate", policy.audit, audit),
        label_errors=errors,
    )


def evaluate_template(
    template: Mapping[str, Any],
    namespace_labels: Mapping[str, str],
    *,
    cluster_default: Policy = KUBERNETES_DEFAULT,
    cluster_version: tuple[int, int] | None = None,
) -> PodSecurityVerdict:
    """Judge the creation of a workload by its pod template: always allowed, perhaps with a warning."""
    policy, errors = policy_of(namespace_labels, cluster_default)
    seen = view(template, created=False)
    audit = _violations(policy.audit, seen, cluster_version)
    warn = audit if policy.warn == policy.audit else _violations(policy.warn, seen, cluster_version)
    return PodSecurityVerdict(
        allowed=True,
        policy=policy,
        violations=(),
        message="",
        warning=_sentence("would violate", policy.warn, warn),
        audit=_sentence("would violate", policy.audit, audit),
        label_errors=errors,
    )


def _violations(applied: LevelVersion, pod: PodView, cluster: tuple[int, int] | None) -> tuple[Violation, ...]:
    return tuple(
        Violation(name, *found) for name, check in checks_for(applied, cluster) if (found := check(pod)) is not None
    )


def _sentence(verb: str, applied: LevelVersion, violations: tuple[Violation, ...]) -> str:
    if not violations:
        return ""
    return f'{verb} PodSecurity "{applied}": {", ".join(map(str, violations))}'
