# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Namespaces in which OpenShift applies no SCCs at all: a pod there is admitted unchanged, whatever it asks for.

Source: openshift/kubernetes, openshift-kube-apiserver/admission, namespaceconditions and admissionenablement.
"""

from __future__ import annotations

from collections.abc import Mapping

# Those that OpenShift's API server itself needs in order to start.
NAMESPACES = frozenset({"default", "kube-public", "kube-system", "openshift", "openshift-infra", "openshift-node"})
RUN_LEVEL = "openshift.io/run-level"
DISABLED = "security.openshift.io/disable-securitycontextconstraints"


def exemption(namespace: str, labels: Mapping[str, str]) -> str:
    """Why no SCC counts in a namespace, "" where they do."""
    if namespace in NAMESPACES:
        return "it is one of OpenShift's own, which start before SCC admission does"
    if labels.get(RUN_LEVEL) in ("0", "1"):
        return f"its label {RUN_LEVEL} is {labels[RUN_LEVEL]}"
    if labels.get(DISABLED) == "true":
        return f"its label {DISABLED} is true"
    return ""
