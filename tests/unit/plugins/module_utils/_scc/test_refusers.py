# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._scc import refusers
from ansible_collections.inferops.triton.plugins.module_utils._scc.refusers import refuser
from ansible_collections.inferops.triton.tests.unit.plugins.module_utils._scc import refusals

HEAD = 'pods "p" is forbidden: '


@pytest.mark.parametrize("text", [refusals.OFFICIAL_CHART, refusals.PINNED, refusals.ONLY_A_VOLUME])
def test_sccs(text: str) -> None:
    assert refuser(403, text) == refusers.SCC


@pytest.mark.parametrize(
    ("status", "text", "by"),
    [
        (403, HEAD + 'failed to retrieve the required SCC "x": not found', refusers.SCC),
        (403, HEAD + 'error fetching namespace "ns": unable to find annotation openshift.io/sa.scc.mcs', refusers.SCC),
        (403, HEAD + 'violates PodSecurity "restricted:latest": runAsNonRoot != true (...)', refusers.POD_SECURITY),
        (403, HEAD + "exceeded quota: q, requested: pods=1, used: pods=5, limited: pods=5", refusers.QUOTA),
        (403, HEAD + "failed quota: q: must specify limits.cpu for: c", refusers.QUOTA),
        (403, HEAD + "status unknown for quota: q, resources: pods", refusers.QUOTA),
        (403, HEAD + "insufficient quota to consume: pods", refusers.QUOTA),
        (403, HEAD + "maximum cpu usage per Container is 1, but limit is 2", refusers.LIMITS),
        (403, HEAD + "[minimum memory usage per Pod is 4Mi.  No request is specified, x]", refusers.LIMITS),
        (403, HEAD + "cpu max limit to request ratio per Container is 4, but provided ratio is 9", refusers.LIMITS),
        (403, HEAD + 'error looking up service account ns/x: serviceaccount "x" not found', refusers.SERVICE_ACCOUNT),
        (403, HEAD + "no PriorityClass with name x was found", refusers.OTHER),
        (422, 'Pod "p" is invalid: spec.volumes[0].name: Required value', refusers.VALIDATION),
        (400, "Pod in version v1 cannot be handled as a Pod: quantities must match", refusers.VALIDATION),
        (400, 'admission webhook "w.example.org" denied the request: no', refusers.WEBHOOK),
        (500, 'Internal error occurred: failed calling webhook "w": no endpoints', refusers.WEBHOOK),
        (403, HEAD + "ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no", refusers.POLICY),
        (422, HEAD + "ValidatingAdmissionPolicy 'p' denied request: no", refusers.POLICY),
        (403, f'admission webhook "w" denied the request: {refusals.OFFICIAL_CHART}', refusers.WEBHOOK),
    ],
)
def test_others(status: int, text: str, by: str) -> None:
    assert refuser(status, text) == by
