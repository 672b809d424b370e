# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Models copied from an object store before Triton starts, into immutable directories named by their content."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._errors import TritonError
from .base import Plan, Target
from .claim import Claim
from .cloud import variable
from .image import PULL_POLICIES, REFERENCE
from .quantity import size_in_bytes
from .sync_script import SCRIPT
from .sync_source import Source, source_of

IMAGE = "docker.io/rclone/rclone:1.76.0"
DIGEST = re.compile(r"sha256[-:]([0-9a-f]{64})")
# As rclone takes it: bytes a second, by default in KiB.
BANDWIDTH = re.compile(r"[0-9]+(\.[0-9]+)?[BKMG]?")
VARIABLE = re.compile(r"RCLONE_[A-Z0-9_]+")
CREDENTIAL = re.compile(r"SECRET|PASS|TOKEN|CREDENTIAL|(ACCESS|ACCOUNT|SOURCE)_KEY|SAS_URL")
# In a volume that pods share, the version that the old pods of a release serve is kept beside the new one.
FEWEST_KEPT = 2
MOST_TRANSFERS = 64
# Eight transfers with 8 MiB each, and rclone itself; namespaces with a quota admit no container without them.
RESOURCES: Mapping[str, Any] = {
    "requests": {"cpu": "100m", "memory": "128Mi"},
    "limits": {"cpu": "2", "memory": "512Mi"},
}


@dataclass(frozen=True, slots=True)
class Sync:
    """``s3``, ``gcs`` or ``azure`` is the source, with the options of that back end.

    The copy lies on ``claim`` (with the options of that back end), where the last ``keep`` versions of the release stay, or in an emptyDir of
    at most ``size``. ``digest`` pins the version. ``image`` needs sh with the usual tools, and rclone, which ``env`` sets up further
    (RCLONE_*). ``bandwidth`` is rclone's --bwlimit.
    """

    s3: Mapping[str, Any] | None = None
    gcs: Mapping[str, Any] | None = None
    azure: Mapping[str, Any] | None = None
    claim: Mapping[str, Any] | None = None
    size: str = ""
    keep: int = 3
    digest: str = ""
    image: str = IMAGE
    pull_policy: str = ""
    transfers: int = 8
    bandwidth: str = ""
    env: Mapping[str, str] | None = None
    resources: Mapping[str, Any] | None = None

    def plan(self, name: str, target: Target) -> Plan:
        """Triton reads a link that the init container points to one version, so nothing that others copy changes what it serves."""
        self._check(name)
        source = source_of(name, {"s3": self.s3, "gcs": self.gcs, "azure": self.azure}, target)
        access = source.access
        claim = self._claim(name, target)
        data, link = f"sync-{name}", f"link-{name}"
        volume = claim.entry["volume"] if claim else {"emptyDir": {"sizeLimit": self.size} if self.size else {}}
        mounts: list[dict[str, Any]] = [
            {"name": data, "mountPath": f"/var/lib/triton-models/{name}"},
            {"name": link, "mountPath": f"/models/{name}"},
        ]
        if claim and "subPath" in claim.entry:
            mounts[0]["subPath"] = claim.entry["subPath"]
        return Plan(
            (*access.definitions, *(claim.definitions if claim else ())),
            {"name": name, "uri": f"/models/{name}/current"},
            access.digest,
            volumes=({"name": data, **volume}, {"name": link, "emptyDir": {}}, *access.volumes),
            mounts=tuple({**mount, "readOnly": True} for mount in mounts),
            init_containers=(self._container(name, source, mounts, target),),
            service_account_annotations=access.service_account_annotations,
            pod_labels=access.pod_labels,
            notes=(*(claim.notes if claim else ()), *self._notes(name, source.uri)),
            warnings=access.warnings,
        )

    def _check(self, name: str) -> None:
        """Refuse what the container could only find out in the cluster.

        :raises TritonError: options that contradict each other, or are none.
        """
        if self.claim and self.size:
            raise TritonError(
                f"Repository {name}: sync has both claim and size; size limits an emptyDir, and the size of a new claim stands in claim."
            )
        if self.size:
            size_in_bytes(self.size, f"the copy of repository {name}")
        if self.claim and self.keep < FEWEST_KEPT:
            raise TritonError(
                f"Repository {name}: keep is {self.keep}, but on a claim at least {FEWEST_KEPT} versions are kept: the new one, and the one "
                "that pods still serve."
            )
        if self.claim and list(self.claim.get("access_modes") or ()) == ["ReadOnlyMany"]:
            raise TritonError(
                f"Repository {name}: sync writes to its claim, which access_modes ReadOnlyMany does not allow; ask for ReadWriteMany or "
                "ReadWriteOnce."
            )
        if self.digest and not DIGEST.fullmatch(self.digest):
            raise TritonError(
                f"Repository {name}: digest is {self.digest!r}; write it like sha256- and 64 hexadecimal digits, as the pod's log tells it."
            )
        for option, value, rule, example in (
            ("image", self.image, REFERENCE, IMAGE),
            ("bandwidth", self.bandwidth, BANDWIDTH, "20M (MiB a second)"),
        ):
            if value and not rule.fullmatch(value):
                raise TritonError(f"Repository {name}: {option} of sync is {value!r}; write it like {example}.")
        if self.pull_policy and self.pull_policy not in PULL_POLICIES:
            raise TritonError(
                f"Repository {name}: pull_policy is {self.pull_policy!r}; choose from {', '.join(PULL_POLICIES)}."
            )
        if not 1 <= self.transfers <= MOST_TRANSFERS:
            raise TritonError(
                f"Repository {name}: transfers is {self.transfers}; give a number from 1 to {MOST_TRANSFERS}."
            )
        wrong = [key for key in self.env or {} if not VARIABLE.fullmatch(key)]
        if wrong:
            raise TritonError(
                f"Repository {name}: env of sync sets {wrong[0]}, but it is for rclone's own variables, as RCLONE_S3_CHUNK_SIZE."
            )

        secret = [key for key in self.env or {} if CREDENTIAL.search(key)]
        if secret:
            raise TritonError(
                f"Repository {name}: env of sync sets {secret[0]}, which everybody could read in the pod; give credentials as existing_secret, "
                "or as values of the source."
            )

    def _claim(self, name: str, target: Target) -> Plan | None:
        if not self.claim:
            return None
        return Claim(**{key: value for key, value in self.claim.items() if value is not None}).plan(name, target)

    def _notes(self, name: str, uri: str) -> tuple[str, ...]:
        if self.digest:
            return ()
        return (
            f"Repository {name} serves what {uri} has when a pod starts, so pods can differ after it was changed; digest pins one version.",
        )

    def _container(self, name: str, source: Source, mounts: list[dict[str, Any]], target: Target) -> dict[str, Any]:
        pinned = DIGEST.fullmatch(self.digest)
        data, link = (mount["mountPath"] for mount in mounts)
        settings = {
            "SYNC_VOLUME": data,
            "SYNC_LINK": link,
            "SYNC_REMOTE": source.remote,
            "SYNC_SOURCE": source.uri,
            # A volume may be shared by namespaces, as an export of NFS can be.
            "SYNC_USER": f"{target.namespace}.{target.release}.{name}",
            "SYNC_KEEP": str(self.keep if self.claim else 1),
            "SYNC_DIGEST": f"sha256-{pinned[1]}" if pinned else "",
            "SYNC_ROOM": str(size_in_bytes(self.size, name)) if self.size else "",
            "SYNC_TRANSFERS": str(self.transfers),
            "SYNC_BANDWIDTH": self.bandwidth,
            "SYNC_ANONYMOUS": source.anonymous,
            # The root file system is read-only.
            "HOME": f"{link}/.work",
            "TMPDIR": f"{link}/.work",
        }
        variables = [*(variable(key, value) for key, value in settings.items() if value), *source.env]
        variables += [variable(key, str(value)) for key, value in (self.env or {}).items()]
        container: dict[str, Any] = {
            "name": f"sync-{name}",
            "image": self.image,
            "command": ["sh", "-c", SCRIPT],
            # What is named later replaces what was named before.
            "env": list({item["name"]: item for item in variables}.values()),
            "resources": dict(self.resources or RESOURCES),
            "terminationMessagePolicy": "FallbackToLogsOnError",
            "securityContext": {
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
                "readOnlyRootFilesystem": True,
            },
            "volumeMounts": [*mounts, *source.mounts],
        }
        if self.pull_policy:
            container["imagePullPolicy"] = self.pull_policy
        return container
