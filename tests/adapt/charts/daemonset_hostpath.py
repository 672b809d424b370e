# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An agent that reads the logs of each node."""

from __future__ import annotations

from chart import Case, about

_DAEMON_SET = """\
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: {{ .Release.Name }}-logs
spec:
  selector:
    matchLabels: {app: logs}
  template:
    metadata:
      labels: {app: logs}
    spec:
      terminationGracePeriodSeconds: 1
      tolerations:
        - operator: Exists
      containers:
        - name: agent
          image: inferops.local/pause:1.0
          imagePullPolicy: Never
          resources:
            requests: {cpu: 10m, memory: 16Mi}
          securityContext:
            runAsUser: 1001
          volumeMounts:
            - {name: logs, mountPath: /logs, readOnly: true}
      volumes:
        - name: logs
          hostPath: {path: /var/log/}
"""

CASE = Case(
    name="daemonset-hostpath",
    title="DaemonSet that reads /var/log of the node",
    files={"Chart.yaml": about("logs"), "templates/daemonset.yaml": _DAEMON_SET},
    refusal=r"/var/log\b.* is the node's",
)
