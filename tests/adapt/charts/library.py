# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A chart that says little itself: a library makes its objects."""

from __future__ import annotations

from chart import Case, about

_LIBRARY = """\
{{- define "base.deployment" -}}
{{- $own := fromYaml (include (printf "%s.own" .Chart.Name) .) -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-{{ .Chart.Name }}
spec:
  selector:
    matchLabels: {app: {{ .Chart.Name }}, release: {{ .Release.Name }}}
  template:
    metadata:
      labels: {app: {{ .Chart.Name }}, release: {{ .Release.Name }}}
    spec:
{{ include "base.pod" . | fromYaml | merge $own | toYaml | indent 6 }}
{{- end -}}
{{- define "base.pod" -}}
terminationGracePeriodSeconds: 1
securityContext:
{{ omit .Values.podSecurityContext "enabled" | toYaml | indent 2 }}
containers:
  - name: {{ .Chart.Name }}
    image: {{ tpl .Values.image . }}
    imagePullPolicy: Never
    {{- with .Values.env }}
    env:
      {{- range $name, $value := . }}
      - name: {{ $name }}
        value: {{ tpl $value $ | quote }}
      {{- end }}
    {{- end }}
    securityContext: {{ toJson .Values.containerSecurityContext }}
    resources:
      requests: {cpu: 10m, memory: 16Mi}
{{- end -}}
"""

_VALUES = """\
registry: inferops.local
image: "{{ .Values.registry }}/pause:1.0"
env:
  PEER: "http://{{ .Release.Name }}-{{ .Chart.Name }}:8080"
podSecurityContext:
  enabled: true
  fsGroup: 1001
containerSecurityContext:
  runAsUser: 1001
  runAsNonRoot: true
  allowPrivilegeEscalation: false
"""

_CONTEXT = "Deployment demo-web spec.template.spec"

CASE = Case(
    name="library",
    title="pods that come from a library chart",
    files={
        "Chart.yaml": about("web", "dependencies:\n  - {name: base, version: 1.2.3, repository: 'file://../base'}\n"),
        "values.yaml": _VALUES,
        "templates/_own.tpl": '{{- define "web.own" -}}\nenableServiceLinks: false\n{{- end -}}\n',
        "templates/deployment.yaml": '{{ include "base.deployment" . }}\n',
        "charts/base/Chart.yaml": about("base", "type: library\n"),
        "charts/base/templates/_base.tpl": _LIBRARY,
    },
    changed_values={"env": {"PEER": "https://{{ .Release.Name }}.example.com"}},
    changes=(f"{_CONTEXT}.securityContext.fsGroup", f"{_CONTEXT}.containers[0].securityContext.runAsUser"),
    ready=("Deployment/demo-web",),
)
