# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._adapt import options
from ansible_collections.inferops.triton.plugins.module_utils._adapt.step import Step
from ansible_collections.inferops.triton.plugins.module_utils._adapt.words import source, told, words


@pytest.mark.parametrize(
    ("path", "before", "after", "said"),
    [
        ("", "v1", None, "left out: why"),
        ("", None, {"kind": "X"}, "made: why"),
        ("spec.a", 1, None, "spec.a: 1 goes: why"),
        ("spec.a", None, "x", "spec.a: x is set: why"),
        ("spec.a", "x", ["y"], 'spec.a: x becomes ["y"]: why'),
        ("spec.a", False, True, "spec.a: false becomes true: why"),
        ("spec.initContainers[0]", {"name": "i", "image": "x"}, None, "spec.initContainers[0]: i goes: why"),
        ("spec.ports[1]", {"containerPort": 80}, None, 'spec.ports[1]: {"containerPort": 80} goes: why'),
        (
            "spec.volumes[0]",
            {"name": "v", "nfs": {"server": "s", "path": "/p"}},
            {"name": "v", "persistentVolumeClaim": {"claimName": "c"}},
            "spec.volumes[0]: v (nfs s:/p) becomes v (persistentVolumeClaim c): why",
        ),
    ],
)
def test_a_change_in_words(path: str, before: Any, after: Any, said: str) -> None:
    assert words(Step("Pod", "p", path, before, after, "why")) == said


def test_long_values_are_cut() -> None:
    said = words(Step("Pod", "p", "spec.a", "x" * 500, None, "why"))
    assert said == f"spec.a: {'x' * 100} … goes: why"


@pytest.mark.parametrize(
    ("volume", "said"),
    [
        ({"name": "v", "hostPath": {"path": "/p"}}, "hostPath /p"),
        ({"name": "v", "emptyDir": {}}, "emptyDir"),
        ({"name": "v", "hostPath": None}, "a volume"),
        ({"name": "v"}, "a volume"),
    ],
)
def test_what_a_volume_is_of(volume: Any, said: str) -> None:
    assert source(volume) == said


def test_many_changes_are_counted() -> None:
    change = {"kind": "Pod", "name": "p", "path": "spec.a", "before": 1, "after": None, "reason": "why"}
    assert told([{**change, "warning": "See to it."}, {**change, "warning": ""}]) == [
        "Pod p: spec.a: 1 goes: why. See to it.",
        "Pod p: spec.a: 1 goes: why.",
    ]
    lines = told([change] * 63)
    assert (len(lines), lines[-1]) == (61, "And 3 more; the result's adapted.changes has all of them.")
    assert len(told([change] * 60)) == 60


def test_each_option_has_a_default() -> None:
    found = options.spec()
    assert all("default" in option for option in found.values())
    # A list or dictionary that somebody changes must not be that of all.
    assert found["volumes"]["default"] is not options.spec()["volumes"]["default"]
