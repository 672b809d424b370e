# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every storage back end answers: objects to make, and how the pod gets at the models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Target:
    """Where a repository is to be used: the namespace, and the release whose objects take its name.

    ``storage_classes`` are those that the cluster has, None where that is not known.
    """

    namespace: str
    release: str
    storage_classes: Sequence[str] | None = None

    def labels(self) -> dict[str, str]:
        """Labels of the objects made for the release."""
        return {
            "app.kubernetes.io/instance": self.release,
            "app.kubernetes.io/part-of": "triton",
            "app.kubernetes.io/managed-by": "inferops.triton",
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """What one repository comes to.

    ``definitions``: objects to apply; ``entry``: the item of the chart's modelRepositories; ``digest``: changes when the models do,
    "" where that is not known here; ``models``: names of the models, empty where they are not known here;
    """

    definitions: tuple[Mapping[str, Any], ...]
    entry: Mapping[str, Any]
    digest: str = ""
    models: tuple[str, ...] = field(default_factory=tuple)


class Backend(Protocol):
    """A storage back end with its options, already checked by the module's argument spec."""

    def plan(self, name: str, target: Target) -> Plan:
        """Decide; reads at most local files.

        :param name: the repository's name, a DNS label.
        :raises TritonError: options that contradict each other, or files that cannot be shipped this way.
        """
