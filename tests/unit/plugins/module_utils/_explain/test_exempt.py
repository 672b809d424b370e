# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._explain.exempt import DISABLED, RUN_LEVEL, exemption


@pytest.mark.parametrize(
    ("namespace", "labels", "why"),
    [
        ("triton", {}, ""),
        ("openshift-operators", {}, ""),
        ("default", {}, "it is one of OpenShift's own, which start before SCC admission does"),
        ("kube-system", {}, "it is one of OpenShift's own, which start before SCC admission does"),
        ("openshift", {RUN_LEVEL: "2"}, "it is one of OpenShift's own, which start before SCC admission does"),
        ("triton", {RUN_LEVEL: "0"}, "its label openshift.io/run-level is 0"),
        ("triton", {RUN_LEVEL: "1"}, "its label openshift.io/run-level is 1"),
        ("triton", {RUN_LEVEL: "2"}, ""),
        ("triton", {RUN_LEVEL: ""}, ""),
        ("triton", {DISABLED: "true"}, "its label security.openshift.io/disable-securitycontextconstraints is true"),
        ("triton", {DISABLED: "True"}, ""),
    ],
)
def test_where_no_scc_counts(namespace: str, labels: dict[str, str], why: str) -> None:
    assert exemption(namespace, labels) == why
