# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command lines of helm 3 and 4. Values come by standard input and credentials by the kubeconfig, never here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .fingerprint import LABEL

Cluster = tuple[str, Mapping[str, Sequence[str]]]

OLDEST = (3, 13)
# API versions in one argument.
_TOGETHER = 300
_VERSION = re.compile(r"v(\d+)\.(\d+)(?:\.\S*)?")
# Go programs tell from which package they were built.
BUILT_FROM = b"path\thelm.sh/helm/v"


@dataclass(frozen=True, slots=True)
class Target:
    """A release and the chart that it is made of; ``version`` and ``repository`` are "" where the chart alone says it all."""

    name: str
    namespace: str
    chart: str
    version: str = ""
    repository: str = ""


def version_of(text: str) -> tuple[int, int] | None:
    """Major and minor version from what ``helm version --short`` prints, None where it prints something else."""
    found = _VERSION.match(text.strip())
    return (int(found[1]), int(found[2])) if found else None


def template(target: Target, major: int, upgrade: bool, cluster: Cluster | None) -> list[str]:
    """Render with the cluster's own version and APIs.

    :param upgrade: whether the release is there already.
    :param cluster: Kubernetes' version and the API groups with their versions, to render without asking the cluster; None to ask it,
        so that ``lookup`` finds what is there.
    """
    if cluster is None:
        # What changes is shown to the server later, by dry runs.
        mode = ["--dry-run=server", "--disable-openapi-validation", *(["--validate"] if major == 3 else [])]
    else:
        version, groups = cluster
        served = [f"{group}/{one}" if group else one for group, versions in groups.items() for one in versions]
        mode = [f"--kube-version={version}", f"--api-versions={','.join(served)}"]
    return ["template", target.name, *_chart(target), *mode, *(["--is-upgrade"] if upgrade else []), "--values=-"]


def capture(
    target: Target, major: int, upgrade: bool, cluster: tuple[str, Sequence[str]], lookup: bool, keep: str = ""
) -> list[str]:
    """Render all that a chart comes to, whatever the cluster serves: objects, hooks and the definitions of kinds.

    :param cluster: Kubernetes' version, and all API versions and kinds as ``group/version`` and ``group/version/Kind``.
    :param lookup: whether templates may look at the cluster.
    :param keep: name of a post-renderer that keeps what it gets: helm 4 looks at the cluster only where it also asks it whether it serves all
        kinds, so that what it prints is not to be had.
    """
    version, served = cluster
    # No argument of a command may be longer than 128 KiB.
    parts = [served[start : start + _TOGETHER] for start in range(0, len(served), _TOGETHER)]
    mode = [f"--kube-version={version}", *(f"--api-versions={','.join(part)}" for part in parts), "--include-crds"]
    if lookup:
        mode = ["--dry-run=server", "--disable-openapi-validation", *([f"--post-renderer={keep}"] if keep else mode)]
    return ["template", target.name, *_chart(target), *mode, *(["--is-upgrade"] if upgrade else []), "--values=-"]


def upgrade(target: Target, major: int, fingerprint: str, options: Sequence[str]) -> list[str]:
    """Install or upgrade, with exactly the values given, and keep the fingerprint."""
    # Else a Deployment that somebody edited by server-side apply, or under helm 3, would be a conflict.
    forced = ["--server-side=true", "--force-conflicts"] if major >= 4 else []
    label = f"--labels={LABEL}={fingerprint}"
    exactly = ["--install", "--reset-values", "--values=-", label, "--output=json"]
    return ["upgrade", target.name, *_chart(target), *exactly, *forced, *options]


def rollback(target: Target, major: int, revision: int, options: Sequence[str]) -> list[str]:
    """Bring an earlier revision back, as a new one."""
    # As for an upgrade: else what somebody edited, or another helm wrote, would be a conflict.
    forced = ["--server-side=true", "--force-conflicts"] if major >= 4 else []
    return ["rollback", target.name, str(revision), f"--namespace={target.namespace}", *forced, *options]


def uninstall(target: Target, keep_history: bool, options: Sequence[str]) -> list[str]:
    """Uninstall all objects but those that are to be kept."""
    kept = ["--keep-history"] if keep_history else []
    return ["uninstall", target.name, f"--namespace={target.namespace}", *kept, *options]


def pull(target: Target, folder: str) -> list[str]:
    """Fetch a chart that is not on this machine."""
    return ["pull", *_reference(target), f"--destination={folder}"]


def _chart(target: Target) -> list[str]:
    return [*_reference(target), f"--namespace={target.namespace}"]


def _reference(target: Target) -> list[str]:
    version = [f"--version={target.version}"] if target.version else []
    repository = [f"--repo={target.repository}"] if target.repository else []
    return [target.chart, *version, *repository]
