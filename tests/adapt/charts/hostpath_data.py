# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that keeps its cache in a directory of the node."""

from __future__ import annotations

from chart import Case, about

_DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  strategy: {type: Recreate}
  selector:
    matchLabels: {app: cached}
  template:
    metadata:
      labels: {app: cached}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: server
          image: inferops.local/tritonserver:2.51.0
          imagePullPolicy: Never
          command: [sh, -ec, 'echo "$TIER" > /cache/tier; trap exit TERM; sleep 3600 & wait']
          env:
            - {name: TIER, value: {{ .Values.tier }}}
          readinessProbe:
            exec: {command: [test, -s, /cache/tier]}
            periodSeconds: 1
          resources:
            requests: {cpu: 10m, memory: 16Mi}
          volumeMounts:
            - {name: cache, mountPath: /cache}
      volumes:
        - name: cache
          hostPath:
            path: {{ .Values.cacheDir }}
            type: DirectoryOrCreate
"""

CASE = Case(
    name="hostpath-data",
    title="directory of the node for data, which becomes a claim",
    files={
        "Chart.yaml": about("cached"),
        "values.yaml": "cacheDir: /data/cache\ntier: bronze\n",
        "templates/deployment.yaml": _DEPLOYMENT,
    },
    changed_values={"tier": "silver"},
    adapt={"volumes": {"cache": {"claim": {"size": "1Gi"}}}},
    changes=("Deployment demo spec.template.spec.volumes[0]", "PersistentVolumeClaim demo-cache"),
    ready=("Deployment/demo",),
)
