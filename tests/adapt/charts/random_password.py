# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A password that is made anew in each rendering, stands in several places, and is summed up in an annotation."""

from __future__ import annotations

from chart import Case, about

_VALUES = """\
logLevel: info
poolSize: 5
"""

# Made once in a rendering, and kept in the values for the rest of it.
_HELPERS = """\
{{- define "shop.password" -}}
{{- if not (hasKey .Values "madePassword") -}}
{{- $_ := set .Values "madePassword" (randAlphaNum 24) -}}
{{- end -}}
{{- .Values.madePassword -}}
{{- end -}}
"""

# The session key is made again for the annotation, so that this sums up another one.
_SECRET = """\
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-shop
type: Opaque
data:
  password: {{ include "shop.password" . | b64enc | quote }}
  session-key: {{ randAlphaNum 32 | b64enc | quote }}
stringData:
  url: "postgresql://shop:{{ include "shop.password" . }}@{{ .Release.Name }}-db:5432/shop?pool={{ .Values.poolSize }}"
"""

_CONFIG = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-shop
data:
  shop.ini: |
    [log]
    level = {{ .Values.logLevel }}
    [database]
    user = shop
    password = {{ include "shop.password" . }}
"""

_DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-shop
spec:
  selector:
    matchLabels: {app: shop}
  template:
    metadata:
      labels: {app: shop}
      annotations:
        checksum/secret: {{ include (print $.Template.BasePath "/secret.yaml") . | sha256sum }}
        checksum/config: {{ include (print $.Template.BasePath "/config.yaml") . | sha256sum }}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: shop
          image: inferops.local/pause:1.0
          imagePullPolicy: Never
          env:
            - name: PASSWORD
              valueFrom:
                secretKeyRef: {name: {{ .Release.Name }}-shop, key: password}
          volumeMounts:
            - {name: config, mountPath: /etc/shop}
          resources:
            requests: {cpu: 10m, memory: 16Mi}
          securityContext:
            runAsUser: 1001
      volumes:
        - name: config
          configMap: {name: {{ .Release.Name }}-shop}
"""

CASE = Case(
    name="random-password",
    title="random password in a Secret, a ConfigMap and a URL, with checksum annotations",
    files={
        "Chart.yaml": about("shop"),
        "values.yaml": _VALUES,
        "templates/_helpers.tpl": _HELPERS,
        "templates/secret.yaml": _SECRET,
        "templates/config.yaml": _CONFIG,
        "templates/deployment.yaml": _DEPLOYMENT,
    },
    changed_values={"logLevel": "debug", "poolSize": 20},
    changes=("Deployment demo-shop spec.template.spec.containers[0].securityContext.runAsUser",),
    ready=("Deployment/demo-shop",),
)
