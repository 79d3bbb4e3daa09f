import { expect, test } from "vitest";
import { renderLogOptions } from "../../engine/log-drivers";

const usual = { maxSizeMiB: 10, maxFiles: 3, options: {} };
const copy = { mode: "non-blocking", "cache-max-size": "10m", "cache-max-file": "3" };
const labels = "flotilla.stack,flotilla.pool,flotilla.replica,flotilla.role";

test.each([
  ["json-file", {}, { "max-size": "10m", "max-file": "3" }],
  ["local", { compress: "false" }, { "max-size": "10m", "max-file": "3", compress: "false" }],
  ["none", {}, {}],
  ["journald", {}, { ...copy, tag: "api-1", labels }],
  [
    "syslog",
    { "syslog-address": "udp://logs:514" },
    { ...copy, tag: "api-1", "syslog-address": "udp://logs:514" },
  ],
  [
    "grafana/loki-docker-driver:3.5.0",
    { "loki-url": "http://loki:3100" },
    { ...copy, "loki-url": "http://loki:3100" },
  ],
  ["gelf", { mode: "blocking", tag: "shop" }, { ...copy, mode: "blocking", tag: "shop", labels }],
])("the options of %s with %j", (driver, options, expected) => {
  expect(renderLogOptions({ ...usual, driver, options }, "api-1")).toEqual(expected);
});
