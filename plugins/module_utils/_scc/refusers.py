# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who refused a pod: many have a say in it, and a refusal by one says nothing about the others.

The texts are those of Kubernetes' admission plugins (k8s.io/apiserver and k8s.io/kubernetes, plugin/pkg/admission).
"""

from __future__ import annotations

import re

from .message import POD_SECURITY as POD_SECURITY_TEXT
from .message import is_admission

SCC = "scc"
POD_SECURITY = "pod_security"
QUOTA = "quota"
LIMITS = "limits"
SERVICE_ACCOUNT = "service_account"
WEBHOOK = "webhook"
POLICY = "policy"
VALIDATION = "validation"
OTHER = "other"

_INVALID = frozenset({400, 422})
# A webhook or a policy may quote anybody, so these come first.
_QUOTING = (
    (WEBHOOK, re.compile(r'^(?:Internal error occurred: failed calling webhook|admission webhook) "')),
    (POLICY, re.compile(r"(?:Validating|Mutating)AdmissionPolicy '[^']+' (?:with binding '[^']+' )?denied request")),
)
_OTHERS = (
    (QUOTA, re.compile(r"exceeded quota: |failed quota: |status unknown for quota: |insufficient quota to ")),
    (LIMITS, re.compile(r"(?:minimum|maximum) \S+ usage per |max limit to request ratio per ")),
    (SERVICE_ACCOUNT, re.compile(r"error looking up service account |no service account specified for pod ")),
)


def refuser(status: int, text: str) -> str:
    """By whom the creation of a pod was refused.

    :param status: HTTP status of the answer.
    :param text: the API server's message.
    """
    for name, pattern in _QUOTING:
        if pattern.search(text):
            return name
    # Validation comes after SCC admission, and quotes the pod.
    if status in _INVALID:
        return VALIDATION
    if POD_SECURITY_TEXT.search(text):
        return POD_SECURITY
    if is_admission(text):
        return SCC
    return next((name for name, pattern in _OTHERS if pattern.search(text)), OTHER)
