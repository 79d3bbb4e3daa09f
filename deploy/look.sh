# Prints what the balancer was told last, the containers that it knows, and the pools that cannot answer, each after a word;
# and `idle` where Nginx does not answer, because there are no settings that it takes.
serves=yes
fetch /generation >/dev/null 2>&1 || { serves=''; echo idle; }
cd /etc/flotilla/live || exit 0
echo "told $(cat "$started_file" 2>/dev/null)"
for list in members/*.list; do
  [ ! -f "$list" ] || list_members live "$list" | cut -d ' ' -f 1,3
done
[ -z "$serves" ] || [ ! -f "$silent_file" ] || sh "$silent_file" | sed 's/^/silent /'
