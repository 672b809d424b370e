# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.inferops.triton.plugins.module_utils._adapt.settle import at, keys, settled
from ansible_collections.inferops.triton.plugins.module_utils._scc.changes import Change

FIRST, SECOND = {"name": "a"}, {"name": "b", "securityContext": {"runAsUser": 1, "capabilities": {"add": ["X"]}}}


def test_the_parts_of_a_path() -> None:
    assert keys("spec.containers[0].securityContext") == ["spec", "containers", 0, "securityContext"]
    assert keys("metadata.annotations[a.b/c]") == ["metadata", "annotations", "a.b/c"]
    assert keys("metadata.annotations[a.b/c[1]\n]") == ["metadata", "annotations", "a.b/c[1]\n"]


def test_what_lies_at_a_path() -> None:
    pod = {"metadata": {"annotations": {"a.b/c": "x"}}, "spec": {"volumes": [{"name": "v"}], "securityContext": None}}
    assert at(pod, "metadata.annotations[a.b/c]") == "x"
    assert at(pod, "spec.volumes[0].name") == "v"
    assert at(pod, "spec.volumes[1].name") is None
    assert at(pod, "spec.securityContext.fsGroup") is None
    assert at(pod, "spec.initContainers[0]") is None


def test_changes_are_said_of_the_pod_as_it_was() -> None:
    before = {"spec": {"initContainers": [FIRST, SECOND], "hostPID": True, "hostIPC": False}}
    after = {"spec": {"initContainers": [{"name": "b", "securityContext": {"capabilities": {"drop": ["ALL"]}}}]}}
    place = "spec.initContainers[{}].securityContext.{}"
    changes = [
        Change(place.format(0, "runAsUser"), 2),
        Change(place.format(0, "capabilities.add"), ["X"]),
        Change(place.format(0, "capabilities"), {}, {"drop": ["ALL"]}),
        Change("spec.hostNetwork", True),
        Change("spec.hostPID", True),
    ]
    assert settled(changes, before, after, [1]) == [
        Change(place.format(1, "runAsUser"), 1),
        Change(place.format(1, "capabilities"), {"add": ["X"]}, {"drop": ["ALL"]}),
        Change("spec.hostPID", True),
    ]
