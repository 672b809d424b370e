# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OCI archives of static programs, made without any tool."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

USER = "65532:65532"  # any but root; on OpenShift the namespace's range replaces it


@dataclass(frozen=True, slots=True)
class Content:
    """What an image holds and how it starts: programs by their path in it, links, and fields of its configuration."""

    programs: Mapping[str, Path]
    links: Mapping[str, str] = field(default_factory=dict)
    folders: tuple[str, ...] = ()
    config: Mapping[str, Any] = field(default_factory=dict)


def one_program(program: Path) -> Content:
    """An image that holds and starts /NAME-OF-PROGRAM."""
    return Content({program.name: program}, config={"Entrypoint": [f"/{program.name}"]})


def write_archive(archive: Path, reference: str, content: Content, *, by_digest: bool = False) -> str:
    """Write an archive with the image `reference` (host/name:tag); returns its reference by digest, which the archive has if asked for."""
    blobs: dict[str, bytes] = {}
    layer = _layer(content)
    packed = gzip.compress(layer, compresslevel=1, mtime=0)
    config = {
        "architecture": "amd64",
        "os": "linux",
        "config": {"User": USER, "WorkingDir": "/", **content.config},
        "rootfs": {"type": "layers", "diff_ids": [_digest(layer)]},
        "history": [{"created_by": f"ADD {' '.join(content.programs)}"}],
    }
    manifest_type = "application/vnd.oci.image.manifest.v1+json"
    manifest = {
        "schemaVersion": 2,
        "mediaType": manifest_type,
        "config": _add(blobs, "application/vnd.oci.image.config.v1+json", json.dumps(config).encode()),
        "layers": [_add(blobs, "application/vnd.oci.image.layer.v1.tar+gzip", packed)],
    }
    entry = _add(blobs, manifest_type, json.dumps(manifest).encode())
    pinned = f"{reference.rpartition(':')[0]}@{entry['digest']}"
    names = [reference, pinned] if by_digest else [reference]
    index = {"schemaVersion": 2, "manifests": [{**entry, "annotations": _named(name)} for name in names]}
    with tarfile.open(archive, "w") as tar:
        _put(tar, "oci-layout", json.dumps({"imageLayoutVersion": "1.0.0"}).encode())
        _put(tar, "index.json", json.dumps(index).encode())
        for digest, data in blobs.items():
            _put(tar, f"blobs/sha256/{digest.removeprefix('sha256:')}", data)
    return pinned


def _named(name: str) -> dict[str, str]:
    return {"io.containerd.image.name": name, "org.opencontainers.image.ref.name": name}


def _layer(content: Content) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for folder in sorted({"tmp", "etc", *content.folders, *map(str, _parents(content))}):
            info = tarfile.TarInfo(folder)
            info.type, info.mode = tarfile.DIRTYPE, 0o1777 if folder == "tmp" else 0o755
            tar.addfile(info)
        for name, program in content.programs.items():
            _put(tar, name, program.read_bytes(), mode=0o755)
        for name, target in content.links.items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = tarfile.SYMTYPE, target
            tar.addfile(info)
    return buffer.getvalue()


def _parents(content: Content) -> set[PurePosixPath]:
    paths = [PurePosixPath(name) for name in (*content.programs, *content.links)]
    return {parent for path in paths for parent in path.parents if parent.name}


def _put(tar: tarfile.TarFile, name: str, data: bytes, mode: int = 0o644) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(data), mode
    tar.addfile(info, io.BytesIO(data))


def _add(blobs: dict[str, bytes], media_type: str, data: bytes) -> dict[str, Any]:
    """Keep a blob and return its descriptor."""
    digest = _digest(data)
    blobs[digest] = data
    return {"mediaType": media_type, "digest": digest, "size": len(data)}


def _digest(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()
