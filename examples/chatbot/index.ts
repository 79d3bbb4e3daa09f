import * as pulumi from "@pulumi/pulumi";
import { LoadBalancedService, Method, Monitoring, RetryCondition, Strategy } from "flotilla";

const config = new pulumi.Config();
const cpus = config.getNumber("cpus") ?? 1;
const limits = config.getBoolean("limited")
  ? {
      all: { rate: { perSecond: 10, burst: 20 }, connectionsPerAddress: 20 },
      api: { rate: { perSecond: 30, burst: 50 } },
    }
  : { all: {}, api: {} };

const chatbot = new LoadBalancedService("chatbot", {
  pools: {
    chat: {
      build: { context: "./app" },
      port: 3000,
      replicas: config.requireNumber("chatReplicas"),
      env: { NODE_ENV: config.require("mode") },
      limits: { cpus, memoryMiB: 1024 },
      reservations: { cpus: Math.min(cpus, 0.5), memoryMiB: 512 },
      healthCheck: { path: "/health", intervalSeconds: 30 },
      metrics: { path: "/metrics" },
      strategy: Strategy.Rolling,
      // An answer that is being given may take so long to its end.
      drainSeconds: 120,
      logs: { maxSizeMiB: 10, maxFiles: 3 },
      balancing: {
        method: Method.LeastConnections,
        maxConnections: 100,
        keepalive: { connections: 64, requests: 100, idleSeconds: 60 },
        failures: { count: 3, seconds: 30 },
        // Three tries of nine seconds fit into thirty.
        timeouts: { readSeconds: 9, retrySeconds: 30 },
        retries: {
          on: [
            RetryCondition.Error,
            RetryCondition.Timeout,
            RetryCondition.Status502,
            RetryCondition.Status503,
            RetryCondition.Status504,
          ],
          tries: 3,
        },
      },
    },
  },
  routes: [
    { path: "/", pool: "chat" },
    { path: "/api/", pool: "chat", ...limits.api },
    // A model may think for half a minute before the first byte of its answer.
    { path: "/api/chat", pool: "chat", stream: { silentSeconds: 40 }, ...limits.api },
    { path: "/api/chat/stream", pool: "chat", stream: { silentSeconds: 60 }, ...limits.api },
  ],
  balancer: { port: config.requireNumber("port"), ...limits.all },
});

const monitoringPort = config.getNumber("monitoringPort");
const monitor =
  monitoringPort === undefined
    ? undefined
    : new Monitoring("monitor", {
        sources: [chatbot.source],
        port: monitoringPort,
        alertmanager: { port: config.getNumber("alertmanagerPort") ?? monitoringPort + 1 },
        containers: true,
        thresholds: {
          ...{ scaleUpCpuPercent: 70, memoryPercent: 80, responseSeconds: 2, errorPercent: 1 },
          ...{ scaleDownCpuPercent: 30, availabilityPercent: 99.9 },
        },
      });

export const url = chatbot.url;
export const replicas = chatbot.replicas;
export const monitoring = monitor && {
  ...{ url: monitor.url, alertmanagerUrl: monitor.alertmanagerUrl, user: monitor.user },
  ...{ password: monitor.password, containers: monitor.containers },
};
