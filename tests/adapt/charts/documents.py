# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""YAML as people write it: lists of objects, anchors, empty documents, several namespaces, keys in odd places."""

from __future__ import annotations

from chart import Case, about

_LIST = """\
{{- /* A List is no object of its own. */ -}}
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: ConfigMap
    metadata:
      name: {{ .Release.Name }}-listed
      namespace: {{ .Release.Namespace }}
    data: {level: {{ .Values.level | quote }}}
  - apiVersion: apps/v1
    kind: Deployment
    metadata: {name: {{ .Release.Name }}-listed}
    spec:
      selector: {matchLabels: {app: listed}}
      template:
        metadata: {labels: {app: listed}}
        spec:
          terminationGracePeriodSeconds: 1
          securityContext: {runAsUser: 1001}
          containers:
            - name: server
              image: inferops.local/pause:1.0
              imagePullPolicy: Never
              envFrom: [{configMapRef: {name: {{ .Release.Name }}-listed}}]
              resources: {requests: {cpu: 10m, memory: 16Mi}}
"""

_DOCUMENTS = """\
---
# Nothing but a comment.
---
{{- if .Values.never }}
apiVersion: v1
kind: ConfigMap
metadata: {name: never}
{{- end }}
---
# The anchor is used thrice.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-anchored
  labels: &labels {app: anchored}
spec:
  selector: {matchLabels: *labels}
  template:
    metadata: {labels: *labels}
    spec:
      terminationGracePeriodSeconds: 1
      volumes: null
      initContainers: []
      containers:
        - &container
          name: first
          image: inferops.local/pause:1.0
          imagePullPolicy: Never
          securityContext: &context {runAsUser: 1001, runAsNonRoot: true}
          resources: {requests: {cpu: 10m, memory: 16Mi}}
        - <<: *container
          name: second
          securityContext:
            <<: *context
            runAsUser: 1002
---
apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}-anchored, annotations: null}
spec: {ports: [{port: 80, targetPort: 0x1F90}], selector: {app: anchored}}
...
---
"""

CASE = Case(
    name="documents",
    title="YAML as people write it: lists of objects, anchors, merge keys, empty documents",
    files={
        "Chart.yaml": about("documents"),
        "values.yaml": "level: info\n",
        "templates/list.yaml": _LIST,
        "templates/documents.yaml": _DOCUMENTS,
        "templates/empty.yaml": "{{- if .Values.never }}\nnever: true\n{{- end }}\n",
        "templates/more/windows.yaml": (
            'apiVersion: v1\r\nkind: ConfigMap\r\nmetadata:\r\n  name: "{{ .Release.Name }}-windows"\r\n'
            "data:\r\n  text: |\r\n    one\r\n    two\r\n"
        ),
    },
    changed_values={"level": "debug"},
    changes=(
        "Deployment demo-listed spec.template.spec.securityContext.runAsUser",
        "Deployment demo-anchored spec.template.spec.containers[0].securityContext.runAsUser",
        "Deployment demo-anchored spec.template.spec.containers[1].securityContext.runAsUser",
    ),
    ready=("Deployment/demo-listed", "Deployment/demo-anchored"),
)
