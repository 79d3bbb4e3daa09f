import * as pulumi from "@pulumi/pulumi";
import type {
  Datastore,
  LoadBalancedService,
  LoadBalancedServiceArgs,
  MonitoringArgs,
  RegistryArgs,
} from "../components";
import { Monitoring } from "../components";
import { addressOfPrometheus } from "../components/monitoring/prometheus";
import { monitoringSchema } from "../components/monitoring/schema";
import { readArguments } from "../components/arguments/parse";
import { asRecord } from "../components/arguments/problems";
import { replaceSecrets } from "../components/arguments/secrecy";
import { type Findings, makeRegistryProblem, readNamedSecret } from "./findings";

/** The monitoring in the stack's file: all but the sources, which exist only when the program runs. */
export type MonitoringSettings = Omit<MonitoringArgs, "sources">;

/** The monitoring as the stack's file has it, with secrets by name; undefined when there is none. */
export function readMonitoring(
  value: unknown,
  config: pulumi.Config,
  findings: Findings,
): MonitoringSettings | undefined {
  if (value === undefined) return undefined;
  const fields = asRecord(value);
  if (fields === undefined) {
    findings.problems.push({ path: ["monitoring"], value, rule: "be an object, {} for all defaults" });
    return undefined;
  }
  const { sources, registry, ...settings } = fields;
  const read = replaceSecrets(monitoringSchema, settings, (name, path) => {
    const secret = readNamedSecret(config, name, ["monitoring", ...path], findings);
    // What is missing is reported already, so the check of the shape gets a stand-in.
    return secret ?? pulumi.output("");
  }) as MonitoringSettings;
  findings.problems.push(
    ...readArguments(monitoringSchema, { ...read, sources: [] }).problems.map((problem) => ({
      ...problem,
      path: ["monitoring", ...problem.path],
    })),
    ...(registry === undefined ? [] : [makeRegistryProblem(["monitoring"], registry)]),
    ...(sources === undefined
      ? []
      : [
          {
            path: ["monitoring", "sources"],
            value: sources,
            rule: "be left out: the stack's own parts are measured",
          },
        ]),
  );
  return read;
}

const name = "monitoring";

/** The service whose balancer shows what the alerts of the stack's monitoring say. */
export function showAlerts(
  service: LoadBalancedServiceArgs,
  monitoring: MonitoringSettings | undefined,
): LoadBalancedServiceArgs {
  const hasBalancer = Object.values(service.pools).some(({ port }) => port !== undefined);
  if (monitoring === undefined || !hasBalancer) return service;
  const { balancer } = service;
  const status = { prometheus: addressOfPrometheus(name), ...balancer?.status };
  return { ...service, balancer: { ...balancer, status } };
}

/** Makes the monitoring of a stack, which measures all of its parts; gives what the program exports of it. */
export function createMonitoring(
  settings: MonitoringSettings,
  app: LoadBalancedService,
  stores: Datastore[],
  registry: RegistryArgs | undefined,
  options: pulumi.ComponentResourceOptions,
): Record<string, pulumi.Output<unknown>> {
  const sources = [app, ...stores].map(({ source }) => source);
  const { url, alertmanagerUrl, grafanaUrl, user, password, containers } = new Monitoring(
    name,
    { registry, ...settings, sources },
    options,
  );
  return { url, alertmanagerUrl, grafanaUrl, user, password, containers };
}
