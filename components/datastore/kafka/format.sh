# Makes a folder of data that is new one of the cluster's, but not while a restore holds the broker.
set -e
if [ ! -e /var/lib/kafka/data/meta.properties ] && [ ! -e "$hold" ]; then
  /opt/kafka/bin/kafka-storage.sh format --ignore-formatted --cluster-id="$cluster" --config /etc/flotilla/kafka/server.properties
fi
