# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One digest of all that rendering a release depends on, kept with the release."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

LABEL = "inferops.triton/fingerprint"
# Label values have 63 characters at most; behind the fingerprint stands the number of its revision.
_DIGITS = 52
# Another number makes all fingerprints differ, for releases that a changed collection has to look at anew.
_SCHEME = "1"


def fingerprint(
    chart: Mapping[str, bytes] | str,
    values: Mapping[str, Any],
    release: tuple[str, str],
    cluster: tuple[str, Mapping[str, Sequence[str]]],
    helm: str,
    adapting: Any = None,
) -> str:
    """SHA-256 (hexadecimal, cut off to fit a label) over chart, values, names, the cluster's version and APIs, and helm's major version.

    :param chart: its files by path, or the digest of one that is known by it.
    :param release: name and namespace.
    :param cluster: Kubernetes' version and the API groups with their versions.
    :param adapting: what adapting the chart depends on, as JSON, None where it is installed as it is.
    """
    state = hashlib.sha256()
    files = {"": chart.encode()} if isinstance(chart, str) else chart
    for path, content in sorted(files.items()):
        _add(state, path.encode(), content)
    version, groups = cluster
    served = {group: sorted(versions) for group, versions in groups.items()}
    settings = [_SCHEME, values, list(release), version, served, helm, *([] if adapting is None else [adapting])]
    _add(state, json.dumps(settings, sort_keys=True, separators=(",", ":"), default=str).encode())
    return state.hexdigest()[:_DIGITS]


def label(mark: str, revision: int) -> str:
    """The label's value for a revision: Helm hands labels on to the next one, which is not of this making."""
    return f"{mark}.{revision}"


def unlabelled(value: str, revision: int) -> str:
    """The fingerprint that a label says of this revision, "" for none, or that of an earlier one."""
    mark, _dot, number = value.rpartition(".")
    return mark if number == str(revision) else ""


def _add(state: Any, *parts: bytes) -> None:
    """Length and content, so that borders between parts count."""
    for part in parts:
        state.update(len(part).to_bytes(8, "big") + part)
