# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs before and after the release, which helm runs as hooks, beside one that is part of it."""

from __future__ import annotations

from chart import Case, about

_VALUES = """\
image: inferops.local/tritonserver:2.51.0
greeting: hello
"""

_HELPERS = """\
{{- define "jobs.spec" -}}
backoffLimit: 2
template:
  metadata:
    labels: {app: jobs, job: {{ .job }}}
  spec:
    restartPolicy: Never
    terminationGracePeriodSeconds: 1
    {{- with .account }}
    serviceAccountName: {{ . }}
    {{- end }}
    securityContext:
      runAsUser: 1001
      fsGroup: 1001
    containers:
      - name: {{ .job }}
        image: {{ .image }}
        imagePullPolicy: Never
        command: [sh, -ec, 'echo {{ .job }} > /scratch/done; cat /scratch/done']
        resources:
          requests: {cpu: 10m, memory: 16Mi}
        volumeMounts:
          - {name: work, mountPath: /scratch}
    volumes:
      - name: work
        emptyDir: {}
{{- end -}}
"""

_HOOKS = """\
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-migrate
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-weight: "-10"
    helm.sh/hook-delete-policy: before-hook-creation
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-migrate
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: "-5"
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  {{- include "jobs.spec" (dict "job" "migrate" "image" .Values.image "account" (printf "%s-migrate" .Release.Name)) | nindent 2 }}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-reindex
  annotations:
    "helm.sh/hook": post-upgrade
    "helm.sh/hook-weight": "5"
    "helm.sh/hook-delete-policy": before-hook-creation
spec:
  {{- include "jobs.spec" (dict "job" "reindex" "image" .Values.image) | nindent 2 }}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-farewell
  annotations:
    helm.sh/hook: pre-delete
    helm.sh/hook-delete-policy: hook-succeeded,hook-failed
spec:
  {{- include "jobs.spec" (dict "job" "farewell" "image" .Values.image) | nindent 2 }}
"""

_RELEASE = """\
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-seed
spec:
  {{- include "jobs.spec" (dict "job" "seed" "image" .Values.image) | nindent 2 }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  selector:
    matchLabels: {app: jobs-server}
  template:
    metadata:
      labels: {app: jobs-server}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: server
          image: inferops.local/pause:1.0
          imagePullPolicy: Never
          env:
            - {name: GREETING, value: {{ .Values.greeting | quote }}}
          resources:
            requests: {cpu: 10m, memory: 16Mi}
          securityContext:
            runAsUser: 1001
"""

_POD = "spec.template.spec.securityContext"
_JOBS = ("migrate", "reindex", "farewell", "seed")

CASE = Case(
    name="jobs-hooks",
    title="Jobs as hooks of all kinds, with weights and delete policies",
    files={
        "Chart.yaml": about("jobs"),
        "values.yaml": _VALUES,
        "templates/_helpers.tpl": _HELPERS,
        "templates/hooks.yaml": _HOOKS,
        "templates/release.yaml": _RELEASE,
    },
    changed_values={"greeting": "hello again"},
    changes=(
        *(f"Job demo-{job} {_POD}.{field}" for job in _JOBS for field in ("runAsUser", "fsGroup")),
        "Deployment demo spec.template.spec.containers[0].securityContext.runAsUser",
    ),
    ready=("Deployment/demo", "Job/demo-seed"),
)
