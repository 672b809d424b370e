# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API server's audit log as a witness: what a user wrote between two moments."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

WRITES = frozenset({"create", "update", "patch", "delete", "deletecollection"})
# Logged as create, but nothing is stored: questions to the API server, and connections through it.
REVIEWS = frozenset(
    {
        "selfsubjectaccessreviews",
        "selfsubjectreviews",
        "selfsubjectrulesreviews",
        "subjectaccessreviews",
        "localsubjectaccessreviews",
        "tokenreviews",
    }
)
CONNECTIONS = frozenset({"proxy", "portforward", "exec", "attach"})


@dataclass(frozen=True)
class Request:
    """One request: verb, plural resource with subresource, namespace, name, HTTP status and the URI it was made with."""

    verb: str
    resource: str
    namespace: str
    name: str
    code: int
    uri: str

    def __str__(self) -> str:
        return f"{self.verb} {self.resource} {self.namespace}/{self.name} ({self.code})"


class AuditLog:
    """Reads what is added to the log after mark()."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._start = 0

    def mark(self) -> None:
        """Count from here. The log is written before a request is answered, so nothing that was answered is missed."""
        self._start = self._path.stat().st_size

    def requests(self, user: str) -> list[Request]:
        """All requests of a user since the mark."""
        with self._path.open("rb") as log:
            log.seek(self._start)
            events = [json.loads(line) for line in log.read().splitlines()]
        return [_request(event) for event in events if event["user"].get("username") == user]

    def writes(self, user: str) -> list[Request]:
        """Those of the requests that could change something: no reviews, no dry runs, no connections."""
        return [request for request in self.requests(user) if is_write(request)]


def is_write(request: Request) -> bool:
    """Whether a request could change what the cluster stores."""
    resource, _slash, subresource = request.resource.partition("/")
    dry_run = "dryRun" in parse_qs(urlsplit(request.uri).query)
    return request.verb in WRITES and resource not in REVIEWS and subresource not in CONNECTIONS and not dry_run


def _request(event: dict[str, Any]) -> Request:
    target = event.get("objectRef") or {}
    resource = "/".join(filter(None, (target.get("resource", ""), target.get("subresource", ""))))
    code = (event.get("responseStatus") or {}).get("code", 0)
    return Request(
        event["verb"], resource, target.get("namespace", ""), target.get("name", ""), code, event["requestURI"]
    )
