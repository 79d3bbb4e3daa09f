// A project that runs as Compose made it becomes a stack by the guide, with clients at its port.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "../../docs/support/pages";
import { provide } from "../sealed/containers";
import { longestInWords } from "../support/counts";
import { docker, dockerLines, until } from "../support/engine";
import { outage } from "../support/exceptions";
import { findFreePort } from "../support/ports";
import { ask } from "../support/requests";
import { row } from "../support/rows";
import { removeProject, startProject } from "./support/compose-project";
import { useWalk } from "./support/walk";

const guide = "docs/from-compose.md";
const project = `shop-${process.pid}`;
const settings = `config:
  flotilla:pools:
    api:
      image: node:24-slim
      command: [node, /app/server.js]
      files: { /app/server.js: apps/demo/server.js }
      port: 3000
      replicas: 2
      env: { GRACEFUL: "true" }
      stores: { REDIS_URL: redis }
  flotilla:datastores:
    redis: { engine: redis, image: redis:8.2 }
  flotilla:balancer: { port: 8080 }
`;
const walk = useWalk({ shop: settings });

const nginx = (target: string) => `events {}
http {
  keepalive_min_timeout 2s;
  server {
    listen 80;
    location / {
      proxy_pass http://${target};
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_read_timeout 180s;
    }
  }
}
`;

let folder = "";
let besidePort = 0;
/** Names of the containers, by their services. */
let containers: Record<string, string> = {};
/** Who made them. */
let maker = "";

const port = () => new URL(walk().url).port;
const run = (commands: string, words: Record<string, string> = {}) => {
  const services = Object.entries(containers).map(([name, container]): [string, string] => [
    `shop-${name}-1`,
    container,
  ]);
  return walk().run(guide, commands, {
    with: { ...Object.fromEntries(services), "8090": String(besidePort), ...words },
  });
};

beforeAll(async () => {
  await provide("redis:8.2");
  besidePort = await findFreePort();
  folder = mkdtempSync(join(tmpdir(), "flotilla-compose-"));
  cpSync(join(root, "apps/demo/server.js"), join(folder, "server.js"));
  writeFileSync(join(folder, "nginx.conf"), nginx("api:3000"));
  ({ containers, maker } = await startProject({ project, folder, port: port() }));
  await until("Compose's project answers", async () => {
    const answer = await ask(walk().url);
    return typeof answer !== "string" && answer.status === 200;
  });
});
afterAll(async () => {
  await removeProject(project);
  rmSync(folder, { recursive: true });
});

const load = { clients: { busyGet: 4, busyPost: 4, slow: 0, idle: 2, fresh: 2 }, timeoutMs: 170_000 };

async function readVisits(): Promise<number> {
  const answer = await ask(`${walk().url}/visits`);
  if (typeof answer === "string") throw new Error(answer);
  return (JSON.parse(answer.body) as { visits: number }).visits;
}

test("applications and data come over, and no request and no write is lost", async () => {
  const before = await readVisits();
  const { report } = await row(
    {
      operation: "a running project of Compose becomes a stack: data and clients come over",
      target: walk().url,
      load,
      slowest: { seconds: 125, because: "requests are held while the data come over" },
      note: ({ report }) => `${longestInWords(report)}; the project was started by ${maker}`,
    },
    async () => {
      await run("npm run up -- --stack shop --set balancer.port=8090");
      const redis = await dockerLines(
        ...["ps", "--quiet", `--filter=label=flotilla.stack=${walk().label("shop")}`],
        "--filter=label=flotilla.role=store",
      );
      const networks = await docker("inspect", "--format={{json .NetworkSettings.Networks}}", ...redis);
      const [network = ""] = Object.keys(JSON.parse(networks) as object);
      await run(
        "docker network connect NETWORK shop-redis-1\nnpm run shell -- redis --stack shop -- REPLICAOF shop-redis-1 6379",
        { NETWORK: network },
      );
      await until("the new Redis follows", async () =>
        (await run("npm run shell -- redis --stack shop -- INFO replication")).includes(
          "master_link_status:up",
        ),
      );
      await run("npm run hold -- api --stack shop --seconds 120");
      const gateway = await docker(
        ...["network", "inspect", "--format={{(index .IPAM.Config 0).Gateway}}", `${project}_default`],
      );
      writeFileSync(join(folder, "nginx.conf"), nginx(`${gateway}:${besidePort}`));
      await run("docker exec shop-nginx-1 nginx -s reload");
      // What the old application has is answered.
      await wait(2000);
      await run(
        "docker stop shop-api-1\nnpm run shell -- redis --stack shop -- REPLICAOF NO ONE\nnpm run hold -- off --stack shop",
      );
    },
  );
  const sent = report.rows.reduce((sum, each) => sum + each.sent, 0);
  expect(await readVisits()).toBe(before + sent);
});

test("the port comes over within seconds, and all writes are there", async () => {
  const before = await readVisits();
  await row(
    {
      operation: "a running project of Compose becomes a stack: the port",
      target: walk().url,
      load,
      exception: outage("the port is the host's, and only one can have it", 30),
      note: ({ report }) => `requests failed for ${report.outageSeconds.toFixed(1)} s`,
    },
    () => run("npm run up -- --stack shop --replaces shop-nginx-1"),
  );
  expect(await readVisits()).toBeGreaterThan(before);
  expect(await dockerLines("ps", "--quiet", `--filter=name=^/?${containers.nginx}$`)).toEqual([]);
});
