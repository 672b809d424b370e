# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._kube.client import Client, connect


@pytest.fixture
def client(connection: dict[str, Any]) -> Client:
    """A connection to the double of the API server."""
    return connect(connection)
