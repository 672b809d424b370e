# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run has to do about a release, from its newest revision, its rendering and the state of its objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .objects import Manifest, without_nulls
from .stored import DEPLOYED, UNINSTALLED, Stored

NONE, INSTALL, UPGRADE, HEAL, RECOVER, UNINSTALL = "none", "install", "upgrade", "heal", "recover", "uninstall"


def action(stored: Stored | None, differs: bool, drifted: bool) -> str:
    """The action.

    :param differs: whether the release is to be something else than its newest revision says.
    :param drifted: whether a live object is not as it is to be.
    """
    if stored is None or stored.status == UNINSTALLED:
        return INSTALL
    if stored.status != DEPLOYED:
        return RECOVER
    if differs:
        return UPGRADE
    return HEAL if drifted else NONE


def absence(stored: Stored | None, purge: bool) -> str:
    """The action where the release is to be gone."""
    if stored is None or (stored.status == UNINSTALLED and not purge):
        return NONE
    return UNINSTALL


def differences(
    stored: Stored, manifest: Manifest, wanted: Manifest, values: Mapping[str, Any], chart: Mapping[str, Any]
) -> list[str]:
    """In what a release that was rendered anew differs from its newest revision: manifests, hooks, values, chart.

    :param manifest: the stored one.
    :param wanted: the rendered one.
    :param chart: metadata of the chart.
    """
    namespace = str(stored.release.get("namespace") or "")
    found = []
    if _settled(manifest.by_key(namespace)) != _settled(wanted.by_key(namespace)):
        found.append("manifests")
    if sorted(map(_text, manifest.hooks)) != sorted(map(_text, wanted.hooks)):
        found.append("hooks")
    if without_nulls(stored.values) != without_nulls(values):
        found.append("values")
    if any(stored.chart.get(field) != chart.get(field) for field in ("name", "version", "appVersion") if chart):
        found.append("chart version")
    return found


def _settled(objects: Mapping[Any, Any]) -> Any:
    return {key: without_nulls(item) for key, item in objects.items()}


def _text(item: Any) -> str:
    return repr(_ordered(without_nulls(item)))


def _ordered(value: Any) -> Any:
    if isinstance(value, Mapping):
        return sorted((str(key), _ordered(item)) for key, item in value.items())
    return [_ordered(item) for item in value] if isinstance(value, list) else value
