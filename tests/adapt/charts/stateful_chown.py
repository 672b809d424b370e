# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A database as many charts install it: a claim for each pod, which an init container gives to the database's user."""

from __future__ import annotations

from chart import Case, about

_VALUES = """\
image: inferops.local/tritonserver:2.51.0
dataDir: /var/lib/database
logStatements: none
persistence:
  size: 1Gi
"""

_SCHEMA = """\
{
  "$schema": "http://json-schema.org/draft-07/schema#",
  "type": "object",
  "required": ["image", "persistence"],
  "properties": {"logStatements": {"enum": ["none", "ddl", "all"]}}
}
"""

_STATEFUL_SET = """\
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{ .Release.Name }}-database
spec:
  serviceName: {{ .Release.Name }}-database-headless
  replicas: 1
  updateStrategy:
    type: RollingUpdate
  selector:
    matchLabels: {app: database, release: {{ .Release.Name }}}
  template:
    metadata:
      labels: {app: database, release: {{ .Release.Name }}}
    spec:
      terminationGracePeriodSeconds: 1
      securityContext:
        runAsUser: 999
        runAsGroup: 999
        fsGroup: 999
      initContainers:
        - name: own-data
          image: {{ .Values.image }}
          imagePullPolicy: Never
          command:
            - /bin/sh
            - -ec
            - |
              chown -R 999:999 {{ .Values.dataDir }}
              chmod 700 {{ .Values.dataDir }}
          securityContext:
            runAsUser: 0
          volumeMounts:
            - {name: data, mountPath: {{ .Values.dataDir }}}
        - name: wait-for-nothing
          image: {{ .Values.image }}
          imagePullPolicy: Never
          command: [sh, -c, id]
      containers:
        - name: database
          image: {{ .Values.image }}
          imagePullPolicy: Never
          command: [sh, -ec, 'echo started >> "$DATA/log"; trap exit TERM; sleep 3600 & wait']
          env:
            - {name: DATA, value: {{ .Values.dataDir }}}
            - {name: LOG_STATEMENTS, value: {{ .Values.logStatements | quote }}}
          ports:
            - {name: sql, containerPort: 5432}
          readinessProbe:
            exec:
              command: [sh, -c, 'test -s "$DATA/log" && test -w /dev/shm']
            periodSeconds: 1
          resources:
            requests: {cpu: 10m, memory: 16Mi}
          volumeMounts:
            - {name: data, mountPath: {{ .Values.dataDir }}}
            - {name: shared-memory, mountPath: /dev/shm}
      volumes:
        - name: shared-memory
          emptyDir: {medium: Memory, sizeLimit: 16Mi}
  volumeClaimTemplates:
    - metadata:
        name: data
      spec:
        accessModes: [ReadWriteOnce]
        resources:
          requests:
            storage: {{ .Values.persistence.size }}
"""

_OTHERS = """\
apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}-database-headless
spec:
  clusterIP: None
  publishNotReadyAddresses: true
  ports:
    - {name: sql, port: 5432, targetPort: sql}
  selector: {app: database, release: {{ .Release.Name }}}
---
apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata:
  name: {{ .Release.Name }}-database
spec:
  maxUnavailable: 1
  selector:
    matchLabels: {app: database, release: {{ .Release.Name }}}
"""

CASE = Case(
    name="stateful-chown",
    title="StatefulSet whose init container runs chown as root",
    files={
        "Chart.yaml": about("database"),
        "values.yaml": _VALUES,
        "values.schema.json": _SCHEMA,
        "templates/statefulset.yaml": _STATEFUL_SET,
        "templates/others.yaml": _OTHERS,
    },
    changed_values={"logStatements": "ddl"},
    changes=(
        "StatefulSet demo-database spec.template.spec.initContainers[0]",
        "StatefulSet demo-database spec.template.spec.securityContext.runAsUser",
        "StatefulSet demo-database spec.template.spec.securityContext.runAsGroup",
        "StatefulSet demo-database spec.template.spec.securityContext.fsGroup",
        "PodDisruptionBudget demo-database apiVersion",
    ),
    ready=("StatefulSet/demo-database",),
)
