# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the module model_upload does: nothing where the claim has the version, else the steps of upload_steps.py."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .._errors import TritonError
from .._kube.client import connect, path_of
from .._storage import tarstream, versions
from .._triton.repository import ModelFile, scan


def run(params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Nothing where the claim names the version already; else a pod that takes what is missing."""
    started = time.monotonic()
    client = connect(params)
    namespace, claim = params["namespace"], params["claim"]
    live = client.get(path_of("v1", "persistentvolumeclaims", namespace, claim))
    found = versions.known(((live or {}).get("metadata") or {}).get("annotations"))
    repository = None if params.get("digest") else local(params)
    digest: str = repository.digest if repository else params["digest"]
    result = {"digest": digest, "directory": versions.directory(digest), "versions": found, "removed": []}
    if digest in found and not params["force"]:
        return {**result, **_figures(versions.Outcome(), started), "changed": False}
    if live is None and not check_mode:
        raise TritonError(f"Claim {claim} is not there in namespace {namespace}; make it first, or correct its name.")
    repository = repository or local(params)
    # A run that has nothing to send, which most have, takes a third less time without the engine that judges pods.
    from .upload_steps import Upload

    upload = Upload(client, params, repository, live)
    pod = upload.judged()
    planned = {"before": "\n".join(found), "before_header": f"claim {claim}", "after_header": f"claim {claim}"}
    if check_mode:
        outcome = versions.Outcome(sorted(repository.sums))
        outcome.notes.append(
            "Files that earlier versions on the claim have are not sent; the claim does not tell which these are."
        )
        diff = {**planned, "after": repository.lines}
        return {**result, **_figures(outcome, started), "changed": True, "diff": diff}
    outcome, there = upload.carry_out(pod)
    upload.record(there)
    diff = {**planned, "after": "\n".join(f"{repository.sums[path]}  {path}" for path in outcome.sent)}
    return {
        **result,
        **_figures(outcome, started),
        "versions": there,
        "removed": outcome.removed,
        "changed": True,
        "diff": diff,
    }


def local(params: Mapping[str, Any]) -> versions.Repository:
    """Look at the files, and read them unless their checksums are known.

    :raises TritonError: the repository is not what was planned any more.
    """
    root = Path(params["path"]).expanduser()
    files: list[ModelFile] = [file for model in scan(root) for file in model.files]
    lines = params.get("checksums") or versions.checksums(root, files)
    sums, digest = versions.parsed(lines), versions.digest_of(lines)
    if digest != (params.get("digest") or digest) or set(sums) != {file.path for file in files}:
        raise tarstream.changed(root)
    return versions.Repository(root, digest, lines, sums, {file.path: file.size for file in files})


def _figures(outcome: versions.Outcome, started: float) -> dict[str, Any]:
    return {
        "files": outcome.sent,
        "files_sent": len(outcome.sent),
        "files_unchanged": outcome.unchanged,
        "bytes_sent": outcome.bytes_sent,
        "seconds": round(time.monotonic() - started, 1),
        "notes": outcome.notes,
    }
