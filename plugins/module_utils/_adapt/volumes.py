# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Volumes that name a server or a directory of the node become volumes of the storage back ends ``nfs`` and ``claim``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from .._errors import TritonError
from .._storage.base import Object, Plan, Target
from .._storage.claim import Claim
from .._storage.nfs import Nfs
from .step import Storage

CLAIM, NFS = "claim", "nfs"
_LABEL = re.compile(r"[^a-z0-9-]+")


@dataclass(frozen=True, slots=True)
class Placed:
    """What takes a volume's place, with the objects that it needs: those of the namespace, and those that an administrator makes.

    ``sub_path``: the directory inside the volume that counts, "" for all of it.
    """

    volume: dict[str, Any]
    sub_path: str
    definitions: tuple[Object, ...]
    cluster_definitions: tuple[Object, ...]


def placed(storage: Storage, wishes: Mapping[str, Any], target: Target) -> Placed:
    """The back end for a volume.

    :param wishes: by the volume's name, or the workload's and the volume's with a slash between, ``claim`` or ``nfs`` with their options; an inline
        nfs volume needs none.
    :raises TritonError: a wish that is none, or a directory of a node for which there is none.
    """
    name = str(storage.source.get("name"))
    plan = _plan(storage, name, wishes, target)
    volume = {"name": name, **plan.entry["volume"]}
    source = next((value for key, value in storage.source.items() if key != "name"), None)
    if isinstance(source, Mapping) and source.get("readOnly"):
        volume["persistentVolumeClaim"] = {**volume["persistentVolumeClaim"], "readOnly": True}
    return Placed(volume, str(plan.entry.get("subPath") or ""), plan.definitions, plan.cluster_definitions)


def wish_for(wishes: Mapping[str, Any], workload: str, volume: Any) -> Any:
    """What is wished for a volume, None for nothing."""
    own = wishes.get(f"{workload}/{volume}")
    return wishes.get(str(volume)) if own is None else own


def _plan(storage: Storage, name: str, wishes: Mapping[str, Any], target: Target) -> Plan:
    # As the back ends name claims: the release, and what it is for.
    label = _LABEL.sub("-", storage.claim.removeprefix(f"{target.release}-").lower()).strip("-")
    wish, nfs = wish_for(wishes, storage.name, name), storage.source.get("nfs")
    what = f"Volume {name} of {storage.kind} {storage.name}"
    if wish is None and isinstance(nfs, Mapping):
        wish = {NFS: {}}
    if wish is None:
        path = (storage.source.get("hostPath") or {}).get("path")
        raise TritonError(
            f"{what} is the directory {path} of a node; say what takes its place, such as volumes: {{{name}: {{claim: {{size: 10Gi}}}}}}."
        )
    if not isinstance(wish, Mapping) or len(wish) != 1 or next(iter(wish)) not in (CLAIM, NFS):
        raise TritonError(
            f"{what} is to become {wish!r}; give claim or nfs with its options, such as claim: {{size: 10Gi}}."
        )
    ((kind, given),) = wish.items()
    known = [field.name for field in fields(Claim if kind == CLAIM else Nfs)]
    if given is not None and not isinstance(given, Mapping):
        raise TritonError(f"{what} is to become {kind}: {given!r}; give its options ({', '.join(known)}) in its place.")
    options = dict(given or {})
    unknown = [str(option) for option in options if option not in known]
    if unknown:
        raise TritonError(f"{what}: {kind} has no option {', '.join(unknown)}; choose from {', '.join(known)}.")
    try:
        if kind == CLAIM:
            return Claim(**options).plan(label, target)
        own = {"server": nfs.get("server"), "path": nfs.get("path")} if isinstance(nfs, Mapping) else {}
        return Nfs(**{**own, **options}).plan(label, target)
    except (TypeError, AttributeError) as error:
        raise TritonError(
            f"{what}: {kind} is given {json.dumps(options, default=str)}, of which an option is missing or no text; complete it."
        ) from error
