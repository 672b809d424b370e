# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a connection to an API server is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Credentials:
    """An API server and who asks it.

    ``server`` is its URL without a slash at the end; ``pool`` is an ``urllib3.PoolManager`` with TLS and proxy set;
    ``authorization`` gives the headers that say who asks, anew for each request, since tokens are renewed; ``ca_file`` and
    ``ca_data`` are where the CA bundle in use stands (PEM), both None where the system's is used; ``sections`` gives what a
    kubeconfig has to say for the same in its sections cluster and user, with empty values for what does not apply.
    """

    server: str
    pool: Any
    authorization: Callable[[], Mapping[str, str]]
    sections: Callable[[], tuple[Mapping[str, Any], Mapping[str, Any]]]
    ca_file: str | None = None
    ca_data: str | None = None


def absolute(path: str | None) -> str | None:
    """A path that holds in another folder, too."""
    return str(Path(path).expanduser().absolute()) if path else None
