import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect } from "vitest";
import { describeFailures } from "../../load/report";
import type { BackupRecord } from "../../../backup/record";
import { files } from "../../../backup/settings";
import { docker, dockerLines, findRunning } from "../support/engine";
import { findFreePort } from "../support/ports";
import { row, type RowResult } from "../support/rows";
import { lines } from "./lines/saas";
import { deployWith, settle, useExample } from "./support/example";
import { useLines } from "./support/lines";
import { signUp } from "./support/saas";
import { send } from "./support/sending";

const useDev = useExample("saas", "dev", {}, async (project) => {
  await settle(project, {
    "balancer.tls.port": await findFreePort(),
    "monitoring.port": await findFreePort(),
    "monitoring.grafana.enabled": false,
  });
});
const prove = useLines("saas", lines);
const keptVersions = 5;
let cookie: string;

beforeAll(async () => {
  cookie = await signUp(useDev().url, "load@example.com");
});

/** Does something while a customer who is signed in uses the service. */
async function underLoad<Result>(operation: string, operate: () => Promise<Result>) {
  return row(
    {
      ...{ operation: `saas: ${operation}`, target: `${useDev().url}/api/usage` },
      load: {
        clients: { busyGet: 3, busyPost: 3, slow: 4, idle: 2, fresh: 2 },
        ...{ paceMs: { busy: 80, fresh: 80 }, headers: { Cookie: cookie } },
        ...{ slowPath: "report?ms=<ms>", post: { body: JSON.stringify({ metric: "requests", amount: 1 }) } },
      },
    },
    operate,
  );
}

const describe = ({ report, seconds }: RowResult<unknown>): string =>
  `${describeFailures(report)} in ${seconds.toFixed(1)} s`;
const backends = () => findRunning(useDev().label, "flotilla.pool=backend");
const balancer = async () => (await findRunning(useDev().label, "flotilla.role=balancer"))[0] ?? "";
/** The backends that the balancer asks: those of a version that failed run too. */
const serving = async () => {
  const members = await docker("exec", await balancer(), "cat", "/etc/flotilla/live/members/backend.list");
  return members
    .split("\n")
    .flatMap((line) => /^server ([^:]+):/.exec(line)?.[1] ?? [])
    .sort();
};
const imagesOf = (containers: string[]) => docker("inspect", "--format={{.Id}} {{.Image}}", ...containers);
const editVersion = (version: string) => {
  writeFileSync(join(useDev().folder, "backend/version.js"), `export const version = "${version}";\n`);
};

/** Entries of the customer that are there. */
const countEvents = async () => {
  const { json } = await send(`${useDev().url}/api/usage`, { headers: { Cookie: cookie } });
  return Number(json?.events);
};

/** The backups that the example's own container has. */
async function listBackups(): Promise<BackupRecord[]> {
  const [keeper = ""] = await findRunning(useDev().label, "flotilla.role=store-backup");
  const answer = await docker("exec", keeper, "node", files.program, "list", "");
  return (JSON.parse(answer) as { result: BackupRecord[] }).result;
}

prove("oneInDev", "the containers that run", async () => {
  expect(await backends()).toHaveLength(1);
  return "1 backend";
});

prove("oneToThree", "an update from one to three with backups, under load, 0 failed", async () => {
  const done = await underLoad("from one backend to three", () =>
    deployWith(useDev(), {
      "pools.backend.replicas": 3,
      "datastores.database.backup.beforeDeployment": true,
    }),
  );
  expect(Object.keys(done.report.instances).sort()).toEqual(["backend-1", "backend-2", "backend-3"]);
  return `${describe(done)}, answered by ${JSON.stringify(done.report.instances)}`;
});

prove("update", "a new version under load, 0 failed, and no acknowledged entry lost", async () => {
  const [before, eventsBefore] = [await backends(), await countEvents()];
  editVersion("2.0.0");
  const done = await underLoad("new version", () => useDev().deploy());
  expect(Object.keys(done.report.versions).sort()).toEqual(["1.0.0", "2.0.0"]);
  const after = await backends();
  expect(after).toHaveLength(3);
  expect(after.filter((name) => before.includes(name))).toEqual([]);
  const added = (await countEvents()) - eventsBefore;
  const acknowledged = done.report.rows
    .filter(({ kind, method }) => method === "POST" && kind !== "slow")
    .reduce((sum, { ok }) => sum + ok, 0);
  expect(acknowledged).toBeGreaterThan(0);
  expect(added).toBe(acknowledged);
  return `${describe(done)}; ${acknowledged} entries acknowledged, ${added} more there`;
});

prove(
  "sessions",
  "one session, begun before all updates, in every request, and by each backend",
  async () => {
    const seen = new Set<string>();
    for (let i = 0; i < 12; i++) {
      const { status, json } = await send(`${useDev().url}/api/me`, { headers: { Cookie: cookie } });
      expect(status).toBe(200);
      expect(json).toMatchObject({ email: "load@example.com", version: "2.0.0" });
      seen.add((json?.served_by as { instance: string }).instance);
    }
    expect(seen.size).toBe(3);
    const stranger = await send(`${useDev().url}/api/me`, { headers: { Cookie: "session=made-up" } });
    expect(stranger.status).toBe(401);
    return `12 of 12 signed in at ${[...seen].sort().join(", ")}; a made-up session 401`;
  },
);

prove("backupFirst", "the backups that deployments made, each tried out on a server of its own", async () => {
  const made = (await listBackups()).filter(({ reason }) => reason === "deployment");
  expect(made.length).toBeGreaterThan(0);
  for (const { verified } of made) expect(verified).toBe(true);
  const [newest] = made;
  expect(Number(newest?.counts["public.usage"])).toBeGreaterThan(0);
  return `${made.length} before deployments, verified, the newest with ${JSON.stringify(newest?.counts)}`;
});

prove("backupFails", "an update while no backup can be made fails, under load, 0 failed", async () => {
  const before = await imagesOf(await backends());
  const [keeper = ""] = await findRunning(useDev().label, "flotilla.role=store-backup");
  await docker("pause", keeper);
  editVersion("2.1.0");
  try {
    const done = await underLoad("a backup before the deployment fails", async () => {
      const run = await useDev().up();
      expect(run.text).toContain("no backup could be made before the deployment");
      return run;
    });
    expect(done.result.ok).toBe(false);
    expect(await imagesOf(await backends())).toBe(before);
    return `${describe(done)}; the same containers`;
  } finally {
    await docker("unpause", keeper);
  }
});

prove(
  "badVersion",
  "a version that ends at its start, under load, 0 failed, none of its answers",
  async () => {
    const names = await serving();
    const before = await imagesOf(names);
    editVersion("3.0.0");
    appendFileSync(join(useDev().folder, "backend/version.js"), 'throw new Error("broken");\n');
    const done = await underLoad("a version that fails", () => useDev().up());
    expect(done.result.ok).toBe(false);
    expect(Object.keys(done.report.versions)).toEqual(["2.0.0"]);
    expect(await serving()).toEqual(names);
    expect(await imagesOf(names)).toBe(before);
    return `${describe(done)}; up failed, the same three containers serve 2.0.0`;
  },
);

const group = () => `flotilla/saas-${useDev().stack}-app-backend-image`;
const versions = () => dockerLines("image", "ls", "--format={{.Tag}}", group());
const layersOf = async (container: string): Promise<string[]> => {
  const image = await docker("inspect", "--format={{.Image}}", container);
  return JSON.parse(await docker("inspect", "--format={{json .RootFS.Layers}}", image)) as string[];
};

prove("fullBuild", "the layers of an image that is built anew from the same files", async () => {
  editVersion("2.0.0");
  const [backend = ""] = await serving();
  const before = await layersOf(backend);
  // Versions of other days.
  const image = await docker("inspect", "--format={{.Image}}", backend);
  for (let day = 1; day <= keptVersions + 1; day++) await docker("tag", image, `${group()}:of-day-${day}`);
  const done = await underLoad("an image built anew", () =>
    deployWith(useDev(), { "pools.backend.build.noCache": "2026-11-27" }),
  );
  const [fresh = ""] = await serving();
  const after = await layersOf(fresh);
  expect(after).toHaveLength(before.length);
  const same = after.filter((layer) => before.includes(layer)).length;
  const base = JSON.parse(
    await docker("inspect", "--format={{json .RootFS.Layers}}", "node:24-slim"),
  ) as string[];
  expect(after.slice(0, base.length)).toEqual(base);
  expect(same).toBeLessThan(before.length - 1);
  const again = await useDev().deploy();
  expect(again.changes, again.text).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
  return `${describe(done)}; ${before.length - same} of ${before.length} layers new, ${base.length} of the base; the next update changes nothing`;
});

prove("oldImages", "the versions that are left of many, after a deployment", async () => {
  const left = await versions();
  expect(left).toHaveLength(keptVersions);
  return `${left.length} left`;
});
