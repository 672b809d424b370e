# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an SCC fills into a pod, and what it checks there, apart from containers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from generator.values import SAFE_SYSCTLS, SECCOMP_POD

from . import Test, rule
from .view import Json, View

# Fill


@rule(
    "fill-groups",
    "MustRunAs fills supplementalGroups with the least id of the first range.",
    "fills",
    "keeps",
    "RunAsAny leaves out",
)
def _fill_groups(v: View) -> Iterator[str]:
    if v.filled:
        given = v.context.get("supplementalGroups")
        if v.strategy("supplementalGroups") != "MustRunAs":
            if given is None:
                yield "RunAsAny leaves out"
        else:
            yield "keeps" if given else "fills"


@rule("empty-groups", "An explicit empty list of supplementalGroups is kept, and fails.", "refuses", "RunAsAny passes")
def _empty_groups(v: View) -> Iterator[str]:
    if v.context.get("supplementalGroups") == []:
        if v.has("supplementalGroups: Invalid value: []: unable to validate empty groups"):
            yield "refuses"
        elif v.strategy("supplementalGroups") == "RunAsAny":
            yield "RunAsAny passes"


@rule(
    "fill-fs-group",
    "MustRunAs fills fsGroup with the least id of the first range.",
    "fills",
    "keeps",
    "RunAsAny leaves out",
)
def _fill_fs_group(v: View) -> Iterator[str]:
    if v.filled:
        given = v.context.get("fsGroup")
        if v.strategy("fsGroup") != "MustRunAs":
            if given is None:
                yield "RunAsAny leaves out"
        else:
            yield "fills" if given is None else "keeps"


@rule("fill-selinux", "MustRunAs fills the pod's seLinuxOptions.", "fills", "keeps", "RunAsAny leaves out")
def _fill_selinux(v: View) -> Iterator[str]:
    if v.filled:
        given = v.context.get("seLinuxOptions")
        if v.strategy("seLinuxContext") != "MustRunAs":
            if given is None:
                yield "RunAsAny leaves out"
        else:
            yield "fills" if given is None else "keeps"


@rule(
    "fill-seccomp",
    "Seccomp comes from the annotation, else the field, else the SCC.",
    "annotation",
    "field",
    "SCC",
    "nowhere",
)
def _fill_seccomp(v: View) -> Iterator[str]:
    if v.filled:
        if v.notes.get(SECCOMP_POD):
            yield "annotation"
        elif v.context.get("seccompProfile"):
            yield "field"
        else:
            yield "SCC" if v.out_notes.get(SECCOMP_POD) else "nowhere"


@rule("seccomp-annotation-wins", "The annotation overwrites another field.", "overwrites")
def _annotation_wins(v: View) -> Iterator[str]:
    given = v.context.get("seccompProfile")
    if v.filled and given and v.notes.get(SECCOMP_POD) and v.out_context.get("seccompProfile") not in (given, None):
        yield "overwrites"


@rule("seccomp-unparsable", "Text that is no profile removes the field, or leaves it out.", "removes", "leaves out")
def _unparsable(v: View) -> Iterator[str]:
    if v.filled and v.out_notes.get(SECCOMP_POD) and not v.out_context.get("seccompProfile"):
        yield "removes" if v.context.get("seccompProfile") else "leaves out"


@rule("seccomp-empty-annotation", "An empty annotation counts as none.", "admitted")
def _empty_annotation(v: View) -> Iterator[str]:
    if v.notes.get(SECCOMP_POD) == "" and v.chosen:
        yield "admitted"


@rule("pod-user", "runAsUser and runAsNonRoot of the pod are never filled.", "left out")
def _pod_user(v: View) -> Iterator[str]:
    if v.filled and "runAsUser" not in v.context and "runAsNonRoot" not in v.context:
        assert "runAsUser" not in v.out_context and "runAsNonRoot" not in v.out_context
        yield "left out"


# Check


@rule("fs-group", "fsGroup lies in a range.", "passes", "refuses")
def _fs_group(v: View) -> Iterator[str]:
    if v.context.get("fsGroup") is not None:
        if v.strategy("fsGroup") == "MustRunAs":
            yield "passes"
        elif v.has(".securityContext.fsGroup: Invalid value"):
            yield "refuses"


@rule("groups", "Every supplemental group lies in a range.", "passes", "refuses one", "refuses several")
def _groups(v: View) -> Iterator[str]:
    given = v.context.get("supplementalGroups")
    if given:
        if v.strategy("supplementalGroups") == "MustRunAs":
            yield "passes"
        found = re.findall(r"(provider \S+ \.spec\.securityContext\.supplementalGroups): Invalid", v.message)
        if found:
            yield "refuses several" if len(found) > len(set(found)) else "refuses one"


SECCOMP_REFUSED = f"pod.metadata.annotations[{SECCOMP_POD}]: Forbidden: "


@rule(
    "seccomp",
    "The pod's profile is one of the SCC's.",
    "* passes",
    "member passes",
    "refuses",
    "empty list refuses",
    "unset passes",
)
def _seccomp(v: View) -> Iterator[str]:
    if v.chosen:
        profiles = v.scc.get("seccompProfiles") or ()
        if "*" in profiles:
            yield "* passes"
        else:
            yield "member passes" if profiles else "unset passes"
    elif v.has(f"{SECCOMP_REFUSED}seccomp may not be set"):
        yield "empty list refuses"
    elif v.has(SECCOMP_REFUSED) and v.has("is not an allowed seccomp profile"):
        yield "refuses"


@rule("seccomp-docker", "runtime/default and docker/default are the same.", "the other spelling passes")
def _docker(v: View) -> Iterator[str]:
    if v.chosen:
        profiles = v.scc.get("seccompProfiles") or ()
        given = v.out_notes.get(SECCOMP_POD)
        if "*" not in profiles and given in ("runtime/default", "docker/default") and given not in profiles:
            yield "the other spelling passes"


@rule("selinux-level", "The level is equal.", "passes", "refuses", "other order passes")
def _level(v: View) -> Iterator[str]:
    given = (v.context.get("seLinuxOptions") or {}).get("level")
    if given is not None:
        if v.strategy("seLinuxContext") == "MustRunAs":
            wanted = (v.scc["seLinuxContext"].get("seLinuxOptions") or {}).get("level")
            wanted = wanted or v.namespace_notes.get("openshift.io/sa.scc.mcs")
            yield "passes" if given == wanted else "other order passes"
        elif v.has("securityContext.seLinuxOptions.level: Invalid value"):
            yield "refuses"


def _selinux_part(part: str) -> Test:
    def test(v: View) -> Iterator[str]:
        if v.chosen and v.strategy("seLinuxContext") == "MustRunAs":
            if (v.context.get("seLinuxOptions") or {}).get(part):
                yield "passes"
        elif v.has(f"securityContext.seLinuxOptions.{part}: Invalid value"):
            yield "refuses"

    return test


for _part in ("role", "type", "user"):
    rule(f"selinux-{_part}", f"The SELinux {_part} is equal.", "passes", "refuses")(_selinux_part(_part))


def _host_flag(field: str, flag: str, words: str) -> Test:
    def test(v: View) -> Iterator[str]:
        if v.spec.get(field):
            if v.scc.get(flag):
                yield "passes"
            elif v.has(f".spec.securityContext.{field}: Invalid value: true: {words}"):
                yield "refuses"

    return test


for _field in ("Network", "PID", "IPC"):
    rule(f"host-{_field.lower()}", f"host{_field} must be allowed.", "passes", "refuses")(
        _host_flag(f"host{_field}", f"allowHost{_field}", f"Host {_field.replace('Network', 'network')} is not allowed")
    )


@rule(
    "user-namespace",
    "RequirePodLevel demands hostUsers: false.",
    "passes",
    "unset refused",
    "true refused",
    "else free",
)
def _user_namespace(v: View) -> Iterator[str]:
    if v.chosen:
        if v.scc.get("userNamespaceLevel") == "RequirePodLevel":
            yield "passes"
        elif v.spec.get("hostUsers") is not None:
            yield "else free"
    if v.has("hostUsers: Invalid value: null"):
        yield "unset refused"
    elif v.has("hostUsers: Invalid value: true"):
        yield "true refused"


def _matches(name: str, patterns: list[str]) -> bool:
    return any(name.startswith(one[:-1]) if one.endswith("*") else name == one for one in patterns)


@rule(
    "sysctls",
    "Sysctls are safe or allowed, and not forbidden.",
    "safe passes",
    "allowed passes",
    "forbidden refused",
    "unsafe refused",
)
def _sysctls(v: View) -> Iterator[str]:
    given = [one.get("name", "") for one in v.context.get("sysctls") or ()]
    if v.chosen and given:
        safe = [one for one in given if one in SAFE_SYSCTLS]
        if safe:
            yield "safe passes"
        if len(safe) < len(given):
            yield "allowed passes"
    if v.has(']: Forbidden: sysctl "'):
        yield "forbidden refused"
    if v.has(']: Forbidden: unsafe sysctl "'):
        yield "unsafe refused"


@rule("sysctl-forbidden-safe", "A forbidden pattern refuses even a safe sysctl.", "refused")
def _forbidden_safe(v: View) -> Iterator[str]:
    given = [one.get("name") for one in v.context.get("sysctls") or ()]
    if any(f'Forbidden: sysctl "{name}" ' in v.message for name in given if name in SAFE_SYSCTLS):
        yield "refused"


def _free(where: Callable[[View], list[Json]], key: str) -> Test:
    def test(v: View) -> Iterator[str]:
        if v.chosen and any(one.get(key) is not None for one in where(v)):
            yield "admitted"

    return test


for _name, _where in (
    ("fsGroupChangePolicy", lambda v: [v.context]),
    ("supplementalGroupsPolicy", lambda v: [v.context]),
    ("seLinuxChangePolicy", lambda v: [v.context]),
    ("windowsOptions", lambda v: [v.context]),
    ("shareProcessNamespace", lambda v: [v.spec]),
    ("runAsGroup", lambda v: [v.context, *v.contexts]),
    ("appArmorProfile", lambda v: [v.context, *v.contexts]),
    ("procMount", lambda v: v.contexts),
):
    rule(f"free-{_name}", f"{_name} is not looked at.", "admitted")(_free(_where, _name))
