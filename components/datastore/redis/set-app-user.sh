# Gives the application's user its passwords on running servers, which keep them.
export REDISCLI_AUTH="$administrator"
for host in $hosts; do
  # shellcheck disable=SC2086 # Hashes are words of their own.
  redis-cli -e --user administrator -h "$host" acl setuser app reset on $hashes '~*' '&*' +@all -@admin -@dangerous +info +keys +flushdb +sort
  redis-cli -e --user administrator -h "$host" acl save
done >/dev/null
