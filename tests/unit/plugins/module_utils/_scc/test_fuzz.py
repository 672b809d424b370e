# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hostile input, seeded and bounded: it ends in a verdict or in one sentence, never in a traceback, never in "allowed" for a wreck."""

from __future__ import annotations

import json
import random
from copy import deepcopy
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._explain.explain import explain
from ansible_collections.inferops.triton.plugins.module_utils._explain.offline_facts import Given, Offline
from ansible_collections.inferops.triton.plugins.module_utils._podsecurity.evaluate import evaluate
from ansible_collections.inferops.triton.plugins.module_utils._scc.batch import Batch
from ansible_collections.inferops.triton.plugins.module_utils._scc.manifests import objects_of, pod_sources
from ansible_collections.inferops.triton.plugins.module_utils._scc.message import parse as parse_message
from ansible_collections.inferops.triton.plugins.module_utils._scc.model import parse
from ansible_collections.inferops.triton.plugins.module_utils._scc.ranges import RangeSyntaxError, parse_blocks
from ansible_collections.inferops.triton.plugins.module_utils._scc.standard import standard
from ansible_collections.inferops.triton.plugins.module_utils._scc.stored import stored
from ansible_collections.inferops.triton.tests.unit.plugins.module_utils._scc.test_batch import CASE

MANIFESTS = """apiVersion: apps/v1
kind: Deployment
metadata: {name: triton, namespace: ns}
spec:
  template:
    metadata:
      annotations: {openshift.io/required-scc: restricted-v2}
    spec:
      serviceAccountName: triton
      securityContext: {runAsUser: 1000, fsGroup: 1000, supplementalGroups: [1, 2], seLinuxOptions: {level: "s0:c1,c2"}}
      initContainers: [{name: i, securityContext: {seccompProfile: {type: Localhost, localhostProfile: a}}}]
      containers:
      - name: triton
        ports: [{containerPort: 8000, hostPort: 80}]
        securityContext: {capabilities: {add: [SYS_ADMIN], drop: [ALL]}, privileged: true, runAsNonRoot: false}
      volumes:
      - {name: models, nfs: {server: s, path: /}}
      - {name: t, projected: {sources: [{serviceAccountToken: {path: token}}, {downwardAPI: {items: [{path: a}]}}]}}
---
apiVersion: v1
kind: List
items:
- {apiVersion: security.openshift.io/v1, kind: SecurityContextConstraints, metadata: {name: own}, volumes: [nfs]}
- {kind: RoleBinding, metadata: {name: b}, roleRef: {kind: Role, name: r}, subjects: [{kind: ServiceAccount, name: triton}]}
- {kind: Role, metadata: {name: r}, rules: [{apiGroups: ["*"], resources: ["*"], verbs: ["*"], resourceNames: [own]}]}
"""
WRECKS: list[Any] = [
    *(
        None,
        True,
        False,
        0,
        -1,
        1.5,
        2**63,
        -(2**64),
        10**400,
        "",
        "x",
        "1000",
        "\x00",
        "\ud800",
        "9" * 5000,
        "é" * 300,
    ),
    *([], [None], [[]], ["a", 1], {}, {"a": None}, {"": ""}, {"name": []}, [{}], {"type": "MustRunAs"}, {"min": "a"}),
]
TEXTS = [
    "null",
    "[]",
    "{}",
    "-1",
    "1e400",
    "9" * 25,
    "yes",
    "'x'",
    "!!binary aGk=",
    "*a",
    "&a [*a]",
    "\x00",
    "- - -",
    "<<: 5",
    "? x",
    "[null]",
    "%",
]


def wrecked(dice: random.Random, value: Any) -> Any:
    """A copy with something else somewhere inside."""
    result = deepcopy(value)
    for _time in range(dice.randint(1, 3)):
        place, parent, key = result, None, None
        while isinstance(place, (dict, list)) and place and (parent is None or dice.random() < 0.85):
            parent = place
            key = dice.choice(list(place)) if isinstance(place, dict) else dice.randrange(len(place))
            place = place[key]
        if parent is not None and key is not None:
            parent[key] = deepcopy(dice.choice(WRECKS))
    return result


def wrecked_text(dice: random.Random) -> str | bytes:
    if dice.random() < 0.1:
        return bytes(dice.randrange(256) for _number in range(dice.randrange(60)))
    lines = MANIFESTS.split("\n")
    for _time in range(dice.randint(0, 2)):
        number = dice.randrange(len(lines))
        kind = dice.random()
        if kind < 0.4 and ":" in lines[number]:
            lines[number] = f"{lines[number].split(':')[0]}: {dice.choice(TEXTS)}"
        elif kind < 0.6:
            lines[number] = lines[number] + dice.choice(TEXTS)
        elif kind < 0.8:
            lines[number] = " " * dice.randrange(6) + lines[number].lstrip()
        elif len(lines) > 3:
            del lines[number]
    return "\n".join(lines)


def judge(given: Any) -> int:
    """The whole way from manifests to verdicts; how many there were."""
    try:
        objects = objects_of(given, "test")
        known = Offline(Given(objects=tuple(objects)))
        verdicts = [explain(source, known.facts(source.namespace)) for source in pod_sources(objects, "ns")]
    except TritonError as error:
        assert "\n" not in error.message.strip() and len(error.message) < 6000
        return 0
    json.dumps(verdicts)
    assert {verdict["verdict"] for verdict in verdicts} <= {"admitted", "refused"}
    return len(verdicts)


@pytest.mark.parametrize("seed", range(8))
def test_manifests_as_text(seed: int) -> None:
    dice = random.Random(seed)
    assert sum(judge(wrecked_text(dice)) for _number in range(60)) > 0


@pytest.mark.parametrize("seed", range(8))
def test_manifests_as_objects(seed: int) -> None:
    dice = random.Random(seed)
    objects = objects_of(MANIFESTS, "test")
    assert sum(judge(wrecked(dice, objects)) for _number in range(60)) > 0


@pytest.mark.parametrize("seed", range(8))
def test_cases_of_the_batch(seed: int) -> None:
    dice = random.Random(seed)
    batch = Batch(standard())
    update = {**CASE, "operation": "UPDATE", "oldPod": CASE["pod"]}
    for _number in range(150):
        text = json.dumps(wrecked(dice, dice.choice([CASE, update])))
        if dice.random() < 0.2:
            cut = dice.randrange(len(text))
            text = text[:cut] + dice.choice(["", "}", "[", '"', "\\ud800"]) + text[cut + dice.randrange(3) :]
        for found in batch.results([text]):
            json.dumps(found)
            assert found["allowed"] is False or "error" not in found
            assert found["allowed"] is False or isinstance(found["pod"], dict)


@pytest.mark.parametrize("seed", range(4))
def test_sccs(seed: int) -> None:
    dice = random.Random(seed)
    for _number in range(150):
        try:
            parse(stored(wrecked(dice, dice.choice(list(standard().values())))))
        except TritonError as error:
            assert "SCC" in error.message


@pytest.mark.parametrize("seed", range(4))
def test_ranges_messages_and_labels(seed: int) -> None:
    dice = random.Random(seed)
    signs = "0123456789/-, \t\n\r\u00a0\u2003x\x00\ud800"
    words = [
        "provider ",
        "restricted-v2",
        ": ",
        ".spec",
        "[",
        "]",
        ", ",
        "Invalid value",
        "Forbidden",
        "no access to scc/",
        '"',
        'violates PodSecurity "a:b": ',
    ]
    for _number in range(300):
        try:
            parse_blocks("".join(dice.choice(signs) for _sign in range(dice.randrange(25))))
        except RangeSyntaxError:
            pass
        mark = "unable to validate against any security context constraint: " if dice.random() < 0.7 else ""
        parse_message(mark + "".join(dice.choice(words) for _word in range(dice.randrange(30))))
        label = dice.choice(["restricted", "baseline", "", "x", "Restricted", "v1.9999999999999999999999", "latest"])
        evaluate({"spec": {}}, {f"pod-security.kubernetes.io/enforce{dice.choice(['', '-version'])}": label})
