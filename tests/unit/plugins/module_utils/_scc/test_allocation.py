# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What SCCs take from their namespace."""

from __future__ import annotations

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._scc.allocation import resolve
from ansible_collections.inferops.triton.plugins.module_utils._scc.model import IDRange
from ansible_collections.inferops.triton.plugins.module_utils._scc.strategies.base import StrategyError
from ansible_collections.inferops.triton.tests.unit.plugins.module_utils._scc.builders import ANNOTATIONS, scc

UIDS, GROUPS, MCS = (f"openshift.io/sa.scc.{name}" for name in ("uid-range", "supplemental-groups", "mcs"))
ALL = {"supplementalGroups": {"type": "MustRunAs"}}


def test_every_value_that_is_missing_comes_from_the_namespace() -> None:
    found = resolve(scc(**ALL), ANNOTATIONS, "ns")
    assert (found.run_as_user.first, found.run_as_user.last) == (1000900000, 1000909999)
    assert found.se_linux.level == "s0:c30,c5"
    # fsGroup: the first ID of the first block alone; supplemental groups: all blocks.
    assert found.fs_group.ranges == (IDRange(1000900000, 1000900000),)
    assert found.supplemental_groups.ranges == (IDRange(1000900000, 1000909999), IDRange(5000, 5009))


def test_what_the_scc_says_itself_stays() -> None:
    own = scc(
        runAsUser={"type": "MustRunAsRange", "uidRangeMin": 5, "uidRangeMax": 9},
        seLinuxContext={"type": "MustRunAs", "seLinuxOptions": {"level": "s0", "type": "t"}},
        fsGroup={"type": "MustRunAs", "ranges": [{"max": 7}]},
        supplementalGroups={"type": "RunAsAny"},
    )
    found = resolve(own, {UIDS: "broken", MCS: ""}, "ns")
    assert found == own and found.fs_group.ranges == (IDRange(0, 7),)


@pytest.mark.parametrize("fields", [{"uidRangeMin": 5}, {"uidRangeMax": 9}])
def test_half_a_range_takes_nothing(fields: dict[str, int]) -> None:
    own = scc(runAsUser={"type": "MustRunAsRange", **fields})
    assert resolve(own, ANNOTATIONS, "ns").run_as_user == own.run_as_user


def test_the_level_joins_the_type_of_the_scc() -> None:
    own = scc(seLinuxContext={"type": "MustRunAs", "seLinuxOptions": {"type": "container_engine_t"}})
    found = resolve(own, ANNOTATIONS, "ns").se_linux
    assert (found.level, found.se_type) == ("s0:c30,c5", "container_engine_t")


def test_without_groups_the_range_of_users_counts() -> None:
    without = {key: value for key, value in ANNOTATIONS.items() if key != GROUPS}
    assert resolve(scc(**ALL), without, "ns").supplemental_groups.ranges == (IDRange(1000900000, 1000909999),)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({UIDS: ""}, f"uid annotation for namespace ns while trying to configure SCC own: found annotation {UIDS} but it was empty"),
        ({UIDS: "x"}, "uid annotation for namespace ns while trying to configure SCC own: expected integer"),
        ({MCS: ""}, f"mcs annotation for namespace ns while trying to configure SCC own: found annotation {MCS} but it was empty"),
        (
            {GROUPS: ""},
            f"group annotation for namespace ns while trying to configure SCC own: unable to find groups using {GROUPS} and {UIDS} annotations",
        ),
        ({GROUPS: "1/2,"}, "group annotation for namespace ns while trying to configure SCC own: EOF"),
        # The first that fails is named.
        ({UIDS: "x", MCS: ""}, "uid annotation for namespace ns while trying to configure SCC own: expected integer"),
    ],
)
def test_what_cannot_be_read_is_said_in_openshifts_words(changes: dict[str, str], words: str) -> None:
    with pytest.raises(StrategyError) as caught:
        resolve(scc(**ALL), {**ANNOTATIONS, **changes}, "ns")
    assert str(caught.value) == f"unable to find pre-allocated {words}"
