{{/* What the objects of this chart have in common. Each template below says what it takes. */}}

{{/* What the contracts say of every service, as YAML. Takes the root. */}}
{{- define "deliveryflow.contracts" -}}
{{ .Files.Get "generated/services.yaml" }}
{{- end }}

{{/*
One service with all its settings, as YAML: name, what the contracts say of it, `values` (its own over `defaults`), `secrets` (each
setting that comes out of a Secret), and `scaler`, what sets the number of its replicas: keda, hpa, autoscaler or none.
Takes (dict "root" $ "name" "order" "facts" <of the contracts>).
*/}}
{{- define "deliveryflow.service" -}}
{{- $own := get .root.Values.services .name | default dict }}
{{- $values := mustMergeOverwrite (deepCopy .root.Values.defaults) $own }}
{{- $secrets := dict "NATS_PASSWORD" (dict "secret" "nats-auth" "key" .name) }}
{{- $places := dict
  "postgres" (list "DATABASE_URL" (printf "postgres-%s" .facts.database))
  "mongo" (list "MONGODB_URL" (printf "mongodb-%s" .name))
  "redis" (list "REDIS_URL" "redis-auth")
  "smtp" (list "SMTP_URL" "smtp") }}
{{- range .facts.stores }}
{{- $place := get $places . | required (printf "%s keeps its state in %s, and this chart does not know where that is" $.name .) }}
{{- $_ := set $secrets (first $place) (dict "secret" (last $place) "key" "uri") }}
{{- end }}
{{- $set := list "HEALTH_PORT" "HTTP_PORT" "NATS_URL" "SERVICE" }}
{{- if .root.Values.web.enabled }}{{ $set = append $set "WEB_URL" }}{{ end }}
{{- range $key, $value := $values.env }}
{{- if or (hasKey $secrets $key) (has $key $set) }}
{{- fail (printf "services.%s.env.%s: the chart sets %s itself; secretEnv can take it out of another Secret" $.name $key $key) }}
{{- end }}
{{- end }}
{{- if and .root.Values.web.enabled (eq .name "api-gateway") }}
{{- $_ := set $values "env" (merge $values.env (dict "WEB_URL" "http://web")) }}
{{- end }}
{{- if eq .name "notification-worker" }}
{{- $_ := set $values "env" (merge $values.env (dict "PUBLIC_URL" .root.Values.gateway.publicUrl)) }}
{{- end }}
{{- with .root.Values.audit.archive }}
{{- if and .url (eq $.name "audit") }}
{{- $_ := set $values "env" (merge $values.env (dict "ARCHIVE_URL" .url "ARCHIVE_REGION" .region)) }}
{{- if .endpoint }}{{ $_ := set $values "env" (merge $values.env (dict "ARCHIVE_ENDPOINT" .endpoint)) }}{{ end }}
{{- if .existingSecret }}
{{- $_ := set $secrets "AWS_ACCESS_KEY_ID" (dict "secret" .existingSecret "key" "access-key-id") }}
{{- $_ := set $secrets "AWS_SECRET_ACCESS_KEY" (dict "secret" .existingSecret "key" "secret-access-key") }}
{{- end }}
{{- end }}
{{- end }}
{{- $secrets = mustMergeOverwrite $secrets $values.secretEnv }}
{{- $keda := and $values.autoscaling.lag.enabled .facts.consumers (.root.Capabilities.APIVersions.Has "keda.sh/v1alpha1") }}
{{- $own := and $values.autoscaling.lag.enabled .facts.consumers .root.Values.autoscaler.enabled }}
{{- $without := ternary "hpa" (ternary "autoscaler" "none" (not (empty $own))) $values.autoscaling.cpu.enabled }}
{{- $scaler := ternary "keda" $without (not (empty $keda)) }}
{{- merge (dict "name" .name "values" $values "secrets" $secrets "scaler" $scaler) .facts | toYaml }}
{{- end }}

{{/* Labels of an object. Takes (dict "root" $ "name" "order" "component" "service"). */}}
{{- define "deliveryflow.labels" -}}
{{ include "deliveryflow.selector" . }}
app.kubernetes.io/component: {{ .component | default "service" }}
app.kubernetes.io/part-of: deliveryflow
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/version: {{ include "deliveryflow.tag" .root | quote }}
{{- end }}

{{- define "deliveryflow.selector" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end }}

{{- define "deliveryflow.tag" -}}
{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{/* The full name of a service's image. Takes (dict "root" $ "name" "order"). */}}
{{- define "deliveryflow.image" -}}
{{- $own := dig .name "image" "" .root.Values.services | default .root.Values.defaults.image }}
{{- if $own }}{{ $own }}{{ else }}
{{- with .root.Values.image }}
{{- with .registry }}{{ trimSuffix "/" . }}/{{ end }}{{ with .repository }}{{ . }}/{{ end }}
{{- end }}{{ .name }}:{{ include "deliveryflow.tag" .root }}
{{- end }}
{{- end }}

{{/* Where pods run: apart where there is room, together where there is one node. Takes (dict "root" $ "name" "order" "values" <its own>). */}}
{{- define "deliveryflow.placement" -}}
topologySpreadConstraints:
{{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
- topologyKey: {{ . }}
  maxSkew: 1
  whenUnsatisfiable: ScheduleAnyway
  labelSelector:
    matchLabels: {{- include "deliveryflow.selector" $ | nindent 6 }}
{{- end }}
{{- range $key := list "nodeSelector" "tolerations" "affinity" "priorityClassName" }}
{{- with get $.values $key }}
{{ $key }}: {{- if kindIs "string" . }} {{ . }}{{ else }}{{ toYaml . | nindent 2 }}{{ end }}
{{- end }}
{{- end }}
{{- end }}

{{/* Proxies of the cluster take a moment to forget a pod that ends; until then it still answers. Takes the root. */}}
{{- define "deliveryflow.lateEnd" -}}
lifecycle:
  preStop:
    {{- if semverCompare ">=1.30.0-0" .Capabilities.KubeVersion.Version }}
    sleep: { seconds: 5 }
    {{- else }}
    exec: { command: [node, --eval, 'setTimeout(() => undefined, 5000)'] }
    {{- end }}
{{- end }}

{{/* What a drain of nodes leaves. Takes (dict "root" $ "name" "order" "component" "service" "values" <its own>). */}}
{{- define "deliveryflow.budget" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ .name }}
  labels: {{- include "deliveryflow.labels" . | nindent 4 }}
spec:
  maxUnavailable: {{ .values.podDisruptionBudget.maxUnavailable }}
  # Pods that are not ready protect nobody.
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels: {{- include "deliveryflow.selector" . | nindent 6 }}
{{- end }}

{{/* Replicas by processor use. Takes (dict "root" $ "name" "order" "component" "service" "values" <its own>). */}}
{{- define "deliveryflow.hpa" -}}
{{- $scale := .values.autoscaling }}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ .name }}
  labels: {{- include "deliveryflow.labels" . | nindent 4 }}
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: {{ .name }} }
  minReplicas: {{ $scale.min }}
  maxReplicas: {{ $scale.max }}
  behavior:
    scaleDown: { stabilizationWindowSeconds: {{ $scale.scaleDownSeconds }} }
  metrics:
  - type: Resource
    resource:
      name: cpu
      target: { type: Utilization, averageUtilization: {{ $scale.cpu.percent }} }
{{- end }}

{{/* What every pod says of its rights: none. Takes the root. */}}
{{- define "deliveryflow.podSecurity" -}}
automountServiceAccountToken: false
# Variables that name every Service of the namespace would be read as settings.
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  seccompProfile: { type: RuntimeDefault }
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
- name: {{ . }}
{{- end }}
{{- end }}
{{- end }}

{{- define "deliveryflow.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end }}

{{- define "deliveryflow.natsUrl" -}}
{{ .Values.tls.enabled | ternary (replace "nats://" "tls://" .Values.nats.url) .Values.nats.url }}
{{- end }}

{{/* The authority that Node trusts beside its own, where connections are encrypted: for a container's env and mounts, and its pod. */}}
{{- define "deliveryflow.authorityEnv" -}}
- { name: NODE_EXTRA_CA_CERTS, value: /etc/authority/ca.crt }
{{- end }}
{{- define "deliveryflow.authorityMount" -}}
volumeMounts:
- { name: authority, mountPath: /etc/authority, readOnly: true }
{{- end }}
{{- define "deliveryflow.authorityVolume" -}}
volumes:
- name: authority
  secret: { secretName: {{ .Values.tls.caSecret }}, items: [{ key: ca.crt, path: ca.crt }] }
{{- end }}

{{/* One setting out of a Secret. Takes (list NAME secret key). */}}
{{- define "deliveryflow.secretEnv" -}}
- name: {{ index . 0 }}
  valueFrom:
    secretKeyRef: { name: {{ index . 1 }}, key: {{ index . 2 }} }
{{- end }}

{{/* Names are looked up by whoever connects. No receiver: node-local DNS caches are no pods. */}}
{{- define "deliveryflow.toDns" -}}
- ports:
  - { protocol: UDP, port: 53 }
  - { protocol: TCP, port: 53 }
{{- end }}

{{/* The way to the pages. Takes the root. */}}
{{- define "deliveryflow.toWeb" -}}
- to:
  - podSelector:
      matchLabels: {{- include "deliveryflow.selector" (dict "root" . "name" "web") | nindent 8 }}
  ports: [{ protocol: TCP, port: 8081 }]
{{- end }}

{{/* The way to one store. Takes (dict "root" $ "store" <name and port, of the contracts>). */}}
{{- define "deliveryflow.toStore" -}}
{{- $place := get .root.Values.networkPolicy.stores .store.name | default dict }}
- to:
  {{- if $place.to }}
  {{- toYaml $place.to | nindent 2 }}
  {{- else }}
  - podSelector:
      matchLabels: { app.kubernetes.io/name: {{ .store.name }} }
  {{- end }}
  ports:
  {{- range $place.ports | default (list .store.port) }}
  - { protocol: TCP, port: {{ . }} }
  {{- end }}
{{- end }}

{{/* The way to the archive of the history. Takes the root. */}}
{{- define "deliveryflow.toArchive" -}}
{{- $place := .Values.networkPolicy.stores.archive | default dict }}
{{- $endpoint := urlParse .Values.audit.archive.endpoint }}
{{- $port := regexFind "[0-9]+$" (regexFind ":[0-9]+$" $endpoint.host) | default (ternary "80" "443" (eq $endpoint.scheme "http")) }}
- ports:
  {{- range $place.ports | default (list $port) }}
  - { protocol: TCP, port: {{ . }} }
  {{- end }}
  {{- with $place.to }}
  to: {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}
