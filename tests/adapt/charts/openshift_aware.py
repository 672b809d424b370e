# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A chart that sees by itself that it is on OpenShift."""

from __future__ import annotations

from chart import Case, about

_HELPERS = """\
{{- define "aware.context" -}}
{{- $context := .Values.podSecurityContext -}}
{{- $openshift := .Capabilities.APIVersions.Has "security.openshift.io/v1" -}}
{{- if or (eq .Values.adaptSecurityContext "force") (and (eq .Values.adaptSecurityContext "auto") $openshift) -}}
{{- $context = omit $context "runAsUser" "runAsGroup" "fsGroup" -}}
{{- end -}}
{{- toYaml $context -}}
{{- end -}}
{{- define "aware.container" -}}
{{- if not (.Capabilities.APIVersions.Has "security.openshift.io/v1/SecurityContextConstraints") -}}
runAsUser: 1002
{{- end }}
allowPrivilegeEscalation: false
{{- end -}}
"""

_VALUES = """\
adaptSecurityContext: auto
logLevel: info
podSecurityContext:
  runAsUser: 1001
  runAsGroup: 1001
  fsGroup: 1001
  runAsNonRoot: true
"""

_DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  selector:
    matchLabels: {app: aware}
  template:
    metadata:
      labels: {app: aware}
    spec:
      terminationGracePeriodSeconds: 1
      securityContext: {{- include "aware.context" . | nindent 8 }}
      containers:
        - name: server
          image: inferops.local/pause:1.0
          imagePullPolicy: Never
          securityContext: {{- include "aware.container" . | nindent 12 }}
          env:
            - {name: LOG_LEVEL, value: {{ .Values.logLevel }}}
          resources:
            requests: {cpu: 10m, memory: 16Mi}
---
{{- if .Capabilities.APIVersions.Has "policy/v1" }}
apiVersion: policy/v1
{{- else }}
apiVersion: policy/v1beta1
{{- end }}
kind: PodDisruptionBudget
metadata:
  name: {{ .Release.Name }}
spec:
  minAvailable: 0
  selector:
    matchLabels: {app: aware}
"""

CASE = Case(
    name="openshift-aware",
    title="a chart that leaves its IDs out where it sees OpenShift",
    files={
        "Chart.yaml": about("aware"),
        "values.yaml": _VALUES,
        "templates/_helpers.tpl": _HELPERS,
        "templates/deployment.yaml": _DEPLOYMENT,
    },
    changed_values={"logLevel": "debug"},
    right=True,
    ready=("Deployment/demo",),
)
