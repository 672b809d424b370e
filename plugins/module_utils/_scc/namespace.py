# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a namespace's annotations allow its pods, as OpenShift's SCC admission reads them.

Source of the rules: openshift/apiserver-library-go, package securitycontextconstraints/sccmatching.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._errors import TritonError
from .ranges import Block, RangeSyntaxError, parse_block, parse_blocks
from .typed import Reader

UID_RANGE = "openshift.io/sa.scc.uid-range"
SUPPLEMENTAL_GROUPS = "openshift.io/sa.scc.supplemental-groups"
MCS = "openshift.io/sa.scc.mcs"
ALLOCATED = (UID_RANGE, MCS)

_CURE = (
    "every pod of the namespace is refused until an administrator writes it as START/SIZE, for example 1000900000/10000, or "
    "removes it so that OpenShift allocates a new one"
)


@dataclass(frozen=True, slots=True)
class NamespaceRange:
    """The values that SCCs without numbers of their own take from the namespace.

    ``uids``: the one block of user IDs; ``groups``: all blocks of supplemental groups; ``mcs``: the SELinux level.
    """

    uids: Block
    groups: tuple[Block, ...]
    mcs: str

    @property
    def fs_group(self) -> int:
        """The only fsGroup that MustRunAs allows: the first ID of the first block, not the block."""
        return self.groups[0].first


def annotations_and_labels(namespace: Mapping[str, Any], name: str) -> tuple[dict[str, str], dict[str, str]]:
    """Those of a Namespace object; null is no text, as Kubernetes reads it.

    :param name: for messages only.
    :raises TritonError: one of them is no text.
    """
    metadata = Reader(f"Namespace {name}", namespace).object("metadata")
    annotations, labels = metadata.object("annotations"), metadata.object("labels")
    return {key: annotations.text(key) for key in annotations.data}, {key: labels.text(key) for key in labels.data}


def unallocated(annotations: Mapping[str, str]) -> list[str]:
    """Those annotations that SCC admission waits for and that are not there yet."""
    return [key for key in ALLOCATED if key not in annotations]


def read(annotations: Mapping[str, str], namespace: str) -> NamespaceRange:
    """Read the annotations of a namespace.

    :param namespace: its name, for messages only.
    :raises TritonError: an annotation is missing, empty, malformed, or allows no ID at all.
    """
    uids = _block(annotations, namespace)
    groups = _groups(annotations, namespace)
    mcs = _text(annotations, MCS, namespace)
    if uids.size == 0:
        raise TritonError(
            f'{_subject(namespace)} {UID_RANGE} is "{annotations[UID_RANGE]}", which allows no user ID at all '
            f"(first {uids.first}, last {uids.last}); {_CURE}."
        )
    if groups[0].size == 0:
        source = SUPPLEMENTAL_GROUPS if SUPPLEMENTAL_GROUPS in annotations else UID_RANGE
        raise TritonError(
            f'{_subject(namespace)} {source} is "{annotations[source]}", whose first block allows no group at all; {_CURE}.'
        )
    return NamespaceRange(uids, groups, mcs)


def _text(annotations: Mapping[str, str], key: str, namespace: str) -> str:
    value = annotations.get(key)
    if value is None:
        where = f'Namespace "{namespace}" has' if namespace else "There is"
        raise TritonError(
            f"{where} no annotation {key}; OpenShift writes it moments after the namespace is made. "
            "If it stays away, the cluster's namespace controller does not work, or the cluster is no OpenShift: then set platform: kubernetes."
        )
    if value == "":
        raise TritonError(f"{_subject(namespace)} {key} is empty; {_CURE}.")
    return value


def _block(annotations: Mapping[str, str], namespace: str) -> Block:
    text = _text(annotations, UID_RANGE, namespace)
    try:
        return parse_block(text)
    except RangeSyntaxError as error:
        raise _malformed(namespace, UID_RANGE, text, error) from error


def _groups(annotations: Mapping[str, str], namespace: str) -> tuple[Block, ...]:
    key = SUPPLEMENTAL_GROUPS if SUPPLEMENTAL_GROUPS in annotations else UID_RANGE
    text = _text(annotations, key, namespace)
    try:
        return parse_blocks(text)
    except RangeSyntaxError as error:
        raise _malformed(namespace, key, text, error) from error


def _malformed(namespace: str, key: str, text: str, error: RangeSyntaxError) -> TritonError:
    return TritonError(f'{_subject(namespace)} {key} is "{text}", which OpenShift cannot read ({error}); {_CURE}.')


def _subject(namespace: str) -> str:
    return f'Namespace "{namespace}": annotation' if namespace else "Annotation"
