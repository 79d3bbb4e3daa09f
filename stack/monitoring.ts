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
import { type Findings, makeRegistryProblem, readNamedSecret } from "./findings";

type Path = (string | number)[];

/** What the stack's file says of monitoring: all but what is measured, which exists only when the program runs. */
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
  const secret = (name: unknown, path: Path): unknown =>
    // What is missing is reported already, so the check of the shape gets a stand-in.
    readNamedSecret(config, name, ["monitoring", ...path], findings) ?? pulumi.output("");
  const replace = (of: Record<string, unknown>, key: string, path: Path): Record<string, unknown> =>
    of[key] === undefined ? of : { ...of, [key]: secret(of[key], [...path, key]) };
  const read = {
    ...replace(fields, "password", []),
    ...readNotify(fields, secret, replace),
    ...readRemotes(fields, replace),
  };
  findings.problems.push(
    ...readArguments(monitoringSchema, { ...read, sources: [] }).problems.map((problem) => ({
      ...problem,
      path: ["monitoring", ...problem.path],
    })),
    ...(fields.registry === undefined ? [] : [makeRegistryProblem(["monitoring"], fields.registry)]),
    ...(fields.sources === undefined
      ? []
      : [
          {
            path: ["monitoring", "sources"],
            value: fields.sources,
            rule: "be left out: the stack's own parts are measured",
          },
        ]),
  );
  return read;
}

type ReadSecret = (name: unknown, path: Path) => unknown;
type Replace = (of: Record<string, unknown>, key: string, path: Path) => Record<string, unknown>;

function readNotify(
  fields: Record<string, unknown>,
  secret: ReadSecret,
  replace: Replace,
): Record<string, unknown> {
  const notify = asRecord(fields.notify);
  if (notify === undefined) return {};
  const { webhooks } = notify;
  const [slack, email] = [asRecord(notify.slack), asRecord(notify.email)];
  return {
    notify: {
      ...notify,
      ...(Array.isArray(webhooks)
        ? { webhooks: webhooks.map((name: unknown, index) => secret(name, ["notify", "webhooks", index])) }
        : {}),
      ...(slack === undefined ? {} : { slack: replace(slack, "address", ["notify", "slack"]) }),
      ...(email === undefined ? {} : { email: replace(email, "password", ["notify", "email"]) }),
    },
  };
}

function readRemotes({ remoteWrite }: Record<string, unknown>, replace: Replace): Record<string, unknown> {
  if (!Array.isArray(remoteWrite)) return {};
  return {
    remoteWrite: remoteWrite.map((value: unknown, index) => {
      const fields = asRecord(value);
      return fields === undefined ? value : replace(fields, "token", ["remoteWrite", index]);
    }),
  };
}

const name = "monitoring";

/** The service whose balancer shows what the alerts of the stack's monitoring say. */
export function showAlerts(
  service: LoadBalancedServiceArgs,
  monitoring: MonitoringSettings | undefined,
): LoadBalancedServiceArgs {
  if (monitoring === undefined) return service;
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
