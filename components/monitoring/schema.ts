import { z } from "zod";
import { listAlerts } from "../../monitoring/rules";
import { defaultThresholds } from "../../monitoring/thresholds";
import type {
  EmailArgs,
  GrafanaArgs,
  MonitoringArgs,
  MonitoringImagesArgs,
  MonitoringSourceArgs,
  NotifyArgs,
  RemoteWriteArgs,
  RetentionArgs,
  SlackArgs,
} from "../monitoring-types";
import { asRecord, type Problem, suggest } from "../arguments/problems";
import { registry } from "../arguments/registry";
import { hideSecrets, secretInput } from "../arguments/secrecy";
import {
  amount,
  closed,
  type Fields,
  flag,
  image,
  line,
  listOf,
  logs,
  most,
  phrase,
  port,
  resources,
  text,
  textList,
  toProblems,
  whole,
} from "../arguments/schema-parts";

const address = (what: string) =>
  text(`be the address of ${what}`, /^https?:\/\/\S+$/, "Write it like https://example.com/path.");
const secretAddress = (what: string) =>
  secretInput(`be the address of ${what}`, (value) => /^https?:\/\/\S+$/.test(value));
const mail = line("be an address of e-mail");

const source = closed(
  {
    targets: z.custom<MonitoringSourceArgs["targets"]>(
      (value) => value !== undefined,
      phrase("be a component's targets"),
    ),
    networks: z.custom<MonitoringSourceArgs["networks"]>(
      (value) => value !== undefined,
      phrase("be names of networks"),
    ),
    containers: z.custom<MonitoringSourceArgs["containers"]>().optional(),
  } satisfies Fields<MonitoringSourceArgs>,
  "be an object with targets and networks",
);

const email = closed(
  {
    to: listOf(mail, "be a list of addresses of e-mail"),
    from: mail,
    server: text("be host and port of a server", /^[^\s:]+:\d+$/, "Write it like mail.example.com:587."),
    user: line("be a user").optional(),
    password: secretInput("be a password", (value) => value !== "").optional(),
    requireTls: flag().optional(),
  } satisfies Fields<EmailArgs>,
  "be an object with to, from and server",
);

const slack = closed(
  {
    address: secretAddress("Slack's incoming webhook"),
    channel: text("be a channel", /^[#@]\S+$/, "Write it like #alerts, between quotes."),
  } satisfies Fields<SlackArgs>,
  "be an object with address and channel",
);

const notify = closed(
  {
    webhooks: listOf(secretAddress("a webhook"), "be a list of addresses").optional(),
    slack: slack.optional(),
    email: email.optional(),
    groupSeconds: whole(0, 3600).optional(),
    repeatSeconds: whole(60, 604_800).optional(),
  } satisfies Fields<NotifyArgs>,
  "be an object with webhooks, slack or email",
);

const remote = closed(
  {
    url: address("another Prometheus"),
    token: secretInput("be a token", (value) => value !== "").optional(),
  } satisfies Fields<RemoteWriteArgs>,
  "be an object with url and, where it is needed, token",
);

const grafana = closed(
  {
    enabled: flag().optional(),
    port: port.optional(),
    anonymous: flag().optional(),
  } satisfies Fields<GrafanaArgs>,
  "be an object with enabled, port or anonymous",
);

const thresholds = closed(
  Object.fromEntries(
    Object.keys(defaultThresholds).map((name) => [
      name,
      (name.endsWith("Percent") ? amount(0, 100) : amount(0, 1_000_000)).optional(),
    ]),
  ),
  "be an object of thresholds by name",
);

/** What describes a monitoring. */
export const monitoringSchema = closed(
  {
    sources: z.array(source, phrase("be a list of what is measured")),
    port: port.optional(),
    alertmanagerPort: port.optional(),
    // It becomes a part of an address.
    password: secretInput(
      "be a password of at least 16 letters, digits, hyphens, dots, underscores and tildes",
      (value) => /^[\w.~-]{16,72}$/.test(value),
    ).optional(),
    intervalSeconds: whole(1, 120).optional(),
    retention: closed(
      {
        days: whole(1, 3650).optional(),
        sizeMiB: whole(64, most).optional(),
      } satisfies Fields<RetentionArgs>,
      "be an object with days, sizeMiB or both",
    ).optional(),
    thresholds: thresholds.optional(),
    disabledAlerts: textList("be a list of names of alerts").optional(),
    runbook: address("a page").optional(),
    notify: notify.optional(),
    remoteWrite: listOf(remote, "be a list of places").optional(),
    host: flag().optional(),
    containers: flag().optional(),
    grafana: grafana.optional(),
    registry: registry.optional(),
    images: closed(
      {
        prometheus: image.optional(),
        alertmanager: image.optional(),
        nodeExporter: image.optional(),
        cadvisor: image.optional(),
        grafana: image.optional(),
      } satisfies Fields<MonitoringImagesArgs>,
      "be an object with prometheus, alertmanager, nodeExporter, cadvisor or grafana",
    ).optional(),
    protect: flag().optional(),
    limits: resources.optional(),
    logs: logs.optional(),
  } satisfies Fields<MonitoringArgs>,
  "be an object that describes the monitoring",
);

/** Finds everything that is wrong with the arguments of a `Monitoring`, in one go. */
export function monitoringProblems(args: unknown): Problem[] {
  const shape = monitoringSchema.safeParse(args, { reportInput: true });
  const fields = asRecord(args) ?? {};
  return hideSecrets(monitoringSchema, [
    ...(shape.error?.issues ?? []).flatMap(toProblems),
    ...checkAlerts(fields),
    ...checkEmail(fields),
  ]);
}

function checkAlerts({ disabledAlerts }: Record<string, unknown>): Problem[] {
  if (!Array.isArray(disabledAlerts)) return [];
  const known = listAlerts(defaultThresholds).map(({ alert }) => alert);
  return disabledAlerts.flatMap((name: unknown, index) =>
    typeof name !== "string" || known.includes(name)
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

function checkEmail({ notify: described }: Record<string, unknown>): Problem[] {
  const { user, password } = asRecord(asRecord(described)?.email) ?? {};
  if ((user === undefined) === (password === undefined)) return [];
  const [present, missing] =
    user === undefined ? (["password", "user"] as const) : (["user", "password"] as const);
  const path = ["notify", "email", missing];
  return [{ path, value: undefined, rule: `be set where ${present} is`, remedy: "A server asks for both." }];
}
