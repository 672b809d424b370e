# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A CronJob of an API version that is gone, whose pods run as a fixed user."""

from __future__ import annotations

from chart import Case, about

_CRON_JOB = """\
apiVersion: batch/v1beta1
kind: CronJob
metadata:
  name: {{ .Release.Name }}-backup
spec:
  schedule: {{ .Values.schedule | quote }}
  concurrencyPolicy: Forbid
  successfulJobsHistoryLimit: 1
  jobTemplate:
    spec:
      backoffLimit: 0
      template:
        metadata:
          labels: {app: backup}
        spec:
          restartPolicy: OnFailure
          securityContext:
            runAsNonRoot: true
            runAsUser: 1001
            runAsGroup: 1001
            fsGroup: 1001
          containers:
            - name: backup
              image: inferops.local/pause:1.0
              imagePullPolicy: Never
              args: [id]
              resources:
                requests: {cpu: 10m, memory: 16Mi}
"""

_CONTEXT = "CronJob demo-backup spec.jobTemplate.spec.template.spec.securityContext"

CASE = Case(
    name="cronjob",
    title="CronJob of batch/v1beta1 with a fixed user",
    files={
        "Chart.yaml": about("backup"),
        "values.yaml": 'schedule: "30 3 * * *"\n',
        "templates/cronjob.yaml": _CRON_JOB,
    },
    changed_values={"schedule": "45 4 * * 0"},
    changes=(
        "CronJob demo-backup apiVersion",
        *(f"{_CONTEXT}.{field}" for field in ("runAsUser", "runAsGroup", "fsGroup")),
    ),
)
