import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../docs/support/pages";
import { findReplica, findRunning } from "../support/engine";
import { findFreePort } from "../support/ports";
import type { Running } from "../support/processes";
import { askForAnswer } from "../support/requests";
import { record } from "../support/rows";
import { useWalk } from "./support/walk";

const guide = "docs/first-stack.md";
const walk = useWalk({ dev: readFileSync(join(root, "Pulumi.dev.yaml"), "utf8") });
let secondTerminal: Running;

test("the first stack is deployed and answers", async () => {
  // What the clone shares with this checkout; the guide begins without.
  rmSync(join(walk().folder, "node_modules"));
  await walk().run(guide, "npm ci");
  expect(await walk().run(guide, "npm run doctor")).toContain("Flotilla can run here");
  expect(await walk().run(guide, "npm run up")).toContain(`answers at ${walk().url}`);
  expect(await walk().run(guide, "curl http://localhost:8080/")).toMatch(/"visits":1,.*"served_by"/);
  expect(await walk().run(guide, "curl http://localhost:8080/healthz")).toContain('"status"');
  const listed = await walk().run(guide, "docker ps --filter label=flotilla.stack=flotilla/dev");
  for (const part of ["app-api-1", "app-balancer", "app-worker-1", "app-worker-balancer"])
    expect(listed).toContain(part);
  for (const part of ["cache-server", "monitoring-prometheus"]) expect(listed).toContain(part);
});

test("it is scaled and updated, and the second terminal shows 200 throughout", async () => {
  await walk().run(guide, "npm run up -- --replicas api=3 --yes");
  secondTerminal = walk().start(
    guide,
    "while sleep 0.2; do curl -sS -o /dev/null -w '%{http_code}\\n' http://localhost:8080/; done",
  );
  await walk().run(guide, "npm run up -- --set pools.api.env.VERSION=2 --yes");
  expect((await askForAnswer(walk().url)).version).toBe("2");
  checkSecondTerminal("update to a new version");
});

test("a broken version fails, and the version before goes on", async () => {
  const text = await walk().run(guide, "npm run up -- --set pools.api.env.HEALTHY=false --yes", { code: 1 });
  expect(text).toContain("Traffic stays where it was");
  expect((await askForAnswer(walk().url)).version).toBe("2");
  checkSecondTerminal("broken version");
  await walk().run(guide, "npm run up -- --yes");
  expect((await askForAnswer(walk().url)).version).toBe("1");
  checkSecondTerminal("way back");
  await secondTerminal.kill("too");
});

/** What it has printed is all 200, and was something. */
function checkSecondTerminal(operation: string): void {
  const answers = secondTerminal.text().trim().split("\n");
  const failed = answers.filter((line) => line !== "200");
  const held = answers.length > 20 && failed.length === 0;
  record({
    operation: `second terminal: ${operation}`,
    requests: answers.length,
    failed: failed.length,
    seconds: 0,
    held,
  });
  expect({ failed, enough: answers.length > 20 }).toEqual({ failed: [], enough: true });
}

test("the guides to scaling and symptoms look at the same stack", async () => {
  const symptoms = "docs/troubleshooting.md";
  await walk().run("docs/scaling.md", "npm run up -- --replicas api=5");
  expect(await walk().run(symptoms, "npm run preview")).toMatch(/\d+ unchanged/);
  expect(await walk().run("docs/scaling.md", "npm run preview -- --markdown")).toContain("Nothing changes.");
  const names = await findRunning(walk().label("dev"), "flotilla.role=replica");
  const replicas = await walk().run("docs/from-compose.md", "docker ps --filter label=flotilla.role=replica");
  expect(names.filter((name) => replicas.includes(name))).toHaveLength(6);
  const [front = ""] = await findRunning(walk().label("dev"), "flotilla.balancer=balancer");
  for (const command of [
    "docker ps --all --filter label=flotilla.role",
    "docker ps --all --filter label=flotilla.role=balancer",
    "docker ps --filter publish=8080",
  ])
    expect(await walk().run(symptoms, command)).toContain(front);
  const networks = await walk().run(
    "docs/from-compose.md",
    "docker network ls --filter label=flotilla.stack",
  );
  expect(networks).toContain("app-worker-network");
  const words = { CONTAINER: await findReplica(walk().label("dev"), "api-1") };
  const health = "docker inspect --format '{{json .State.Health}}' CONTAINER";
  expect(await walk().run(symptoms, health, { with: words })).toContain('"Status":"healthy"');
  expect(await walk().run("docs/monitoring.md", "docker system df")).toContain("Local Volumes");
  expect(await walk().run(symptoms, "curl http://localhost:8080/lb/status")).toContain("api-5");
});

test("plain pulumi works on it, and the stack goes away", async () => {
  const plain = (command: string) => walk().run("README.md", `eval "$(npm run -s env)"\n${command}`);
  await walk().run("README.md", "npm run env");
  expect(await plain("pulumi preview")).toMatch(/\d+ unchanged/);
  await walk().run("README.md", 'eval "$(npm run -s env)"\npulumi up', {
    with: { "pulumi up": "pulumi up --yes" },
  });
  await walk().run(guide, "npm run up -- --set balancer.port=8090", {
    with: { "8090": String(await findFreePort()) },
  });
  const targets = "pulumi stack output targets";
  const own = { [targets]: `eval "$(npm run -s env)"; ${targets}` };
  expect(await walk().run("docs/stores.md", targets, { with: own })).toContain(":8102");
  const destroy = { "pulumi destroy": 'eval "$(npm run -s env)"; pulumi destroy --yes' };
  await walk().run("docs/stores.md", "pulumi destroy", { with: destroy });
  expect(await walk().run(guide, "npm run down")).toContain("nothing of it was there");
});
