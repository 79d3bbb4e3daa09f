# Prints the names of the pools that cannot answer, asking each as a client would. Of each pool, `pools` has a line: its name,
# the seconds that an answer may take, and a word where any answer will do.
while read -r pool seconds any_answer; do
  [ -n "$pool" ] || continue
  (
    # Nginx gives up before.
    patience=$((seconds + 2))
    # A replica that comes back may miss one question.
    good "$(ask "/answers/$pool")" || { sleep 0.5; good "$(ask "/answers/$pool")"; } || echo "$pool"
  ) &
done <<POOLS
$pools
POOLS
wait
