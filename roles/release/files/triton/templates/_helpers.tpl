{{/* SPDX-License-Identifier: GPL-3.0-or-later */}}

{{- define "triton.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "triton.fullname" -}}
{{- $name := include "triton.name" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "triton.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "triton.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/* A Deployment's selector can never change: name and instance only. */}}
{{- define "triton.selectorLabels" -}}
app.kubernetes.io/name: {{ include "triton.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{/* Labels of every object: the user's first, the chart's own win. */}}
{{- define "triton.labels" -}}
{{- $own := dict
    "helm.sh/chart" (printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-")
    "app.kubernetes.io/managed-by" .Release.Service
    "app.kubernetes.io/version" (include "triton.version" .)
    "app.kubernetes.io/component" "inference-server" -}}
{{- toYaml (mergeOverwrite (deepCopy .Values.commonLabels) $own (include "triton.selectorLabels" . | fromYaml)) -}}
{{- end -}}

{{/* Labels of pods: nothing that changes with the chart's version, which would restart every pod. */}}
{{- define "triton.podLabels" -}}
{{- toYaml (mergeOverwrite (deepCopy .Values.commonLabels) .Values.podLabels (include "triton.selectorLabels" . | fromYaml)) -}}
{{- end -}}

{{/* The image's tag as a label value; with a digest only, its first digits. */}}
{{- define "triton.version" -}}
{{- if .Values.image.digest -}}
{{- .Values.image.digest | trimPrefix "sha256:" | trunc 12 -}}
{{- else -}}
{{- .Values.image.tag | trunc 63 | trimAll "-_." -}}
{{- end -}}
{{- end -}}

{{- define "triton.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository .Values.image.tag -}}
{{- end -}}
{{- end -}}

{{/* Where one model repository (an entry of modelRepositories) is mounted. */}}
{{- define "triton.mountPath" -}}
{{- default (printf "/models/%s" .name) .mountPath | trimSuffix "/" -}}
{{- end -}}

{{/* The arguments of tritonserver, as a YAML list. */}}
{{- define "triton.args" -}}
{{- $args := list -}}
{{- range .Values.modelRepositories -}}
{{- $args = append $args (printf "--model-repository=%s" (default (include "triton.mountPath" .) .uri)) -}}
{{- end -}}
{{- with .Values.models -}}
{{- $args = append $args (printf "--model-control-mode=%s" .controlMode) -}}
{{- range .load -}}
{{- $args = append $args (printf "--load-model=%s" .) -}}
{{- end -}}
{{- if eq .controlMode "poll" -}}
{{- $args = append $args (printf "--repository-poll-secs=%d" (int .pollSeconds)) -}}
{{- end -}}
{{- $args = append $args (printf "--exit-on-error=%t" .exitOnError) -}}
{{- $args = append $args (printf "--strict-readiness=%t" .strictReadiness) -}}
{{- end -}}
{{- with .Values.ports -}}
{{- $args = concat $args (list
    (printf "--http-port=%d" (int .http))
    (printf "--grpc-port=%d" (int .grpc))
    (printf "--metrics-port=%d" (int .metrics))) -}}
{{- end -}}
{{- $args = append $args (printf "--exit-timeout-secs=%s" (include "triton.exitTimeout" .)) -}}
{{- if .Values.server.logVerbose -}}
{{- $args = append $args (printf "--log-verbose=%d" (int .Values.server.logVerbose)) -}}
{{- end -}}
{{- toYaml (concat (list "tritonserver") $args .Values.server.extraArgs) -}}
{{- end -}}

{{/* Seconds that Triton may take for requests under way: what is left of the grace period, less 5 s to exit. */}}
{{- define "triton.exitTimeout" -}}
{{- sub (int .Values.shutdown.gracePeriodSeconds) (add (int .Values.shutdown.preStopSeconds) 5) -}}
{{- end -}}

{{/* The chart's own variables, then the user's, which win: a name stands only once. */}}
{{- define "triton.env" -}}
{{- $given := dict -}}
{{- range .Values.env -}}{{- $_ := set $given .name true -}}{{- end -}}
{{- $env := list -}}
{{- $home := "/home/triton" -}}
{{- $own := list
    (list "HOME" $home)
    (list "TMPDIR" "/tmp")
    (list "XDG_CACHE_HOME" (printf "%s/.cache" $home))
    (list "HF_HOME" (printf "%s/.cache/huggingface" $home))
    (list "USER" "triton")
    (list "LOGNAME" "triton") -}}
{{- range $own -}}
{{- if not (hasKey $given (first .)) -}}
{{- $env = append $env (dict "name" (first .) "value" (last .)) -}}
{{- end -}}
{{- end -}}
{{- toYaml (concat $env .Values.env) -}}
{{- end -}}

{{/* The container's security context: the user's, and the read-only root file system unless it says otherwise. */}}
{{- define "triton.securityContext" -}}
{{- $context := deepCopy .Values.securityContext -}}
{{- if not (hasKey $context "readOnlyRootFilesystem") -}}
{{- $_ := set $context "readOnlyRootFilesystem" .Values.readOnlyRootFilesystem -}}
{{- end -}}
{{- toYaml $context -}}
{{- end -}}

{{/* The container's resources: the user's, and the GPU among the limits (Kubernetes takes the request from there). */}}
{{- define "triton.resources" -}}
{{- $limits := deepCopy (default dict .Values.resources.limits) -}}
{{- if gt (int .Values.gpu.count) 0 -}}
{{- $_ := set $limits .Values.gpu.resourceName (int .Values.gpu.count) -}}
{{- end -}}
{{- $resources := dict -}}
{{- with .Values.resources.requests -}}{{- $_ := set $resources "requests" . -}}{{- end -}}
{{- with $limits -}}{{- $_ := set $resources "limits" . -}}{{- end -}}
{{- toYaml $resources -}}
{{- end -}}

{{/* The strategy, with Kubernetes' own defaults in full: what the API server fills in itself stays beside a later Recreate, and is refused. */}}
{{- define "triton.strategy" -}}
{{- $strategy := deepCopy .Values.strategy -}}
{{- if eq (toString (default "RollingUpdate" $strategy.type)) "RollingUpdate" -}}
{{- $strategy = mergeOverwrite (dict "type" "RollingUpdate" "rollingUpdate" (dict "maxSurge" "25%" "maxUnavailable" "25%")) $strategy -}}
{{- end -}}
{{- toYaml $strategy -}}
{{- end -}}

{{/* "true" when /dev/shm is an emptyDir of the pod. */}}
{{- define "triton.hasSharedMemory" -}}
{{- if not (has (toString .Values.sharedMemory.size) (list "" "0")) -}}true{{- end -}}
{{- end -}}
