# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._storage.claim_room import Asked, asked, check

GIB = 1 << 30


def claim(size: str, storage_class: str | None = None) -> dict[str, Any]:
    spec: dict[str, Any] = {"resources": {"requests": {"storage": size}}}
    return {
        "metadata": {"name": "models"},
        "spec": {**spec, **({"storageClassName": storage_class} if storage_class else {})},
    }


def quota(used: str = "0", **hard: str) -> dict[str, Any]:
    names = {name.replace("__", "/").replace("_", "."): hard[name] for name in hard}
    return {"metadata": {"name": "q"}, "status": {"hard": names, "used": dict.fromkeys(names, used)}}


def said(claims: list[Asked], *quotas: dict[str, Any], limits: dict[str, Any] | None = None) -> str:
    ranges = [{"metadata": {"name": "r"}, "spec": {"limits": [limits]}}] if limits else []
    with pytest.raises(TritonError) as caught:
        check(claims, ranges, quotas)
    return caught.value.message


@pytest.mark.parametrize(
    "size, there, more, new",
    [("3Gi", None, 3 * GIB, True), ("3Gi", "1Gi", 2 * GIB, False)],
)
def test_what_a_claim_asks_for_beyond_what_is_there(size: str, there: str | None, more: int, new: bool) -> None:
    live = None if there is None else claim(there, "fast")
    assert asked(claim(size), live, "usual") == Asked("models", size, more, new, "fast" if live else "usual")


def test_a_claim_that_stays_asks_for_nothing() -> None:
    assert asked(claim("1Gi"), claim("1024Mi"), None) is None


ONE = Asked("a", "2Gi", 2 * GIB, True, "fast")
GROWS = Asked("b", "3Gi", GIB, False, "fast")


@pytest.mark.parametrize(
    "room, claims, says",
    [
        (quota(requests_storage="1Gi"), [ONE], "requests.storage is 1Gi, of which 0 is used, and it takes 2Gi"),
        (
            quota(requests_storage="2Gi", used="500Mi"),
            [ONE],
            "requests.storage is 2Gi, of which 500Mi is used, and it takes 2Gi",
        ),
        (
            quota(requests_storage="2Gi"),
            [ONE, GROWS],
            "claims a and b: requests.storage is 2Gi, of which 0 is used, and they take 3Gi",
        ),
        (quota(count__persistentvolumeclaims="0"), [ONE], "count/persistentvolumeclaims is 0"),
    ],
)
def test_a_quota_without_room(room: dict[str, Any], claims: list[Asked], says: str) -> None:
    assert says in said(claims, room)


def test_a_quota_of_one_storage_class() -> None:
    key = "fast.storageclass.storage.k8s.io/requests.storage"
    room = {"metadata": {"name": "q"}, "spec": {"hard": {key: "1Gi"}}}
    assert f"{key} is 1Gi" in said([ONE], room)
    check([Asked("a", "2Gi", 2 * GIB, True, "slow"), Asked("a", "2Gi", 2 * GIB, True, None)], [], [room])


@pytest.mark.parametrize(
    "room",
    [
        quota(requests_storage="2Gi", persistentvolumeclaims="1"),
        quota(pods="0", requests_cpu="0"),
        {"metadata": {"name": "q"}, "spec": {"hard": {"persistentvolumeclaims": "0"}, "scopes": ["BestEffort"]}},
    ],
)
def test_a_quota_with_room_or_about_something_else(room: dict[str, Any]) -> None:
    check([ONE], [], [room])


def test_a_claim_that_grows_is_none_more() -> None:
    check([GROWS], [], [quota(persistentvolumeclaims="0")])


@pytest.mark.parametrize(
    "limits, says",
    [
        ({"max": {"storage": "1Gi"}}, "allows a claim 1Gi at most"),
        ({"min": {"storage": "5Gi"}}, "allows a claim 5Gi at least"),
    ],
)
def test_a_limit_range(limits: dict[str, Any], says: str) -> None:
    assert f"Limit range r {says}, but claim a asks for 2Gi" in said(
        [ONE], limits={"type": "PersistentVolumeClaim", **limits}
    )
    check([ONE], [{"metadata": {"name": "r"}, "spec": {"limits": [{"type": "Container", **limits}]}}], [])
