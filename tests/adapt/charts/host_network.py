# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An agent that watches the processes and the network of each node."""

from __future__ import annotations

from chart import Case, about

_DAEMON_SET = """\
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: {{ .Release.Name }}-watch
spec:
  selector:
    matchLabels: {app: watch}
  template:
    metadata:
      labels: {app: watch}
    spec:
      terminationGracePeriodSeconds: 1
      hostNetwork: true
      hostPID: true
      dnsPolicy: ClusterFirstWithHostNet
      securityContext:
        runAsNonRoot: true
        runAsUser: 65534
      containers:
        - name: watch
          image: inferops.local/pause:1.0
          imagePullPolicy: Never
          ports:
            - {name: metrics, containerPort: 9100, hostPort: 9100}
          resources:
            requests: {cpu: 10m, memory: 16Mi}
"""

CASE = Case(
    name="host-network",
    title="DaemonSet with the node's network and processes",
    files={"Chart.yaml": about("watch"), "templates/daemonset.yaml": _DAEMON_SET},
    refusal=r"hostNetwork: it works on the node itself",
)
