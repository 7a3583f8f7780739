#!/bin/sh
# Rendered by `node charts/backing/plain.ts`. Do not edit.
# Makes the credentials of the backing in a namespace: credentials.sh NAMESPACE SMTP_URI. What is there stays; run it again at any time.
set -eu
[ $# -eq 2 ] || { echo "Usage: $0 NAMESPACE smtp://USER:PASSWORD@HOST:PORT" >&2; exit 2; }
namespace=$1 smtp=$2

# 32 letters and digits, a letter first: NATS reads a password by the rules of its configuration.
password() {
  printf 'p%s' "$(LC_ALL=C tr -dc A-Za-z0-9 </dev/urandom | head -c 31)"
}

there() {
  kubectl -n "$namespace" get secret "$1" -o name >/dev/null 2>&1
}

# make NAME TYPE KEY=VALUE...: a Secret that is not there yet, through the standard input, so that no list of processes shows it.
make() {
  name=$1 type=$2
  shift 2
  {
    printf 'apiVersion: v1\nkind: Secret\ntype: %s\nmetadata:\n  name: %s\n' "$type" "$name"
    printf '  labels: { app.kubernetes.io/part-of: deliveryflow, cnpg.io/reload: "true" }\nstringData:\n'
    for pair in "$@"; do printf '  %s: "%s"\n' "${pair%%=*}" "${pair#*=}"; done
  } | kubectl -n "$namespace" create -f -
}

there nats-auth || make nats-auth Opaque
for user in admin sys route api-gateway identity profile catalog inventory order payment delivery saga review notification-planner notification-worker order-history audit operations; do
  kept=$(kubectl -n "$namespace" get secret nats-auth -o "jsonpath={.data.$user}")
  [ -n "$kept" ] || printf '{"stringData":{"%s":"%s"}}' "$user" "$(password)" |
    kubectl -n "$namespace" patch secret nats-auth --patch-file /dev/stdin
done

for database in identity profile catalog inventory order payment delivery saga notification order-history audit operations; do
  there "postgres-$database" && continue
  role=$(echo "$database" | tr - _)
  secret=$(password)
  make "postgres-$database" kubernetes.io/basic-auth "username=$role" "password=$secret" \
    "uri=postgres://$role:$secret@postgres:5432/$role"
done

secret=$(password)
there mongodb-review || make mongodb-review kubernetes.io/basic-auth username=review "password=$secret" \
  "uri=mongodb://review:$secret@mongodb:27017/review?authSource=review&replicaSet=mongodb"
secret=$(password)
there redis-auth || make redis-auth Opaque "password=$secret" "uri=redis://:$secret@redis:6379"
there smtp || make smtp Opaque "uri=$smtp"
