# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts that a template, a reader of YAML, or a writer of it may take for something else."""

from __future__ import annotations

from chart import Case, about

_DASHBOARD = """\
{"title": "Inference", "panels": [{"legendFormat": "{{instance}} {{ model }}", "expr": "up{job=~\\"a|b\\"}", "unit": null}]}
"""

_ALERTS = """\
groups:
  - name: {{ .Release.Name }}
    rules:
      - alert: Slow
        expr: histogram_quantile(0.99, rate(latency_bucket[5m])) > 1e3
        annotations:
          summary: '{{ "{{ $labels.model }} takes {{ $value | humanizeDuration }}" }}'
          comment: '{{ "{{- /* nothing */ -}}" }} {{ "}}" }} {{ "{{" }} {{ "`" }}'
"""

# Every way of writing a text that looks like something else.
_CONFIG = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-texts
  annotations:
    example.com/template: {{ "{{ .Something }} and {{`{{ .More }}`}}" | quote }}
    example.com/number: "0123"
data:
  yes-by-letter: "y"
  no-by-word: 'off'
  time: "12:30"
  octal: "0123"
  octal-of-1-2: "0o17"
  hexadecimal: "0x1F"
  exponent: "1e3"
  infinite: ".inf"
  date: "2026-01-01"
  nothing: "null"
  tilde: "~"
  empty: ""
  big: "1152921504606846975"
  version: "1.10"
  merge: "<<"
  tag: "!!binary"
  comment: "# not one"
  document: "---"
  spaces: "  both ends  "
  tab: "\\t|"
  line-ends: "one\\r\\ntwo\\rthree\\n"
  unicode: "Größe ∑ 漢字 🚀 e\\u0301"
  folded: >-
    one line
    of two

    and another
  kept: |+
    {{ "{{ range .Values }}" }}
      indented

  last-level: {{ .Values.level | quote }}
  alerts.yaml: |
    {{- tpl (.Files.Get "files/alerts.yaml") . | nindent 4 }}
  dashboard.json: {{ .Files.Get "files/dashboard.json" | toJson }}
binaryData:
  bytes: {{ "\\x00\\xff" | b64enc }}
"""

_DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  selector:
    matchLabels: {app: "true", version: "1.10"}
  template:
    metadata:
      labels: {app: "true", version: "1.10"}
      annotations:
        example.com/template: '{{ "{{ with secret \\"kv/demo\\" }}{{ .Data.password }}{{ end }}" }}'
        example.com/enabled: "yes"
    spec:
      terminationGracePeriodSeconds: 1
      securityContext: {runAsUser: 1001}
      tolerations:
        - {key: example.com/maintenance, operator: Exists, effect: NoExecute, tolerationSeconds: 1152921504606846975}
      containers:
        - name: server
          image: inferops.local/tritonserver:2.51.0
          imagePullPolicy: Never
          command:
            - sh
            - -ec
            - |
              # {{ "{{ not a template }}" }}
              test "$NUMBER" = 0123
              test "$(cat /texts/time)" = 12:30
              test "$(cat /texts/yes-by-letter)" = y
              grep -q '{{ "{{ $labels.model }}" }}' /texts/alerts.yaml
              grep -q '{{ "{{instance}}" }}' /texts/dashboard.json
              trap exit TERM; sleep 3600 & wait
          env:
            - {name: NUMBER, value: "0123"}
            - {name: FLAG, value: "y"}
            - {name: REFERENCE, value: "$(NUMBER) $$(FLAG)"}
          # Only a server whose texts are what they were stays.
          startupProbe:
            exec: {command: [sleep, "1"]}
            timeoutSeconds: 5
            periodSeconds: 1
          resources:
            requests: {cpu: 10m, memory: 16Mi}
          volumeMounts:
            - {name: texts, mountPath: /texts}
      volumes:
        - name: texts
          configMap: {name: {{ .Release.Name }}-texts}
"""

CASE = Case(
    name="literal-braces",
    title="texts with braces of templates, and such as YAML takes for something else",
    files={
        "Chart.yaml": about("texts"),
        "values.yaml": 'level: "on"\n',
        "files/alerts.yaml": _ALERTS,
        "files/dashboard.json": _DASHBOARD,
        "templates/config.yaml": _CONFIG,
        "templates/deployment.yaml": _DEPLOYMENT,
        "templates/NOTES.txt": 'Look: {{ "{{ .Values }}" }} and {{ "}}" }}, 100 %\n',
    },
    changed_values={"level": "off"},
    changes=("Deployment demo spec.template.spec.securityContext.runAsUser",),
    ready=("Deployment/demo",),
)
