{{- include "triton.validate" . -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "triton.fullname" . }}
  namespace: {{ .Release.Namespace }}
  labels:
    {{- include "triton.labels" . | nindent 4 }}
spec:
  replicas: {{ int .Values.replicas }}
  # A pod may take this long to appear, pull and load before the rollout counts as failed.
  progressDeadlineSeconds: {{ add (int .Values.image.pullBudgetSeconds) (int .Values.probes.startupBudgetSeconds) 60 }}
  strategy:
    {{- include "triton.strategy" . | nindent 4 }}
  selector:
    matchLabels:
      {{- include "triton.selectorLabels" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "triton.podLabels" . | nindent 8 }}
      {{- with .Values.podAnnotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      serviceAccountName: {{ include "triton.serviceAccountName" . }}
      automountServiceAccountToken: {{ .Values.serviceAccount.automount }}
      # Variables like TRITON_PORT of a neighbouring Service would only mislead.
      enableServiceLinks: false
      {{- if kindIs "bool" .Values.hostUsers }}
      hostUsers: {{ .Values.hostUsers }}
      {{- end }}
      {{- with .Values.imagePullSecrets }}
      imagePullSecrets:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .Values.podSecurityContext }}
      securityContext:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      terminationGracePeriodSeconds: {{ int .Values.shutdown.gracePeriodSeconds }}
      {{- with .Values.priorityClassName }}
      priorityClassName: {{ . }}
      {{- end }}
      {{- with .Values.runtimeClassName }}
      runtimeClassName: {{ . }}
      {{- end }}
      {{- with .Values.schedulerName }}
      schedulerName: {{ . }}
      {{- end }}
      {{- with .Values.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .Values.tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .Values.affinity }}
      affinity:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .Values.topologySpreadConstraints }}
      topologySpreadConstraints:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .Values.initContainers }}
      initContainers:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        - name: triton
          image: {{ include "triton.image" . | quote }}
          imagePullPolicy: {{ .Values.image.pullPolicy }}
          # args, not command: the official image's entry point prepares its CUDA libraries and then runs them.
          args:
            {{- include "triton.args" . | nindent 12 }}
          env:
            {{- include "triton.env" . | nindent 12 }}
          {{- with .Values.envFrom }}
          envFrom:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          securityContext:
            {{- include "triton.securityContext" . | nindent 12 }}
          resources:
            {{- include "triton.resources" . | nindent 12 }}
          ports:
            - name: http
              containerPort: {{ int .Values.ports.http }}
              protocol: TCP
            - name: grpc
              containerPort: {{ int .Values.ports.grpc }}
              protocol: TCP
            - name: metrics
              containerPort: {{ int .Values.ports.metrics }}
              protocol: TCP
          {{- /* A model that fails to load on request leaves Triton unready for good, while it serves the others: only the start counts. */}}
          {{- $onRequest := eq .Values.models.controlMode "explicit" }}
          {{- with .Values.probes }}
          # Triton opens its ports when the models are loaded, or have failed to.
          startupProbe:
            httpGet:
              path: /v2/health/{{ ternary "ready" "live" $onRequest }}
              port: http
            periodSeconds: {{ int .startupPeriodSeconds }}
            timeoutSeconds: {{ int .timeoutSeconds }}
            failureThreshold: {{ divf .startupBudgetSeconds .startupPeriodSeconds | ceil | int }}
          livenessProbe:
            httpGet:
              path: /v2/health/live
              port: http
            periodSeconds: {{ int .livenessPeriodSeconds }}
            timeoutSeconds: {{ int .timeoutSeconds }}
            failureThreshold: {{ int .livenessFailureThreshold }}
          readinessProbe:
            httpGet:
              path: /v2/health/{{ ternary "live" "ready" $onRequest }}
              port: http
            periodSeconds: {{ int .readinessPeriodSeconds }}
            timeoutSeconds: {{ int .timeoutSeconds }}
            failureThreshold: {{ int .readinessFailureThreshold }}
          {{- end }}
          {{- if gt (int .Values.shutdown.preStopSeconds) 0 }}
          lifecycle:
            preStop:
              sleep:
                seconds: {{ int .Values.shutdown.preStopSeconds }}
          {{- end }}
          volumeMounts:
            - name: scratch
              mountPath: /tmp
              subPath: tmp
            - name: scratch
              mountPath: /home/triton
              subPath: home
            {{- if include "triton.hasSharedMemory" . }}
            - name: shm
              mountPath: /dev/shm
            {{- end }}
            {{- range .Values.modelRepositories }}
            {{- if .volume }}
            - name: models-{{ .name }}
              mountPath: {{ include "triton.mountPath" . | quote }}
              readOnly: {{ if hasKey . "readOnly" }}{{ .readOnly }}{{ else }}true{{ end }}
              {{- with .subPath }}
              subPath: {{ . | quote }}
              {{- end }}
            {{- end }}
            {{- end }}
            {{- with .Values.extraVolumeMounts }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
      volumes:
        - name: scratch
          emptyDir:
            sizeLimit: {{ .Values.scratch.sizeLimit }}
        {{- if include "triton.hasSharedMemory" . }}
        - name: shm
          emptyDir:
            medium: Memory
            sizeLimit: {{ .Values.sharedMemory.size }}
        {{- end }}
        {{- range .Values.modelRepositories }}
        {{- if .volume }}
        - name: models-{{ .name }}
          {{- toYaml .volume | nindent 10 }}
        {{- end }}
        {{- end }}
        {{- with .Values.extraVolumes }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
