import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { findFreePort } from "../engine/support/ports";
import { start } from "../engine/support/processes";
import { createWorkspace, makeEnvironment, quiet, unattended } from "../engine/support/workspace";
import { median, readCount } from "./support/measure";

const root = resolve(__dirname, "../..");
const port = 3000;
const command = [
  "node",
  "-e",
  `require("http").createServer((q, s) => s.end("version " + process.env.VERSION)).listen(${port})`,
];

/** A stack that is deployed again and again. */
interface Contestant {
  up: (version: string) => Promise<number>;
  preview: (version: string) => Promise<number>;
  /** Characters of the state. */
  weigh: () => Promise<number>;
  remove: () => Promise<void>;
}

/** A stack of ours: replicas of one pool behind a balancer, nothing else set. */
async function createOurs(replicas: number): Promise<Contestant> {
  const pool = { image: "node:24-slim", port, command, replicas, env: { VERSION: "1" } };
  const workspace = await createWorkspace({ name: "bench", pools: { api: pool } });
  const choose = (version: string) => {
    workspace.configure(({ pools: { api } }) => Object.assign(api ?? {}, { env: { VERSION: version } }));
  };
  return {
    up: async (version) => {
      choose(version);
      return (await workspace.deploy()).seconds;
    },
    preview: async (version) => {
      choose(version);
      const { ok, seconds, text } = await workspace.preview();
      if (!ok) throw new Error(text);
      return seconds;
    },
    weigh: async () => (await workspace.exportState()).length,
    remove: () => workspace.remove(),
  };
}

/** The same containers by the Docker provider alone: nobody waits for them, drains them, or tells Nginx of them. */
const program = `
const docker = require("@pulumi/docker");
const { VERSION, REPLICAS, PORT } = process.env;
const network = new docker.Network("network");
const common = { networksAdvanced: [{ name: network.name }], restart: "unless-stopped", mustRun: true };
const image = (name) => docker.getImageOutput({ name }).id;
const replicas = Array.from({ length: Number(REPLICAS) }, (_, index) => new docker.Container("api-" + (index + 1), {
  ...common,
  image: image("node:24-slim"),
  command: ${JSON.stringify(command)},
  init: true,
  envs: ["VERSION=" + VERSION],
  healthcheck: { tests: ["CMD-SHELL", "node -e 'fetch(\\"http://127.0.0.1:${port}\\").then((r) => process.exit(r.ok ? 0 : 1))'"], interval: "30s" },
}));
new docker.Container("balancer", {
  ...common,
  image: image("nginx:1.30.4"),
  ports: [{ internal: 80, external: Number(PORT) }],
}, { dependsOn: replicas });
`;

async function createPlain(replicas: number): Promise<Contestant> {
  const folder = mkdtempSync(join(tmpdir(), "flotilla-bench-"));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "Pulumi.yaml"), "name: plain\nruntime: nodejs\nmain: index.js\n");
  writeFileSync(join(folder, "package.json"), "{}\n");
  writeFileSync(join(folder, "index.js"), program);
  const stack = `bench-${process.pid}`;
  const fixed = { REPLICAS: String(replicas), PORT: String(await findFreePort()) };
  const run = async (args: string[], version = "1") => {
    const environment = { ...makeEnvironment(folder), ...fixed, VERSION: version };
    const { code, seconds, text } = await start("pulumi", args, folder, environment).ended;
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")} failed:\n${text}`);
    return { seconds, text };
  };
  const of = `--stack=${stack}`;
  await run(["stack", "init", stack, "--no-select", ...quiet]);
  return {
    up: async (version) => (await run(["up", of, ...unattended], version)).seconds,
    preview: async (version) => (await run(["preview", of, ...quiet], version)).seconds,
    weigh: async () => (await run(["stack", "export", of, ...quiet])).text.length,
    remove: async () => {
      await run(["destroy", of, ...unattended]);
      rmSync(folder, { recursive: true });
    },
  };
}

/** Deploys a stack, does nothing, looks, and deploys another version; seconds of each, and the state's kB for each replica. */
async function measure(create: () => Promise<Contestant>, replicas: number): Promise<Record<string, number>> {
  const contestant = await create();
  try {
    const first = await contestant.up("1");
    const nothing = await contestant.up("1");
    const preview = await contestant.preview("1");
    const update = await contestant.up("2");
    const state = (await contestant.weigh()) / 1000 / replicas;
    return {
      "first up": first,
      "up, nothing changed": nothing,
      preview,
      update,
      "state, kB a replica": state,
    };
  } finally {
    await contestant.remove();
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { rounds: { type: "string", default: "5" }, replicas: { type: "string", default: "3" } },
  });
  const [rounds, replicas] = [readCount("--rounds", values.rounds), readCount("--replicas", values.replicas)];
  const contestants = { plain: createPlain, flotilla: createOurs };
  const measured: Record<string, Record<string, number[]>> = {};
  for (let round = 1; round <= rounds; round++)
    for (const [name, create] of Object.entries(contestants))
      for (const [what, value] of Object.entries(await measure(() => create(replicas), replicas)))
        ((measured[what] ??= {})[name] ??= []).push(value);
  console.log(
    `${replicas} replicas, medians of ${rounds} rounds; plain: the same containers by the provider alone`,
  );
  console.log(`${"".padEnd(22)}${["plain", "flotilla", "ratio"].map((head) => head.padStart(10)).join("")}`);
  for (const [what, { plain = [], flotilla = [] }] of Object.entries(measured)) {
    const [theirs, ours] = [median(plain), median(flotilla)];
    const cells = [theirs, ours, ours / theirs].map((cell) => cell.toFixed(2).padStart(10));
    console.log(`${what.padEnd(22)}${cells.join("")}`);
  }
}

void main();
