# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A converged run: no object is read twice, no helm runs, nothing is written; the audit log is the witness."""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from conftest import ROOT, Cluster
from test_deploy import settings

sys.path.insert(0, str(ROOT / "tests" / "tools"))

from audit import CONNECTING, events

REFUSING_HELM = """#!/bin/sh
echo "helm was run: $*" >> "{log}"
exit 1
"""


def test_a_converged_run_reads_each_object_once(
    cluster: Cluster, fresh_name: Callable[[], str], tmp_path: Path
) -> None:
    namespace = fresh_name()
    variables = settings(namespace)
    first = cluster.play("deploy", variables)
    assert first.code == 0, first.output

    offset = cluster.audit_offset()
    second = cluster.play("deploy", variables)
    assert (second.code, second.changed, second.writes) == (0, 0, ()), second.output
    assert "Triton serves double, slow_start, weighted_sum" in second.output
    assert "inferences answered as expected: 1" in second.output
    reads = Counter(
        (event["verb"], event["requestURI"])
        for event in events(cluster.state / "audit.log", offset, "admin")
        if event["verb"] in ("get", "list")
        and "objectRef" in event
        and event["objectRef"].get("subresource") not in CONNECTING
    )
    # The witness has seen the run.
    assert any("/deployments/triton" in uri for _verb, uri in reads)
    assert [read for read, times in reads.items() if times > 1] == []
    # What two lists have in common is read twice, and what is in a list and read by itself: lists are told apart by what they select.
    paths = Counter(uri.partition("?")[0] for _verb, uri in reads)
    assert {path for path, times in paths.items() if times > 1} <= {f"/api/v1/namespaces/{namespace}/secrets"}
    listed = [uri.partition("?")[0] for verb, uri in reads if verb == "list"]
    assert [uri for verb, uri in reads if verb == "get" and uri.rpartition("/")[0] in listed] == []
    selectors = [uri for _verb, uri in reads if "/secrets?" in uri]
    assert sorted("owner%3Dhelm" in uri for uri in selectors) == [False, True]


def test_a_converged_run_starts_no_helm(cluster: Cluster, fresh_name: Callable[[], str], tmp_path: Path) -> None:
    variables = settings(fresh_name())
    assert cluster.play("deploy", variables).code == 0
    # The same program, but for what it does: the version is read from the file.
    log, helm = tmp_path / "log", tmp_path / "helm"
    real = Path(shutil.which("helm", path=cluster.env["PATH"]) or cluster.env["INFEROPS_HELM"])
    helm.write_bytes(REFUSING_HELM.format(log=log).encode() + real.read_bytes())
    helm.chmod(0o755)
    second = cluster.play("deploy", {**variables, "triton_helm_binary": str(helm)})
    assert (second.code, second.changed, second.writes) == (0, 0, ()), second.output
    assert not log.exists()
    # A change needs it.
    changed = {**variables, "triton_helm_binary": str(helm)}
    changed["triton_values"] = {**variables["triton_values"], "podAnnotations": {"changed": "yes"}}
    assert cluster.play("deploy", changed).code != 0
    assert log.exists()
