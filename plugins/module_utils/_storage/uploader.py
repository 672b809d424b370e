# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The short-lived pod that writes models into a claim: its definition, the commands that run in it, and what they say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._errors import TritonError
from .versions import PREFIX, Part, parsed

CONTAINER = "upload"
MOUNT = "/volume"
LABEL = "triton.inferops/upload"
# Names of unfinished versions; other helpers have other names for theirs.
_UNFINISHED = f".incoming-{'?' * 64}"
# Whom nobody talks to any more (its playbook was killed) ends by itself, so that it holds neither a quota nor a disk.
IDLE_SECONDS = 120
# A shell, a sleep: more processes than these are commands of ours.
MAIN = f"""trap 'exit 0' TERM
idle=0
while [ $idle -lt {IDLE_SECONDS} ]; do
  sleep 2 & wait $!
  set -- /proc/[0-9]*
  if [ $# -gt 2 ]; then idle=0; else idle=$((idle + 2)); fi
done"""

# openssl takes a quarter of the time where it is there; it writes " *" between checksum and path.
_SUM = """sum=sha256sum
if openssl dgst -sha256 -r /dev/null >/dev/null 2>&1; then sum='openssl dgst -sha256 -r'; fi"""

# Removes versions so that no half-removed one keeps its name.
_REMOVE = f"""for old in "$@"; do
  mv "{PREFIX}$old" ".removed-$old" && rm -rf ".removed-$old" ".{PREFIX}$old.sums"
done
exit 0"""

# Says what the volume has. $1: digest.
LOOK = f"""cd {MOUNT} && umask 002 || exit 1
{_SUM}
new=.incoming-$1
: > .upload-probe || exit 3
rm -f .upload-link; ln .upload-probe .upload-link 2>/dev/null && echo '== links'
rm -f .upload-link .upload-probe
echo '== room'; df -Pk . | tail -n 1
echo '== versions'; ls -1dt {PREFIX}* 2>/dev/null
echo '== used'; cat .used/* 2>/dev/null
if [ -d "{PREFIX}$1" ]; then echo '== finished'; exit 0; fi
left=$(ls -1dt {_UNFINISHED} 2>/dev/null | head -n 1)
if [ -n "$left" ] && [ ! -d "$new" ]; then mv "$left" "$new"; fi
for other in {_UNFINISHED} .removed-*; do [ "$other" = "$new" ] || rm -rf "$other"; done
mkdir -p "$new" || exit 3
for version in $(ls -1dt {PREFIX}* 2>/dev/null); do
  if [ -f ".$version.sums" ]; then echo "== sums $version"; cat ".$version.sums"; known=1; fi
done
if [ -z "$known" ]; then
  version=$(ls -1dt {PREFIX}* 2>/dev/null | head -n 1)
  if [ -n "$version" ]; then echo "== sums $version"; (cd "$version" && find . -type f -exec $sum {{}} +); fi
fi
cd "$new" || exit 1
echo '== parts'; find . -type f -exec stat -c '%h %s %n' {{}} +
echo '== partsums'; find . -type f -exec $sum {{}} +"""

# Removes paths of the unfinished version, read from its input. $1: digest.
CLEAN = f"""cd {MOUNT}/.incoming-"$1" || exit 1
while IFS= read -r path; do rm -rf "./$path"; done
find . -depth -type d -exec rmdir {{}} + 2>/dev/null
mkdir -p {MOUNT}/.incoming-"$1\""""

# Copies files of earlier versions where there are no links: lines of source, tab, path. $1: digest.
COPY = f"""cd {MOUNT} && umask 002 || exit 1
tab=$(printf '\\t')
while IFS=$tab read -r from to; do
  to=.incoming-$1/$to
  mkdir -p "${{to%/*}}" && cp "$from" "$to" || exit 1
done"""

# Takes a large file, or the end of one, and says its checksum, which is computed while it comes. What cannot be written spoils the checksum.
# $1: digest, $2: path, $3: mode.
TAKE = f"""cd {MOUNT} && umask 002 || exit 1
{_SUM}
file=.incoming-$1/$2
mkdir -p "${{file%/*}}" && : >> "$file" && chmod "$3" "$file" || exit 1
{{ cat "$file" && tee -a "$file" || echo failed; }} | $sum"""

# Unpacks, checks and publishes. $1: digest, $2: number of files, then the digests of versions to remove.
RECEIVE = f"""cd {MOUNT} && umask 002 || exit 1
digest=$1; count=$2; shift 2
new=.incoming-$digest; version={PREFIX}$digest
rm -f .check
tar -xmof - || exit 21
# Missing where the stream was cut off between two files.
[ -e .check ] || exit 21
if [ -s .check ]; then
  {_SUM}
  found=$(cd "$new" && cut -c 67- ../.check | tr '\\n' '\\0' | xargs -0 $sum | sed 's/ [*]/  /' | LC_ALL=C sort)
  if [ "$found" != "$(LC_ALL=C sort .check)" ]; then printf '%s\\n' "$found"; exit 22; fi
fi
rm -f .check
found=$(find "$new" -type f | wc -l)
if [ "$found" -ne "$count" ]; then echo "$found"; exit 23; fi
sync -f "$new" 2>/dev/null || sync
mv "$new" "$version" || exit 24
{_REMOVE}"""

# What is there already becomes the newest. $1: digest, then the digests of versions to remove.
REUSE = f"""cd {MOUNT} || exit 1
touch "{PREFIX}$1"; shift
{_REMOVE}"""

# Makes room: removes finished versions, whose digests are the arguments.
REMOVE = f"""cd {MOUNT} || exit 1
{_REMOVE}"""


@dataclass(frozen=True, slots=True)
class Volume:
    """What LOOK tells: whether files can be linked, free bytes, finished versions (digests, the newest first), those that releases of the
    back end sync use, whether the wanted one is there, checksums of earlier versions by directory, and what the unfinished one has."""

    links: bool
    free: int
    versions: Sequence[str]
    used: frozenset[str]
    finished: bool
    earlier: Mapping[str, Mapping[str, str]]
    parts: Mapping[str, Part]


def volume(said: str) -> Volume:
    """Read what LOOK printed.

    :raises TritonError: it is something else.
    """
    sections = _sections(said)
    try:
        free = int(sections["room"][0].split()[3]) * 1024
    except (LookupError, ValueError) as error:
        raise TritonError(f"The pod does not tell how much room the volume has: {said[:500]!r}.") from error
    sums = parsed("\n".join(sections.get("partsums", ())))
    return Volume(
        "links" in sections,
        free,
        [line.removeprefix(PREFIX) for line in sections.get("versions", ())],
        frozenset(line.removeprefix(PREFIX) for line in sections.get("used", ())),
        "finished" in sections,
        {
            name.removeprefix("sums "): parsed("\n".join(lines))
            for name, lines in sections.items()
            if name.startswith("sums ")
        },
        {path: Part(links, size, sums.get(path, "")) for path, links, size in map(_part, sections.get("parts", ()))},
    )


def _sections(said: str) -> dict[str, list[str]]:
    sections: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in said.splitlines():
        if line.startswith("== "):
            lines = sections.setdefault(line[3:], [])
        else:
            lines.append(line)
    return sections


def _part(line: str) -> tuple[str, int, int]:
    links, size, path = line.split(" ", 2)
    return path.removeprefix("./"), int(links), int(size)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the pod is like, besides what it does."""

    namespace: str
    claim: str
    image: str
    pull_policy: str = "IfNotPresent"
    pull_secrets: Sequence[Any] = ()
    node_selector: Mapping[str, str] = field(default_factory=dict)
    tolerations: Sequence[Any] = ()
    supplemental_groups: Sequence[int] = ()
    deadline: int = 6 * 3600


def name_of(claim: str) -> str:
    """The pod's name: one pod a claim, so that two playbooks do not write at the same time."""
    return f"upload-{claim}"[:200].rstrip("-.")


def pod(
    wish: Wish, context: Mapping[str, Any], resources: Mapping[str, Any], claim_uid: str, node: str
) -> dict[str, Any]:
    """The pod's definition.

    :param context: chart values of the security context that the namespace allows: podSecurityContext, securityContext, podAnnotations.
    :param claim_uid: of the claim, with which the pod goes if nobody else removes it; "" where it is not there yet.
    :param node: the only node that can mount the claim, "" for any.
    """
    metadata: dict[str, Any] = {
        "name": name_of(wish.claim),
        "namespace": wish.namespace,
        "labels": {"app.kubernetes.io/managed-by": "inferops.triton", LABEL: "true"},
        "annotations": dict(context.get("podAnnotations") or {}),
    }
    if claim_uid:
        owner = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "name": wish.claim, "uid": claim_uid}
        metadata["ownerReferences"] = [owner]
    security = dict(context.get("podSecurityContext") or {})
    if wish.supplemental_groups:
        security["supplementalGroups"] = list(wish.supplemental_groups)
    container = {
        "name": CONTAINER,
        "image": wish.image,
        "imagePullPolicy": wish.pull_policy,
        "command": ["sh", "-c", MAIN],
        "resources": dict(resources),
        "securityContext": {**(context.get("securityContext") or {}), "readOnlyRootFilesystem": True},
        "volumeMounts": [{"name": "models", "mountPath": MOUNT}],
    }
    spec: dict[str, Any] = {
        "restartPolicy": "Never",
        "activeDeadlineSeconds": wish.deadline,
        "terminationGracePeriodSeconds": 2,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": security,
        "containers": [container],
        "volumes": [{"name": "models", "persistentVolumeClaim": {"claimName": wish.claim}}],
    }
    optional = {
        "imagePullSecrets": list(wish.pull_secrets),
        "nodeSelector": dict(wish.node_selector),
        "tolerations": list(wish.tolerations),
        "affinity": _on(node) if node else {},
    }
    spec.update({key: value for key, value in optional.items() if value})
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def _on(node: str) -> dict[str, Any]:
    """A rule for one node by name; the scheduler, unlike nodeName, still asks for room and taints."""
    term = {"matchFields": [{"key": "metadata.name", "operator": "In", "values": [node]}]}
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}}


def command(script: str, *arguments: str, bounded: int | None = None) -> list[str]:
    """A command that runs one of the scripts.

    :param bounded: for servers that cannot tell a command that its input has ended: the length of the input.
    """
    if bounded is None:
        return ["sh", "-c", script, "sh", *arguments]
    return [
        "sh",
        "-c",
        'n=$1; script=$2; shift 2; head -c "$n" | sh -c "$script" sh "$@"',
        "sh",
        str(bounded),
        script,
        *arguments,
    ]


def image_of(values: Mapping[str, Any]) -> tuple[str, str]:
    """Image and pull policy in values of the bundled chart, as its template writes them; "" where they name none."""
    image = values.get("image") or {}
    repository, tag, digest = (str(image.get(key) or "") for key in ("repository", "tag", "digest"))
    if not repository or not (tag or digest):
        return "", ""
    return (f"{repository}@{digest}" if digest else f"{repository}:{tag}"), str(
        image.get("pullPolicy") or "IfNotPresent"
    )


def users(pods: Iterable[Mapping[str, Any]], claim: str) -> list[Mapping[str, Any]]:
    """The pods that have the claim mounted or are about to, but the one that uploads."""
    return [
        one
        for one in pods
        if claim in _claims(one.get("spec") or {})
        and (one.get("status") or {}).get("phase") not in ("Succeeded", "Failed")
        and one["metadata"]["name"] != name_of(claim)
    ]


def pinned(specs: Iterable[Mapping[str, Any]], claim: str) -> set[str]:
    """The digests of the versions that pods of these specifications mount or read."""
    found: set[str] = set()
    for spec in specs:
        volumes = {
            volume["name"]
            for volume in spec.get("volumes") or ()
            if (volume.get("persistentVolumeClaim") or {}).get("claimName") == claim
        }
        for container in [*(spec.get("initContainers") or ()), *(spec.get("containers") or ())]:
            for mount in container.get("volumeMounts") or ():
                if mount.get("name") in volumes:
                    found.update(re.findall(rf"\b{PREFIX}([0-9a-f]{{64}})\b", mount.get("subPath") or ""))
    return found


def _claims(spec: Mapping[str, Any]) -> set[str]:
    return {
        volume["persistentVolumeClaim"].get("claimName")
        for volume in spec.get("volumes") or ()
        if volume.get("persistentVolumeClaim")
    }
