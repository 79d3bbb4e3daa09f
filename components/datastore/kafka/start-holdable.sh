# A broker that can be restored is held while its data are replaced.
server='' ending=''
trap 'ending=yes; [ -z "$server" ] || kill "$server"' TERM INT
pause() { sleep 1 & wait $! || true; }
while [ -z "$ending" ]; do
  if [ -e "$hold" ]; then
    : >/var/lib/kafka/data/.flotilla-held
    pause
    continue
  fi
  rm -f /var/lib/kafka/data/.flotilla-held
  /opt/kafka/bin/kafka-server-start.sh /etc/flotilla/kafka/server.properties &
  server=$!
  code=
  while [ -z "$code" ]; do
    if [ -e "$hold" ]; then kill "$server" || true; fi
    pause
    kill -0 "$server" 2>/dev/null || { code=0; wait "$server" || code=$?; }
  done
  server=
  [ -e "$hold" ] || exit "$code"
done
