#!/bin/sh
# Options are for the daemon. It listens by TCP where certificates are given up: the official entrypoint would make some.
set -e
case ${1:-} in
  '' | -*)
    [ -n "$DOCKER_TLS_CERTDIR" ] || set -- --host=tcp://0.0.0.0:2375 --tls=false "$@"
    set -- dockerd --host=unix:///var/run/docker.sock "$@"
    ;;
esac
if [ "$1" = dockerd ]; then rm -f /var/run/docker.pid; fi
exec "$@"
