# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A chart of long ago: Helm 2's layout, and API versions that are gone."""

from __future__ import annotations

from chart import Case

_CHART = """\
apiVersion: v1
name: legacy
description: A chart of long ago
version: 0.9.0
appVersion: "2017.1"
"""

_REQUIREMENTS = """\
dependencies:
  - name: database
    version: 0.3.1
    repository: https://charts.example.com
    tags: [bundled]
"""

_DEPLOYMENT = """\
apiVersion: apps/v1beta2
kind: Deployment
metadata:
  name: {{ .Release.Name }}-legacy
  labels: &labels
    app: legacy
    release: "{{ .Release.Name }}"
spec:
  replicas: 1
  template:
    metadata:
      labels: *labels
    spec:
      terminationGracePeriodSeconds: 1
      serviceAccount: {{ .Release.Name }}-legacy
      containers:
        - name: server
          image: inferops.local/pause:1.0
          imagePullPolicy: Never
          args: [serve, ":8080"]
          env:
            - {name: LOG_LEVEL, value: {{ .Values.logLevel }}}
          ports:
            - {name: http, containerPort: 8080}
          readinessProbe:
            httpGet: {path: /, port: http}
            periodSeconds: 1
          resources:
            requests: {cpu: 10m, memory: 16Mi}
          securityContext: {runAsUser: 33, runAsGroup: 33}
"""

_OTHERS = """\
apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}-legacy
spec:
  ports:
    - {name: http, port: 80, targetPort: http}
  selector: {app: legacy}
---
apiVersion: extensions/v1beta1
kind: Ingress
metadata:
  name: {{ .Release.Name }}-legacy
  annotations:
    kubernetes.io/ingress.class: nginx
spec:
  backend: {serviceName: {{ .Release.Name }}-legacy, servicePort: 80}
  tls:
    - {hosts: [legacy.example.com], secretName: legacy-tls}
  rules:
    - host: legacy.example.com
      http:
        paths:
          - backend: {serviceName: {{ .Release.Name }}-legacy, servicePort: http}
          - path: /admin
            backend: {serviceName: {{ .Release.Name }}-legacy, servicePort: 80}
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-legacy
---
apiVersion: rbac.authorization.k8s.io/v1beta1
kind: Role
metadata:
  name: {{ .Release.Name }}-legacy
rules:
  - {apiGroups: [""], resources: [configmaps], verbs: [get, list]}
---
apiVersion: rbac.authorization.k8s.io/v1beta1
kind: RoleBinding
metadata:
  name: {{ .Release.Name }}-legacy
subjects:
  - {kind: ServiceAccount, name: {{ .Release.Name }}-legacy, namespace: {{ .Release.Namespace }}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: {{ .Release.Name }}-legacy}
---
apiVersion: extensions/v1beta1
kind: NetworkPolicy
metadata:
  name: {{ .Release.Name }}-legacy
spec:
  podSelector: {matchLabels: {app: legacy}}
  ingress: [{ports: [{port: http}]}]
---
apiVersion: policy/v1beta1
kind: PodSecurityPolicy
metadata:
  name: {{ .Release.Name }}-legacy
spec:
  privileged: false
  runAsUser: {rule: MustRunAsNonRoot}
  seLinux: {rule: RunAsAny}
  fsGroup: {rule: RunAsAny}
  supplementalGroups: {rule: RunAsAny}
"""

_DEPLOYED = "Deployment demo-legacy"

CASE = Case(
    name="extensions-ingress",
    title="a chart of long ago: Helm 2's layout, extensions/v1beta1, a Deployment without a selector",
    files={
        "Chart.yaml": _CHART,
        "requirements.yaml": _REQUIREMENTS,
        "values.yaml": "tags: {bundled: true}\nlogLevel: info\n",
        "templates/deployment.yaml": _DEPLOYMENT,
        "templates/others.yaml": _OTHERS,
    },
    values={"tags": {"bundled": False}},
    changed_values={"tags": {"bundled": False}, "logLevel": "debug"},
    changes=(
        f"{_DEPLOYED} apiVersion",
        f"{_DEPLOYED} spec.selector",
        f"{_DEPLOYED} spec.template.spec.containers[0].securityContext.runAsUser",
        f"{_DEPLOYED} spec.template.spec.containers[0].securityContext.runAsGroup",
        "Ingress demo-legacy apiVersion",
        "Ingress demo-legacy spec.defaultBackend",
        "Ingress demo-legacy spec.rules[0].http.paths[0].pathType",
        "Ingress demo-legacy spec.rules[0].http.paths[1].backend.service",
        "NetworkPolicy demo-legacy apiVersion",
        "PodSecurityPolicy demo-legacy",
        "Role demo-legacy apiVersion",
        "RoleBinding demo-legacy apiVersion",
    ),
    ready=("Deployment/demo-legacy",),
)
