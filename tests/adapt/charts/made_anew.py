# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A chart that wants its pods and hooks anew with each upgrade: random annotations, dates, the number of the revision."""

from __future__ import annotations

from chart import Case, about

_TEMPLATES = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  annotations:
    example.com/deployed: {{ now | date "2006-01-02T15:04:05.999999999" | quote }}
spec:
  selector:
    matchLabels: {app: anew}
  template:
    metadata:
      labels: {app: anew}
      annotations:
        rollme: {{ randAlphaNum 5 | quote }}
        example.com/revision: {{ .Release.Revision | quote }}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: server
          image: inferops.local/pause:1.0
          imagePullPolicy: Never
          env:
            - {name: MODE, value: {{ .Values.mode }}}
            - {name: INSTANCE, value: {{ uuidv4 }}}
          resources:
            requests: {cpu: 10m, memory: 16Mi}
          securityContext: {runAsUser: 1001}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-migrate-{{ .Release.Revision }}
  annotations:
    helm.sh/hook: post-install,post-upgrade
spec:
  template:
    spec:
      restartPolicy: Never
      terminationGracePeriodSeconds: 1
      securityContext: {runAsUser: 1001}
      containers:
        - name: migrate
          image: inferops.local/pause:1.0
          imagePullPolicy: Never
          args: [id]
          env:
            - {name: MODE, value: {{ .Values.mode }}}
          resources:
            requests: {cpu: 10m, memory: 16Mi}
"""

CASE = Case(
    name="made-anew",
    title="random annotations, dates and the number of the revision",
    files={"Chart.yaml": about("anew"), "values.yaml": "mode: fast\n", "templates/all.yaml": _TEMPLATES},
    changed_values={"mode": "safe"},
    changes=(
        "Deployment demo spec.template.spec.containers[0].securityContext.runAsUser",
        "Job demo-migrate-1 spec.template.spec.securityContext.runAsUser",
    ),
    ready=("Deployment/demo",),
)
