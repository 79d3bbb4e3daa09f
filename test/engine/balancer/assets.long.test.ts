import { execFileSync } from "node:child_process";
import http from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { packTar } from "../../../deploy/tar";
import { docker, findRunning } from "../support/engine";
import { record } from "../support/rows";
import { useWorkspace } from "../support/use-workspace";

const repository = `flotilla-assets-${process.pid}`;
const assetsOfPage = 12;

/** An application as a build makes it: its page names the version, and only this version's replicas have its assets. */
const application = `
const { createServer } = require("node:http");
const { readFileSync } = require("node:fs");
createServer((request, response) => {
  if (request.url === "/health") return response.end("ok");
  const [, file] = request.url.match(/\\/assets\\/([\\w.-]+)$/) ?? [];
  if (file === undefined) return response.end(readFileSync("/srv/version"));
  try {
    response.end(readFileSync("/srv/dist/assets/" + file));
  } catch {
    response.statusCode = 404;
    response.end("none");
  }
}).listen(3000);
process.on("SIGTERM", () => process.exit());
`;

const pool = (version: string, settings: object = {}) => ({
  ...{ image: `${repository}:${version}`, port: 3000, replicas: 2, drainSeconds: 10, ...settings },
  healthCheck: { intervalSeconds: 2, timeoutSeconds: 2, startSeconds: 8 },
});
const kept = (path: string) => ({ assets: { path, folder: "/srv/dist/assets" } });

const workspace = useWorkspace({
  name: "assets",
  pools: { web: pool("1"), shop: pool("1", { strategy: "rolling" }) },
  settings: { routes: [{ pool: "web" }, { path: "/shop/", pool: "shop" }] },
  balancer: { replicas: 2 },
});

afterAll(async () => {
  await docker(
    "image",
    "rm",
    "--force",
    ...["1", "2", "3", "4", "5", "none"].map((tag) => `${repository}:${tag}`),
  );
});

async function makeImage(version: string): Promise<void> {
  const files = Array.from({ length: assetsOfPage }, (_, index) => ({
    path: `srv/dist/assets/chunk-${index}.${version}.js`,
    content: Buffer.from(`chunk ${index} of ${version}`),
  }));
  const container = await docker("create", "node:24-slim", "node", "/srv/application.js");
  const archive = packTar([
    ...["srv/", ...(version === "none" ? [] : ["srv/dist/", "srv/dist/assets/"])].map((path) => ({ path })),
    { path: "srv/application.js", content: Buffer.from(application) },
    { path: "srv/version", content: Buffer.from(version) },
    ...(version === "none"
      ? []
      : [...files, { path: "srv/dist/assets/same.js", content: Buffer.from(version) }]),
  ]);
  execFileSync("docker", ["cp", "-", `${container}:/`], { input: archive });
  await docker("commit", container, `${repository}:${version}`);
  await docker("rm", container);
}

interface Browsers {
  /** Statuses of assets, by how often each came. */
  stop: () => Promise<{ pages: number; assets: number; faults: string[] }>;
}

/** Opens pages all the time; each asks for its assets at once, and for further ones, which nobody has asked for before, later on. */
function browse(path: string, laterMs: number): Browsers {
  const seen = { pages: 0, assets: 0, faults: [] as string[] };
  let goesOn = true;
  const fetchAssets = async (
    agent: http.Agent,
    version: string,
    first: number,
    last: number,
  ): Promise<void> => {
    for (let index = first; index < last; index += 1) {
      const asked = get(`${path}assets/chunk-${index}.${version}.js`, agent);
      const { status, body } = await asked.catch((error: unknown) => ({ status: 0, body: String(error) }));
      seen.assets += 1;
      if (status !== 200 || body !== `chunk ${index} of ${version}`) seen.faults.push(`${status} ${version}`);
    }
  };
  const browser = async (): Promise<void> => {
    const open: Promise<void>[] = [];
    while (goesOn) {
      const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
      const { status, body: version } = await get(path, agent).catch(() => ({ status: 0, body: "" }));
      seen.pages += 1;
      if (status !== 200) {
        seen.faults.push(`${status} page`);
        continue;
      }
      await fetchAssets(agent, version, 0, 4);
      open.push(
        wait(laterMs * Math.random())
          .then(() => fetchAssets(agent, version, 4, assetsOfPage))
          .finally(() => {
            agent.destroy();
          }),
      );
      await wait(100);
    }
    await Promise.all(open);
  };
  const all = Promise.all(Array.from({ length: 3 }, browser));
  return {
    stop: async () => {
      goesOn = false;
      await all;
      return seen;
    },
  };
}

/** As browsers do, asks once more where the other side has closed a connection that was idle. */
function get(path: string, agent: http.Agent): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const { port } = workspace();
    const request = http
      .get({ host: "127.0.0.1", port, path, agent }, (response) => {
        let body = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
        response.on("end", () => {
          resolve({ status: response.statusCode ?? 0, body });
        });
      })
      .on("error", (error) => {
        if (request.reusedSocket) resolve(get(path, new http.Agent()));
        else reject(error);
      });
  });
}

async function update(version: string, settings: { web?: object; shop?: object }, laterMs = 15_000) {
  workspace().configure(({ pools }) => {
    pools.web = pool(version, settings.web);
    pools.shop = pool(version, { strategy: "rolling", ...settings.shop });
  });
  const browsers = [browse("/", laterMs), browse("/shop/", laterMs)];
  await wait(2000);
  await workspace().deploy();
  await wait(2000);
  const seen = await Promise.all(browsers.map(({ stop }) => stop()));
  return {
    pages: seen.reduce((sum, { pages }) => sum + pages, 0),
    assets: seen.reduce((sum, { assets }) => sum + assets, 0),
    faults: seen.flatMap(({ faults }) => faults),
  };
}

const both = { web: kept("/assets/"), shop: kept("/shop/assets/") };

test("without it, pages of before an update miss assets, and so do new ones while old replicas are there", async () => {
  for (const version of ["1", "2", "3", "4", "5", "none"]) await makeImage(version);
  await workspace().deploy();
  const { faults } = await update("2", {});
  expect(faults.length).toBeGreaterThan(0);
  expect(faults.every((fault) => fault.startsWith("404"))).toBe(true);
});

test("those of the update that brings it are kept, too", async () => {
  await update("3", both);
  const agent = new http.Agent();
  for (const path of ["/assets/", "/shop/assets/"])
    expect(await get(`${path}chunk-11.2.js`, agent)).toEqual({ status: 200, body: "chunk 11 of 2" });
});

test("every page finds its assets over an update, whichever replica it asks", async () => {
  const started = performance.now();
  const { pages, assets, faults } = await update("4", both);
  record({
    operation: "pages of before and after an update ask for assets with hashed names",
    ...{ requests: pages + assets, failed: faults.length, held: faults.length === 0 },
    seconds: (performance.now() - started) / 1000,
  });
  expect(faults).toEqual([]);
});

test("those that all replicas have come from the application, those of nobody are not found", async () => {
  const agent = new http.Agent();
  expect(await get("/assets/same.js", agent)).toEqual({ status: 200, body: "4" });
  expect(await get("/assets/chunk-1.9.js", agent)).toEqual({ status: 404, body: "none" });
  expect(await get("/assets/chunk-1.3.js", agent)).toMatchObject({ status: 200 });
  expect(await get("/assets/chunk-1.2.js", agent)).toMatchObject({ status: 200 });
  expect((await get("/assets/..%2f..%2fversion", agent)).body).not.toContain("chunk");
});

test("an image without the folder is refused, and nothing changes", async () => {
  await expect(update("none", both, 100)).rejects.toThrow(/assets\.folder must be a folder of the image/);
  const agent = new http.Agent();
  expect((await get("/", agent)).body).toBe("4");
});

test("a rollback has the pages of both versions find theirs", async () => {
  const { faults } = await update("3", both);
  expect(faults).toEqual([]);
});

test("copies of versions that nobody asks for any more go", async () => {
  workspace().configure(({ pools }) => {
    pools.web = pool("5", { assets: { ...kept("/assets/").assets, keepSeconds: 1 } });
  });
  await workspace().deploy();
  workspace().configure(({ pools }) => {
    pools.web = pool("1", { assets: { ...kept("/assets/").assets, keepSeconds: 1 } });
  });
  await workspace().deploy();
  expect(await get("/assets/chunk-1.3.js", new http.Agent())).toMatchObject({ status: 404 });
  const [balancer = ""] = await findRunning(workspace().label, "flotilla.role=balancer", "flotilla.shares");
  const parts = await docker("exec", balancer, "sh", "-c", "ls /etc/flotilla/store");
  expect(parts).not.toContain(".part");
});
