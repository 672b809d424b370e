# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._release import stored


def secret(data: bytes, **labels: str) -> dict[str, Any]:
    """As helm makes it: its own base64, then that of the API."""
    twice = base64.b64encode(base64.b64encode(data)).decode()
    metadata = {"name": "sh.helm.release.v1.triton.v2", "labels": {"owner": "helm", "name": "triton", **labels}}
    return {"metadata": metadata, "data": {"release": twice}}


RELEASE = {
    "name": "triton",
    "namespace": "ns",
    "version": 2,
    "info": {"status": "pending-upgrade"},
    "manifest": "---\nkind: Service\n",
    "hooks": [{"manifest": "kind: Job"}],
    "config": {"replicas": 2},
    "chart": {"metadata": {"name": "triton", "version": "1.0.0"}},
}


def test_decode() -> None:
    read = stored.decode(
        secret(gzip.compress(json.dumps(RELEASE).encode()), **{"inferops.triton/fingerprint": "abc.2"})
    )
    assert (read.revision, read.status, read.fingerprint) == (2, "pending-upgrade", "abc")
    assert (read.manifest, read.hooks) == ("---\nkind: Service\n", ["kind: Job"])
    assert (read.values, read.chart) == ({"replicas": 2}, {"name": "triton", "version": "1.0.0"})


@pytest.mark.parametrize("label", ["abc.1", "abc", "abc.22", ""])
def test_a_fingerprint_of_another_revision_is_none(label: str) -> None:
    # Helm hands labels on: this revision may be one that somebody made by hand.
    read = stored.decode(secret(gzip.compress(json.dumps(RELEASE).encode()), **{"inferops.triton/fingerprint": label}))
    assert read.fingerprint == ""


def test_releases_of_old_were_not_packed() -> None:
    assert stored.decode(secret(json.dumps(RELEASE).encode())).revision == 2


def test_a_release_without_values() -> None:
    read = stored.decode(secret(json.dumps({"version": 1, "config": None, "hooks": None}).encode()))
    assert (read.values, read.hooks, read.chart, read.status, read.fingerprint) == ({}, [], {}, "unknown", "")


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\x1f\x8b\x08 broken", gzip.compress(b"{}", mtime=0)[:-9]])
def test_what_is_no_release(data: bytes) -> None:
    with pytest.raises(TritonError) as caught:
        stored.decode(secret(data))
    assert "sh.helm.release.v1.triton.v2" in caught.value.message
    assert "Nothing was written." in caught.value.message


def test_a_secret_without_the_key() -> None:
    with pytest.raises(TritonError, match="KeyError"):
        stored.decode({"metadata": {"name": "x"}})


def test_newest_counts_in_numbers() -> None:
    secrets = [secret(b"", version=str(number)) for number in (2, 10, 9)]
    newest = stored.newest(secrets)
    assert newest is not None and newest["metadata"]["labels"]["version"] == "10"
    assert stored.newest([]) is None


def test_as_failed_changes_the_status_and_nothing_else() -> None:
    read = stored.decode(secret(gzip.compress(json.dumps(RELEASE).encode()), status="pending-upgrade", version="2"))
    failed = stored.as_failed(read, "Broken off")
    assert failed["metadata"]["labels"] == {"owner": "helm", "name": "triton", "status": "failed", "version": "2"}
    again = stored.decode(failed)
    assert again.status == "failed"
    assert {**again.release, "info": None} == {**RELEASE, "info": None}
