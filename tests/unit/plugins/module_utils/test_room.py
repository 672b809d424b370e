# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._room import lasting, no_room

# Words that Kubernetes 1.35 said on the local cluster.
EXCEEDED = (
    'pods "x-" is forbidden: exceeded quota: small, requested: pods=1,requests.cpu=2, used: pods=3,requests.cpu=1, '
    "limited: pods=3,requests.cpu=2"
)
DEMANDED = 'pods "x-" is forbidden: failed quota: small: must specify limits.memory for: triton'
ABOVE = 'Pod "x" is invalid: spec.containers[0].resources.requests: Invalid value: "128Mi": must be less than or equal to memory limit of 64Mi'
LIMITS = (
    'pods "x" is forbidden: [maximum cpu usage per Container is 1, but limit is 2, maximum memory usage per Pod is 1Gi. '
    " No limit is specified]"
)


@pytest.mark.parametrize(
    "message, parts",
    [
        (
            EXCEEDED,
            (
                "Quota small leaves no room for the pods: pods is 3, of which 3 is used, and it takes 1; ",
                "requests.cpu is 2, of which 1 is used, and it takes 2.",
            ),
        ),
        (DEMANDED, ("Quota small refuses the pods", "limits.memory for: triton", "resources")),
        (ABOVE, ("requests 128Mi of memory, but its limit is 64Mi", "limit range")),
        (
            LIMITS,
            (
                "maximum cpu usage per Container is 1, but limit is 2; maximum memory usage per Pod is 1Gi.",
                "limit range",
            ),
        ),
    ],
)
def test_a_refusal_for_want_of_room(message: str, parts: tuple[str, ...]) -> None:
    said = no_room(message, "the pods")
    assert [part for part in parts if part not in said] == [], said


def test_only_room_in_a_quota_may_become_free() -> None:
    assert [lasting(message) for message in (EXCEEDED, DEMANDED, ABOVE, LIMITS)] == [False, True, True, True]


@pytest.mark.parametrize(
    "message", ['pods "x" is forbidden: unable to validate against any security context constraint: []', "quota", ""]
)
def test_any_other_refusal(message: str) -> None:
    assert no_room(message, "the pods") == "" and not lasting(message)
