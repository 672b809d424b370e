# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What SCCs without numbers of their own take from a namespace, with OpenShift's own words for whatever is broken.

Source: apiserver-library-go, sccmatching/matcher.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .model import MUST_RUN_AS, MUST_RUN_AS_RANGE, SCC, IDRange
from .namespace import MCS, SUPPLEMENTAL_GROUPS, UID_RANGE
from .ranges import RangeSyntaxError, parse_block, parse_blocks
from .strategies.base import StrategyError


def resolve(scc: SCC, annotations: Mapping[str, str], namespace: str) -> SCC:
    """The SCC with the namespace's values where it has none.

    :param annotations: of the namespace.
    :raises StrategyError: an annotation that the SCC needs cannot be read.
    """
    needed = ""
    changes: dict[str, Any] = {}
    try:
        if _is_without_uids(scc):
            needed = "uid"
            block = parse_block(_text(annotations, UID_RANGE))
            changes["run_as_user"] = replace(scc.run_as_user, first=block.first, last=block.last)
        if scc.se_linux.type == MUST_RUN_AS and not scc.se_linux.level:
            needed = "mcs"
            changes["se_linux"] = replace(scc.se_linux, level=_text(annotations, MCS))
        if scc.fs_group.type == MUST_RUN_AS and not scc.fs_group.ranges:
            needed = "group"
            # The first ID alone, not its block.
            first = _groups(annotations, namespace)[0].first
            changes["fs_group"] = replace(scc.fs_group, ranges=(IDRange(first, first),))
        if scc.supplemental_groups.type == MUST_RUN_AS and not scc.supplemental_groups.ranges:
            needed = "group"
            changes["supplemental_groups"] = replace(scc.supplemental_groups, ranges=_groups(annotations, namespace))
    except (RangeSyntaxError, StrategyError) as error:
        raise StrategyError(
            f"unable to find pre-allocated {needed} annotation for namespace {namespace} while trying to configure SCC "
            f"{scc.name}: {error}"
        ) from error
    return replace(scc, **changes) if changes else scc


def _is_without_uids(scc: SCC) -> bool:
    options = scc.run_as_user
    return options.type == MUST_RUN_AS_RANGE and options.first is None and options.last is None


def _text(annotations: Mapping[str, str], key: str) -> str:
    if key not in annotations:
        raise StrategyError(f"unable to find annotation {key}")
    if not annotations[key]:
        raise StrategyError(f"found annotation {key} but it was empty")
    return annotations[key]


def _groups(annotations: Mapping[str, str], namespace: str) -> tuple[IDRange, ...]:
    text = annotations.get(SUPPLEMENTAL_GROUPS, annotations.get(UID_RANGE))
    if text is None:
        raise StrategyError(f"unable to find supplemental group or uid annotation for namespace {namespace}")
    if not text:
        raise StrategyError(f"unable to find groups using {SUPPLEMENTAL_GROUPS} and {UID_RANGE} annotations")
    return tuple(IDRange(block.first, block.last) for block in parse_blocks(text))
