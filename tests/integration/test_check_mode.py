# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check mode tells exactly what a run then does, and writes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable

from conftest import ROOT, VALUES, Cluster


def diffs(output: str) -> list[str]:
    """The diffs of a run, one text an object."""
    return re.findall(r"^--- before: .*?(?=^\n|^changed:|^TASK|\Z)", output, re.MULTILINE | re.DOTALL)


def test_the_diff_of_check_mode_is_that_of_the_run(cluster: Cluster, fresh_name: Callable[[], str]) -> None:
    namespace = fresh_name()
    repositories = [
        {"name": "small", "configmap": {"path": str(ROOT / "tests" / "models")}},
        {"name": "large", "claim": {"size": "64Mi", "access_modes": ["ReadWriteOnce"]}},
    ]
    variables = {"triton_namespace": namespace, "triton_model_repository": repositories, "triton_values": VALUES}

    checked = cluster.play("deploy", variables, "--check", "--diff")
    assert (checked.code, checked.writes) == (0, ()), checked.output
    run = cluster.play("deploy", variables, "--diff")
    assert run.code == 0, run.output
    assert run.changed == checked.changed
    assert diffs(run.output) == diffs(checked.output)
    assert [re.search(r"after: (\S+) ", text)[1] for text in diffs(run.output)] == [
        "Namespace",
        "ConfigMap",
        "PersistentVolumeClaim",
        "ServiceAccount",
        "Service",
        "Deployment",
    ]

    # A change of the claim and of a value: seen in check mode, then done.
    cluster.kubectl("label", "pvc/triton-large", "-n", namespace, "app.kubernetes.io/part-of=other", "--overwrite")
    variables["triton_values"] = VALUES | {"podLabels": {"team": "vision"}}
    checked = cluster.play("deploy", variables, "--check", "--diff")
    assert (checked.code, checked.changed, checked.writes) == (0, 2, ()), checked.output
    assert "-    app.kubernetes.io/part-of: other" in checked.output
    assert "+        team: vision" in checked.output
    run = cluster.play("deploy", variables, "--diff")
    assert (run.code, run.changed) == (0, 2), run.output
    assert diffs(run.output) == diffs(checked.output)
    (pod,) = cluster.get("pods", "-n", namespace, "-l", "team=vision")["items"]
    assert pod["metadata"]["labels"]["app.kubernetes.io/instance"] == "triton"

    settled = cluster.play("deploy", variables, "--check", "--diff")
    assert (settled.code, settled.changed, settled.writes, diffs(settled.output)) == (0, 0, (), []), settled.output

    removing = cluster.play("remove", variables, "--check", "--diff")
    assert removing.writes == ()
    removed = cluster.play("remove", variables, "--diff")
    assert removed.code == 0, removed.output
    assert removed.changed == removing.changed
    assert diffs(removed.output) == diffs(removing.output)
