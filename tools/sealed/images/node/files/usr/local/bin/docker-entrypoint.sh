#!/bin/sh
# An option, or what is no command, is for node.
set -e
case ${1:-} in
  -*) exec node "$@" ;;
esac
if [ -z "$(command -v "${1:-node}")" ] || { [ -f "$1" ] && ! [ -x "$1" ]; }; then exec node "$@"; fi
exec "$@"
