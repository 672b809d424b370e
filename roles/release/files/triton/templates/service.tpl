apiVersion: v1
kind: Service
metadata:
  name: {{ include "triton.fullname" . }}
  namespace: {{ .Release.Namespace }}
  labels:
    {{- toYaml (mergeOverwrite (deepCopy .Values.service.labels) (include "triton.labels" . | fromYaml)) | nindent 4 }}
  {{- with .Values.service.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  type: {{ .Values.service.type }}
  selector:
    {{- include "triton.selectorLabels" . | nindent 4 }}
  ports:
    - name: http
      port: {{ int .Values.ports.http }}
      targetPort: http
      protocol: TCP
      appProtocol: http
    - name: grpc
      port: {{ int .Values.ports.grpc }}
      targetPort: grpc
      protocol: TCP
      # Routers and gateways speak HTTP/2 to the pod only when told so.
      appProtocol: h2c
    - name: metrics
      port: {{ int .Values.ports.metrics }}
      targetPort: metrics
      protocol: TCP
      appProtocol: http
