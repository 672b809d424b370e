# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small models in ConfigMaps, filled from a local repository; the tree is rebuilt by a projected volume."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .._errors import TritonError
from .._triton.repository import ModelFile, scan, unreadable
from .base import Plan, Target

# The API server refuses more than 1 MiB of data in one ConfigMap (core validation, MaxSecretSize).
LIMIT = 1024 * 1024
# etcd takes 1.5 MiB a request; twenty objects are the most that one pod should have to project.
MOST_OBJECTS = 20
# Triton would take the "..data" links of a mounted ConfigMap for models; below a directory there are none.
ROOT = "repository"
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r")


@dataclass(frozen=True, slots=True)
class ConfigMapRepository:
    """``path`` is the local repository."""

    path: str

    def plan(self, name: str, target: Target) -> Plan:
        """Read the files and lay them out over as few ConfigMaps as hold them."""
        root = Path(self.path).expanduser()
        models = scan(root)
        files = [file for model in models for file in model.files]
        bins = pack(files, root)
        try:
            keyed = [
                [(key_of(file.path), file.path, (root / file.path).read_bytes()) for file in group] for group in bins
            ]
        except OSError as error:
            raise unreadable(error) from error
        definitions = tuple(
            _definition(_object_name(name, target, number), target, [(key, data) for key, _path, data in group])
            for number, group in enumerate(keyed)
        )
        sources = [
            {
                "configMap": {
                    "name": definition["metadata"]["name"],
                    "items": [{"key": key, "path": f"{ROOT}/{path}"} for key, path, _data in group],
                }
            }
            for definition, group in zip(definitions, keyed, strict=True)
        ]
        entry = {"name": name, "subPath": ROOT, "volume": {"projected": {"sources": sources}}}
        return Plan(definitions, entry, _digest(keyed), tuple(model.name for model in models))


def pack(files: list[ModelFile], root: Path) -> list[list[ModelFile]]:
    """Distribute files over ConfigMaps, in order, so that none exceeds the limit.

    :raises TritonError: a file that fits into none, or more than MOST_OBJECTS ConfigMaps.
    """
    bins: list[list[ModelFile]] = []
    room = 0
    for file in files:
        if file.size > LIMIT:
            raise TritonError(
                f"{root / file.path} has {file.size} bytes, but a ConfigMap holds {LIMIT} at most; put the models on a claim, "
                "for example triton_model_repository: {claim: {name: models, size: 10Gi}}."
            )
        if not bins or file.size > room:
            bins.append([])
            room = LIMIT
        bins[-1].append(file)
        room -= file.size
    if len(bins) > MOST_OBJECTS:
        total = sum(file.size for file in files)
        raise TritonError(
            f"{root} has {total} bytes and would need {len(bins)} ConfigMaps, more than {MOST_OBJECTS}; put the models on a claim."
        )
    return bins


def key_of(path: str) -> str:
    """A ConfigMap key for a file: readable where it can be, and unique by a digest of the path."""
    readable = re.sub(r"[^-._a-zA-Z0-9]+", "_", path)[-200:].lstrip(".")
    return f"{readable}.{hashlib.sha256(path.encode()).hexdigest()[:8]}"


def _object_name(name: str, target: Target, number: int) -> str:
    # A dot, since another repository may be called NAME-2.
    return f"{target.release}-{name}" + (f".{number + 1}" if number else "")


def _definition(name: str, target: Target, entries: list[tuple[str, bytes]]) -> dict[str, Any]:
    text: dict[str, str] = {}
    binary: dict[str, str] = {}
    for key, data in entries:
        decoded = _text(data)
        if decoded is None:
            binary[key] = base64.b64encode(data).decode()
        else:
            text[key] = decoded
    definition: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": target.namespace, "labels": target.labels()},
    }
    if text:
        definition["data"] = text
    if binary:
        definition["binaryData"] = binary
    return definition


def _text(data: bytes) -> str | None:
    """The data as text, None where it is none: control characters would grow sixfold in JSON, beyond what a request may hold."""
    if data.translate(None, _CONTROLS) != data:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def _digest(groups: list[list[tuple[str, str, bytes]]]) -> str:
    digest = hashlib.sha256()
    for group in groups:
        for _key, path, data in group:
            digest.update(f"{path}\0{len(data)}\0".encode())
            digest.update(data)
    return digest.hexdigest()
