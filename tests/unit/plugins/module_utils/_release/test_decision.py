# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._release import decision
from ansible_collections.inferops.triton.plugins.module_utils._release.objects import Manifest
from ansible_collections.inferops.triton.plugins.module_utils._release.stored import Stored

SERVICE = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x"}}
HOOK = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "h", "annotations": {"helm.sh/hook": "test"}}}
CHART = {"name": "c", "version": "1", "appVersion": "1"}


def stored(status: str, **release: Any) -> Stored:
    return Stored({"metadata": {}}, {"namespace": "ns", "info": {"status": status}, **release})


@pytest.mark.parametrize(
    "status, differs, drifted, action",
    [
        (None, False, True, "install"),
        ("uninstalled", False, True, "install"),
        ("deployed", False, False, "none"),
        ("deployed", True, False, "upgrade"),
        ("deployed", True, True, "upgrade"),
        ("deployed", False, True, "heal"),
        *(
            (status, False, False, "recover")
            for status in ("failed", "pending-install", "pending-upgrade", "pending-rollback")
        ),
        ("uninstalling", False, False, "recover"),
        ("superseded", False, False, "recover"),
    ],
)
def test_action(status: str | None, differs: bool, drifted: bool, action: str) -> None:
    assert decision.action(stored(status) if status else None, differs, drifted) == action


@pytest.mark.parametrize(
    "status, purge, action",
    [
        (None, True, "none"),
        ("uninstalled", False, "none"),
        ("uninstalled", True, "uninstall"),
        ("deployed", True, "uninstall"),
        ("pending-install", True, "uninstall"),
    ],
)
def test_absence(status: str | None, purge: bool, action: str) -> None:
    assert decision.absence(stored(status) if status else None, purge) == action


@pytest.mark.parametrize(
    "objects, hooks, values, chart, differs",
    [
        ([SERVICE], [HOOK], {"a": 1}, CHART, []),
        # Nulls say nothing, and the order of fields neither.
        ([{**SERVICE, "spec": None}], [dict(reversed(HOOK.items()))], {"a": 1, "b": None}, CHART, []),
        ([{**SERVICE, "metadata": {"name": "x", "namespace": "ns"}}], [HOOK], {"a": 1}, CHART, ["manifests"]),
        ([], [HOOK], {"a": 1}, CHART, ["manifests"]),
        ([SERVICE], [], {"a": 1}, CHART, ["hooks"]),
        ([SERVICE], [HOOK], {"a": 2}, CHART, ["values"]),
        ([SERVICE], [HOOK], {}, CHART, ["values"]),
        ([SERVICE], [HOOK], {"a": 1}, {**CHART, "version": "2"}, ["chart version"]),
        # One that cannot be read is told by other words.
        ([SERVICE], [HOOK], {"a": 1}, {}, []),
    ],
)
def test_differences(
    objects: list[Any], hooks: list[Any], values: dict[str, Any], chart: dict[str, Any], differs: list[str]
) -> None:
    kept = Manifest((SERVICE,), (HOOK,))
    newest = stored("deployed", config={"a": 1}, chart={"metadata": CHART})
    assert decision.differences(newest, kept, Manifest(tuple(objects), tuple(hooks)), values, chart) == differs
