# Keeps the settings that were proven last, as the swarm does itself, for balancers that begin anew and for those that were away.
mkdir -p "$config"
cd "$config" || exit
trap 'exit 0' TERM QUIT
mkdir -p next/members
. "$kept_settings"
edit
# Keys come by another way.
if [ -f "$kept_secrets" ]; then . "$kept_secrets"; edit_secrets; fi
derive next
generation="kept-$(cat next/serial)"
echo "return 200 \"$generation\";" >next/generation.conf
mv next "$generation"
ln -sfn "$generation" live
while :; do sleep 3600 & wait $!; done
