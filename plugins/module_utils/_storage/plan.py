# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the user's list of repositories to one plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from .._errors import TritonError
from .._names import DNS_LABEL
from .azure import Azure
from .base import Backend, Plan, Target
from .claim import Claim
from .configmap import ConfigMapRepository
from .gcs import Gcs
from .image import Image
from .nfs import InlineNfs, Nfs
from .probe import wanted
from .s3 import S3
from .secret import SecretRepository
from .sync import Sync
from .upload import Upload

BACKENDS: Mapping[str, type[Backend]] = {
    "claim": Claim,
    "configmap": ConfigMapRepository,
    "secret": SecretRepository,
    "nfs": Nfs,
    "nfs_inline": InlineNfs,
    "s3": S3,
    "gcs": Gcs,
    "azure": Azure,
    "image": Image,
    "sync": Sync,
    "upload": Upload,
}


def plan_repositories(repositories: Sequence[Mapping[str, Any]], target: Target) -> list[Plan]:
    """One plan for each repository, in Triton's order.

    :param repositories: each has a ``name`` (default models, models-2, ...) and one back end with its options.
    :raises TritonError: a repository with no back end or two, names that clash, or what a back end refuses.
    """
    plans: list[Plan] = []
    names: set[str] = set()
    for number, repository in enumerate(repositories):
        name = repository.get("name") or ("models" if number == 0 else f"models-{number + 1}")
        if not DNS_LABEL.fullmatch(name):
            raise TritonError(f"Repository name {name!r} is no DNS label; use lower-case letters, digits and hyphens.")
        if name in names:
            raise TritonError(f"Two repositories are called {name}; give each a name of its own.")
        names.add(name)
        kind, options = _backend(name, repository)
        plan = BACKENDS[kind](**options).plan(name, target)
        plans.append(replace(plan, probe=wanted(name, kind, plan, options, repository.get("probe"))))
    return plans


def _backend(name: str, repository: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    given = [kind for kind in BACKENDS if repository.get(kind) is not None]
    if len(given) != 1:
        raise TritonError(
            f"Repository {name} names {' and '.join(given) or 'no back end'}; give exactly one of {', '.join(BACKENDS)}."
        )
    return given[0], {key: value for key, value in repository[given[0]].items() if value is not None}
