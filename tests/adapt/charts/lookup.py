# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A password that is taken from the Secret that is there, and upgrades that are refused where that cannot be read."""

from __future__ import annotations

from chart import Case, about

_SECRET = """\
{{- $name := printf "%s-auth" .Release.Name }}
{{- $there := lookup "v1" "Secret" .Release.Namespace $name }}
{{- if and .Release.IsUpgrade (not $there) }}
{{- fail (printf "Secret %s has to be there for an upgrade" $name) }}
{{- end }}
apiVersion: v1
kind: Secret
metadata:
  name: {{ $name }}
  annotations:
    helm.sh/resource-policy: keep
data:
  {{- if $there }}
  password: {{ index $there.data "password" }}
  {{- else }}
  password: {{ randAlphaNum 16 | b64enc }}
  {{- end }}
  user: {{ .Values.user | b64enc }}
"""

_DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  selector:
    matchLabels: {app: lookup}
  template:
    metadata:
      labels: {app: lookup}
    spec:
      terminationGracePeriodSeconds: 1
      securityContext: {runAsUser: 1001, fsGroup: 1001}
      containers:
        - name: server
          image: inferops.local/pause:1.0
          imagePullPolicy: Never
          envFrom:
            - secretRef: {name: {{ .Release.Name }}-auth}
          resources:
            requests: {cpu: 10m, memory: 16Mi}
---
# Helm 4 asks the server about each object when it renders with lookups, and the server does not know this one.
apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata:
  name: {{ .Release.Name }}
spec:
  minAvailable: 0
  selector:
    matchLabels: {app: lookup}
"""

CASE = Case(
    name="lookup",
    title="password by lookup of the Secret that is there, beside an API version that is gone",
    files={
        "Chart.yaml": about("lookup"),
        "values.yaml": "user: reader\n",
        "templates/secret.yaml": _SECRET,
        "templates/deployment.yaml": _DEPLOYMENT,
    },
    changed_values={"user": "writer"},
    changes=(
        "Deployment demo spec.template.spec.securityContext.runAsUser",
        "Deployment demo spec.template.spec.securityContext.fsGroup",
        "PodDisruptionBudget demo apiVersion",
    ),
    ready=("Deployment/demo",),
)
