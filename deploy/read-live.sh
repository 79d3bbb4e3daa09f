# Prints every line of every upstream after its file, `closed` where clients cannot reach what is live, and
# `provisional` where a push has not ended. A push that begins forgets what one that was killed at its very end has kept.
set -e
cd /etc/flotilla
if [ ! -s live/nginx.conf ] || grep -q "^ *listen unix:$closed_socket" live/nginx.conf; then echo closed; fi
if [ -f live/provisional ] && [ -d "$kept_folder" ]; then echo provisional; elif [ -n "$begins" ]; then rm -rf "$kept_folder"; fi
grep -H . live/members/*.list 2>/dev/null || true
