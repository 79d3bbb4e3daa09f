#!/bin/bash
# Starts a class of Kafka: kafka-run-class.sh CLASS [arguments]
home=$(cd "$(dirname "$0")/.." && pwd)
options=(
  ${KAFKA_HEAP_OPTS:--Xmx256M}
  ${KAFKA_JVM_PERFORMANCE_OPTS:--server -XX:+UseG1GC -XX:MaxGCPauseMillis=20 -Djava.awt.headless=true}
  ${KAFKA_GC_LOG_OPTS:-}
  ${KAFKA_JMX_OPTS:-}
  "-Dkafka.logs.dir=${LOG_DIR:-$home/logs}"
  ${KAFKA_LOG4J_OPTS:--Dlog4j2.configurationFile=$home/config/tools-log4j2.yaml}
)
exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" "${options[@]}" -cp "${CLASSPATH:+$CLASSPATH:}$home/libs/*" ${KAFKA_OPTS:-} "$@"
