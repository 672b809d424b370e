# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks that only level restricted has.

Source of the rules: k8s.io/pod-security-admission, package policy.
"""

from __future__ import annotations

from .baseline import forbidden_capabilities, seccomp_fields
from .view import Container, Finding, PodView, named, plural, quoted, setters

FREE_VOLUMES = (
    "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected", "secret",
)  # fmt: skip
# In the order in which a volume with several sources is named.
_OTHER_VOLUMES = (
    "hostPath", "gcePersistentDisk", "awsElasticBlockStore", "gitRepo", "nfs", "iscsi", "glusterfs", "rbd", "flexVolume",
    "cinder", "cephfs", "flocker", "fc", "azureFile", "vsphereVolume", "quobyte", "azureDisk", "photonPersistentDisk",
    "portworxVolume", "scaleIO", "storageos",
)  # fmt: skip


def privilege_escalation(pod: PodView) -> Finding:
    """Privilege escalation has to be ruled out by each container."""
    names = pod.names(lambda container: container.security.get("allowPrivilegeEscalation") is not False)
    if not names:
        return None
    detail = f"{named(names)} must set securityContext.allowPrivilegeEscalation=false"
    return "allowPrivilegeEscalation != false", detail


def privilege_escalation_1_25(pod: PodView) -> Finding:
    """As before, without Windows."""
    return None if pod.windows else privilege_escalation(pod)


def capabilities(pod: PodView) -> Finding:
    """All capabilities have to be dropped, and one may be added."""
    added: set[str] = set()

    def keeps(container: Container) -> bool:
        return "ALL" not in ((container.security.get("capabilities") or {}).get("drop") or ())

    def adds(container: Container) -> bool:
        more = set((container.security.get("capabilities") or {}).get("add") or ()) - {"NET_BIND_SERVICE"}
        added.update(more)
        return bool(more)

    keeping, adding = pod.names(keeps), pod.names(adds)
    details = [f'{named(keeping)} must set securityContext.capabilities.drop=["ALL"]'] if keeping else []
    if adding:
        details.append(forbidden_capabilities(adding, added))
    return ("unrestricted capabilities", "; ".join(details)) if details else None


def capabilities_1_25(pod: PodView) -> Finding:
    """As before, without Windows."""
    return None if pod.windows else capabilities(pod)


def volumes(pod: PodView) -> Finding:
    """Volumes have to be of a kind that needs no trust in whoever writes the pod."""
    names: list[str] = []
    kinds: set[str] = set()
    for volume in pod.spec.get("volumes") or ():
        if any(volume.get(kind) is not None for kind in FREE_VOLUMES):
            continue
        names.append(volume.get("name") or "")
        kinds.add(next((kind for kind in _OTHER_VOLUMES if volume.get(kind) is not None), "unknown"))
    if not names:
        return None
    use = "uses" if len(names) == 1 else "use"
    listed = f"{plural('restricted volume type', kinds)} {quoted(sorted(kinds))}"
    return "restricted volume types", f"{plural('volume', names)} {quoted(names)} {use} {listed}"


def run_as_non_root(pod: PodView) -> Finding:
    """The pod, or each container, has to say that it does not run as root."""
    whole = pod.security.get("runAsNonRoot")
    reason = "runAsNonRoot != true"
    who = setters(whole is False, pod.names(lambda container: container.security.get("runAsNonRoot") is False))
    if who:
        return reason, f"{' and '.join(who)} must not set securityContext.runAsNonRoot=false"
    silent = [] if whole else pod.names(lambda container: container.security.get("runAsNonRoot") is None)
    return (reason, f"pod or {named(silent)} must set securityContext.runAsNonRoot=true") if silent else None


def run_as_non_root_1_35(pod: PodView) -> Finding:
    """As before, but free to pods with users of their own."""
    return None if pod.user_namespace else run_as_non_root(pod)


def run_as_user(pod: PodView) -> Finding:
    """Nobody may ask for user 0."""
    who = setters(
        pod.security.get("runAsUser") == 0, pod.names(lambda container: container.security.get("runAsUser") == 0)
    )
    return ("runAsUser=0", f"{' and '.join(who)} must not set runAsUser=0") if who else None


def run_as_user_1_35(pod: PodView) -> Finding:
    """As before, but free to pods with users of their own."""
    return None if pod.user_namespace else run_as_user(pod)


def seccomp(pod: PodView) -> Finding:
    """The pod, or each container, has to name a seccomp profile."""
    wrong = seccomp_fields(pod)
    if wrong or pod.security.get("seccompProfile") is not None:
        return wrong
    silent = pod.names(lambda container: container.security.get("seccompProfile") is None)
    if not silent:
        return None
    wanted = 'must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"'
    return "seccompProfile", f"pod or {named(silent)} {wanted}"


def seccomp_1_25(pod: PodView) -> Finding:
    """As before, without Windows."""
    return None if pod.windows else seccomp(pod)
