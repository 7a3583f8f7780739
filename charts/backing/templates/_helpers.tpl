{{/* What the objects of this chart have in common. Each template below says what it takes. */}}

{{/* Labels of an object of one thing. Takes (dict "root" $ "name" "nats" "component" "messaging" "version" "2.15"). */}}
{{- define "backing.labels" -}}
{{ include "backing.selector" . }}
app.kubernetes.io/component: {{ .component }}
app.kubernetes.io/part-of: deliveryflow
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- with .version }}
app.kubernetes.io/version: {{ regexReplaceAll "[^A-Za-z0-9._-]" . "_" | trunc 63 | quote }}
{{- end }}
{{- end }}

{{- define "backing.selector" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end }}

{{/* The full name of an image. Takes (dict "root" $ "image" "nats:2.15"). */}}
{{- define "backing.image" -}}
{{ with .root.Values.image.registry }}{{ trimSuffix "/" . }}/{{ end }}{{ .image }}
{{- end }}

{{/* The part of a pod's spec that is the same for all. Takes (dict "root" $ "user" 999). */}}
{{- define "backing.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .user }}
  runAsGroup: {{ .user }}
  fsGroup: {{ .user }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: { type: RuntimeDefault }
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
- name: {{ . }}
{{- end }}
{{- end }}
{{- end }}

{{/* The part of a container that is the same for all. Takes (dict "root" $ "image" "nats:2.15" "resources" …). */}}
{{- define "backing.container" -}}
image: {{ include "backing.image" . }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
resources: {{ toJson .resources }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end }}

{{/* The volume of a StatefulSet, named data. Takes (dict "root" $ "size" "5Gi" "labels" …). */}}
{{- define "backing.claims" -}}
volumeClaimTemplates:
- metadata:
    name: data
    labels: {{- include "backing.selector" . | nindent 6 }}
      app.kubernetes.io/part-of: deliveryflow
  spec:
    accessModes: [ReadWriteOnce]
    {{- with .root.Values.storageClass }}
    storageClassName: {{ . }}
    {{- end }}
    resources:
      requests:
        storage: {{ .size }}
{{- end }}

{{/* One at a time may be drained. A single node so may always be: its data come back with it. Takes what backing.labels does. */}}
{{- define "backing.disruption" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ .name }}
  labels: {{- include "backing.labels" . | nindent 4 }}
spec:
  maxUnavailable: 1
  selector:
    matchLabels: {{- include "backing.selector" . | nindent 6 }}
{{- end }}

{{/* An environment variable from a Secret. Takes (dict "name" "X" "secret" "nats-auth" "key" "admin"). */}}
{{- define "backing.secretVariable" -}}
- name: {{ .name }}
  valueFrom:
    secretKeyRef:
      name: {{ .secret }}
      key: {{ .key }}
{{- end }}

{{/* order-history → ORDER_HISTORY, and the name of its role and database, order_history. */}}
{{- define "backing.variable" -}}
{{ . | upper | replace "-" "_" }}
{{- end }}
{{- define "backing.database" -}}
{{ . | replace "-" "_" }}
{{- end }}
