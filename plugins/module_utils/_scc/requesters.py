# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Those who ask for pods: SCC admission asks after their rights too, beside those of the pod's service account."""

from __future__ import annotations

from .access import Subject, service_account
from .standard import AUTHENTICATED

_CONTROLLER = "system:serviceaccount:kube-system:"
REPLICA_SETS = f"{_CONTROLLER}replicaset-controller"
STATEFUL_SETS = f"{_CONTROLLER}statefulset-controller"
DAEMON_SETS = f"{_CONTROLLER}daemon-set-controller"
JOBS = f"{_CONTROLLER}job-controller"
REPLICATION_CONTROLLERS = f"{_CONTROLLER}replication-controller"
# Its pods come from a ReplicationController of Kubernetes.
DEPLOYMENT_CONFIGS = REPLICATION_CONTROLLERS


def signed_in(name: str) -> Subject:
    """A service account that asks by itself, as controllers do: authenticated, unlike the account of a pod in admission.

    :param name: such as system:serviceaccount:kube-system:replicaset-controller.
    """
    _system, _kind, namespace, short = name.split(":", 3)
    account = service_account(namespace, short)
    return Subject(account.name, (*account.groups, AUTHENTICATED))
