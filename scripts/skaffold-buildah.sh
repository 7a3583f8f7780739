#!/bin/sh
# skaffold's builder for machines without Docker: builds $IMAGE with buildah and pushes it to the registry in its name,
# where skaffold asks for its digest: skaffold run -p buildah --default-repo localhost:5001
set -eu
export BUILDAH_ISOLATION="${BUILDAH_ISOLATION:-chroot}"
case $1 in
  web | mail | dfctl) buildah build --quiet --layers --target "$1" --tag "$IMAGE" . ;;
  *) buildah build --quiet --layers --build-arg SERVICE="$1" --build-arg DEVELOPMENT=1 --tag "$IMAGE" . ;;
esac
case $IMAGE in
  localhost:* | 127.0.0.1:*) buildah push --quiet --tls-verify=false "$IMAGE" ;;
  *) buildah push --quiet "$IMAGE" ;;
esac
