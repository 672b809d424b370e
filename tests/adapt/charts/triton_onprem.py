# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What users of Triton's chart for on-premises clusters meet on OpenShift, in a chart of our own: docs/official-chart.md."""

from __future__ import annotations

from chart import Case

_CHART = """\
apiVersion: v2
name: triton-inference-server
description: Triton with models on an NFS server
version: 1.0.0
appVersion: "1.0"
dependencies:
  - name: traefik
    version: "~10.6.2"
    repository: https://charts.example.com/traefik
    condition: traefik.enabled
    tags: [loadBalancing]
  - name: prometheus-adapter
    version: "~3.0.0"
    repository: https://charts.example.com/prometheus
    condition: prometheus-adapter.enabled
    tags: [autoscaling]
"""

_VALUES = """\
tags:
  autoscaling: true
  loadBalancing: true
image:
  imageName: nvcr.io/nvidia/tritonserver:24.10-py3
  pullPolicy: IfNotPresent
  modelRepositoryServer: "< address of the file server >"
  modelRepositoryPath: /srv/models
  numGpus: 1
serverArgs:
  - --model-store=/models
autoscaling:
  minReplicas: 1
  maxReplicas: 3
  metrics:
    - type: Pods
      pods:
        metric: {name: avg_time_queue_us}
        target: {type: AverageValue, averageValue: 50}
"""

_HELPERS = """\
{{- define "triton-inference-server.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- define "triton-inference-server.fullname" -}}
{{- if contains (include "triton-inference-server.name" .) .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "triton-inference-server.name" .) | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- define "triton-inference-server.labels" -}}
app: {{ include "triton-inference-server.name" . }}
chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
release: {{ .Release.Name }}
heritage: {{ .Release.Service }}
{{- end -}}
{{- define "triton-inference-server.selector" -}}
app: {{ include "triton-inference-server.name" . }}
release: {{ .Release.Name }}
{{- end -}}
"""

_DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "triton-inference-server.fullname" . }}
  namespace: {{ .Release.Namespace }}
  labels:
    {{- include "triton-inference-server.labels" . | nindent 4 }}
spec:
  replicas: {{ .Values.autoscaling.minReplicas }}
  selector:
    matchLabels:
      {{- include "triton-inference-server.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "triton-inference-server.selector" . | nindent 8 }}
    spec:
      terminationGracePeriodSeconds: 1
      volumes:
        - name: models
          nfs:
            server: {{ .Values.image.modelRepositoryServer }}
            path: {{ .Values.image.modelRepositoryPath }}
            readOnly: false
      containers:
        - name: {{ .Chart.Name }}
          image: "{{ .Values.image.imageName }}"
          imagePullPolicy: {{ .Values.image.pullPolicy }}
          volumeMounts:
            - mountPath: /models
              name: models
          resources:
            requests:
              cpu: 10m
              memory: 16Mi
            limits:
              nvidia.com/gpu: {{ .Values.image.numGpus }}
          args: ["tritonserver"
            {{- range .Values.serverArgs }}, {{ . | quote }}{{ end -}}
          ]
          ports:
            - containerPort: 8000
              name: http
            - containerPort: 8001
              name: grpc
            - containerPort: 8002
              name: metrics
          livenessProbe:
            initialDelaySeconds: 15
            failureThreshold: 3
            periodSeconds: 10
            httpGet: {path: /v2/health/live, port: http}
          readinessProbe:
            initialDelaySeconds: 5
            periodSeconds: 5
            failureThreshold: 3
            httpGet: {path: /v2/health/ready, port: http}
          startupProbe:
            periodSeconds: 10
            failureThreshold: 30
            httpGet: {path: /v2/health/ready, port: http}
      securityContext:
        runAsUser: 1000
        fsGroup: 1000
"""

_SERVICES = """\
apiVersion: v1
kind: Service
metadata:
  name: {{ include "triton-inference-server.fullname" . }}
  labels:
    {{- include "triton-inference-server.labels" . | nindent 4 }}
spec:
  ports:
    - port: 8000
      targetPort: http
      name: http-inference-server
    - port: 8001
      targetPort: grpc
      name: grpc-inference-server
    - port: 8002
      targetPort: metrics
      name: metrics-inference-server
  selector:
    {{- include "triton-inference-server.selector" . | nindent 4 }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ include "triton-inference-server.fullname" . }}-metrics
  labels:
    {{- include "triton-inference-server.labels" . | nindent 4 }}
    role: metrics
spec:
  ports:
    - name: metrics
      port: 8080
      targetPort: metrics
      protocol: TCP
  selector:
    {{- include "triton-inference-server.selector" . | nindent 4 }}
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  name: {{ include "triton-inference-server.fullname" . }}-metrics-monitor
spec:
  selector:
    matchLabels:
      role: metrics
  endpoints:
    - port: metrics
      interval: 15s
---
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata:
  name: {{ include "triton-inference-server.fullname" . }}-pods
spec:
  selector:
    matchLabels:
      {{- include "triton-inference-server.selector" . | nindent 6 }}
  podMetricsEndpoints:
    - port: metrics
"""

_AUTOSCALER = """\
{{- if .Values.tags.autoscaling }}
apiVersion: autoscaling/v2beta2
kind: HorizontalPodAutoscaler
metadata:
  name: triton-hpa
  namespace: {{ .Release.Namespace }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ include "triton-inference-server.fullname" . }}
  minReplicas: {{ .Values.autoscaling.minReplicas }}
  maxReplicas: {{ .Values.autoscaling.maxReplicas }}
  metrics: {{ toYaml .Values.autoscaling.metrics | nindent 4 }}
{{- end -}}
"""

_ROUTES = """\
{{- if .Values.tags.loadBalancing }}
{{- $name := include "triton-inference-server.fullname" . }}
apiVersion: traefik.containo.us/v1alpha1
kind: IngressRoute
metadata:
  name: {{ $name }}-http
spec:
  entryPoints: [triton-http]
  routes:
    - match: PathPrefix(`/`)
      kind: Rule
      services:
        - name: {{ $name }}
          port: 8000
---
apiVersion: traefik.containo.us/v1alpha1
kind: IngressRoute
metadata:
  name: {{ $name }}-grpc
spec:
  entryPoints: [triton-grpc]
  routes:
    - match: PathPrefix(`/`)
      kind: Rule
      services:
        - name: {{ $name }}
          port: 8001
          scheme: h2c
{{- end -}}
"""

_USER = {
    "image": {
        "imageName": "inferops.local/tritonserver:2.51.0",
        "pullPolicy": "Never",
        "modelRepositoryServer": "nfs.example.com",
        # No node of the local cluster has a GPU.
        "numGpus": 0,
    },
    "traefik": {"enabled": False},
    "prometheus-adapter": {"enabled": False},
}
_NAME = "demo-triton-inference-server"

CASE = Case(
    name="triton-onprem",
    title="Triton for on-premises clusters: inline NFS, user 1000, dead APIs, subcharts that are absent",
    files={
        "Chart.yaml": _CHART,
        "values.yaml": _VALUES,
        "templates/_helpers.tpl": _HELPERS,
        "templates/deployment.yaml": _DEPLOYMENT,
        "templates/service.yaml": _SERVICES,
        "templates/hpa.yaml": _AUTOSCALER,
        "templates/ingressroute.yaml": _ROUTES,
    },
    values=_USER,
    changed_values={**_USER, "serverArgs": ["--model-store=/models", "--log-verbose=1"]},
    adapt={"drop_missing": True, "volumes": {"models": {"claim": {"existing": "models"}}}},
    changes=(
        f"Deployment {_NAME} spec.template.spec.securityContext.runAsUser",
        f"Deployment {_NAME} spec.template.spec.securityContext.fsGroup",
        f"Deployment {_NAME} spec.template.spec.volumes[0]",
        f"Deployment {_NAME} spec.replicas",
        "HorizontalPodAutoscaler triton-hpa apiVersion",
        f"IngressRoute {_NAME}-http",
        f"IngressRoute {_NAME}-grpc",
    ),
    ready=(f"Deployment/{_NAME}",),
)
