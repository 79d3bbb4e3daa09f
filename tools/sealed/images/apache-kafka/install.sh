# The official image's user, folders and commands.
useradd --uid 1000 --create-home --home-dir /home/appuser --shell /bin/bash appuser
mkdir -p /opt/java /etc/kafka/secrets /var/lib/kafka/data /mnt/shared/config /usr/logs /opt/kafka/logs
ln -s "$(dirname "$(dirname "$(readlink -f /usr/bin/java)")")" /opt/java/openjdk
cp /opt/kafka/config/* /etc/kafka/docker/
while read -r command class; do
  printf '#!/bin/sh\nexec "$(dirname "$0")/kafka-run-class.sh" %s "$@"\n' "$class" >"/opt/kafka/bin/kafka-$command.sh"
done <<'COMMANDS'
acls org.apache.kafka.tools.AclCommand
broker-api-versions org.apache.kafka.tools.BrokerApiVersionsCommand
configs kafka.admin.ConfigCommand
console-consumer org.apache.kafka.tools.consumer.ConsoleConsumer
console-producer org.apache.kafka.tools.ConsoleProducer
consumer-groups org.apache.kafka.tools.consumer.group.ConsumerGroupCommand
metadata-quorum org.apache.kafka.tools.MetadataQuorumCommand
storage kafka.tools.StorageTool
topics org.apache.kafka.tools.TopicCommand
verifiable-producer org.apache.kafka.tools.VerifiableProducer
COMMANDS
chmod +x /opt/kafka/bin/*.sh /etc/kafka/docker/run /__cacert_entrypoint.sh
chown -R appuser:appuser /usr/logs /opt/kafka /mnt/shared/config
chown -R appuser:root /var/lib/kafka /etc/kafka
chmod -R ug+w /var/lib/kafka /etc/kafka
