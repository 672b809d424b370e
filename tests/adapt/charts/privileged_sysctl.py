# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A search engine whose init container sets a sysctl of the node."""

from __future__ import annotations

from chart import Case, about

_STATEFUL_SET = """\
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{ .Release.Name }}-search
spec:
  serviceName: {{ .Release.Name }}-search
  podManagementPolicy: Parallel
  replicas: {{ .Values.replicas }}
  selector:
    matchLabels: {app: search}
  template:
    metadata:
      labels: {app: search}
    spec:
      terminationGracePeriodSeconds: 1
      securityContext:
        fsGroup: 1000
        runAsUser: 1000
      initContainers:
        - name: configure-sysctl
          image: {{ .Values.image }}
          imagePullPolicy: Never
          command: [sysctl, -w, vm.max_map_count={{ .Values.maxMapCount }}]
          securityContext:
            runAsUser: 0
            privileged: true
      containers:
        - name: search
          image: {{ .Values.image }}
          imagePullPolicy: Never
          command: [sh, -ec, 'touch /data/node.lock; trap exit TERM; sleep 3600 & wait']
          env:
            - {name: NODE, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
            - {name: SEEDS, value: {{ .Release.Name }}-search}
            - {name: HEAP, value: {{ .Values.heap | quote }}}
          ports:
            - {name: http, containerPort: 9200}
            - {name: transport, containerPort: 9300}
          readinessProbe:
            exec: {command: [test, -e, /data/node.lock]}
            periodSeconds: 1
          resources:
            requests: {cpu: 10m, memory: 16Mi}
          securityContext:
            capabilities: {drop: [ALL]}
            runAsNonRoot: true
            runAsUser: 1000
          volumeMounts:
            - {name: data, mountPath: /data}
  volumeClaimTemplates:
    - metadata: {name: data}
      spec:
        accessModes: [ReadWriteOnce]
        resources: {requests: {storage: 1Gi}}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}-search
spec:
  clusterIP: None
  publishNotReadyAddresses: true
  ports:
    - {name: transport, port: 9300}
  selector: {app: search}
"""

_VALUES = """\
image: inferops.local/tritonserver:2.51.0
maxMapCount: 262144
replicas: 2
heap: 64m
"""

_POD = "StatefulSet demo-search spec.template.spec"

CASE = Case(
    name="privileged-sysctl",
    title="privileged init container that sets a sysctl of the node",
    files={
        "Chart.yaml": about("search"),
        "values.yaml": _VALUES,
        "templates/statefulset.yaml": _STATEFUL_SET,
    },
    changed_values={"heap": "128m"},
    changes=(
        f"{_POD}.initContainers[0]",
        f"{_POD}.securityContext.fsGroup",
        f"{_POD}.securityContext.runAsUser",
        f"{_POD}.containers[0].securityContext.runAsUser",
    ),
    ready=("StatefulSet/demo-search",),
)
