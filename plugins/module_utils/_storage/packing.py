# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A local repository in objects of at most 1 MiB each; the tree is rebuilt by a projected volume."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .._errors import TritonError
from .._triton.findings import inspect
from .._triton.repository import ModelFile, unreadable
from .base import Plan, Target

# The API server refuses more than 1 MiB of data in one ConfigMap or Secret (core validation, MaxSecretSize).
LIMIT = 1024 * 1024
# etcd takes 1.5 MiB a request; twenty objects are the most that one pod should have to project.
MOST_OBJECTS = 20
# Triton would take the "..data" links of a mounted ConfigMap or Secret for models; below a directory there are none.
ROOT = "repository"
# Of the digest that stands in an object's name.
DIGITS = 10
ALTERNATIVES = (
    "put the models on a claim, for example triton_model_repository: {claim: {name: models, size: 10Gi}}, into an object store (s3, gcs, "
    "azure), or into an image"
)


@dataclass(frozen=True, slots=True)
class Packed:
    """A file with the key that it gets in its object."""

    key: str
    path: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Kind:
    """What makes ConfigMaps and Secrets different: kind, field of the projected volume's source, and how data is written."""

    kind: str
    source: str
    contents: Callable[[list[Packed]], dict[str, Any]]


def planned(path: str, kind: Kind, name: str, target: Target) -> Plan:
    """Read the files and lay them out over as few objects as hold them."""
    root = Path(path).expanduser()
    inspected = inspect(root)
    models = inspected.models
    files = [file for model in models for file in model.files]
    bins = pack(files, root, kind.kind)
    try:
        groups = [
            [
                Packed(key_of(file.path), file.path, (root / file.path).read_bytes() if file.size else b"")
                for file in group
            ]
            for group in bins
        ]
    except OSError as error:
        raise unreadable(error) from error
    digest = _digest(groups)
    names = [_object_name(name, target, digest, number) for number in range(len(groups))]
    definitions = tuple(
        {"apiVersion": "v1", "kind": kind.kind, "metadata": target.metadata(own), **kind.contents(group)}
        for own, group in zip(names, groups, strict=True)
    )
    sources = [
        {kind.source: {"name": own, "items": [{"key": file.key, "path": f"{ROOT}/{file.path}"} for file in group]}}
        for own, group in zip(names, groups, strict=True)
    ]
    entry = {"name": name, "subPath": ROOT, "volume": {"projected": {"sources": sources}}}
    names_of_models = tuple(model.name for model in models)
    return Plan(definitions, entry, digest, names_of_models, findings=inspected.findings)


def pack(files: list[ModelFile], root: Path, kind: str) -> list[list[ModelFile]]:
    """Distribute files over objects, in order, so that none exceeds the limit.

    :raises TritonError: a file that fits into none, or more than MOST_OBJECTS objects.
    """
    bins: list[list[ModelFile]] = []
    room = 0
    for file in files:
        if file.size > LIMIT:
            raise TritonError(
                f"{root / file.path} has {file.size} bytes, but a {kind} holds {LIMIT} at most; {ALTERNATIVES}."
            )
        if not bins or file.size > room:
            bins.append([])
            room = LIMIT
        bins[-1].append(file)
        room -= file.size
    if len(bins) > MOST_OBJECTS:
        total = sum(file.size for file in files)
        raise TritonError(
            f"{root} has {total} bytes and would need {len(bins)} {kind}s, more than {MOST_OBJECTS}; {ALTERNATIVES}."
        )
    return bins


def key_of(path: str) -> str:
    """A key for a file: readable where it can be, and unique by a digest of the path."""
    readable = re.sub(r"[^-._a-zA-Z0-9]+", "_", path)[-200:].lstrip(".")
    return f"{readable}.{hashlib.sha256(path.encode()).hexdigest()[:8]}"


def encoded(data: bytes) -> str:
    """Data as the API takes bytes."""
    return base64.b64encode(data).decode()


def _object_name(name: str, target: Target, digest: str, number: int) -> str:
    # By content: an earlier revision of the release finds the models that it was made with.
    return f"{target.release}-{name}-{digest[:DIGITS]}" + (f".{number + 1}" if number else "")


def _digest(groups: list[list[Packed]]) -> str:
    digest = hashlib.sha256()
    for group in groups:
        for file in group:
            digest.update(f"{file.path}\0{len(file.data)}\0".encode())
            digest.update(file.data)
    return digest.hexdigest()
