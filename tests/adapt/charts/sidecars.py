# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pod of several containers, each with a user of its own and other wishes that restricted-v2 does not grant."""

from __future__ import annotations

from chart import Case, about

_VALUES = """\
image: inferops.local/tritonserver:2.51.0
logLevel: info
"""

_DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  selector:
    matchLabels: {app: sidecars}
  template:
    metadata:
      labels: {app: sidecars}
      annotations:
        example.com/team: inference
    spec:
      terminationGracePeriodSeconds: 1
      securityContext:
        fsGroup: 2000
        supplementalGroups: [3000]
        seccompProfile: {type: Unconfined}
      initContainers:
        # A sidecar: it starts before the others, and stays.
        - name: log-forwarder
          image: {{ .Values.image }}
          imagePullPolicy: Never
          restartPolicy: Always
          command: [sh, -ec, 'trap exit TERM; touch /shared/log; sleep 3600 & wait']
          startupProbe:
            exec: {command: [test, -e, /shared/log]}
            periodSeconds: 1
          resources: {requests: {cpu: 10m, memory: 16Mi}}
          securityContext:
            runAsUser: 10001
          volumeMounts:
            - {name: shared, mountPath: /shared}
        - name: prepare
          image: {{ .Values.image }}
          imagePullPolicy: Never
          command: [sh, -ec, 'echo prepared >> /shared/log']
          securityContext:
            runAsUser: 10002
            runAsGroup: 10002
            allowPrivilegeEscalation: true
          volumeMounts:
            - {name: shared, mountPath: /shared}
      containers:
        - name: server
          image: {{ .Values.image }}
          imagePullPolicy: Never
          command: [sh, -ec, 'echo "$LOG_LEVEL" >> /shared/log; trap exit TERM; sleep 3600 & wait']
          env:
            - {name: LOG_LEVEL, value: {{ .Values.logLevel }}}
          resources: {requests: {cpu: 10m, memory: 16Mi}}
          securityContext:
            runAsUser: 10003
            runAsNonRoot: true
            readOnlyRootFilesystem: true
            allowPrivilegeEscalation: true
            capabilities:
              drop: [ALL]
              add: [CHOWN, SETUID]
          volumeMounts:
            - {name: shared, mountPath: /shared}
        - name: exporter
          image: inferops.local/pause:1.0
          imagePullPolicy: Never
          args: [serve, ":9100"]
          ports:
            - {name: metrics, containerPort: 9100}
          readinessProbe:
            httpGet: {path: /, port: metrics}
            periodSeconds: 1
          resources: {requests: {cpu: 10m, memory: 16Mi}}
          securityContext:
            runAsUser: 10004
            seccompProfile: {type: Unconfined}
            seLinuxOptions: {level: "s0:c123,c456"}
      volumes:
        - name: shared
          emptyDir: {}
"""

_POD = "Deployment demo spec.template.spec"

CASE = Case(
    name="sidecars",
    title="several containers with users of their own, a native sidecar, seccomp unconfined, added capabilities",
    files={
        "Chart.yaml": about("sidecars", 'kubeVersion: ">=1.21.0-0"\n'),
        "values.yaml": _VALUES,
        "templates/deployment.yaml": _DEPLOYMENT,
    },
    changed_values={"logLevel": "debug"},
    changes=(
        f"{_POD}.securityContext.fsGroup",
        f"{_POD}.securityContext.seccompProfile",
        f"{_POD}.initContainers[0].securityContext.runAsUser",
        f"{_POD}.initContainers[1].securityContext.runAsUser",
        f"{_POD}.initContainers[1].securityContext.runAsGroup",
        f"{_POD}.initContainers[1].securityContext.allowPrivilegeEscalation",
        f"{_POD}.containers[0].securityContext.runAsUser",
        f"{_POD}.containers[0].securityContext.allowPrivilegeEscalation",
        f"{_POD}.containers[0].securityContext.capabilities.add",
        f"{_POD}.containers[1].securityContext.runAsUser",
        f"{_POD}.containers[1].securityContext.seccompProfile",
        f"{_POD}.containers[1].securityContext.seLinuxOptions",
    ),
    ready=("Deployment/demo",),
)
