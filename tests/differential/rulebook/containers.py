# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an SCC fills into containers, and what it checks there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.values import SECCOMP_CONTAINER

from . import rule
from .view import View

# Fill


@rule(
    "fill-user",
    "An unset runAsUser is filled by MustRunAs and MustRunAsRange.",
    "MustRunAs",
    "MustRunAsRange",
    "others leave out",
)
def _fill_user(v: View) -> Iterator[str]:
    if v.filled and any(v.effective(one, "runAsUser") is None for one in v.contexts):
        kind = v.strategy("runAsUser")
        yield kind if kind in ("MustRunAs", "MustRunAsRange") else "others leave out"


@rule("pod-user-counts", "runAsUser of the pod counts for containers without one.", "admitted")
def _pod_user_counts(v: View) -> Iterator[str]:
    if (
        v.filled
        and v.strategy("runAsUser") in ("MustRunAs", "MustRunAsRange")
        and v.context.get("runAsUser") is not None
    ) and any(before.get("runAsUser") is None and "runAsUser" not in after for before, after in v.pairs):
        yield "admitted"


@rule(
    "fill-selinux-container",
    "seLinuxOptions of a container are filled where the pod has none.",
    "fills",
    fills="MustRunAs has filled the pod's before, and RunAsAny fills nothing",
)
def _fill_selinux(v: View) -> Iterator[str]:
    if v.filled and any(
        "seLinuxOptions" in after and before.get("seLinuxOptions") is None for before, after in v.pairs
    ):
        yield "fills"


@rule(
    "fill-non-root",
    "runAsNonRoot becomes true.",
    "a user above 0",
    "MustRunAsNonRoot",
    "not for user 0",
    "not without a user",
)
def _fill_non_root(v: View) -> Iterator[str]:
    if not v.filled:
        return
    for before, after in v.pairs:
        if v.effective(before, "runAsNonRoot") is None:
            user = after.get("runAsUser", v.context.get("runAsUser"))
            if after.get("runAsNonRoot"):
                yield "MustRunAsNonRoot" if user is None else "a user above 0"
            else:
                yield "not without a user" if user is None else "not for user 0"


@rule("non-root-any", "runAsNonRoot becomes true under any SCC, RunAsAny too.", "RunAsAny")
def _non_root_any(v: View) -> Iterator[str]:
    pairs = v.pairs if v.filled and v.strategy("runAsUser") == "RunAsAny" else ()
    if any("runAsNonRoot" not in before and after.get("runAsNonRoot") for before, after in pairs):
        yield "RunAsAny"


@rule(
    "fill-capabilities",
    "Capabilities: defaults that are not dropped are added, required drops are dropped, sorted.",
    *("adds", "drops", "default dropped", "untouched", "untouched unsorted"),
)
def _fill_capabilities(v: View) -> Iterator[str]:
    if not v.filled:
        return
    defaults = set(v.scc.get("defaultAddCapabilities") or ())
    for before, after in v.pairs:
        given, made = before.get("capabilities") or {}, after.get("capabilities") or {}
        add, drop = given.get("add") or [], given.get("drop") or []
        if defaults & set(drop):
            yield "default dropped"
        if len(made.get("add") or ()) > len(set(add)):
            yield "adds"
        if len(made.get("drop") or ()) > len(set(drop)):
            yield "drops"
        if given == made and given:
            yield "untouched" if [add, drop] == [sorted(set(add)), sorted(set(drop))] else "untouched unsorted"


@rule("fill-read-only", "readOnlyRootFilesystem becomes true where required.", "fills", "keeps")
def _fill_read_only(v: View) -> Iterator[str]:
    if v.filled and v.scc.get("readOnlyRootFilesystem"):
        for before in v.contexts:
            yield "keeps" if before.get("readOnlyRootFilesystem") else "fills"


@rule("fill-container-seccomp", "The annotation of a container overwrites its field.", "sets", "overwrites", "removes")
def _fill_seccomp(v: View) -> Iterator[str]:
    if v.filled:
        for container, (before, after) in zip(v.containers, v.pairs, strict=True):
            if SECCOMP_CONTAINER + (container.get("name") or "") in v.notes:
                given, made = before.get("seccompProfile"), after.get("seccompProfile")
                if given and not made:
                    yield "removes"
                elif given and given != made:
                    yield "overwrites"
                elif made and not given:
                    yield "sets"


@rule(
    "fill-escalation",
    "allowPrivilegeEscalation takes the SCC's default, or false where forbidden.",
    *("default true", "default false", "forbidden", "left out", "not with privileged", "not with CAP_SYS_ADMIN"),
)
def _fill_escalation(v: View) -> Iterator[str]:
    if not v.filled:
        return
    default, allowed = v.scc.get("defaultAllowPrivilegeEscalation"), v.scc.get("allowPrivilegeEscalation")
    for before, after in v.pairs:
        if before.get("allowPrivilegeEscalation") is None:
            made = after.get("allowPrivilegeEscalation")
            admin = "CAP_SYS_ADMIN" in ((after.get("capabilities") or {}).get("add") or ())
            if default is not None and made is None:
                yield "not with privileged" if before.get("privileged") else "not with CAP_SYS_ADMIN"
            elif default is not None and not before.get("privileged") and not admin:
                yield "default true" if default else "default false"
            elif allowed is False:
                yield "forbidden"
            elif made is None:
                yield "left out"


# Check


@rule("user-must", "MustRunAs demands just its uid.", "passes", "refuses")
def _user_must(v: View) -> Iterator[str]:
    if v.strategy("runAsUser") == "MustRunAs":
        yield "passes"
    elif re.search(r"runAsUser: Invalid value: -?\d+: must be: ", v.message):
        yield "refuses"


@rule("user-range", "MustRunAsRange demands a uid of its range.", "passes", "refuses")
def _user_range(v: View) -> Iterator[str]:
    if v.strategy("runAsUser") == "MustRunAsRange":
        if any(v.effective(one, "runAsUser") is not None for one in v.contexts):
            yield "passes"
    elif v.has(": must be in the ranges: ["):
        yield "refuses"


@rule(
    "user-non-root", "MustRunAsNonRoot refuses runAsNonRoot: false and user 0.", "passes", "false refused", "0 refused"
)
def _user_non_root(v: View) -> Iterator[str]:
    if v.strategy("runAsUser") == "MustRunAsNonRoot":
        yield "passes"
    if v.has("runAsNonRoot: Invalid value: false: must be true"):
        yield "false refused"
    if v.has("runAsUser: Invalid value: 0: running with the root UID is forbidden"):
        yield "0 refused"


@rule("container-selinux", "seLinuxOptions of containers are checked as the pod's.", "passes", "refuses")
def _selinux(v: View) -> Iterator[str]:
    if v.strategy("seLinuxContext") == "MustRunAs" and any(one.get("seLinuxOptions") for one in v.contexts):
        yield "passes"
    elif re.search(r"ontainers\[\d+\]\.seLinuxOptions\.", v.message):
        yield "refuses"


REFUSED = "pod.metadata.annotations[container.seccomp.security.alpha.kubernetes.io/"


@rule("container-seccomp", "The container's profile is one of the SCC's.", "passes", "refuses", "empty list refuses")
def _seccomp(v: View) -> Iterator[str]:
    if v.chosen and any(one.get("seccompProfile") for one in v.contexts):
        yield "passes"
    elif v.has(REFUSED):
        yield "empty list refuses" if v.has("seccomp may not be set") else "refuses"


@rule("privileged", "Privileged containers must be allowed.", "passes", "refuses")
def _privileged(v: View) -> Iterator[str]:
    if v.chosen and any(one.get("privileged") for one in v.contexts):
        yield "passes"
    elif v.has("privileged: Invalid value: true: Privileged containers are not allowed"):
        yield "refuses"


@rule(
    "capabilities",
    "Added capabilities are defaults or allowed, as they are spelt.",
    *("allowed passes", "default passes", "* passes", "refuses", "ALL passes only ALL"),
)
def _capabilities(v: View) -> Iterator[str]:
    allowed, defaults = v.scc.get("allowedCapabilities") or (), v.scc.get("defaultAddCapabilities") or ()
    if v.has(".capabilities.add: Invalid value"):
        yield "refuses"
        if any("ALL" in (one.get("allowedCapabilities") or ()) for one in v.sccs):
            yield "ALL passes only ALL"
    elif v.chosen:
        for one in v.contexts:
            for added in (one.get("capabilities") or {}).get("add") or ():
                yield "* passes" if "*" in allowed else "allowed passes" if added in allowed else "default passes"
                assert "*" in allowed or added in (*allowed, *defaults)


@rule("host-ports", "Host ports must be allowed.", "passes", "refuses", "refused for each container")
def _host_ports(v: View) -> Iterator[str]:
    if v.chosen and any((port.get("hostPort") or 0) > 0 for one in v.containers for port in one.get("ports") or ()):
        yield "passes"
    elif v.has(".hostPort: Invalid value"):
        several = re.search(r"ontainers\[\d+\]\.\w*ontainers\[\d+\]\.hostPort", v.message) and len(v.containers) > 1
        yield "refused for each container" if several else "refuses"


@rule("host-again", "hostNetwork, hostPID and hostIPC are refused for each container again.", "network", "PID", "IPC")
def _host_again(v: View) -> Iterator[str]:
    for name in ("Network", "PID", "IPC"):
        if re.search(rf"ontainers\[\d+\]\.host{name}: Invalid", v.message):
            yield name.replace("Network", "network")


@rule("read-only", "readOnlyRootFilesystem: false is refused where it is required.", "refuses", "true passes")
def _read_only(v: View) -> Iterator[str]:
    if v.has("ReadOnlyRootFilesystem must be set to true"):
        yield "refuses"
    elif v.scc.get("readOnlyRootFilesystem"):
        yield "true passes"


@rule(
    "escalation",
    "allowPrivilegeEscalation: true is refused where it is forbidden.",
    "refuses",
    "false passes",
    "allowed passes",
)
def _escalation(v: View) -> Iterator[str]:
    if v.has("Allowing privilege escalation for containers is not allowed"):
        yield "refuses"
    elif v.chosen:
        given = [one.get("allowPrivilegeEscalation") for one in v.contexts]
        if v.scc.get("allowPrivilegeEscalation") is False:
            if False in given:
                yield "false passes"
        elif True in given:
            yield "allowed passes"


@rule("which-containers", "Init, ordinary and ephemeral containers are checked.", "init", "ordinary", "ephemeral")
def _which(v: View) -> Iterator[str]:
    for name, path in (
        ("init", ".initContainers["),
        ("ordinary", ".containers["),
        ("ephemeral", ".ephemeralContainers["),
    ):
        if path in v.message:
            yield name
