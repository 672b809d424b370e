# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A chart whose test is a pod with a fixed user."""

from __future__ import annotations

from chart import Case, about

_SERVER = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-web
spec:
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: web
          image: {{ .Values.image }}
          imagePullPolicy: Never
          args: [serve, ":8080"]
          env:
            - {name: BANNER, value: {{ .Values.banner | quote }}}
          ports:
            - {name: http, containerPort: 8080}
          readinessProbe:
            httpGet: {path: /, port: http}
            periodSeconds: 1
          resources:
            requests: {cpu: 10m, memory: 16Mi}
          securityContext: {runAsUser: 1001}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}-web
spec:
  ports:
    - {name: http, port: 80, targetPort: http}
  selector: {app: web}
"""

_TEST = """\
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-web-answers
  annotations:
    helm.sh/hook: test
    helm.sh/hook-delete-policy: before-hook-creation
spec:
  restartPolicy: Never
  terminationGracePeriodSeconds: 1
  securityContext:
    runAsUser: 1000
    fsGroup: 1000
  containers:
    - name: get
      image: {{ .Values.image }}
      imagePullPolicy: Never
      args: [get, "http://{{ .Release.Name }}-web/"]
      resources:
        requests: {cpu: 10m, memory: 16Mi}
"""

CASE = Case(
    name="test-hook",
    title="test pod with a fixed user",
    files={
        "Chart.yaml": about("web"),
        "values.yaml": "image: inferops.local/pause:1.0\nbanner: first\n",
        "templates/web.yaml": _SERVER,
        "templates/tests/answers.yaml": _TEST,
    },
    changed_values={"banner": "second"},
    changes=(
        "Deployment demo-web spec.template.spec.containers[0].securityContext.runAsUser",
        "Pod demo-web-answers spec.securityContext.runAsUser",
        "Pod demo-web-answers spec.securityContext.fsGroup",
    ),
    ready=("Deployment/demo-web",),
    test=True,
)
