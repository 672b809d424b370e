# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An operator with the definition of its kind in the folder crds, and an object of that kind in the release."""

from __future__ import annotations

from chart import Case, about

_DEFINITION = """\
# Helm installs what lies in this folder before the templates, and never changes it again.
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: widgets.charts.example.com
  annotations:
    example.com/about: "kinds such as {{ .Kind }} are no templates here"
spec:
  group: charts.example.com
  scope: Namespaced
  names: {kind: Widget, listKind: WidgetList, plural: widgets, singular: widget}
  versions:
    - name: v1alpha1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
                size: {type: integer, format: int64}
                schedule: {type: string}
                template:
                  type: object
                  x-kubernetes-preserve-unknown-fields: true
"""

# Its template is that of pods, which an operator would make.
_WIDGET = """\
apiVersion: charts.example.com/v1alpha1
kind: Widget
metadata:
  name: {{ .Release.Name }}
spec:
  size: {{ .Values.size }}
  schedule: "12:30"
  template:
    spec:
      securityContext: {runAsUser: 1000}
      containers: [{name: widget, image: example.com/widget}]
"""

_OPERATOR = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-operator
spec:
  selector:
    matchLabels: {app: operator}
  template:
    metadata:
      labels: {app: operator}
    spec:
      terminationGracePeriodSeconds: 1
      securityContext:
        runAsNonRoot: true
        runAsUser: 65532
      containers:
        - name: manager
          image: inferops.local/pause:1.0
          imagePullPolicy: Never
          args: [serve, ":8081"]
          readinessProbe:
            httpGet: {path: /readyz, port: 8081}
            periodSeconds: 1
          resources:
            requests: {cpu: 10m, memory: 16Mi}
"""

CASE = Case(
    name="crds",
    title="operator with the definition of its kind in crds, and an object of that kind",
    files={
        "Chart.yaml": about("operator"),
        "values.yaml": "size: 3\n",
        "crds/widgets.yaml": _DEFINITION,
        "templates/widget.yaml": _WIDGET,
        "templates/operator.yaml": _OPERATOR,
    },
    changed_values={"size": 4},
    changes=(
        "Deployment demo-operator spec.template.spec.securityContext.runAsUser",
        "Widget demo spec.template.spec.securityContext.runAsUser",
    ),
    ready=("Deployment/demo-operator",),
)
