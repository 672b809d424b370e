# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the inventory plugin clusters asks of each cluster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._errors import TritonError
from .._kube.client import ApiError, Client, connect, path_of
from .._kube.facts import Unread, api_groups, platform_facts
from .._platform.detect import detect

GPU = "nvidia.com/gpu"


def facts(params: Mapping[str, Any]) -> dict[str, Any]:
    """Distribution, versions and GPUs of a cluster; ``reachable`` is false where it does not answer, and ``problem`` says why.

    :param params: connection options as modules have them.
    """
    try:
        client = connect(params)
        read = platform_facts(client, api_groups(client), Unread())
    except TritonError as error:
        return {"reachable": False, "problem": error.message}
    platform = detect(read)
    return {
        "reachable": True,
        "problem": "",
        "distribution": platform.distribution,
        "family": platform.family,
        "version": platform.version,
        "kubernetes_version": read.git_version,
        "gpus": _gpus(client),
    }


def _gpus(client: Client) -> int | None:
    """GPUs that pods may get, None where nodes may not be read."""
    try:
        nodes = client.request("GET", path_of("v1", "nodes")).get("items") or ()
    except ApiError as error:
        if error.status != 403:
            raise
        return None
    return sum(int(str(((node.get("status") or {}).get("allocatable") or {}).get(GPU) or 0)) for node in nodes)
