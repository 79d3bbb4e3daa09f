# Waits until replicas that get no new requests can be stopped: no request is under way on them, none can come to them any more,
# and streams have had their time. Prints for each the seconds that it took, and what is left: requests, streams, and clients that
# may still ask.
exec awk -v proc="$proc" -v peers="$peers" -v drain_seconds="$drain_seconds" -v stream_seconds="$stream_seconds" '
function now(text) { "date +%s" | getline text; close("date +%s"); return text }

# What the workers hold that go on with the settings of before: each of their sockets by its number.
function look_at_workers(command, line) {
  split("", held); unseen = 0
  command = "for worker in " proc "/[0-9]*; do ! grep -q \"^nginx: worker process is shutting down\" $worker/cmdline || ls -l $worker/fd || echo unseen; done 2>/dev/null"
  while ((command | getline line) > 0)
    if (line == "unseen") unseen = 1
    else if (match(line, /socket:\[[0-9]+/)) held[substr(line, RSTART + 8, RLENGTH - 8)] = 1
  close(command)
}

# A stream shows by the timer that keeps its connection alive, while nothing else is timed.
function look_at_connections(command, line, part, number, place) {
  requests = streams = asking = 0
  split("", listens); split("", requests_of); split("", streams_of)
  command = "cat " proc "/net/tcp " proc "/net/tcp6 2>/dev/null"
  number = 0
  while ((command | getline line) > 0) {
    if (split(line, part, " ") < 10) continue
    place = part[2]; sub(/.*:/, "", place)
    if (part[4] == "0A") listens[place] = 1
    if (part[4] != "01") continue
    number++
    locals[number] = place; remotes[number] = part[3]; sockets[number] = part[10]
    if (part[6] ~ /^02:/) streaming[part[10]] = 1
  }
  close(command)
  for (; number > 0; number--) {
    if (remotes[number] in leaving) {
      if (sockets[number] in streaming) { streams++; streams_of[remotes[number]]++ }
      else { requests++; requests_of[remotes[number]]++ }
    }
    if (!(sockets[number] in held)) continue
    # Whoever asks has a connection; a stream is asked for already.
    if (locals[number] in listens) asking++
    else if (sockets[number] in streaming) asking--
  }
  if (asking < 0) asking = 0
  if (unseen && asking == 0) asking = 1
}

BEGIN {
  started = now()
  count = split(peers, listed, " ")
  for (each = 1; each <= count; each++) leaving[listed[each]] = 1
  for (;;) {
    look_at_workers()
    look_at_connections()
    elapsed = now() - started
    if (elapsed >= drain_seconds) break
    if (requests == 0 && asking == 0 && (streams == 0 || elapsed >= stream_seconds)) break
    system("sleep 0.25")
  }
  for (peer in leaving) print peer, elapsed, requests_of[peer] + 0, streams_of[peer] + 0, asking
}'
