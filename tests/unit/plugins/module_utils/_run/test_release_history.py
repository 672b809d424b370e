# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The revisions of a release, against a double of the cluster."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._release.history import (
    Revision,
    chosen,
    last_verified,
)
from ansible_collections.inferops.triton.plugins.module_utils._run.release_history import run
from ansible_collections.inferops.triton.tests.unit.plugins.fake_api import FakeApi, Seen

SECRETS = "/api/v1/namespaces/ns/secrets"
LABEL = "inferops.triton/verified"


class Helm:
    """What helm leaves in a namespace."""

    def __init__(self, api: FakeApi, connection: dict[str, Any]) -> None:
        self.api, self.connection = api, connection
        self.patches: list[Any] = []

    def revision(self, number: int, status: str = "superseded", release: str = "triton", **labels: str) -> None:
        name = f"sh.helm.release.v1.{release}.v{number}"
        own = {"owner": "helm", "name": release, "version": str(number), "status": status}
        self.api.add("v1", "Secret", name, "ns", metadata={"labels": {**own, **labels}}, data={"release": "x"})

        def patch(seen: Seen) -> tuple[int, Any]:
            assert seen.header("content-type") == ["application/merge-patch+json"]
            self.patches.append((name, seen.body))
            self.api.objects[f"{SECRETS}/{name}"]["metadata"]["labels"] |= seen.body["metadata"]["labels"]
            return 200, self.api.objects[f"{SECRETS}/{name}"]

        self.api.answers["PATCH", f"{SECRETS}/{name}"] = patch

    def history(self, check: bool = False, **options: Any) -> dict[str, Any]:
        return run(
            {"namespace": "ns", "release": "triton", "verified": False, "revision": 0, **self.connection, **options},
            check,
        )


@pytest.fixture
def helm(api: FakeApi, connection: dict[str, Any]) -> Helm:
    return Helm(api, connection)


def test_no_release(helm: Helm) -> None:
    helm.revision(1, "deployed", release="other")
    nothing = {"changed": False, "warnings": [], "revisions": [], "current": 0, "last_verified": 0}
    assert helm.history() == nothing
    assert helm.history(verified=True) == nothing


def test_revisions_by_number(helm: Helm) -> None:
    for number in (9, 10, 2):
        helm.revision(number)
    helm.revision(11, "deployed")
    result = helm.history()
    assert [one["revision"] for one in result["revisions"]] == [2, 9, 10, 11]
    assert (result["current"], result["last_verified"]) == (11, 0)
    # Contents do not travel.
    assert all("as=PartialObjectMetadataList" in seen.header("Accept")[0] for seen in helm.api.seen)


def test_a_revision_is_noted_once(helm: Helm) -> None:
    helm.revision(1, "deployed")
    checked = helm.history(verified=True, check=True)
    assert checked["changed"] and helm.patches == []
    first = helm.history(verified=True)
    assert (first["changed"], first["last_verified"]) == (True, 1)
    assert helm.patches == [("sh.helm.release.v1.triton.v1", {"metadata": {"labels": {LABEL: "1"}}})]
    again = helm.history(verified=True)
    assert (again["changed"], again["last_verified"], len(helm.patches)) == (False, 1, 1)


def test_what_helm_hands_on_to_the_next_revision_does_not_count(helm: Helm) -> None:
    helm.revision(1, "superseded", **{LABEL: "1"})
    helm.revision(2, "deployed", **{LABEL: "1"})
    result = helm.history()
    assert [one["verified"] for one in result["revisions"]] == [True, False]
    assert (result["current"], result["last_verified"]) == (2, 1)


@pytest.mark.parametrize("status", ["failed", "pending-upgrade", "uninstalled"])
def test_what_is_not_in_force_was_not_verified(helm: Helm, status: str) -> None:
    helm.revision(1, status)
    with pytest.raises(
        TritonError, match=f"Revision 1 of release triton is {status}, not deployed, so it cannot have been"
    ):
        helm.history(verified=True)
    assert helm.patches == []


def test_a_revision_that_has_come_meanwhile_is_not_noted(helm: Helm) -> None:
    helm.revision(1)
    helm.revision(2, "deployed")
    result = helm.history(verified=True, revision=1)
    assert (result["changed"], helm.patches) == (False, [])
    assert result["warnings"] == [
        "Revision 2 of release triton has come while revision 1 was verified, so nothing is noted."
    ]
    assert helm.history(verified=True, revision=2)["changed"] is True


def revision(number: int, status: str = "superseded", verified: bool = True) -> Revision:
    return Revision(number, status, verified, "")


def test_which_was_verified_last() -> None:
    known = [revision(1), revision(2), revision(3, "failed"), revision(4, "deployed", False)]
    assert last_verified(known) == 2
    assert last_verified(known, 2) == 1
    assert last_verified(known, 1) == 0


def test_the_one_to_go_back_to() -> None:
    known = [revision(1, verified=False), revision(2), revision(3, "deployed")]
    assert chosen(known, "triton", 0) == 2
    assert chosen(known, "triton", 1) == 1
    for wanted, words in (
        (7, "Release triton has no revision 7; it has: 1, 2, 3. Nothing was written."),
        (-1, "Release triton has no revision -1; it has: 1, 2, 3."),
    ):
        with pytest.raises(TritonError) as caught:
            chosen(known, "triton", wanted)
        assert caught.value.message.startswith(words)
    with pytest.raises(TritonError, match="has no revision before 1 that was verified; it has: 1. Name one of them as"):
        chosen([revision(1, "deployed")], "triton", 0)
    with pytest.raises(TritonError, match="Release triton has no revision; deploy it first"):
        chosen([], "triton", 1)
