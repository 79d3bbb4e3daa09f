import { docker } from "../../support/engine";

/** Shell commands with which a Java starts fast, and the settings of the user in "$URL". */
export const clientSettings = `export KAFKA_HEAP_OPTS=-Xmx128m KAFKA_LOG4J_OPTS= KAFKA_JVM_PERFORMANCE_OPTS='-XX:+UseSerialGC -XX:TieredStopAtLevel=1'
login=\${URL#kafka://} servers=\${login#*@}
servers=\${servers%%\\?*} login=\${login%%@*}
cat >/tmp/client.properties <<END
security.protocol=SASL_PLAINTEXT
sasl.mechanism=SCRAM-SHA-512
sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="\${login%%:*}" password="\${login#*:}";
END
`;

/** What a cluster says of a topic. */
export interface Topic {
  partitions: { leader: number; replicas: number[] }[];
  /** Settings that are not Kafka's defaults, with commas between them. */
  settings: string;
}

/** Runs one of the image's commands as the administrator. */
export function administrate(broker: string, command: string, ...args: string[]): Promise<string> {
  const folder = "/etc/flotilla/kafka";
  const script = `exec /opt/kafka/bin/kafka-${command}.sh --bootstrap-server main-1:9093 --command-config ${folder}/administrator.properties "$@"`;
  return docker(
    ...["exec", "--env=KAFKA_HEAP_OPTS=-Xmx128m", "--env=KAFKA_LOG4J_OPTS="],
    ...[broker, "sh", "-c", script, "sh", ...args],
  );
}

/** Describes a topic; one that is not there has no partitions. */
export async function describeTopic(broker: string, name: string): Promise<Topic> {
  const text = await administrate(broker, "topics", "--describe");
  const lines = text.split("\n").filter((line) => new RegExp(`Topic: ${name}\\s`).test(line));
  return {
    partitions: lines.flatMap((line) => {
      const [, leader, replicas] = /Partition: \d+\s+Leader: (\d+)\s+Replicas: ([\d,]+)/.exec(line) ?? [];
      return replicas === undefined
        ? []
        : [{ leader: Number(leader), replicas: replicas.split(",").map(Number) }];
    }),
    settings: lines.map((line) => /Configs: (.*)/.exec(line)?.[1] ?? "").join(""),
  };
}
