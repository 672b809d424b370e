# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts for verdicts on a running cluster, read as far as the user's rights go; what is not to be had is assumed and said."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from .._explain.explain import KUBERNETES, OPENSHIFT, Facts
from .._explain.offline_facts import EXAMPLE
from .._kube import security
from .._kube.access import whoami_or_unknown
from .._kube.client import Client
from .._kube.facts import Unread, api_groups
from .._platform.detect import is_openshift
from .._scc.access import Either, Grants, Subject
from .._scc.admission import Admission
from .._scc.bindings import brought
from .._scc.model import parse
from .._scc.namespace import UID_RANGE, annotations_and_labels
from .._scc.standard import AUTHENTICATED, standard
from .._scc.stored import stored


class Live:
    """Facts by namespace, each read once.

    :param params: options platform, sccs, granted, namespace, namespace_definition and wait_timeout of the module scc_explain; ``anybody``: bare pods
        are judged as those of a user who has no rights of his own, and not of the one who asks.
    :param objects: manifests, of which SCCs, roles and bindings count as applied.
    """

    def __init__(self, client: Client, params: Mapping[str, Any], objects: Sequence[Any] = ()) -> None:
        self._client = client
        self._params = params
        self._objects = objects
        self._unread = Unread()
        self._known: dict[str, Facts] = {}
        self.platform: str = params.get("platform") or "auto"
        if self.platform == "auto":
            self.platform = OPENSHIFT if is_openshift(frozenset(api_groups(client))) else KUBERNETES
        user = whoami_or_unknown(client)
        self._user = Subject(user.name, user.groups)
        self._creator = Subject("anybody", (AUTHENTICATED,)) if params.get("anybody") else self._user
        self._version = _version(client)
        self._sccs = self._catalogue() if self.platform == OPENSHIFT else {}

    def facts(self, namespace: str) -> Facts:
        """The facts of a namespace.

        :raises TritonError: it is not there, or the cluster does not answer.
        """
        if namespace not in self._known:
            self._known[namespace] = self._facts(namespace)
        return self._known[namespace]

    def _catalogue(self) -> dict[str, Mapping[str, Any]]:
        given = self._params.get("sccs")
        if given is not None:
            return {parse(scc).name: stored(scc) for scc in given}
        live = security.sccs(self._client, self._unread)
        if live is None:
            self._unread.sentences.append("Instead of the cluster's SCCs those that OpenShift 4.20 ships are taken.")
            return dict(standard())
        return {scc["metadata"]["name"]: scc for scc in live}

    def _facts(self, namespace: str) -> Facts:
        live = self._namespace(namespace)
        annotations, labels = annotations_and_labels(live or {}, namespace)
        notes = self._unread.sentences
        if self.platform == KUBERNETES:
            return Facts(None, annotations, labels, Grants([]), self._creator, self._version, notes)
        if live is None:
            annotations = EXAMPLE
            notes.append(
                f"The values of namespace {namespace} are taken as they might be, from the range {EXAMPLE[UID_RANGE]}."
            )
        extra = brought(self._objects, namespace)
        sccs = {**self._sccs, **extra.sccs}
        more = Either(Grants(self._params.get("granted") or {}), Grants(extra.granted))
        access = security.Access(self._client, namespace, self._user, self._sccs, self._unread)
        admission = Admission([parse(scc) for scc in sccs.values()])
        return Facts(admission, annotations, labels, Either(access, more), self._creator, self._version, notes)

    def _namespace(self, name: str) -> Mapping[str, Any] | None:
        given = self._params.get("namespace_definition")
        if given is not None and name == self._params.get("namespace"):
            found: Mapping[str, Any] = given
            return found
        # Elsewhere nobody writes what OpenShift is waited for.
        timeout = (self._params.get("wait_timeout") or 0) if self.platform == OPENSHIFT else 0
        return security.namespace(self._client, name, timeout, self._unread)


def _version(client: Client) -> tuple[int, int] | None:
    """Kubernetes' major and minor version; some distributions add a plus sign."""
    answer = client.request("GET", "/version")
    parts = [re.match(r"\d+", str(answer.get(name, ""))) for name in ("major", "minor")]
    return (int(parts[0][0]), int(parts[1][0])) if parts[0] and parts[1] else None
