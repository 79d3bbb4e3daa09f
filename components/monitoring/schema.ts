import { z } from "zod";
import { listAlerts } from "../../monitoring/rules";
import type {
  AlertmanagerArgs,
  GrafanaArgs,
  MonitoringArgs,
  MonitoringServerArgs,
  RemoteWriteArgs,
  RetentionArgs,
} from "../monitoring-types";
import type { ResourcesArgs } from "../types";
import { moved } from "../arguments/moved";
import { type Problem, suggest } from "../arguments/problems";
import { registry } from "../arguments/registry";
import { secretInput } from "../arguments/secrecy";
import { logs } from "../arguments/logs";
import {
  closed,
  type Fields,
  flag,
  image,
  listOf,
  most,
  phrase,
  port,
  resources,
  text,
  textList,
  whole,
} from "../arguments/schema-parts";
import { notify } from "./notify";
import { findPortProblems, resolvePorts } from "./ports";
import { source } from "./source";
import { defaultThresholds, thresholds } from "./thresholds";

const address = (what: string) =>
  text(`be the address of ${what}`, /^https?:\/\/\S+$/, "Write it like https://example.com/path.");

/** Fields that every server has. */
const server = (defaults: { image: string; limits: ResourcesArgs }) => ({
  image: image.default(defaults.image),
  limits: resources.default(defaults.limits),
});

const closedServer = (defaults: { image: string; limits: ResourcesArgs }) =>
  closed(
    server(defaults) satisfies Fields<MonitoringServerArgs>,
    "be an object with image, limits or both",
  ).prefault({});

const grafana = closed(
  {
    enabled: flag().default(true),
    port: port.optional(),
    anonymous: flag().default(false),
    ...server({ image: "grafana/grafana:12.3.1", limits: { cpus: 1, memoryMiB: 512 } }),
  } satisfies Fields<GrafanaArgs>,
  "be an object with enabled, port, anonymous, image or limits",
);

const alertmanager = closed(
  {
    port: port.optional(),
    ...server({ image: "prom/alertmanager:v0.33.1", limits: { cpus: 0.5, memoryMiB: 128 } }),
  } satisfies Fields<AlertmanagerArgs>,
  "be an object with port, image or limits",
);

const retention = closed(
  {
    days: whole(1, 3650).default(90),
    sizeMiB: whole(64, most).default(4096),
  } satisfies Fields<RetentionArgs>,
  "be an object with days, sizeMiB or both",
);

const remote = closed(
  {
    url: address("another Prometheus"),
    token: secretInput("be a token", (value) => value !== "").optional(),
  } satisfies Fields<RemoteWriteArgs>,
  "be an object with url and, where it is needed, token",
);

export const monitoringSchema = closed(
  {
    ...moved({
      alertmanagerPort: "Set alertmanager.port instead.",
      images: "Each server has its own: set prometheus.image, alertmanager.image and so on instead.",
      limits: "Each server has its own: set prometheus.limits, grafana.limits and so on instead.",
    }),
    ...({
      sources: z.array(source, phrase("be a list of what is measured")),
      port: port.default(9090),
      // It becomes a part of an address.
      password: secretInput(
        "be a password of at least 16 letters, digits, hyphens, dots, underscores and tildes",
        (value) => /^[\w.~-]{16,72}$/.test(value),
      ).optional(),
      intervalSeconds: whole(1, 120).default(10),
      retention: retention.prefault({}),
      thresholds: thresholds.prefault({}),
      disabledAlerts: textList("be a list of names of alerts").default([]),
      runbook: address("a page").default("docs/monitoring.md"),
      notify: notify.prefault({}),
      remoteWrite: listOf(remote, "be a list of places").default([]),
      host: flag().default(true),
      containers: flag().default(false),
      prometheus: closedServer({ image: "prom/prometheus:v3.5.3", limits: {} }),
      alertmanager: alertmanager.prefault({}),
      nodeExporter: closedServer({
        image: "prom/node-exporter:v1.11.1",
        limits: { cpus: 0.25, memoryMiB: 64 },
      }),
      cadvisor: closedServer({
        image: "ghcr.io/google/cadvisor:v0.57.0",
        limits: { cpus: 0.25, memoryMiB: 128 },
      }),
      grafana: grafana.prefault({ enabled: false }),
      registry: registry.optional(),
      protect: flag().default(false),
      logs,
    } satisfies Fields<MonitoringArgs>),
  },
  "be an object that describes the monitoring",
  undefined,
  [
    { needs: ["disabledAlerts"], find: ({ disabledAlerts }) => findUnknownAlerts(disabledAlerts) },
    { needs: ["port", "alertmanager", "grafana"], find: findPortProblems },
    {
      needs: ["host", "containers"],
      find: ({ host, containers }) =>
        host || !containers
          ? []
          : [
              {
                path: ["containers"],
                value: containers,
                rule: "be left out where host is false",
                remedy: "The exporter of the host says which container is which.",
              },
            ],
    },
  ],
).transform(({ alertmanager, grafana, ...others }) => {
  const ports = resolvePorts({ port: others.port, alertmanager, grafana });
  return {
    ...others,
    alertmanager: { ...alertmanager, port: ports.alertmanager },
    grafana: { ...grafana, port: ports.grafana },
  };
});

/** A monitoring with everything filled in. */
export type MonitoringModel = z.output<typeof monitoringSchema>;

function findUnknownAlerts(names: string[]): Problem[] {
  const known = listAlerts(defaultThresholds).map(({ alert }) => alert);
  return names.flatMap((name, index) =>
    known.includes(name)
      ? []
      : [
          {
            path: ["disabledAlerts", index],
            value: name,
            rule: "name an alert",
            remedy: suggest(name, known, "alerts"),
          },
        ],
  );
}
