# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OCI archives of one static program each, made without any tool."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any

USER = "65532:65532"  # any but root; on OpenShift the namespace's range replaces it


def write_archive(archive: Path, reference: str, program: Path) -> None:
    """Write an archive with the image `reference` (host/name:tag) that holds and starts /NAME-OF-PROGRAM."""
    blobs: dict[str, bytes] = {}
    layer = _layer(program)
    packed = gzip.compress(layer, compresslevel=1, mtime=0)
    config = {
        "architecture": "amd64",
        "os": "linux",
        "config": {"Entrypoint": [f"/{program.name}"], "User": USER, "WorkingDir": "/"},
        "rootfs": {"type": "layers", "diff_ids": [_digest(layer)]},
        "history": [{"created_by": f"ADD {program.name}"}],
    }
    manifest_type = "application/vnd.oci.image.manifest.v1+json"
    manifest = {
        "schemaVersion": 2,
        "mediaType": manifest_type,
        "config": _add(blobs, "application/vnd.oci.image.config.v1+json", json.dumps(config).encode()),
        "layers": [_add(blobs, "application/vnd.oci.image.layer.v1.tar+gzip", packed)],
    }
    entry = _add(blobs, manifest_type, json.dumps(manifest).encode())
    entry["annotations"] = {"io.containerd.image.name": reference, "org.opencontainers.image.ref.name": reference}
    index = {"schemaVersion": 2, "manifests": [entry]}
    with tarfile.open(archive, "w") as tar:
        _put(tar, "oci-layout", json.dumps({"imageLayoutVersion": "1.0.0"}).encode())
        _put(tar, "index.json", json.dumps(index).encode())
        for digest, data in blobs.items():
            _put(tar, f"blobs/sha256/{digest.removeprefix('sha256:')}", data)


def _layer(program: Path) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for folder in ("tmp", "etc"):
            info = tarfile.TarInfo(folder)
            info.type, info.mode = tarfile.DIRTYPE, 0o1777 if folder == "tmp" else 0o755
            tar.addfile(info)
        _put(tar, program.name, program.read_bytes(), mode=0o755)
    return buffer.getvalue()


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
