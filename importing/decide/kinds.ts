import { DatastoreEngine } from "../../components/datastore-types";
import type { Service } from "../compose/project";
import { readDockerfile } from "../dockerfile";

/** The use of a service. */
export type Kind =
  | { is: "application" }
  | { is: "nginx" }
  | { is: "store"; engine: DatastoreEngine; isOfficial: boolean }
  | { is: "monitoring"; part: MonitoringPart }
  /** A server of others, which goes on in Compose. */
  | { is: "kept"; why: string }
  /** Something that ends when it is done. */
  | { is: "job" }
  /** Something that cannot be a part of a stack. */
  | { is: "refused"; why: string }
  /** Something that is not needed any more, or stands elsewhere. */
  | { is: "left"; todo: string };

export type MonitoringPart =
  | "prometheus"
  | "grafana"
  | "alertmanager"
  | "node-exporter"
  | "cadvisor"
  | "store-exporter"
  | "nginx-exporter";

const store = (engine: DatastoreEngine, isOfficial = true): Kind => ({ is: "store", engine, isOfficial });
const part = (name: MonitoringPart): Kind => ({ is: "monitoring", part: name });
const left = (todo: string): Kind => ({ is: "left", todo });
const kept = (why: string): Kind => ({ is: "kept", why });

const { Redis, Postgres, Mongodb, Kafka } = DatastoreEngine;
const adminTool =
  "a tool to look at data has no place in a stack. Start it when you need it, on the datastore's network: `docker run --rm --network <network> -p 127.0.0.1:8081:<port> <image>`; networks: `docker network ls --filter label=flotilla.stack`";
const proxy =
  "the balancer stands in its place. Its rules are not read: write them as routes (docs/balancer.md)";

/** Kinds by the name of an image without registry and tag; the first that fits counts. */
const known: [pattern: RegExp, kind: Kind][] = [
  [/^(?:library\/)?(?:redis|valkey\/valkey)$/, store(Redis)],
  [/(?:^|\/)(?:redis|valkey|redis-stack(?:-server)?|keydb)$/, store(Redis, false)],
  [/^(?:library\/)?postgres$|(?:^|\/)(?:postgis|pgvector)$/, store(Postgres)],
  [/(?:^|\/)(?:postgresql|timescaledb(?:-ha)?)$/, store(Postgres, false)],
  [/^(?:library\/)?mongo$/, store(Mongodb)],
  [/(?:^|\/)(?:mongodb|mongodb-community-server)$/, store(Mongodb, false)],
  [/^apache\/kafka$/, store(Kafka)],
  [/(?:^|\/)(?:kafka|cp-kafka|cp-server|redpanda)$/, store(Kafka, false)],
  [
    /(?:^|\/)(?:zookeeper|cp-zookeeper)$/,
    left("Kafka needs none here: each broker is a controller too. Nothing to do"),
  ],
  [/(?:^|\/)prometheus$/, part("prometheus")],
  [/(?:^|\/)grafana(?:-oss|-enterprise)?$/, part("grafana")],
  [/(?:^|\/)alertmanager$/, part("alertmanager")],
  [/(?:^|\/)node-exporter$/, part("node-exporter")],
  [/(?:^|\/)cadvisor$/, part("cadvisor")],
  [
    /(?:^|\/)(?:redis_exporter|postgres[-_]exporter|mongodb[-_]exporter|kafka[-_]exporter)$/,
    part("store-exporter"),
  ],
  [/(?:^|\/)nginx(?:-prometheus|-vts)?-exporter$/, part("nginx-exporter")],
  [
    /(?:^|\/)(?:adminer|pgadmin4|phpmyadmin|mongo-express|redis-commander|redisinsight|kafka-ui|kafdrop|akhq|pgweb)$/,
    left(adminTool),
  ],
  [/(?:^|\/)(?:traefik|haproxy|caddy|nginx-proxy|envoy|nginx-proxy-manager|kong)$/, left(proxy)],
  [
    /(?:^|\/)(?:certbot|acme-companion|letsencrypt-nginx-proxy-companion|dns-route53)$/,
    left(
      "certificates are files of the project. Renew them where you have them now, copy them to the folder that balancer.tls.certificates names, and run `up`: one reload",
    ),
  ],
  [
    /(?:^|\/)(?:watchtower|autoheal|dockerproxy|docker-socket-proxy)$/,
    left("`up` follows tags, and what hangs is started again by itself. Nothing to do"),
  ],
  [
    /(?:^|\/)(?:portainer(?:-ce|-ee)?|dozzle|ctop)$/,
    left("run it beside the stack, as it is: it shows the stack's containers too"),
  ],
  [
    /(?:^|\/)(?:ofelia|supercronic|cronicle)$/,
    left(
      "no job is started on a timetable. Let cron on the host run `docker exec` in a replica, or make the timetable a worker: a pool without a port that sleeps between two runs",
    ),
  ],
  [/(?:^|\/)(?:mysql|mariadb|percona|mysql-server)$/, kept("MySQL is no datastore of Flotilla")],
  [
    /(?:^|\/)(?:rabbitmq|nats|activemq|mosquitto|emqx)$/,
    kept("a message broker of this kind is no datastore of Flotilla"),
  ],
  [
    /(?:^|\/)(?:memcached|elasticsearch|opensearch|solr|meilisearch|typesense|minio|cassandra|scylla|couchdb|neo4j|influxdb|clickhouse-server|clickhouse|qdrant|weaviate|milvus|etcd|consul|vault|loki|promtail|jaeger|all-in-one|tempo|otel-collector|opentelemetry-collector(?:-contrib)?|opensearch-dashboards|kibana|logstash|fluentd|fluent-bit|mailhog|mailpit|localstack|ollama)$/,
    kept(
      "a server of this kind is no datastore of Flotilla, and must not have two copies on its data during an update",
    ),
  ],
  [/(?:^|\/)(?:nginx|nginx-unprivileged|openresty)$/, { is: "nginx" }],
];

/** The name of an image without registry and tag. */
export function nameImage(image: string): string {
  return image
    .replace(/@.*$/, "")
    .replace(/:[^/:]+$/, "")
    .replace(/^(?:[\w-]+(?:\.[\w.-]+)(?::\d+)?|localhost(?::\d+)?)\//, "")
    .toLowerCase();
}

/** Finds the use of a service by its image, or by the one that its own starts from. */
export function findKind({ fields }: Service): Kind {
  const { image, build } = fields;
  if (build === undefined)
    return known.find(([pattern]) => pattern.test(nameImage(image ?? "")))?.[1] ?? { is: "application" };
  const base = readDockerfile(fields)?.base;
  return base !== undefined && known.at(-1)?.[0].test(nameImage(base)) === true
    ? { is: "nginx" }
    : { is: "application" };
}
