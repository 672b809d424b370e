# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The few requests to the API server that bringing a cluster up needs."""

from __future__ import annotations

import http.client
import json
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .settings import ClusterError

REQUEST_TIMEOUT_S = 5.0
POLL_INTERVAL_S = 0.1


@dataclass(frozen=True, slots=True)
class Api:
    """The API server of a cluster, as the user that sets it up."""

    address: str
    pki: Path

    def get(self, path: str) -> tuple[int, str]:
        """Status and body of a GET; raises OSError when there is no answer."""
        context = ssl.create_default_context(cafile=str(self.pki / "ca.crt"))
        base = self.pki / "clients" / "system:bootstrap"
        context.load_cert_chain(f"{base}.crt", f"{base}.key")
        connection = http.client.HTTPSConnection(self.address, 6443, timeout=REQUEST_TIMEOUT_S, context=context)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode()
        except http.client.HTTPException as error:
            raise OSError(str(error)) from error
        finally:
            connection.close()

    def read(self, path: str) -> dict[str, Any]:
        """The object at path, or an empty one when it is not there or the server does not answer."""
        try:
            status, body = self.get(path)
        except OSError:
            return {}
        return json.loads(body) if status == 200 else {}

    def answers(self, path: str) -> bool:
        """Whether a GET of path is answered with success."""
        try:
            return self.get(path)[0] == 200
        except OSError:
            return False

    def ready(self) -> bool:
        """Whether the server says that it is ready."""
        return self.answers("/readyz")


def wait_until(condition: Callable[[], bool], what: str, seconds: float, alive: Callable[[], bool]) -> None:
    """Wait for a condition; raises ClusterError when it takes too long or when the cluster has died."""
    deadline = time.monotonic() + seconds
    while not condition():
        if not alive():
            raise ClusterError(f"The cluster's processes ended before {what} was ready; see logs/supervisor.log.")
        if time.monotonic() > deadline:
            raise ClusterError(f"After {seconds:.0f} s {what} was still not ready; see the directory logs.")
        time.sleep(POLL_INTERVAL_S)
