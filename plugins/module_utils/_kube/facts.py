# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read from the cluster what the plan needs, each object once; what the user may not read is left out and named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from .._errors import TritonError
from .._platform.detect import CONFIG_GROUP, SCC_GROUP, Facts, is_openshift
from .._scc.namespace import unallocated
from . import wait
from .access import Right, allowed
from .client import ApiError, Client, path_of

DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"


@dataclass(slots=True)
class Unread:
    """Collects what could not be read, as sentences."""

    sentences: list[str] = field(default_factory=list)

    def get(self, client: Client, path: str, what: str) -> Any:
        """Read, or note that the user may not."""
        try:
            return client.get(path)
        except ApiError as error:
            if error.status != 403:
                raise
            self.sentences.append(f"{what} could not be read: {error.text}")
            return None


def api_groups(client: Client) -> dict[str, list[str]]:
    """The API groups served and their versions; the core group is ""."""
    listed = client.request("GET", "/apis").get("groups")
    if not isinstance(listed, list):
        raise client.no_api("GET", "/apis")
    groups = {group["name"]: [entry["version"] for entry in group["versions"]] for group in listed}
    return {"": ["v1"], **groups}


def platform_facts(client: Client, groups: Iterable[str], unread: Unread) -> Facts:
    """What platform detection looks at."""
    served = frozenset(groups)
    version = client.request("GET", "/version")
    cluster_version, microshift = None, False
    if is_openshift(served):
        if CONFIG_GROUP in served:
            path = f"/apis/{CONFIG_GROUP}/v1/clusterversions/version"
            cluster_version = unread.get(client, path, "The OpenShift version (ClusterVersion)")
        else:
            path = "/api/v1/namespaces/kube-public/configmaps/microshift-version"
            microshift = unread.get(client, path, "The MicroShift version") is not None
    host = urlsplit(client.server).netloc
    return Facts(str(version.get("gitVersion", "")), served, host, cluster_version, microshift)


def storage_classes(client: Client, unread: Unread) -> list[dict[str, Any]] | None:
    """The storage classes: name, provisioner, default, expandable and binding mode; None where they cannot be listed."""
    before = len(unread.sentences)
    answer = unread.get(client, "/apis/storage.k8s.io/v1/storageclasses", "The storage classes") or {}
    if len(unread.sentences) > before:
        return None
    return [_storage_class(item) for item in answer.get("items") or ()]


def _storage_class(item: Mapping[str, Any]) -> dict[str, Any]:
    annotations = item["metadata"].get("annotations") or {}
    return {
        "name": item["metadata"]["name"],
        "provisioner": item.get("provisioner", ""),
        "default": annotations.get(DEFAULT_CLASS) == "true",
        "expandable": bool(item.get("allowVolumeExpansion")),
        "binding_mode": item.get("volumeBindingMode", "Immediate"),
    }


def usable_sccs(client: Client, namespace: str, unread: Unread) -> list[str] | None:
    """The SCCs that the user may use in the namespace, by name; None where they cannot be listed."""
    answer = unread.get(client, f"/apis/{SCC_GROUP}/v1/securitycontextconstraints", "The SCCs")
    if answer is None:
        return None
    names = sorted(item["metadata"]["name"] for item in answer.get("items") or ())
    rights = {name: Right("use", "securitycontextconstraints", SCC_GROUP, namespace, name) for name in names}
    return [name for name, right in rights.items() if allowed(client, right)]


def read_namespace(client: Client, name: str) -> Mapping[str, Any] | None:
    """The namespace object, None if it is not there.

    :raises TritonError: the user may not read it.
    """
    try:
        found: Mapping[str, Any] | None = client.get(path_of("v1", "namespaces", name=name))
    except ApiError as error:
        if error.status == 403:
            raise error.said(
                f'Namespace "{name}" cannot be read with these credentials ({error.text}); it may not exist. Ask an administrator to '
                f"create it and to grant: kubectl create rolebinding triton-deployer-YOU --clusterrole=edit --user=YOU --namespace={name}"
            )
        raise
    return found


def allocated_namespace(client: Client, name: str, timeout: float) -> Mapping[str, Any]:
    """The namespace with the annotations that OpenShift adds moments after it was made.

    :param timeout: seconds to wait for them.
    :raises TritonError: no such namespace, or no right to read it. Annotations that stay away are the reader's to judge.
    """

    def annotated(live: Mapping[str, Any] | None) -> bool:
        return live is None or not unallocated(live["metadata"].get("annotations") or {})

    found = wait.until(lambda: read_namespace(client, name), annotated, timeout)
    if found is None:
        raise no_namespace(client, name)
    return found


def check_namespace(client: Client, name: str) -> None:
    """Make sure that a namespace is there, as far as the user may look.

    :raises TritonError: it is not.
    """
    try:
        found = read_namespace(client, name)
    except ApiError as error:
        if error.status != 403:
            raise
        return
    if found is None:
        raise no_namespace(client, name)


def no_namespace(client: Client, name: str) -> TritonError:
    """The sentence for a namespace that is not there."""
    return TritonError(
        f'Namespace "{name}" does not exist on {client.server}; create it, run the playbook inferops.triton.prepare, or correct the '
        "name.",
        namespace=name,
    )
