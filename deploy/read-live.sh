# Prints every line of every upstream after its file, and `closed` where clients cannot reach what is live.
set -e
cd /etc/flotilla
if [ ! -f live/nginx.conf ] || grep -q "^ *listen unix:$closed_socket" live/nginx.conf; then echo closed; fi
grep -H . live/members/*.list 2>/dev/null || true
