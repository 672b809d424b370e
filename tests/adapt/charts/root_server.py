# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that asks for root by name."""

from __future__ import annotations

from chart import Case, about

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-mail
spec:
  selector:
    matchLabels: {app: mail}
  template:
    metadata:
      labels: {app: mail}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: mail
          image: inferops.local/pause:1.0
          imagePullPolicy: Never
          env:
            - {name: DOMAIN, value: {{ .Values.domain }}}
          ports:
            - {name: smtp, containerPort: 2525}
          resources:
            requests: {cpu: 10m, memory: 16Mi}
          securityContext:
            runAsUser: 0
            runAsGroup: 0
"""
VALUES = "domain: example.com\n"

CASE = Case(
    name="root-server",
    title="server that asks for root by name",
    files={"Chart.yaml": about("mail"), "values.yaml": VALUES, "templates/deployment.yaml": DEPLOYMENT},
    refusal=r"containers\[0\]\.securityContext\.runAsUser: it asks for root by name",
)
