# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which requests are decided at all, and what must be there before."""

from __future__ import annotations

from collections.abc import Iterator

from . import rule
from .view import View

IGNORED_SUBRESOURCES = ("exec", "attach", "binding", "eviction", "log", "portforward", "proxy", "status")


@rule("windows", "Pods of Windows are skipped.", "skipped", "other system decided")
def _windows(v: View) -> Iterator[str]:
    system = (v.spec.get("os") or {}).get("name")
    if system == "windows" and v.skipped and not v.case.get("subresource"):
        yield "skipped"
    elif system and not v.skipped:
        yield "other system decided"


@rule(
    "subresources", "These subresources are skipped; all others are decided.", *IGNORED_SUBRESOURCES, "others decided"
)
def _subresources(v: View) -> Iterator[str]:
    name = v.case.get("subresource")
    if name in IGNORED_SUBRESOURCES:
        assert v.skipped
        yield name
    elif name and not v.skipped:
        yield "others decided"


def _changed(v: View, key: str) -> bool:
    """Whether a field of the metadata differs from the old pod's, in a way that counts."""
    new, old = v.pod["metadata"].get(key), v.old["metadata"].get(key)
    return bool(new or old) and new != old


@rule(
    "networks", "An update of only the annotation k8s.ovn.org/pod-networks is skipped.", "skipped", "with more decided"
)
def _networks(v: View) -> Iterator[str]:
    if v.update:
        old = v.old["metadata"].get("annotations") or {}
        key = "k8s.ovn.org/pod-networks"
        if v.notes.get(key) != old.get(key) and not v.case.get("subresource"):
            yield "skipped" if v.skipped else "with more decided"


@rule("owners", "An update of only ownerReferences is skipped.", "skipped", "with more decided")
def _owners(v: View) -> Iterator[str]:
    if v.update and _changed(v, "ownerReferences") and not v.case.get("subresource"):
        yield "skipped" if v.skipped else "with more decided"


@rule("finalizers", "An update of only finalizers is skipped.", "skipped", "with more decided")
def _finalizers(v: View) -> Iterator[str]:
    if v.update and _changed(v, "finalizers") and not v.case.get("subresource"):
        yield "skipped" if v.skipped else "with more decided"


@rule("managed-fields", "An update of only managedFields is skipped.", "skipped", "with more decided")
def _managed(v: View) -> Iterator[str]:
    if v.update and _changed(v, "managedFields") and not v.case.get("subresource"):
        yield "skipped" if v.skipped else "with more decided"


@rule("self-link", "An update of only selfLink is skipped.", "skipped", "with more decided")
def _self_link(v: View) -> Iterator[str]:
    if v.update and _changed(v, "selfLink") and not v.case.get("subresource"):
        yield "skipped" if v.skipped else "with more decided"


@rule("unchanged", "An update that changes nothing is skipped.", "skipped")
def _unchanged(v: View) -> Iterator[str]:
    if v.update and v.pod == v.old and v.skipped and not v.case.get("subresource"):
        yield "skipped"


@rule("labels", "An update of labels is decided.", "admitted", "refused")
def _labels(v: View) -> Iterator[str]:
    if v.update and _changed(v, "labels") and not v.skipped:
        yield "admitted" if v.allowed else "refused"


@rule("status", "An update of the status or of another field of the metadata is decided.", "decided")
def _status(v: View) -> Iterator[str]:
    if v.update and not v.skipped:
        fields = ("resourceVersion", "generation", "uid", "deletionGracePeriodSeconds")
        if v.pod.get("status") != v.old.get("status") or any(_changed(v, one) for one in fields):
            yield "decided"


@rule("spec", "An update of the spec is decided.", "admitted", "refused", "same meaning skipped")
def _spec(v: View) -> Iterator[str]:
    if v.update and v.spec != v.old["spec"] and not v.case.get("subresource"):
        if v.skipped and (v.spec.get("os") or {}).get("name") != "windows":
            yield "same meaning skipped"
        elif not v.skipped:
            yield "admitted" if v.allowed else "refused"


@rule("standard", "All standard SCCs must exist.", "refuses", "passes")
def _standard(v: View) -> Iterator[str]:
    if v.has("cache is missing"):
        yield "refuses"
    elif v.tested:
        yield "passes"


@rule("namespace", "The namespace must be known.", "refuses", "passes")
def _namespace(v: View) -> Iterator[str]:
    if v.has('error fetching namespace "') and v.has(" not found"):
        yield "refuses"
    elif v.tested:
        yield "passes"


@rule("uid-range-key", "The namespace must have the annotation uid-range.", "refuses", "even empty passes")
def _uid_range_key(v: View) -> Iterator[str]:
    if v.has("unable to find annotation openshift.io/sa.scc.uid-range"):
        yield "refuses"
    elif v.namespace_notes.get("openshift.io/sa.scc.uid-range") == "" and (v.tested or v.has("resolution")):
        yield "even empty passes"


@rule("mcs-key", "The namespace must have the annotation mcs.", "refuses", "even empty passes")
def _mcs_key(v: View) -> Iterator[str]:
    if v.has("unable to find annotation openshift.io/sa.scc.mcs"):
        yield "refuses"
    elif v.namespace_notes.get("openshift.io/sa.scc.mcs") == "" and v.tested:
        yield "even empty passes"
