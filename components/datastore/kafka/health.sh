# shellcheck shell=bash
# Asks a broker for its cluster as the administrator. It fails unless the others know the broker, and it is in sync for each
# partition that it has. In the shell, because a Java of its own would take seconds each time.
exec 3<>"/dev/tcp/127.0.0.1/$port" || exit 1
number() {
  # shellcheck disable=SC2046 # Bytes are words of their own.
  set -- $(dd bs=1 count=4 2>/dev/null <&3 | od -An -tu1)
  [ $# -eq 4 ] || { echo "The broker does not answer."; exit 1; }
  size=$(( (($1 * 256 + $2) * 256 + $3) * 256 + $4 ))
}
printf %b "$handshake" >&3
number
dd bs=1 count="$size" >/dev/null 2>&1 <&3
printf %b "$authenticate" >&3
number
dd bs=1 count="$size" >/dev/null 2>&1 <&3
printf %b "$metadata" >&3
number
head -c "$size" <&3 | od -An -v -tu1 | awk -v node="$node" '
  { for (i = 1; i <= NF; i++) byte[count++] = $i }
  function short() { at += 2; return byte[at - 2] * 256 + byte[at - 1] }
  function long() { at += 4; return ((byte[at - 4] * 256 + byte[at - 3]) * 256 + byte[at - 2]) * 256 + byte[at - 1] }
  function text(length_) { length_ = short(); if (length_ != 65535) at += length_ }
  function has_node(left, found) { for (left = long(); left > 0; left--) if (long() == node) found = 1; return found }
  END {
    at = 8
    for (brokers = long(); brokers > 0; brokers--) { if (long() == node) known = 1; text(); at += 4; text() }
    if (!known) { print "The other servers do not know this one yet."; exit 1 }
    text()
    at += 4
    for (topics = long(); topics > 0; topics--) {
      at += 2; text(); at += 1
      for (partitions = long(); partitions > 0; partitions--) {
        at += 14
        replica = has_node(); in_sync = has_node(); has_node()
        if (replica && !in_sync) behind++
      }
    }
    if (at != count) { print "The answer is not understood."; exit 1 }
    if (behind) { print "It is not in sync yet: " behind " partitions."; exit 1 }
  }'
