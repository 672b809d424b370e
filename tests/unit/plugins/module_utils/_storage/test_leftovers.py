# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._storage.leftovers import History, holders, superfluous

OLD = ("ConfigMap", "old")
VOLUME = {"volumes": [{"name": "models", "projected": {"sources": [{"configMap": {"name": "old", "items": []}}]}}]}
NEW = {"volumes": [{"name": "models", "secret": {"secretName": "new"}}]}


def replica_set(revision: int, spec: Any, replicas: int = 0) -> dict[str, Any]:
    annotations = {"deployment.kubernetes.io/revision": str(revision)}
    return {
        "metadata": {"annotations": annotations},
        "spec": {"template": {"spec": spec}},
        "status": {"replicas": replicas},
    }


def test_what_the_plan_makes_is_not_superfluous() -> None:
    definitions = [{"kind": "Secret", "metadata": {"name": "a"}}, {"kind": "ConfigMap", "metadata": {"name": "b"}}]
    there = [("Secret", "b"), ("Secret", "a"), ("ConfigMap", "b"), ("ConfigMap", "a")]
    assert superfluous(there, definitions) == [("ConfigMap", "a"), ("Secret", "b")]


@pytest.mark.parametrize(
    "spec, kind",
    [
        (VOLUME, "ConfigMap"),
        ({"volumes": [{"name": "ca", "configMap": {"name": "old"}}]}, "ConfigMap"),
        ({"volumes": [{"name": "key", "secret": {"secretName": "old"}}]}, "Secret"),
        ({"volumes": [{"name": "all", "projected": {"sources": [{"secret": {"name": "old"}}]}}]}, "Secret"),
        ({"containers": [{"env": [{"name": "K", "valueFrom": {"secretKeyRef": {"name": "old"}}}]}]}, "Secret"),
        ({"initContainers": [{"env": [{"name": "K", "valueFrom": {"secretKeyRef": {"name": "old"}}}]}]}, "Secret"),
        ({"containers": [{"env": [{"name": "K", "valueFrom": {"configMapKeyRef": {"name": "old"}}}]}]}, "ConfigMap"),
        ({"containers": [{"envFrom": [{"secretRef": {"name": "old"}}]}]}, "Secret"),
        ({"containers": [{"envFrom": [{"configMapRef": {"name": "old"}}]}]}, "ConfigMap"),
        # A claim of the same name is another object.
        ({"volumes": [{"name": "models", "persistentVolumeClaim": {"claimName": "old"}}]}, None),
        ({"volumes": [{"name": "old", "emptyDir": {}}], "containers": [{"name": "old", "image": "old"}]}, None),
    ],
)
def test_an_object_stays_while_a_revision_names_it(spec: Any, kind: str | None) -> None:
    left = [("ConfigMap", "old"), ("Secret", "old")]
    history = History([replica_set(4, spec), replica_set(5, NEW)])
    assert holders(history, left, ahead=False) == ({} if kind is None else {(kind, "old"): "4"})


@pytest.mark.parametrize("limit, stays", [(2, True), (1, False), (0, False)])
def test_revisions_beyond_the_limit_cannot_come_back(limit: int, *, stays: bool) -> None:
    """Revisions are numbers: 9 is older than 10."""
    history = History([replica_set(10, NEW), replica_set(9, VOLUME), replica_set(11, NEW)], limit)
    assert (OLD in holders(history, [OLD], ahead=False)) is stays


def test_the_newest_revision_that_names_it_is_told() -> None:
    history = History([replica_set(3, VOLUME), replica_set(7, VOLUME), replica_set(8, NEW)])
    assert holders(history, [OLD], ahead=False) == {OLD: "7"}


def test_a_revision_beyond_the_limit_that_still_has_pods() -> None:
    history = History([replica_set(1, VOLUME, replicas=1), replica_set(2, NEW, replicas=1)], 0)
    assert holders(history, [OLD], ahead=False) == {OLD: "1"}


@pytest.mark.parametrize("limit", [0, 1, 2])
def test_check_mode_tells_what_the_run_then_does(limit: int) -> None:
    before = [replica_set(1, VOLUME), replica_set(2, VOLUME, replicas=1)]
    after = [replica_set(1, VOLUME), replica_set(2, VOLUME), replica_set(3, NEW, replicas=1)]
    expected = holders(History(after, limit), [OLD], ahead=False)
    assert holders(History(before, limit), [OLD], ahead=True) == expected
    assert bool(expected) is (limit > 0)
    # Once the new revision is there, nothing is ahead any more.
    assert holders(History(after, limit), [OLD], ahead=True) == expected
