import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { readVariables } from "../compose/variables";
import type { Context, Unit } from "./context";
import { findTarget } from "./routing";

/** Monitoring in the place of Prometheus, Grafana and exporters. */
export function makeMonitoring(context: Context): void {
  const { report, settings } = context;
  const units = context.list.flatMap((unit) =>
    unit.kind.is === "monitoring" ? [{ unit, part: unit.kind.part }] : [],
  );
  const find = (name: string): Unit | undefined => units.find(({ part }) => part === name)?.unit;
  const [prometheus, grafana, alertmanager] = [find("prometheus"), find("grafana"), find("alertmanager")];
  if (prometheus !== undefined || grafana !== undefined) settings.monitoring = {};
  for (const { unit, part } of units) {
    if (part === "store-exporter") measureStore(unit, context);
    else
      report.take(
        unit.services[0].placeOf(),
        unit.services[0].name,
        part === "nginx-exporter" ? "balancer.status.metrics" : "monitoring",
      );
  }
  if (prometheus !== undefined) readPrometheus(prometheus, context);
  if (grafana !== undefined) readGrafana(grafana, context);
  if (alertmanager !== undefined)
    report.leave(
      alertmanager.services[0].placeOf(),
      alertmanager.services[0].name,
      "who is told of alerts is not read. Set monitoring.notify: webhooks, slack or email, with secrets by name.",
    );
}

function measureStore(unit: Unit, context: Context): void {
  const { report, settings } = context;
  const [service] = unit.services;
  const values = [...readVariables(service, context.project, () => undefined).values()].map(
    ({ value = "" }) => value,
  );
  const store = context.list.find(
    (other) =>
      other.kind.is === "store" &&
      context
        .hostsOf(other)
        .some((host) => [...values, ...(service.fields.command ?? [])].some((value) => value.includes(host))),
  );
  const found = store === undefined ? undefined : settings.datastores[store.name];
  if (store === undefined || found === undefined) {
    report.leave(
      service.placeOf(),
      service.name,
      "which datastore it measures is not said. Set metrics: true there.",
    );
    return;
  }
  found.metrics = true;
  report.take(service.placeOf(), service.name, `datastores.${store.name}.metrics`);
}

const scrapes = z.looseObject({
  scrape_configs: z
    .array(
      z.looseObject({
        metrics_path: z.string().optional(),
        static_configs: z.array(z.looseObject({ targets: z.array(z.string()) })).default([]),
      }),
    )
    .default([]),
  rule_files: z.array(z.string()).default([]),
  remote_write: z.array(z.unknown()).default([]),
});

function readPrometheus(unit: Unit, context: Context): void {
  const { report, settings } = context;
  const [{ name, fields, placeOf }] = unit.services;
  const monitoring = settings.monitoring ?? {};
  const published = fields.ports[0]?.published;
  if (published !== undefined && published !== 9090) monitoring.port = published;
  const words = (fields.command ?? []).join(" ");
  const [, days] = /retention\.time=(\d+)d/.exec(words) ?? [];
  if (days !== undefined) monitoring.retention = { days: Number(days) };
  if (fields.ports.length > 0)
    report.change(
      placeOf("ports"),
      `${name}.ports`,
      "answers on 127.0.0.1 alone, to the user admin with a password.",
    );
  const at = fields.volumes.findIndex(({ target }) => target?.startsWith("/etc/prometheus") === true);
  const source = fields.volumes[at]?.source ?? "";
  const file = existsSync(source) && statSync(source).isDirectory() ? join(source, "prometheus.yml") : source;
  if (!existsSync(file)) return;
  const read = scrapes.safeParse(parse(readFileSync(file, "utf8")));
  const place = { file, line: 1 };
  if (!read.success) {
    report.leave(
      place,
      "prometheus.yml",
      "is not read, as it is none that Prometheus takes. Set metrics of the pools that have figures.",
    );
    return;
  }
  for (const { metrics_path: path = "/metrics", static_configs: groups } of read.data.scrape_configs)
    for (const address of groups.flatMap(({ targets }) => targets)) {
      const target = findTarget(context, address);
      const pool = target === undefined ? undefined : settings.pools[target.unit.name];
      if (target === undefined || pool === undefined) continue;
      const port = target.port === pool.port ? undefined : target.port;
      pool.metrics = { ...(port === undefined ? {} : { port }), ...(path === "/metrics" ? {} : { path }) };
      report.take(place, `scrape_configs ${address}`, `pools.${target.unit.name}.metrics`);
    }
  if (read.data.rule_files.length > 0)
    report.change(
      place,
      "rule_files",
      "alerts of Flotilla's own are there (docs/monitoring.md); their limits are in monitoring.thresholds. Rules of your own are not taken.",
    );
  if (read.data.remote_write.length > 0)
    report.leave(
      place,
      "remote_write",
      "set monitoring.remoteWrite: [{ url, token }], with the token as a secret.",
    );
}

function readGrafana(unit: Unit, context: Context): void {
  const { report, settings } = context;
  const [service] = unit.services;
  const { name, fields, placeOf } = service;
  const monitoring = settings.monitoring ?? {};
  const published = fields.ports[0]?.published;
  if (published !== undefined) monitoring.grafana = { port: published };
  const variables = readVariables(service, context.project, () => undefined);
  if (variables.has("GF_SECURITY_ADMIN_PASSWORD"))
    report.change(
      placeOf("environment", "GF_SECURITY_ADMIN_PASSWORD"),
      `${name}.environment.GF_SECURITY_ADMIN_PASSWORD`,
      "a password is generated, for Prometheus too: `pulumi stack output monitoring --show-secrets`. For one of your own, set monitoring.password to the name of a secret.",
    );
  if (variables.get("GF_AUTH_ANONYMOUS_ENABLED")?.value === "true")
    monitoring.grafana = { ...monitoring.grafana, anonymous: true };
  const boards = fields.volumes.findIndex(({ target }) => /dashboards|provisioning/.test(target ?? ""));
  if (boards !== -1)
    report.leave(
      placeOf("volumes", boards),
      `${name}.volumes`,
      "dashboards of Flotilla's own are there. Import yours in Grafana, where they stay in its volume.",
    );
}
