# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.inferops.triton.plugins.module_utils._scc.access import Subject
from ansible_collections.inferops.triton.plugins.module_utils._scc.requesters import JOBS, REPLICA_SETS, signed_in


def test_a_controller_is_authenticated_unlike_a_pods_service_account() -> None:
    groups = ("system:serviceaccounts", "system:serviceaccounts:kube-system", "system:authenticated")
    assert signed_in(REPLICA_SETS) == Subject("system:serviceaccount:kube-system:replicaset-controller", groups)
    assert signed_in(JOBS) == Subject("system:serviceaccount:kube-system:job-controller", groups)
