# Needs: look, its values, and mark, interval, looks, retries, longest_start.
# Docker by itself never restarts a replica that hangs: all but the first process of the container are killed, which
# then ends too, so that the restart policy brings it back.
end_replica() {
  kill -9 -1
  exit 1
}

seconds_since_start() {
  echo $(($(date +%s) - $(stat -c %Y /proc/1)))
}

# The gate asks once, and judges by itself.
if [ "$FLOTILLA_LOOK" = once ]; then
  look
  exit
fi
# The first good look is told at once: who waits for the replica waits for that. /dev/shm is new whenever it starts.
if [ ! -f "$mark" ]; then
  if look; then
    : >"$mark"
    exit 0
  fi
  # A slow starter must not be killed for ever.
  if [ "$(seconds_since_start)" -gt "$longest_start" ]; then end_replica; fi
  exit 1
fi
# From then on one run of this stays and looks again and again: what the engine does to start a run costs more than many looks.
strikes=0
while [ "$looks" -gt 0 ]; do
  if look; then
    strikes=0
  else
    strikes=$((strikes + 1))
    if [ "$strikes" -ge "$retries" ]; then end_replica; fi
  fi
  looks=$((looks - 1))
  sleep "$interval"
done
