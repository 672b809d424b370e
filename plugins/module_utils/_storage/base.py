# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every storage back end answers: objects to make, and how the pod gets at the models."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from .._triton.findings import Finding

Object: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StorageClass:
    """A storage class of the cluster; ``default`` and ``expandable`` are None where that is not known."""

    name: str
    provisioner: str = ""
    default: bool | None = None
    expandable: bool | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What the cluster has of one name: nothing is said where it was not asked, or where the user may not look."""

    known: bool = False
    live: Object | None = None


def unasked(_kind: str, _name: str) -> Found:
    """The answer of a cluster that is not asked."""
    return Found()


def unknown() -> bool | None:
    """The answer to what nobody knows."""
    return None


@dataclass(frozen=True, slots=True)
class Target:
    """Where a repository is to be used: the namespace, and the release whose objects take its name.

    ``storage_classes`` are those that the cluster has, None where that is not known. ``find`` looks for an object by kind and name: one of
    the namespace, or a PersistentVolume. ``image_volumes`` tells whether the nodes mount images, None where that is not known.
    ``preparing``: `prepare` runs, so objects that others make later, or that it makes itself, need not be there.
    ``digests``: of local repositories, by the repository's name, as an earlier plan found them; these are not read again.
    """

    namespace: str
    release: str
    storage_classes: Sequence[StorageClass] | None = None
    find: Callable[[str, str], Found] = unasked
    image_volumes: Callable[[], bool | None] = unknown
    preparing: bool = False
    digests: Mapping[str, str] = field(default_factory=dict)

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

    ``uri``: the repository; ``client``: what one client of Triton's is bound to besides its credentials (the endpoint); ``env``: the
    credentials as they are given where one set serves all buckets of the cloud; ``credentials``: the same as an entry of Triton's cloud
    credential file, None where the values are not known here (they lie in a Secret that is there); ``file``: a Secret and its key that
    hold such a file already.
    """

    uri: str
    client: str = ""
    env: tuple[Object, ...] = ()
    credentials: Mapping[str, str] | str | None = field(default=None, repr=False)
    file: tuple[str, str] | None = None

    @property
    def scheme(self) -> str:
        """The cloud: s3, gs or as."""
        return self.uri.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Plan:
    """What one repository comes to; see combine() for what becomes of several.

    ``definitions``: objects of the namespace, Secrets among them, which are never shown; ``cluster_definitions``: objects that only `prepare`
    may write; ``entry``: the item of the chart's modelRepositories; ``digest``: changes when the models do, or what the pods read but once
    (credentials, CAs), "" where that is not known here; ``models``: names of the models, empty where they are not known here.

    Into the pod go ``env`` and ``mounts`` (of Triton's container), ``volumes``, ``init_containers``, ``pod_labels``, ``pod_annotations`` and
    ``supplemental_groups``; ``scratch`` is added to the room in /tmp (a quantity, "" for none). ``cloud``: the bucket and its credentials.
    ``bound``: claims that have a volume of their own and so are bound as soon as they are written.
    ``upload``: options of the module model_upload where local files have to get into a claim; ``probe``: an item of the option probes of
    model_probe, for a bucket that is to be read before the release.
    ``notes`` say what was decided, ``warnings`` what may go wrong, ``findings`` what there is to say about local files.
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
    bound: tuple[str, ...] = ()
    upload: Mapping[str, Any] | None = None
    probe: Mapping[str, Any] | None = None
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


class Backend(Protocol):
    """A storage back end with its options, already checked by the module's argument spec."""

    def plan(self, name: str, target: Target) -> Plan:
        """Decide; reads at most local files, and of the cluster what ``target.find`` tells.

        :param name: the repository's name, a DNS label.
        :raises TritonError: options that contradict each other, or files that cannot be shipped this way.
        """
