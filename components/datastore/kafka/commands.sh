# Commands as the administrator, in a Java that starts fast and is small beside the broker's.
export KAFKA_HEAP_OPTS=-Xmx128m KAFKA_JVM_PERFORMANCE_OPTS='-XX:+UseSerialGC -XX:TieredStopAtLevel=1' KAFKA_LOG4J_OPTS=
ask() {
  command=$1
  shift
  "/opt/kafka/bin/kafka-$command.sh" --bootstrap-server "$bootstrap" --command-config /etc/flotilla/kafka/administrator.properties "$@" </dev/null
}
