import { expect, test } from "vitest";
import { askForAnswer } from "../support/requests";
import { postsUnderWay } from "../support/exceptions";
import { row } from "../support/rows";
import { demoPool, setEnv } from "../support/settings";
import { useDeployment } from "../support/use-workspace";

// Well by its health check, and ends at its thirtieth request of anybody else when CRASHES is set.
const program = `
const { Server } = require("http");
const emit = Server.prototype.emit;
let requests = 0;
Server.prototype.emit = function (event, ...args) {
  if (process.env.CRASHES && event === "request" && args[0].url !== "/health" && ++requests > 30) process.exit(7);
  return emit.call(this, event, ...args);
};
require("/app/server.js");`;

const workspace = useDeployment({
  name: "first-requests",
  pools: { api: demoPool({ command: ["node", "-e", program], replicas: 3 }) },
});

test("a version that ends as soon as requests come replaces no good one", async () => {
  workspace().configure((settings) => {
    setEnv(settings, "api", { VERSION: "bad", CRASHES: "true" });
  });
  const operation = "version that ends at its first requests: `up` fails";
  const exception = postsUnderWay("POSTs under way on a replica that ends", workspace().label);
  const { result } = await row({ operation, target: workspace().url, exception }, () => workspace().up());
  expect(result.ok).toBe(false);
  expect(result.text).toMatch(
    /The replica api-\d \(container \S*app-api-\d-\w+\) .+ since requests come to it\./,
  );
  expect(result.text).toContain("Traffic stays where it was.");
  for (let i = 0; i < 6; i++) expect((await askForAnswer(workspace().url)).version).toBe("1");
});

test("the next good one does, and loses nothing", async () => {
  workspace().configure((settings) => {
    setEnv(settings, "api", { VERSION: "2", CRASHES: undefined });
  });
  const operation = "good version after one that ended";
  await row({ operation, target: workspace().url }, () => workspace().deploy());
  for (let i = 0; i < 6; i++) expect((await askForAnswer(workspace().url)).version).toBe("2");
});
