# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which volumes a pod may have."""

from __future__ import annotations

from collections.abc import Iterator

from generator.values import VOLUMES

from . import Test, rule
from .view import View


def _volume(kind: str, field: str) -> Test:
    def test(v: View) -> Iterator[str]:
        if v.chosen:
            if any(one.get(field) is not None for one in v.spec.get("volumes") or ()):
                yield "passes"
        elif f'"{kind}": {kind} volumes are not allowed' in v.message:
            yield "refuses"

    return test


for _kind, (_volume_field, _passes) in VOLUMES.items():
    rule(f"volume-{_kind}", f"Volumes of type {_kind} must be listed.", "passes", "refuses")(
        _volume(_kind, _volume_field)
    )


@rule("volume-unknown", "A volume without a known source is refused unless all are allowed.", "refuses", "* passes")
def _unknown(v: View) -> Iterator[str]:
    if v.has("unknown volume type for volume: core.Volume{"):
        yield "refuses"
    elif (
        v.chosen
        and "*" in (v.scc.get("volumes") or ())
        and any(
            len([key for key, value in one.items() if value is not None]) == 1 for one in v.spec.get("volumes") or ()
        )
    ):
        yield "* passes"


@rule("volume-two", "Of two sources of one volume, the first in Kubernetes' order counts.", "passes", "refuses")
def _two(v: View) -> Iterator[str]:
    fields = {field for field, _passes in VOLUMES.values()}
    if any(
        len(fields & {key for key, value in one.items() if value is not None}) > 1
        for one in v.spec.get("volumes") or ()
    ):
        if v.chosen and "*" not in (v.scc.get("volumes") or ()):
            yield "passes"
        elif v.has("volumes are not allowed to be used"):
            yield "refuses"


@rule("volume-star", "`*` allows every type.", "admitted")
def _star(v: View) -> Iterator[str]:
    if v.chosen and "*" in (v.scc.get("volumes") or ()) and v.spec.get("volumes"):
        yield "admitted"


@rule("volume-none", "`none` allows no type.", "no volume passes", "refuses")
def _none(v: View) -> Iterator[str]:
    if v.chosen:
        if v.scc.get("volumes") == ["none"]:
            yield "no volume passes"
    elif v.has("volumes are not allowed to be used") and any(one.get("volumes") == ["none"] for one in v.sccs):
        yield "refuses"


@rule(
    "volume-token",
    "The standard token's projected volume passes where secret is listed.",
    "passes",
    "another is refused",
)
def _token(v: View) -> Iterator[str]:
    given = [one for one in v.spec.get("volumes") or () if one.get("projected") is not None]
    if given and v.chosen:
        volumes = v.scc.get("volumes") or ()
        if "secret" in volumes and "projected" not in volumes and "*" not in volumes:
            yield "passes"
    elif given and v.has("projected volumes are not allowed"):
        volumes = [one.get("volumes") or () for one in v.sccs]
        if any("secret" in one and "projected" not in one for one in volumes):
            yield "another is refused"


@rule("flex", "Drivers of flexVolumes must be listed, if any is.", "passes", "refuses", "no list passes")
def _flex(v: View) -> Iterator[str]:
    if v.has("Flexvolume driver is not allowed to be used"):
        yield "refuses"
    elif v.chosen and any(one.get("flexVolume") for one in v.spec.get("volumes") or ()):
        yield "passes" if v.scc.get("allowedFlexVolumes") else "no list passes"
