# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter scc_explain: verdicts in a template."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.inferops.triton.plugins.filter import scc_explain

POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [{"name": "a"}]}}
NAMESPACE = {
    "metadata": {
        "name": "ns",
        "annotations": {"openshift.io/sa.scc.uid-range": "7/1", "openshift.io/sa.scc.mcs": "s0:c2,c1"},
    }
}


def explain(*args: Any, **options: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = scc_explain.FilterModule().filters()["scc_explain"](*args, **options)
    return found


def test_a_verdict_for_each_pod() -> None:
    first, second = explain([POD, {**POD, "metadata": {"name": "q"}}], "ns", namespace_definition=NAMESPACE)
    assert (first["name"], second["name"]) == ("p", "q")
    assert first["security_context"]["containers"]["a"]["runAsUser"] == 7


def test_options_of_the_module() -> None:
    root = {
        **POD,
        "spec": {"serviceAccountName": "sa", "containers": [{"name": "a", "securityContext": {"runAsUser": 0}}]},
    }
    granted = {"system:serviceaccount:ns:sa": ["anyuid"]}
    assert explain(root, "ns")[0]["verdict"] == "refused"
    assert explain(root, "ns", granted=granted)[0]["scc"] == "anyuid"
    assert explain(root, "ns", platform="kubernetes")[0]["verdict"] == "admitted"


@pytest.mark.parametrize(
    ("arguments", "options", "words"),
    [
        ((POD, "ns"), {"offline": True}, "scc_explain has no option offline; it has namespace, "),
        ((POD, "ns"), {"granted": ["anyuid"]}, "granted is ['anyuid']; give a dictionary."),
        ((POD, "ns"), {"sccs": {}}, "sccs is {}; give a list."),
        ((POD, "ns"), {"namespace_definition": "ns"}, "namespace_definition is 'ns'; give a dictionary."),
        (("kind: [", "ns"), {}, "definitions"),
    ],
)
def test_wrong_use(arguments: tuple[Any, ...], options: dict[str, Any], words: str) -> None:
    with pytest.raises(AnsibleFilterError) as caught:
        explain(*arguments, **options)
    assert words in str(caught.value)
