import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { readArguments } from "../../../components/arguments/parse";
import { describeProblem } from "../../../components/arguments/problems";
import { monitoringSchema } from "../../../components/monitoring/schema";

const component = Object.create(pulumi.ComponentResource.prototype) as object;

test.each([
  [{ port: 0 }, "port must be a whole number from 1 to 65535, got 0."],
  [{ grafana: { anon: true } }, "grafana"],
  [{ disabledAlerts: ["ReplicaDwn"] }, "Did you mean ReplicaDown?"],
  [{ thresholds: { errorPercent: 101 } }, "thresholds.errorPercent must be a number from 0 to 100, got 101."],
  [{ thresholds: { errorPercnt: 1 } }, "Did you mean errorPercent?"],
  [{ notify: { webhooks: ["not an address"] } }, "notify.webhooks[0] must be the address of a webhook"],
  [
    { notify: { email: { to: ["a@b"], from: "c@d", server: "mail:25", user: "x" } } },
    "notify.email.password must be set where user is, got nothing.",
  ],
  [
    { limits: { cpus: 1 } },
    "limits must be left out, got an object. Each server has its own: set prometheus.limits",
  ],
  [
    { images: {} },
    "images must be left out, got an empty object. Each server has its own: set prometheus.image",
  ],
  [{ alertmanagerPort: 9093 }, "alertmanagerPort must be left out, got 9093. Set alertmanager.port instead."],
  [{ port: 9091, alertmanager: { port: 9091 } }, "alertmanager.port must be the port of no other server"],
  [{ port: 9090, grafana: { port: 9091 } }, "grafana.port must be the port of no other server"],
  [{ port: 65535 }, "alertmanager.port must be set, got nothing. There is no port 65536 after Prometheus'."],
  [{ host: false, containers: true }, "containers must be left out where host is false, got true."],
  [{ sources: [component] }, "sources[0] must be what a component has as its source, got"],
  [{ sources: [{ targets: [] }] }, "Write it like shop.source."],
])("%j is refused", (args, text) => {
  const { problems } = readArguments(monitoringSchema, { sources: [], ...args });
  expect(problems.map(describeProblem).join("\n")).toContain(text);
});
