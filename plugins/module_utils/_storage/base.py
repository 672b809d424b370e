# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every storage back end answers: objects to make, and how the pod gets at the models."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

Object: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StorageClass:
    """A storage class of the cluster; ``expandable`` is None where that is not known."""

    name: str
    provisioner: str = ""
    default: bool = False
    expandable: bool | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What the cluster has of one name: nothing is said where it was not asked, or where the user may not look."""

    known: bool = False
    live: Object | None = None


def unasked(_kind: str, _name: str) -> Found:
    """The answer of a cluster that is not asked."""
    return Found()


@dataclass(frozen=True, slots=True)
class Target:
    """Where a repository is to be used: the namespace, and the release whose objects take its name.

    ``storage_classes`` are those that the cluster has, None where that is not known. ``find`` looks for an object by kind and name: one of
    the namespace, or a PersistentVolume. ``version`` is that of Kubernetes as (major, minor), None where it is not known.
    ``preparing``: cluster-scoped objects are about to be made, so that they need not be there.
    """

    namespace: str
    release: str
    storage_classes: Sequence[StorageClass] | None = None
    find: Callable[[str, str], Found] = unasked
    version: tuple[int, int] | None = None
    preparing: bool = False

    def labels(self) -> dict[str, str]:
        """Labels of the objects made for the release."""
        return {
            "app.kubernetes.io/instance": self.release,
            "app.kubernetes.io/part-of": "triton",
            "app.kubernetes.io/managed-by": "inferops.triton",
        }

    def metadata(self, name: str) -> dict[str, Any]:
        """Metadata of an object of the namespace."""
        return {"name": name, "namespace": self.namespace, "labels": self.labels()}


@dataclass(frozen=True, slots=True)
class CloudAccess:
    """How Triton gets at one bucket.

    ``env``: what it takes alone. ``credentials``: its entry in Triton's cloud credential file, for several of one cloud; None where the
    values are not known here (they lie in a Secret that is there).
    """

    scheme: str
    uri: str
    env: tuple[Object, ...] = ()
    credentials: Mapping[str, str] | str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Plan:
    """What one repository comes to; see combine() for what becomes of several.

    ``definitions``: objects of the namespace, Secrets among them, which are never shown; ``cluster_definitions``: objects that only `prepare`
    may write; ``entry``: the item of the chart's modelRepositories; ``digest``: changes when the models do, "" where that is not known here;
    ``models``: names of the models, empty where they are not known here. ``env`` to ``supplemental_groups`` go into the pod: ``env``,
    ``mounts`` into Triton's container, ``scratch`` is added to the room in /tmp (a quantity, "" for none). ``cloud``: the bucket and its
    credentials, instead of ``env``. ``notes`` say what was decided, ``warnings`` what may go wrong.
    """

    definitions: tuple[Object, ...]
    entry: Object
    digest: str = ""
    models: tuple[str, ...] = ()
    cluster_definitions: tuple[Object, ...] = ()
    env: tuple[Object, ...] = ()
    volumes: tuple[Object, ...] = ()
    mounts: tuple[Object, ...] = ()
    init_containers: tuple[Object, ...] = ()
    service_account_annotations: Mapping[str, str] = field(default_factory=dict)
    pod_labels: Mapping[str, str] = field(default_factory=dict)
    pod_annotations: Mapping[str, str] = field(default_factory=dict)
    scratch: str = ""
    supplemental_groups: tuple[int, ...] = ()
    cloud: CloudAccess | None = None
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class Backend(Protocol):
    """A storage back end with its options, already checked by the module's argument spec."""

    def plan(self, name: str, target: Target) -> Plan:
        """Decide; reads at most local files, and of the cluster what ``target.find`` tells.

        :param name: the repository's name, a DNS label.
        :raises TritonError: options that contradict each other, or files that cannot be shipped this way.
        """
