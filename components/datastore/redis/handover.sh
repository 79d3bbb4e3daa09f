# Lets the other server lead before this one ends; what was acknowledged is there by then.
here() { REDISCLI_AUTH=$administrator timeout 3 redis-cli --user administrator "$@"; }
replication() { here info replication | tr -d '\r'; }

is_level() {
  replication | awk -F'[:=,]' '
    /^slave0:/ { for (i = 1; i < NF; i++) { if ($i == "state") state = $(i + 1); if ($i == "offset") theirs = $(i + 1) } }
    /^master_repl_offset:/ { ours = $2 }
    END { exit !(state == "online" && ours == theirs) }'
}

await() {
  tries=0
  until "$@"; do
    tries=$((tries + 1))
    [ "$tries" -lt 50 ] || return 1
    sleep 0.1
  done
}

has_left() {
  leader=$(timeout 2 redis-cli --no-auth-warning -p 26379 --user health --pass health -h "$sentinel" \
    sentinel get-master-addr-by-name "$name" | head -n 1)
  [ "$leader" != "$host" ]
}

ask_to_lead() {
  REDISCLI_AUTH=$sentinel_password timeout 3 redis-cli -p 26379 --user sentinel -h "$sentinel" sentinel failover "$name"
}

[ "$(here role | head -n 1)" = master ] || exit 0
replication | grep -q '^slave0:.*state=online' || exit 0
here client pause 60000 write >/dev/null
if await is_level; then
  for sentinel in $sentinels; do
    if ask_to_lead | grep -qx OK && await has_left; then
      echo "the other server leads"
      exit 0
    fi
  done
fi
here client unpause >/dev/null
