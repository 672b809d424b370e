# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of privileges."""

from __future__ import annotations

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._scc.model import parse
from ansible_collections.inferops.triton.plugins.module_utils._scc.privileges import PRIVILEGES, TO_BE_NAMED, grave, privileges, weight
from ansible_collections.inferops.triton.plugins.module_utils._scc.standard import standard

SCCS = {name: parse(one) for name, one in standard().items()}


def test_the_standard_sccs_from_harmless_to_grave() -> None:
    order = sorted(SCCS.values(), key=weight)
    assert [one.name for one in order][:3] == ["restricted-v2", "restricted-v3", "nonroot-v2"]
    assert order[-1].name == "privileged"
    places = [one.name for one in order]
    assert places.index("restricted") < places.index("anyuid") < places.index("hostnetwork-v2") < places.index("hostaccess")


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("restricted-v2", []),
        ("restricted-v3", []),
        ("nonroot-v2", []),
        ("restricted", ["capabilities", "privilege_escalation", "seccomp"]),
        ("anyuid", ["root", "capabilities", "privilege_escalation", "seccomp"]),
        ("hostnetwork-v2", ["host_network", "host_ports"]),
        ("nested-container", ["root", "capabilities", "selinux", "privilege_escalation", "seccomp"]),
        ("privileged", list(TO_BE_NAMED)),
    ],
)
def test_what_has_to_be_named(name: str, wanted: list[str]) -> None:
    assert grave(SCCS[name]) == wanted


def test_words_for_all_of_them() -> None:
    assert privileges(SCCS["restricted-v2"]) == ["supplemental groups outside the namespace's"]
    assert len({one.words for one in PRIVILEGES}) == len(PRIVILEGES) == len({one.name for one in PRIVILEGES})
