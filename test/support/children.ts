import {
  Datastore,
  type DatastoreArgs,
  DatastoreEngine,
  LoadBalancedService,
  Monitoring,
  Secret,
} from "../../components";
import { answerWithoutVolume, fakeDocker } from "./fake-docker";
import { record } from "./recorder";

/** What a child is for, by its name in the table of docs/transforms.md. */
const purposes: Record<string, Record<string, string>> = {
  LoadBalancedService: {
    "<name>-<pool>-<n>": "a replica",
    "<name>-<pool>-<n>-member": "waits until the replica is healthy, and drains it before it goes",
    "<name>-<pool>-image": "finds or builds the pool's image",
    "<name>-<pool>-network": "network of an internal pool and those that reach it",
    "<name>-<pool>-balancer": "the Nginx of an internal pool",
    "<name>-<pool>-balancer-configuration": "its configuration",
    "<name>-<pool>-balancer-settings": "tries its settings before anything is touched",
    "<name>-<pool>-balancer-push": "gives it its configuration",
    "<name>-public-network": "network of the balancer in front and the public pools",
    "<name>-balancer": "the Nginx in front",
    "<name>-balancer-image": "finds the image of Nginx",
    "<name>-balancer-configuration": "its configuration",
    "<name>-balancer-settings": "tries its settings before anything is touched",
    "<name>-balancer-certificate": "makes a certificate where none is given",
    "<name>-balancer-push": "gives it its configuration",
    "<name>-networks": "remembers its networks, where replicas share a volume",
    "<name>-leftovers": "removes what killed updates left behind",
    "<name>-<shared>-volume": "a volume that replicas share",
    "<name>-<shared>-volume-owner": "gives it to the user that writes to it",
  },
  Datastore: {
    "<name>-server": "the only server, or the first",
    "<name>-server-<n>": "a further server",
    "<name>-server-ready": "waits until the first of several servers is healthy",
    "<name>-server-<n>-ready": "waits until this server is healthy",
    "<name>-ready": "waits until the store is healthy, and configures it",
    "<name>-data": "data of the first server",
    "<name>-server-<n>-data": "data of a further server",
    "<name>-network": "network of the store and its users",
    "<name>-networks": "remembers it, to tell this deployment from others",
    "<name>-passwords": "generates the passwords",
    "<name>-image": "finds the store's image",
    "<name>-sentinel-<n>": "a Sentinel, which lets a replica of Redis take over",
    "<name>-proxy": "leads to the Redis that takes writes",
    "<name>-proxy-image": "finds its image",
    "<name>-pooler": "PgBouncer",
    "<name>-pooler-image": "finds its image",
    "<name>-exporter": "figures for Prometheus",
    "<name>-exporter-<n>": "figures of a further server",
    "<name>-exporter-image": "finds its image",
    "<name>-metrics-network": "network of the exporters and Prometheus",
    "<name>-backup": "keeps the backups",
    "<name>-backup-image": "finds its image",
    "<name>-backup-ready": "waits until backups can be made",
    "<name>-backups": "volume with the backups, where they are kept in one",
    "<name>-dump": "reads the data of a backup from the server",
    "<name>-staging": "volume that a backup goes through",
  },
  Monitoring: {
    "<name>-prometheus": "Prometheus",
    "<name>-prometheus-image": "finds its image",
    "<name>-prometheus-data": "its figures",
    "<name>-alertmanager": "Alertmanager",
    "<name>-alertmanager-image": "finds its image",
    "<name>-alertmanager-data": "its silences",
    "<name>-host": "node-exporter: figures of the host",
    "<name>-host-image": "finds its image",
    "<name>-cadvisor": "cAdvisor: figures of containers",
    "<name>-cadvisor-image": "finds its image",
    "<name>-grafana": "Grafana",
    "<name>-grafana-image": "finds its image",
    "<name>-grafana-data": "its users and what they made",
    "<name>-grafana-ready": "waits for it, and gives its user the password",
    "<name>-network": "network of these servers",
    "<name>-networks": "remembers it, to tell this deployment from others",
    "<name>-password": "generates the password",
    "<name>-targets": "tells Prometheus whom to ask",
    "<name>-targets-folder": "volume with what it is told",
  },
  Secret: { "<name>-secret": "generates the secret, and keeps the one before" },
};

const replica = { image: "node:24-slim", port: 3000 };
const mounts = [{ path: "/files", shared: "shared" }];
const stores: DatastoreArgs[] = [
  { engine: DatastoreEngine.Redis, redis: { servers: 2 }, metrics: true, backup: {} },
  { engine: DatastoreEngine.Postgres, postgres: { pooling: {}, servers: 2 }, metrics: true },
  { engine: DatastoreEngine.Mongodb, mongodb: { servers: 3 } },
  { engine: DatastoreEngine.Kafka, kafka: { servers: 3 } },
];

/** Programs that together have every kind of child; the test's file must mock the docker command. */
const programs: Record<string, (() => unknown)[]> = {
  LoadBalancedService: [
    () =>
      new LoadBalancedService("name", {
        pools: { front: { ...replica, mounts }, pool: { ...replica, reachableFrom: ["front"] } },
        balancer: { tls: {} },
      }),
  ],
  Datastore: stores.map((args) => () => new Datastore("name", args)),
  Monitoring: [() => new Monitoring("name", { sources: [], containers: true, grafana: {} })],
  Secret: [() => new Secret("name")],
};

/** A kind of child, with the variable parts of its name in angle brackets. */
export interface Child {
  name: string;
  type: string;
}

/** Every kind of child of a component, in the order of the alphabet. */
export async function listKinds(component: string): Promise<Child[]> {
  fakeDocker.answer = answerWithoutVolume;
  const kinds = new Map<string, string>();
  for (const program of programs[component] ?? []) {
    const { resources } = await record(program, { preview: true });
    for (const { name, type } of resources)
      if (!type.startsWith("flotilla:")) kinds.set(generalize(name), type);
  }
  return [...kinds]
    .map(([name, type]) => ({ name, type }))
    .sort((one, other) => compare(one.name, other.name));
}

/** The tables of docs/transforms.md. */
export async function describeChildren(): Promise<string> {
  const tables: string[] = [];
  for (const [component, known] of Object.entries(purposes)) {
    const kinds = await listKinds(component);
    const rows = kinds.map(({ name, type }) => {
      const { [name]: purpose } = known;
      if (purpose === undefined) throw new Error(`${component}'s child ${name} is to be explained here.`);
      return `| \`${name}\` | \`${type}\` | ${purpose} |`;
    });
    const gone = Object.keys(known).filter((name) => kinds.every((kind) => kind.name !== name));
    if (gone.length > 0) throw new Error(`${component} has no child ${gone.join(", ")} any more.`);
    tables.push(
      [`### ${component}`, "", "| name | type | what it is |", "| --- | --- | --- |", ...rows].join("\n"),
    );
  }
  return tables.join("\n\n");
}

function generalize(name: string): string {
  return name
    .replace(/^name-/, "<name>-")
    .replace(/-shared-/, "-<shared>-")
    .replace(/^<name>-(?:front|pool)-/, "<name>-<pool>-")
    .replace(/-\d+/, "-<n>");
}

function compare(one: string, other: string): number {
  return one < other ? -1 : 1;
}
