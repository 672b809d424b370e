# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refusals as OpenShift's own admission (Kubernetes 1.35) and Pod Security Admission worded them on a cluster."""

from __future__ import annotations


def unusable(*names: str) -> list[str]:
    """The items of SCCs that nobody there may use."""
    return [f'provider "{name}": Forbidden: not usable by user or serviceaccount' for name in names]


OTHERS = (
    "restricted", "nested-container", "nonroot-v2", "nonroot", "hostmount-anyuid", "hostmount-anyuid-v2", "hostnetwork-v2",
    "hostnetwork", "hostaccess", "privileged",
)  # fmt: skip
HOST_USERS = (
    "provider restricted-v3: .spec.securityContext.hostUsers: Invalid value: null: Host Users must be set to false"
)


def refused(*items: str) -> str:
    """The whole text, as it stands in a ReplicaSet's condition."""
    head = 'pods "triton-78ff5f997b-" is forbidden: unable to validate against any security context constraint: '
    return head + (f"[{', '.join(items)}]" if len(items) != 1 else items[0])


def by_default_sccs(*items: str) -> str:
    """The text for a service account that was granted nothing, on a new cluster."""
    return refused(*unusable("anyuid"), *items, *unusable(*OTHERS))


OFFICIAL_CHART = by_default_sccs(
    "provider restricted-v2: .spec.securityContext.fsGroup: Invalid value: [1000]: 1000 is not an allowed group",
    'spec.volumes[0]: Invalid value: "nfs": nfs volumes are not allowed to be used',
    "provider restricted-v2: .containers[0].runAsUser: Invalid value: 1000: must be in the ranges: [1000040000, 1000049999]",
    HOST_USERS,
)
# The same pod template with openshift.io/required-scc: restricted-v2.
PINNED = refused(
    "provider restricted-v2: .spec.securityContext.fsGroup: Invalid value: [1000]: 1000 is not an allowed group",
    'spec.volumes[0]: Invalid value: "nfs": nfs volumes are not allowed to be used',
    "provider restricted-v2: .containers[0].runAsUser: Invalid value: 1000: must be in the ranges: [1000040000, 1000049999]",
)
SINGLE = refused(
    "provider restricted-v2: .containers[0].runAsUser: Invalid value: 1000: must be in the ranges: [1000040000, 1000049999]"
)
# Volume errors name no SCC, so restricted-v2 does not appear.
ONLY_A_VOLUME = by_default_sccs(
    'spec.volumes[0]: Invalid value: "nfs": nfs volumes are not allowed to be used', HOST_USERS
)
CAPABILITIES = by_default_sccs(
    "provider restricted-v2: .containers[0].privileged: Invalid value: true: Privileged containers are not allowed",
    'provider restricted-v2: .containers[0].capabilities.add: Invalid value: "NET_ADMIN": capability may not be added',
    'provider restricted-v2: .containers[0].capabilities.add: Invalid value: "SYS_PTRACE": capability may not be added',
    "provider restricted-v2: .containers[0].allowPrivilegeEscalation: Invalid value: true: Allowing privilege escalation for "
    "containers is not allowed",
    HOST_USERS,
)
SECCOMP = by_default_sccs(
    "pod.metadata.annotations[seccomp.security.alpha.kubernetes.io/pod]: Forbidden: unconfined is not an allowed seccomp profile. "
    "Valid values are [runtime/default]",
    "pod.metadata.annotations[container.seccomp.security.alpha.kubernetes.io/triton]: Forbidden: localhost/a, b: c is not an "
    "allowed seccomp profile. Valid values are [runtime/default]",
    HOST_USERS,
)
SYSCTL = by_default_sccs(
    'pod.spec.securityContext.sysctls[0]: Forbidden: unsafe sysctl "kernel.msgmax" is not allowed', HOST_USERS
)
SELINUX = by_default_sccs(
    'provider restricted-v2: .spec.securityContext.seLinuxOptions.level: Invalid value: "s0:c1,c2": must be s0:c6,c5',
    'provider restricted-v2: .spec.securityContext.seLinuxOptions.role: Invalid value: "r": must be ',
    'provider restricted-v2: .containers[0].seLinuxOptions.level: Invalid value: "s0:c1,c2": must be s0:c6,c5',
    HOST_USERS,
)
GROUPS = by_default_sccs(
    "provider restricted-v2: .initContainers[0].runAsUser: Invalid value: 5: must be in the ranges: [1000040000, 1000049999]",
    "provider restricted-v3: .spec.securityContext.supplementalGroups: Invalid value: [0,5]: 0 is not an allowed group",
    "provider restricted-v3: .spec.securityContext.supplementalGroups: Invalid value: [0,5]: 5 is not an allowed group",
)
PINNED_TO_AN_UNUSABLE_SCC = refused(*unusable("privileged"))
# The phase after all mutations separates by blanks.
AFTER_MUTATION = (
    'pods "triton" is forbidden: unable to validate against any security context constraint: [provider "anyuid": Forbidden: '
    "not usable by user or serviceaccount provider restricted-v2: .containers[0].runAsUser: Invalid value: 1000: must be in the "
    'ranges: [1000040000, 1000049999] spec.volumes[0]: Invalid value: "nfs": nfs volumes are not allowed to be used]'
)
# Kubernetes 1.33 and earlier print values in Go's syntax.
GO_SYNTAX = refused(
    "provider restricted-v2: .spec.securityContext.fsGroup: Invalid value: []int64{1000}: 1000 is not an allowed group",
    'provider restricted-v3: .spec.securityContext.hostUsers: Invalid value: "null": Host Users must be set to false',
)
NO_SUCH_SCC = (
    'pods "triton-6497474879-" is forbidden: failed to retrieve the required SCC "nosuch": '
    'securitycontextconstraints.security.openshift.io "nosuch" not found'
)
BROKEN_NAMESPACE = (
    'Error creating: pods "triton-dbcb9cdb9-" is forbidden: [unable to find pre-allocated uid annotation for namespace triton while '
    "trying to configure SCC restricted-v2: expected integer, unable to find pre-allocated uid annotation for namespace triton while "
    "trying to configure SCC restricted: expected integer, unable to find pre-allocated mcs annotation for namespace triton while "
    "trying to configure SCC anyuid: found annotation openshift.io/sa.scc.mcs but it was empty]"
)
POD_SECURITY = (
    'pods "triton" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (containers "fetch", '
    '"triton" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (containers "fetch", "triton" must '
    'set securityContext.capabilities.drop=["ALL"]), restricted volume types (volume "m" uses restricted volume type "nfs"), '
    "runAsNonRoot != true (pod must not set securityContext.runAsNonRoot=false), runAsUser=0 (pod must not set runAsUser=0), "
    'seccompProfile (pod or containers "fetch", "triton" must set securityContext.seccompProfile.type to "RuntimeDefault" or '
    '"Localhost")'
)
BASELINE = (
    'pods "sysctl" is forbidden: violates PodSecurity "baseline:latest": forbidden sysctls (kernel.msgmax, net.core.somaxconn), host '
    "namespaces (hostNetwork=true, hostPID=true)"
)
QUOTA = (
    'pods "triton-5d4f8c7b9-x2x4z" is forbidden: exceeded quota: q, requested: pods=1, used: pods=0, limited: pods=0'
)
WEBHOOK = (
    'Internal error occurred: failed calling webhook "v.example.org": failed to call webhook: Post '
    '"https://v.default.svc:443/": dial tcp 10.0.0.9:443: connect: connection refused'
)
SERVICE_ACCOUNT = 'pods "triton-5d4f8c7b9-" is forbidden: error looking up service account triton/gone: serviceaccount "gone" not found'
