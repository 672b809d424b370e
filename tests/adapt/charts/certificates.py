# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates that a chart makes: key, certificate and authority fit together, or nobody can connect."""

from __future__ import annotations

from chart import Case, about

_CERTIFICATE = """\
{{- $ca := genCA "charts.example.com" 3650 }}
{{- $names := list .Release.Name (printf "%s.%s.svc" .Release.Name .Release.Namespace) }}
{{- $pair := genSignedCert .Release.Name nil $names 3650 $ca }}
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-tls
type: kubernetes.io/tls
data:
  tls.crt: {{ $pair.Cert | b64enc }}
  tls.key: {{ $pair.Key | b64enc }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-ca
data:
  mode: {{ .Values.mode }}
  ca.crt: |
    {{- $ca.Cert | nindent 4 }}
"""

_DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  selector:
    matchLabels: {app: tls}
  template:
    metadata:
      labels: {app: tls}
      annotations:
        checksum/certificate: {{ include (print .Template.BasePath "/certificate.yaml") . | sha256sum }}
    spec:
      terminationGracePeriodSeconds: 1
      securityContext: {runAsUser: 1001, fsGroup: 1001}
      containers:
        - name: server
          image: inferops.local/tritonserver:2.51.0
          imagePullPolicy: Never
          # Python's ssl refuses a key that does not belong to the certificate.
          command: [python3, -c]
          args:
            - |
              import http.server, ssl
              context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
              context.load_cert_chain("/tls/tls.crt", "/tls/tls.key")
              context.load_verify_locations("/ca/ca.crt")
              server = http.server.ThreadingHTTPServer(("", 8443), http.server.SimpleHTTPRequestHandler)
              server.socket = context.wrap_socket(server.socket, server_side=True)
              server.serve_forever()
          workingDir: /ca
          ports:
            - {name: https, containerPort: 8443}
          readinessProbe:
            httpGet: {path: /, port: https, scheme: HTTPS}
            periodSeconds: 1
          resources:
            requests: {cpu: 10m, memory: 16Mi}
          volumeMounts:
            - {name: tls, mountPath: /tls}
            - {name: ca, mountPath: /ca}
      volumes:
        - name: tls
          secret: {secretName: {{ .Release.Name }}-tls, defaultMode: 0440}
        - name: ca
          configMap: {name: {{ .Release.Name }}-ca}
"""

# Whoever trusts the authority in the ConfigMap has to be able to trust the server.
_OTHERS = """\
apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}
spec:
  ports:
    - {name: https, port: 443, targetPort: https}
  selector: {app: tls}
---
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-trusts
  annotations:
    helm.sh/hook: test
    helm.sh/hook-delete-policy: before-hook-creation
spec:
  restartPolicy: Never
  terminationGracePeriodSeconds: 1
  securityContext: {runAsUser: 1001}
  containers:
    - name: get
      image: inferops.local/tritonserver:2.51.0
      imagePullPolicy: Never
      command: [python3, -c]
      args:
        - |
          import ssl, urllib.request
          context = ssl.create_default_context(cafile="/ca/ca.crt")
          print(urllib.request.urlopen("https://{{ .Release.Name }}/mode", context=context, timeout=10).read())
      resources:
        requests: {cpu: 10m, memory: 16Mi}
      volumeMounts:
        - {name: ca, mountPath: /ca}
  volumes:
    - name: ca
      configMap: {name: {{ .Release.Name }}-ca}
"""

CASE = Case(
    name="certificates",
    title="certificates that the chart makes, which have to stay a pair",
    files={
        "Chart.yaml": about("tls"),
        "values.yaml": "mode: strict\n",
        "templates/certificate.yaml": _CERTIFICATE,
        "templates/deployment.yaml": _DEPLOYMENT,
        "templates/others.yaml": _OTHERS,
    },
    changed_values={"mode": "lenient"},
    changes=(
        "Deployment demo spec.template.spec.securityContext.runAsUser",
        "Deployment demo spec.template.spec.securityContext.fsGroup",
        "Pod demo-trusts spec.securityContext.runAsUser",
    ),
    ready=("Deployment/demo",),
    test=True,
)
