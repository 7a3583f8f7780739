#!/bin/sh
# Makes the kind cluster of kind-config.yaml and a registry that its nodes pull from, both once: what is there stays.
#   scripts/kind.sh && node scripts/build-images.mjs --registry localhost:5001 --push && npx dfctl deploy --registry localhost:5001
# Source of the registry's wiring: the kind project's guide "Local Registry".
set -eu
cd "$(dirname "$0")/.."
registry=deliveryflow-registry
port=5001

for tool in docker kind kubectl; do
  command -v "$tool" >/dev/null || { echo "error: $tool is not on the PATH; docs/install.md says what is needed" >&2; exit 1; }
done

if [ "$(docker inspect -f '{{.State.Running}}' "$registry" 2>/dev/null)" != true ]; then
  docker start "$registry" 2>/dev/null ||
    docker run -d --restart=always -p "127.0.0.1:$port:5000" --network bridge --name "$registry" registry:2
fi

kind get clusters 2>/dev/null | grep -qx deliveryflow || kind create cluster --config kind-config.yaml --wait 120s

# Inside a node localhost is the node: what is asked of localhost:5001 goes to the registry's container.
for node in $(kind get nodes --name deliveryflow); do
  docker exec "$node" mkdir -p "/etc/containerd/certs.d/localhost:$port"
  printf '[host."http://%s:5000"]\n' "$registry" |
    docker exec -i "$node" tee "/etc/containerd/certs.d/localhost:$port/hosts.toml" >/dev/null
done
docker network inspect kind -f '{{range .Containers}}{{println .Name}}{{end}}' | grep -qx "$registry" ||
  docker network connect kind "$registry"

# Where tools look for a registry to push to.
kubectl --context kind-deliveryflow apply -f - <<YAML
apiVersion: v1
kind: ConfigMap
metadata:
  name: local-registry-hosting
  namespace: kube-public
data:
  localRegistryHosting.v1: |
    host: "localhost:$port"
YAML
echo "Ready: skaffold dev, or push images to localhost:$port."
