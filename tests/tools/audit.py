# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the API server's audit log: the witness for "writes nothing". Pure but for reading the file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

WRITING = frozenset({"create", "update", "patch", "delete", "deletecollection"})
REVIEWS = frozenset({"authorization.k8s.io", "authentication.k8s.io"})
CONNECTING = frozenset({"proxy", "portforward", "exec", "attach"})


def is_write(event: Mapping[str, Any]) -> bool:
    """Whether a request changes something: reviews, dry runs and connections (an inference among them) do not."""
    target = event.get("objectRef", {})
    return (
        event["verb"] in WRITING
        and target.get("apiGroup") not in REVIEWS
        and target.get("subresource") not in CONNECTING
        and "dryRun" not in parse_qs(urlsplit(event["requestURI"]).query)
    )


def events(log: Path, offset: int, user: str) -> Iterator[Mapping[str, Any]]:
    """Completed requests of a user that the log tells after offset (bytes)."""
    with log.open("rb") as handle:
        handle.seek(offset)
        for line in handle:
            # The server may be in the middle of the last line.
            if line.endswith(b"\n"):
                event = json.loads(line)
                if event["stage"] == "ResponseComplete" and event["user"]["username"] == user:
                    yield event
