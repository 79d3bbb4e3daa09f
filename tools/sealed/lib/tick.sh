#!/bin/sh
# Says every 20 seconds that a step of the set-up is still at work, until the set-up is gone.
set -eu
while sleep 20 && kill -0 "$1" 2>/dev/null; do
  echo "setup:   $(($(date +%s) - $2)) s" >&2
done
