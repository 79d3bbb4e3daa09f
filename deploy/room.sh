# Whether the volume has room for another configuration; says so where it has none.
has_room() {
  if head -c 200000 /dev/zero >room 2>/dev/null; then rm room; return; fi
  rm -f room
  echo "There is no room left in the balancer's volume: free some of the disk." >&2
  return 1
}
