# Prints what the balancer was told last, the containers that it knows, and the pools that cannot answer, each after a word.
cd /etc/flotilla/live || exit 0
echo "told $(cat "$started_file" 2>/dev/null)"
for list in members/*.list; do
  [ ! -f "$list" ] || list_members live "$list" | cut -d ' ' -f 1,3
done
[ ! -f "$silent_file" ] || sh "$silent_file" | sed 's/^/silent /'
