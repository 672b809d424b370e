{{/* SPDX-License-Identifier: GPL-3.0-or-later */}}

{{/* What the schema cannot say, each as one sentence with the value and the way out. */}}
{{- define "triton.validate" -}}
{{- include "triton.validateRepositories" . -}}
{{- include "triton.validateVolumes" . -}}
{{- include "triton.validateLabels" . -}}
{{- $values := .Values -}}
{{- with $values.models -}}
{{- if and .load (ne .controlMode "explicit") -}}
{{- fail (printf "models.load names %s, but models.controlMode is %q: set it to \"explicit\", or leave models.load empty." (join ", " .load) .controlMode) -}}
{{- end -}}
{{- end -}}
{{- with $values.shutdown -}}
{{- if le (int .gracePeriodSeconds) (add (int .preStopSeconds) 5) -}}
{{- fail (printf "shutdown.gracePeriodSeconds is %d, which leaves no time to finish requests after shutdown.preStopSeconds (%d): set it to %d or more." (int .gracePeriodSeconds) (int .preStopSeconds) (add (int .preStopSeconds) 6)) -}}
{{- end -}}
{{- end -}}
{{- with $values.ports -}}
{{- if ne (len (uniq (list (int .http) (int .grpc) (int .metrics)))) 3 -}}
{{- fail (printf "ports.http (%d), ports.grpc (%d) and ports.metrics (%d) must be three different numbers." (int .http) (int .grpc) (int .metrics)) -}}
{{- end -}}
{{- end -}}
{{- $limit := dig "limits" $values.gpu.resourceName nil $values.resources -}}
{{- if and (gt (int $values.gpu.count) 0) (ne $limit nil) (ne (toString $limit) (toString $values.gpu.count)) -}}
{{- fail (printf "resources.limits has %s: %v, but gpu.count is %v: leave the GPU out of resources, gpu.count puts it there." $values.gpu.resourceName $limit $values.gpu.count) -}}
{{- end -}}
{{- end -}}

{{- define "triton.validateRepositories" -}}
{{- $names := dict -}}
{{- $loadsAll := and (ne .Values.models.controlMode "explicit") .Values.models.strictReadiness -}}
{{- $paths := dict "/tmp" "the chart's scratch volume" "/home/triton" "the chart's scratch volume" -}}
{{- if include "triton.hasSharedMemory" . -}}{{- $_ := set $paths "/dev/shm" "the chart's shared memory" -}}{{- end -}}
{{- range .Values.extraVolumeMounts -}}{{- $_ := set $paths (trimSuffix "/" .mountPath) (printf "the extra volume mount %q" .name) -}}{{- end -}}
{{- range .Values.modelRepositories -}}
{{- if hasKey $names .name -}}
{{- fail (printf "modelRepositories has two entries named %q: give each its own name." .name) -}}
{{- end -}}
{{- $_ := set $names .name true -}}
{{- if and .uri .volume -}}
{{- fail (printf "modelRepositories entry %q has both uri (%s) and volume (%s): keep the one that holds the models." .name .uri (keys .volume | sortAlpha | join ", ")) -}}
{{- end -}}
{{- if not (or .uri .volume) -}}
{{- fail (printf "modelRepositories entry %q has neither uri nor volume: give one, as uri: s3://bucket/folder or volume: {persistentVolumeClaim: {claimName: models}}." .name) -}}
{{- end -}}
{{- if and .uri (or .mountPath .subPath) -}}
{{- fail (printf "modelRepositories entry %q has a uri (%s), so nothing is mounted: leave out mountPath and subPath." .name .uri) -}}
{{- end -}}
{{- if and .volume $loadsAll (not .subPath) -}}
{{- $source := keys .volume | first -}}
{{- if has $source (list "configMap" "secret" "projected" "downwardAPI") -}}
{{- /* Such volumes have a hidden folder "..data" at their root; Triton takes it for a model that has no version. */ -}}
{{- fail (printf "modelRepositories entry %q is a %s without subPath, so that Triton would never be ready: begin each path under items with a folder, as models/NAME/config.pbtxt, and set subPath: models." .name $source) -}}
{{- end -}}
{{- end -}}
{{- if .volume -}}
{{- $path := include "triton.mountPath" . -}}
{{- $name := .name -}}
{{- range $other, $owner := $paths -}}
{{- if or (eq $path $other) (hasPrefix (printf "%s/" $other) $path) (hasPrefix (printf "%s/" $path) $other) -}}
{{- fail (printf "modelRepositories entry %q would be mounted at %s, which clashes with %s of %s: choose another mountPath." $name $path $other $owner) -}}
{{- end -}}
{{- end -}}
{{- $_ := set $paths $path (printf "the model repository %q" .name) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "triton.validateVolumes" -}}
{{- range .Values.extraVolumes -}}
{{- if or (has .name (list "scratch" "shm")) (hasPrefix "models-" .name) -}}
{{- fail (printf "extraVolumes has a volume named %q, a name that the chart uses itself (scratch, shm, models-…): choose another name." .name) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "triton.validateLabels" -}}
{{- $selector := include "triton.selectorLabels" . | fromYaml -}}
{{- range $source := list "commonLabels" "podLabels" -}}
{{- range $key, $value := index $.Values $source -}}
{{- if and (hasKey $selector $key) (ne $value (index $selector $key)) -}}
{{- fail (printf "%s sets %s to %q, but the chart selects its pods by %q: leave that label out, or use nameOverride." $source $key $value (index $selector $key)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
