# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._adapt.step import Step
from ansible_collections.inferops.triton.plugins.module_utils._adapt.templates import HIDDEN, without_values

REFERENCE = {"name": "R", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}
SECRET, SHOWN = {"name": "DBPW", "value": "hunter2"}, {"name": "DBPW", "value": HIDDEN}
CONTAINER = {"name": "c", "image": "i", "env": [SECRET, REFERENCE], "args": ["x"]}
PLAIN = {**CONTAINER, "env": [SHOWN, REFERENCE]}


@pytest.mark.parametrize(
    ("path", "value", "wanted"),
    [
        ("spec.containers[0].env", [SECRET, REFERENCE], [SHOWN, REFERENCE]),
        ("spec.containers[0].env[1]", SECRET, SHOWN),
        ("spec.containers[0].env[1]", REFERENCE, REFERENCE),
        ("spec.containers[0].env[1].value", "hunter2", HIDDEN),
        ("spec.initContainers[0]", CONTAINER, PLAIN),
        ("spec.initContainers", [CONTAINER, CONTAINER], [PLAIN, PLAIN]),
        ("", {"spec": {"template": {"spec": {"containers": [CONTAINER]}}}}, None),
        ("spec.containers[0].env", [None, "x"], [None, "x"]),
        ("spec.containers[0].args", ["--x"], ["--x"]),
        ("spec.volumes[0]", {"name": "v", "value": "x"}, {"name": "v", "value": "x"}),
        ("metadata.labels[env]", "production", "production"),
        ("spec.template.spec.securityContext.fsGroup", 5, 5),
    ],
)
def test_no_values_of_variables(path: str, value: Any, wanted: Any) -> None:
    kept = deepcopy(value)
    wanted = {"spec": {"template": {"spec": {"containers": [PLAIN]}}}} if wanted is None else wanted
    given = Step("Deployment", "d", path, value, None, "r", "w", "ns")
    assert without_values(given) == Step("Deployment", "d", path, wanted, None, "r", "w", "ns")
    other = Step("Deployment", "d", path, None, value, "r")
    assert without_values(other) == Step("Deployment", "d", path, None, wanted, "r")
    assert value == kept
