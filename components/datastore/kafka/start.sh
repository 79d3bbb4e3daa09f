exec /opt/kafka/bin/kafka-server-start.sh /etc/flotilla/kafka/server.properties
