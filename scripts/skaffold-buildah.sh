#!/bin/sh
# skaffold's builder for machines without Docker: builds $IMAGE of one service with buildah and gives it to the nodes by the
# command in LOAD_IMAGE, which takes the image's name.
set -eu
: "${LOAD_IMAGE:?say which command gives an image to the nodes of the cluster}"
export BUILDAH_ISOLATION="${BUILDAH_ISOLATION:-chroot}"
case $1 in
  mail | dfctl) buildah build --quiet --layers --target "$1" --tag "$IMAGE" . ;;
  *) buildah build --quiet --layers --build-arg SERVICE="$1" --build-arg DEVELOPMENT=1 --tag "$IMAGE" . ;;
esac
$LOAD_IMAGE "$IMAGE"
