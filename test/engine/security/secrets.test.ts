import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { beforeAll, expect, test } from "vitest";
import { readState, setSecret } from "../images/stack-secrets";
import { provide } from "../sealed/containers";
import { readAllArguments } from "../support/arguments";
import { docker, dockerLines, findReplica, findRunning } from "../support/engine";
import { addMonitoring } from "../support/monitoring";
import { start } from "../support/processes";
import { record } from "../support/record";
import { demoPool } from "../support/settings";
import { useWorkspace } from "../support/use-workspace";
import { makeEnvironment, unattended } from "../support/workspace";

// Other tests copy this project, and this file with it, into folders that are searched.
const invent = (): string => `swordfish-${randomBytes(8).toString("hex")}`;
const given = { TOKEN: invent(), KEY: invent(), STORE_PASSWORD: invent(), MONITORING_PASSWORD: invent() };
const rotated = invent();

const workspace = useWorkspace({
  name: "secrets",
  pools: {
    api: demoPool({
      secrets: ["TOKEN"],
      secretFiles: { "/run/secrets/key": "KEY" },
      stores: { STORE_URL: "main" },
    }),
  },
  settings: {
    datastores: {
      main: { engine: "redis", password: "STORE_PASSWORD", metrics: true, backup: { encrypt: true } },
    },
  },
});

/** Every secret by a name: those that were given, and those that were generated. */
const secrets = new Map<string, string>(Object.entries(given));
/** Where one was seen, as `place: name of the secret`. */
const found = new Set<string>();
/** How much was looked at, by place. */
const looked = new Map<string, number>();
const startedAt = Date.now();

/** Looks for all secrets in a text, also as a header of a login has them. */
function search(place: string, text: string): void {
  looked.set(place, (looked.get(place) ?? 0) + 1);
  for (const [name, value] of secrets)
    if (
      [value, Buffer.from(value).toString("base64").replace(/=+$/, ""), encodeURIComponent(value)].some(
        (form) => text.includes(form),
      )
    )
      found.add(`${place}: ${name}`);
}

beforeAll(async () => {
  await provide("redis:8.2", "prom/prometheus", "prom/alertmanager");
  await addMonitoring(workspace(), "MONITORING_PASSWORD");
  for (const [name, value] of Object.entries(given)) await setSecret(workspace(), name, value);
});

/** Runs Pulumi with a log of its events, and looks at the arguments of all processes meanwhile. */
async function run(command: "up" | "destroy"): Promise<{ ok: boolean; text: string }> {
  const { folder, stack } = workspace();
  const events = join(dirname(folder), `events-${command}-${Date.now()}.json`);
  // Pulumi takes that option as one for its developers.
  const env = { ...makeEnvironment(join(dirname(folder), "state")), PULUMI_DEBUG_COMMANDS: "true" };
  const args = [command, `--stack=${stack}`, `--event-log=${events}`, ...unattended];
  const state = { isOver: false };
  const ended = start("pulumi", args, folder, env).ended.finally(() => {
    state.isOver = true;
  });
  while (!state.isOver) {
    for (const text of await readAllArguments()) search("arguments", text);
    await wait(100);
  }
  const { code, text } = await ended;
  search("output", text);
  search("log of events", readFileSync(events, "utf8"));
  return { ok: code === 0, text };
}

async function succeed(command: "up" | "destroy"): Promise<void> {
  const { ok, text } = await run(command);
  expect(ok, text).toBe(true);
}

/** Containers of the stack, by role; those of replicas apart. */
async function listContainers(): Promise<{ id: string; role: string }[]> {
  const format = '{{.ID}} {{.Label "flotilla.role"}}';
  const lines = await dockerLines(
    "ps",
    "--all",
    "--no-trunc",
    `--format=${format}`,
    `--filter=label=flotilla.stack=${workspace().label}`,
  );
  return lines.map((line) => {
    const [id = "", role = ""] = line.split(" ");
    return { id, role };
  });
}

async function searchContainers(): Promise<void> {
  for (const { id, role } of await listContainers()) {
    search(`inspect of a ${role}`, await docker("inspect", id));
    search("logs", await docker("logs", "--tail=2000", id).catch(() => ""));
    const top = await docker("top", id, "-eo", "pid").catch(() => "");
    for (const [pid] of top.matchAll(/^\s*\d+\s*$/gm))
      search(`environment of a ${role}`, readFileSync(`/proc/${pid.trim()}/environ`, "latin1"));
  }
}

/** What the images of the stack's containers say of how they were made. */
async function searchImages(): Promise<void> {
  const images = new Set<string>();
  for (const { id } of await listContainers()) images.add(await docker("inspect", "--format={{.Image}}", id));
  for (const image of images) {
    search("history of an image", await docker("history", "--no-trunc", image));
    search("inspect of an image", await docker("image", "inspect", image));
  }
}

/** Files of containers that hold a secret, with who may read them. */
async function searchFiles(): Promise<string[]> {
  const places = new Set<string>();
  for (const { id, role } of await listContainers()) {
    const [pid] = /^\s*\d+\s*$/m.exec(await docker("top", id, "-eo", "pid")) ?? [];
    if (pid === undefined) continue;
    for (const folder of ["etc", "run", "tmp", "data", "app", "staging"])
      for (const file of listFiles(`/proc/${pid.trim()}/root/${folder}`)) {
        const text = readFileSync(file, "latin1");
        for (const [name, value] of secrets)
          if (text.includes(value)) places.add(`${role} ${file.replace(/^\/proc\/\d+\/root/, "")}: ${name}`);
      }
  }
  return [...places].sort();
}

function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return listFiles(path);
      return entry.isFile() && statSync(path).size < 4_000_000 ? [path] : [];
    });
  } catch {
    return [];
  }
}

/** What this run has left in the folder for temporary files, but for its own checkout. */
function searchTemporary(): void {
  for (const entry of readdirSync(tmpdir(), { withFileTypes: true })) {
    const path = join(tmpdir(), entry.name);
    const info = statSync(path, { throwIfNoEntry: false });
    if (info === undefined || info.mtimeMs < startedAt || path === dirname(workspace().folder)) continue;
    if (!/flotilla|pulumi/i.test(entry.name)) continue;
    for (const file of entry.isDirectory() ? listFiles(path) : [path])
      search("temporary files", readFileSync(file, "latin1"));
  }
}

async function learnGenerated(): Promise<void> {
  const { stores } = await workspace().outputs();
  if (stores?.main?.backupKey !== undefined) secrets.set("key of backups", stores.main.backupKey);
  const [dumper = ""] = await findRunning(workspace().label, "flotilla.role=store-dump");
  const script = 'cd /etc/flotilla && for file in *-password; do echo "$file $(cat $file)"; done';
  for (const line of (await docker("exec", "--user=0", dumper, "sh", "-c", script)).split("\n")) {
    const [file = "", password = ""] = line.split(" ");
    if (password.length > 20) secrets.set(file, password);
  }
}

test("a life of a stack leaves no secret where it must not be", async () => {
  await succeed("up");
  await learnGenerated();
  await searchContainers();

  workspace().configure((settings) => {
    settings.pools.api = { ...settings.pools.api, command: ["node", "-e", "process.exit(3)"] };
  });
  expect((await run("up")).ok).toBe(false);
  await searchContainers();

  await setSecret(workspace(), "TOKEN", rotated);
  secrets.set("rotated TOKEN", rotated);
  workspace().configure((settings) => {
    settings.pools.api = { ...settings.pools.api, command: ["node", "/app/server.js"] };
  });
  await succeed("up");
  await searchContainers();
  expect(await docker("exec", await findReplica(workspace().label, "api-1"), "printenv", "TOKEN")).toBe(
    rotated,
  );
  await searchImages();
  const files = await searchFiles();

  search("state", readState(workspace()));
  await succeed("destroy");
  search("state", readState(workspace()));
  searchTemporary();

  // What the user chose: `secrets` and `stores` are variables of the pool's own replicas.
  const chosen = [...found].filter((each) =>
    /^(?:inspect|environment) of a replica: (?:(?:rotated )?TOKEN|STORE_PASSWORD)$/.test(each),
  );
  const wrong = [...found].filter((each) => !chosen.includes(each));
  const sum = [...looked.values()].reduce((total, count) => total + count, 0);
  record({
    operation:
      "secrets of a stack that was deployed, failed, changed and removed (places looked at, found where they must not be)",
    ...{
      requests: sum,
      failed: wrong.length,
      seconds: (Date.now() - startedAt) / 1000,
      held: wrong.length === 0,
    },
    note: [...looked].map(([place, count]) => `${count} ${place}`).join(", "),
  });
  expect(wrong).toEqual([]);
  // The search finds what is there.
  expect(chosen).toContain("inspect of a replica: TOKEN");
  expect(chosen).toContain("environment of a replica: STORE_PASSWORD");
  // Each in the container alone that needs it.
  expect(files.filter((each) => !isExpected(each))).toEqual([]);
  expect(files).toContain("replica /run/secrets/key: KEY");
});

/** Where a secret is a file, because a program needs it. */
function isExpected(place: string): boolean {
  return (
    place === "replica /run/secrets/key: KEY" ||
    /^store-dump (\/etc\/flotilla\/(\S+)): \2$/.test(place) ||
    /^store-backup \/etc\/flotilla\/\S+: key of backups$/.test(place) ||
    /^monitoring \/etc\/\S+: MONITORING_PASSWORD$/.test(place)
  );
}
