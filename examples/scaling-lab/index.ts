import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { Datastore, DatastoreEngine, LoadBalancedService, ServedBy } from "flotilla";

const config = new pulumi.Config();
const isSourceMounted = config.getBoolean("mountSource") ?? false;

const counters = new Datastore("counters", {
  engine: DatastoreEngine.Redis,
  limits: { memoryMiB: 128 },
});

const lab = new LoadBalancedService("lab", {
  pools: {
    counter: {
      build: { context: "./app" },
      port: 5000,
      replicas: config.requireNumber("counterReplicas"),
      stores: { REDIS_URL: counters.connection },
      limits: { cpus: 0.5, memoryMiB: 256 },
      reservations: { cpus: 0.25, memoryMiB: 128 },
      healthCheck: {
        path: "/health",
        intervalSeconds: 10,
        startSeconds: config.getNumber("startSeconds") ?? 60,
      },
      // In development an edited file counts at once; elsewhere the image has the source.
      ...(isSourceMounted
        ? {
            mounts: [{ path: "/app", hostPath: resolve("app"), readOnly: true }],
            env: { GUNICORN_CMD_ARGS: "--reload" },
          }
        : {}),
    },
  },
  balancer: {
    name: config.get("balancerName") ?? "lab-balancer",
    port: config.requireNumber("port"),
    headers: { servedBy: ServedBy.Balancer, upstreamServer: true, requestId: true },
  },
});

export const url = lab.url;
export const replicas = lab.replicas;
export const containers = lab.containers;
export const networks = lab.networks.apply((own) => ({
  ...own,
  // The connection holds a password, the name of its network is no secret.
  counters: pulumi.unsecret(counters.connection.apply(({ network }) => network)),
}));
