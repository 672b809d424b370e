# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists with the same key twice, and replicas beside an autoscaler: server-side apply, as Helm 4 uses it, minds both."""

from __future__ import annotations

from chart import Case, about

_HELPERS = """\
{{- define "twice.env" -}}
- name: LOG_LEVEL
  value: warning
- name: CACHE
  value: "on"
{{- end -}}
"""

_DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  replicas: {{ .Values.replicas }}
  selector:
    matchLabels: {app: twice}
  template:
    metadata:
      labels: {app: twice}
    spec:
      terminationGracePeriodSeconds: 1
      # Of a global value and of the chart's own, as it happens.
      imagePullSecrets:
        - name: registry
        - name: registry
      containers:
        - name: server
          image: inferops.local/pause:1.0
          imagePullPolicy: Never
          env:
            {{- include "twice.env" . | nindent 12 }}
            - name: LOG_LEVEL
              value: {{ .Values.logLevel }}
          ports:
            - containerPort: 8080
            - containerPort: 8081
            - containerPort: 8080
          resources:
            requests: {cpu: 10m, memory: 16Mi}
          securityContext: {runAsUser: 1001}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ .Release.Name }}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: {{ .Release.Name }}}
  minReplicas: {{ .Values.replicas }}
  maxReplicas: 3
  metrics:
    - type: Resource
      resource:
        name: cpu
        target: {type: Utilization, averageUtilization: 80}
"""

_CONTAINER = "Deployment demo spec.template.spec.containers[0]"

CASE = Case(
    name="duplicates",
    title="the same variable, port and pull secret twice, replicas beside an autoscaler",
    files={
        "Chart.yaml": about("twice"),
        "values.yaml": "replicas: 1\nlogLevel: info\n",
        "templates/_helpers.tpl": _HELPERS,
        "templates/deployment.yaml": _DEPLOYMENT,
    },
    changed_values={"logLevel": "debug"},
    changes=(
        f"{_CONTAINER}.env[0]",
        f"{_CONTAINER}.ports[0]",
        f"{_CONTAINER}.securityContext.runAsUser",
        "Deployment demo spec.replicas",
    ),
    ready=("Deployment/demo",),
)
