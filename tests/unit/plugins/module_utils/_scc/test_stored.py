# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What OpenShift fills in when it stores an SCC."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._scc.standard import standard
from ansible_collections.inferops.triton.plugins.module_utils._scc.stored import stored
from ansible_collections.inferops.triton.plugins.module_utils._scc.view import VOLUME_TYPES

ALL = sorted(VOLUME_TYPES.values())


@pytest.mark.parametrize(
    ("volumes", "host_path", "wanted"),
    [
        (None, True, ["*"]),
        (None, False, [kind for kind in ALL if kind != "hostPath"]),
        ([], True, ["hostPath"]),
        ([], False, ["none"]),
        (["secret", "nfs", "nfs"], False, ["nfs", "secret"]),
        (["secret"], True, ["hostPath", "secret"]),
        (["hostPath", "secret"], False, ["secret"]),
        (["*"], True, ["*"]),
        (["*", "secret"], True, ["*", "secret"]),
        (["*"], False, [kind for kind in ALL if kind != "hostPath"]),
        (["hostPath"], False, []),
    ],
)
def test_the_switch_for_host_paths_and_the_types_agree(volumes: Any, host_path: bool, wanted: list[str]) -> None:
    assert stored({"volumes": volumes, "allowHostDirVolumePlugin": host_path})["volumes"] == wanted


def test_what_is_missing() -> None:
    found = stored({"fsGroup": {"ranges": [{"min": 1}]}})
    assert found["fsGroup"] == {"type": "RunAsAny", "ranges": [{"min": 1}]}
    assert found["supplementalGroups"] == {"type": "RunAsAny"}
    assert (found["users"], found["groups"], found["allowPrivilegeEscalation"]) == ([], [], True)
    assert stored({"allowPrivilegeEscalation": False})["allowPrivilegeEscalation"] is False


@pytest.mark.parametrize("name", standard())
def test_the_standard_ones_are_stored_as_they_are(name: str) -> None:
    assert stored(standard()[name]) == standard()[name]
