# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A chart of charts: one under another name, one switched off, a library, and one switched off that is not there."""

from __future__ import annotations

from chart import Case, about

_DEPENDENCIES = """\
dependencies:
  - name: worker
    version: 1.2.3
    repository: ""
    alias: indexer
  - name: cache
    version: ">=1.0.0"
    repository: ""
    condition: cache.enabled
  - name: parts
    version: 1.x.x
    repository: ""
  - name: dashboards
    version: 7.0.1
    repository: https://charts.example.com
    condition: dashboards.enabled,global.dashboards
"""

_VALUES = """\
global:
  image: inferops.local/pause:1.0
  logLevel: info
indexer:
  user: 1111
  replicas: 1
cache:
  enabled: false
dashboards:
  enabled: true
"""

_PARTS = """\
{{- define "parts.name" -}}
{{ .Release.Name }}-{{ .Chart.Name }}
{{- end -}}
{{- define "parts.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}
{{- define "parts.container" -}}
image: {{ .Values.global.image }}
imagePullPolicy: Never
env:
  - name: LOG_LEVEL
    value: {{ .Values.global.logLevel | quote }}
resources:
  requests: {cpu: 10m, memory: 16Mi}
{{- end -}}
"""

_DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "parts.name" . }}
  labels:
    {{- include "parts.labels" . | nindent 4 }}
    helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
spec:
  replicas: {{ .Values.replicas | default 1 }}
  selector:
    matchLabels:
      {{- include "parts.labels" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "parts.labels" . | nindent 8 }}
    spec:
      terminationGracePeriodSeconds: 1
      securityContext:
        runAsUser: {{ .Values.user }}
      containers:
        - name: {{ .Chart.Name }}
          {{- include "parts.container" . | nindent 10 }}
"""

_WORKER_VALUES = """\
user: 1000
replicas: 3
"""

CASE = Case(
    name="subcharts",
    title="umbrella of subcharts: an alias, one switched off, a library, and one that is absent",
    files={
        "Chart.yaml": about("umbrella", _DEPENDENCIES),
        "values.yaml": _VALUES,
        "templates/deployment.yaml": _DEPLOYMENT.replace("{{ .Values.user }}", "1110"),
        "charts/worker/Chart.yaml": about("worker"),
        "charts/worker/values.yaml": _WORKER_VALUES,
        "charts/worker/templates/deployment.yaml": _DEPLOYMENT,
        "charts/cache/Chart.yaml": about("cache"),
        "charts/cache/values.yaml": _WORKER_VALUES,
        "charts/cache/templates/deployment.yaml": _DEPLOYMENT,
        "charts/parts/Chart.yaml": about("parts", "type: library\n"),
        "charts/parts/templates/_parts.tpl": _PARTS,
    },
    values={"dashboards": {"enabled": False}},
    changed_values={"dashboards": {"enabled": False}, "global": {"logLevel": "debug"}},
    changes=(
        "Deployment demo-umbrella spec.template.spec.securityContext.runAsUser",
        "Deployment demo-indexer spec.template.spec.securityContext.runAsUser",
    ),
    ready=("Deployment/demo-umbrella", "Deployment/demo-indexer"),
)
