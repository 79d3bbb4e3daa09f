# Says what its Nginx is at: `open` to clients with the settings that are live, `closed` until it has found every pool, `other`
# settings, `waits` for what a push brings, or `none`.
cd /etc/flotilla
is=$(generation)
case "$is" in
  "$(readlink live)") echo open ;;
  closed) echo closed ;;
  '') if [ -f live/start.sh ]; then echo none; else echo waits; fi ;;
  *) echo other ;;
esac
