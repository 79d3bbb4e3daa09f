# Keeps what is live, as one thing: a copy that was cut off is none.
set -e
cd /etc/flotilla
exec 9>lock
flock 9
trap '[ $? = 0 ] || { has_room || true; rm -rf kept.new; }' EXIT
rm -rf "$kept_folder" kept.new
cp -R "$(readlink live)" kept.new
mv kept.new "$kept_folder"
