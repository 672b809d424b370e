# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A chart that OpenShift admits as it is, with much that adapting could trip over."""

from __future__ import annotations

from chart import Case, about

_POD_CONTEXT = """\
{{- define "right.pod" -}}
terminationGracePeriodSeconds: 1
securityContext:
  runAsNonRoot: true
  seccompProfile: {type: RuntimeDefault}
{{- end -}}
{{- define "right.container" -}}
image: inferops.local/pause:1.0
imagePullPolicy: Never
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
resources:
  requests: {cpu: 10m, memory: 16Mi}
{{- end -}}
"""

_DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  labels:
    app.kubernetes.io/managed-by: {{ .Release.Service }}
spec:
  selector:
    matchLabels: {app: right}
  template:
    metadata:
      labels: {app: right}
      annotations:
        openshift.io/required-scc: restricted-v2
        checksum/config: {{ include (print $.Template.BasePath "/config.yaml") . | sha256sum }}
    spec:
      {{- include "right.pod" . | nindent 6 }}
      serviceAccountName: {{ .Release.Name }}
      containers:
        - name: server
          {{- include "right.container" . | nindent 10 }}
          args: [serve, ":8080"]
          env:
            - name: POD
              valueFrom: {fieldRef: {fieldPath: metadata.name}}
          ports:
            - {name: http, containerPort: 8080}
          startupProbe:
            httpGet: {path: /, port: http}
            periodSeconds: 1
          livenessProbe:
            tcpSocket: {port: http}
          readinessProbe:
            httpGet: {path: /, port: http}
            periodSeconds: 1
          volumeMounts:
            - {name: scratch, mountPath: /tmp}
            - {name: config, mountPath: /etc/right}
      volumes:
        - name: scratch
          emptyDir: {}
        - name: config
          projected:
            sources:
              - configMap: {name: {{ .Release.Name }}}
              - downwardAPI:
                  items:
                    - {path: labels, fieldRef: {fieldPath: metadata.labels}}
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}
spec:
  ports:
    - {name: http, port: 80, targetPort: http}
  selector: {app: right}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ .Release.Name }}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: {{ .Release.Name }}}
  minReplicas: 1
  maxReplicas: 2
  metrics:
    - type: Resource
      resource:
        name: cpu
        target: {type: Utilization, averageUtilization: 80}
"""

_CONFIG = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
data:
  level: {{ .Values.level }}
"""

_HOOK = """\
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-first
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-weight: "1"
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  template:
    spec:
      {{- include "right.pod" . | nindent 6 }}
      restartPolicy: Never
      containers:
        - name: first
          {{- include "right.container" . | nindent 10 }}
          args: [id]
---
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-answers
  annotations:
    helm.sh/hook: test
spec:
  {{- include "right.pod" . | nindent 2 }}
  restartPolicy: Never
  containers:
    - name: get
      {{- include "right.container" . | nindent 6 }}
      args: [get, "http://{{ .Release.Name }}/"]
"""

_NOTES = """\
{{ .Chart.Name }} {{ .Chart.Version }} is in namespace {{ .Release.Namespace }}, revision {{ .Release.Revision }}.

    kubectl get pods -l app=right -o go-template='{{ "{{ range .items }}{{ .metadata.name }}{{ end }}" }}'
"""

CASE = Case(
    name="right",
    title="a chart that is right already",
    files={
        "Chart.yaml": about("right"),
        "values.yaml": "level: info\n",
        "templates/_helpers.tpl": _POD_CONTEXT,
        "templates/config.yaml": _CONFIG,
        "templates/deployment.yaml": _DEPLOYMENT,
        "templates/hooks.yaml": _HOOK,
        "templates/NOTES.txt": _NOTES,
    },
    changed_values={"level": "debug"},
    right=True,
    ready=("Deployment/demo",),
    test=True,
)
