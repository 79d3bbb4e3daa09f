// What the system consists of, and what it answers.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import {
  awaitFirstChecks,
  docker,
  dockerLines,
  type EngineEvent,
  findRunning,
  readBalancer,
  watchEvents,
} from "../support/engine";
import { lines } from "./lines/food-delivery";
import { useExample } from "./support/example";
import { askApi, evaluate, findMongo, runIn } from "./support/food-delivery";
import { useLines } from "./support/lines";

const unlimited = { "food-delivery:requestsPerSecond": "1000" };
let stopWatching: () => Promise<EngineEvent[]> = () => Promise.resolve([]);
const project = useExample("food-delivery", "dev", unlimited, async ({ folder, label }) => {
  for (const name of ["NOTES.md", ".env"]) writeFileSync(join(folder, "api", name), "left out");
  stopWatching = await watchEvents(label);
});
const prove = useLines("food-delivery", lines);
const ask = (...[path, options]: [string, Parameters<typeof askApi>[2]?]) =>
  askApi(project().url, path, options);
const running = (pool: string) => findRunning(project().label, `flotilla.pool=${pool}`);

prove("startOrder", "the engine's events of the first deployment", async () => {
  const events = await stopWatching();
  const ofPool = (pool: string) => (event: EngineEvent) => event.replica?.startsWith(`${pool}-`) === true;
  // Each health check of a container is an event too.
  const balancers = events.filter(({ role, action }) => role === "balancer" && action === "start");
  const stages: [string, (event: EngineEvent) => boolean][] = [
    ["MongoDB", ({ role }) => role === "store"],
    ["Python", ofPool("delivery")],
    ["Node", ofPool("api")],
    ["frontend", ofPool("frontend")],
    ["Nginx", ({ container }) => container === balancers.at(-1)?.container],
  ];
  const times = stages.map(([name, belongs]) => {
    const own = events.filter(belongs);
    const containers = [...new Set(own.map(({ container }) => container))];
    // The first time of each container: what is healthy is asked again and again.
    const firstOf = (isIt: (event: EngineEvent) => boolean) =>
      containers.flatMap((container) =>
        own
          .filter((event) => event.container === container && isIt(event))
          .slice(0, 1)
          .map(({ time }) => time),
      );
    return {
      name,
      started: firstOf(({ action }) => action === "start"),
      // The deployment asks by the health check's own command, and does not wait for the engine to ask.
      healthy: firstOf(({ action, exitCode }) => action === "exec_die" && exitCode === "0"),
    };
  });
  const early = times.flatMap(({ name, started }, index) => {
    const before = times[index - 1];
    if (before === undefined) return [];
    const seconds = Math.min(...started) - Math.max(...before.healthy);
    const isWhole = before.healthy.length === before.started.length;
    return isWhole && seconds > 0 ? [] : [`${name} ${seconds.toFixed(1)} s after ${before.name}`];
  });
  expect(early).toEqual([]);
  const [first] = times;
  const zero = Math.min(...(first?.started ?? []));
  return times.map(({ name, started }) => `${name} ${(Math.min(...started) - zero).toFixed(1)} s`).join(", ");
});

prove("deliveryPool", "asked from each pool and from the host", async () => {
  const names = await running("delivery");
  expect(names).toHaveLength(2);
  expect(await docker("exec", names[0] ?? "", "python3", "--version")).toContain("Python 3");
  const program = `fetch("http://delivery:5000/health").then((answer) => console.log(answer.status), (error) => console.log(error.cause.code))`;
  const [api, frontend] = await Promise.all(
    ["api-1", "frontend-1"].map((title) => runIn(project(), title, "node", "-e", program)),
  );
  expect(api).toBe("200");
  expect(frontend).toMatch(/^(?:ENOTFOUND|EAI_AGAIN)$/);
  expect((await Promise.all(names.map((name) => docker("port", name)))).join("")).toBe("");
  return `${names.length} replicas; the API gets ${api}, the frontend ${frontend}, the host no port`;
});

prove("mongoVolume", "what the container mounts, and a query on its port", async () => {
  const mongo = await findMongo(project());
  const mounts = JSON.parse(await docker("inspect", "--format={{json .Mounts}}", mongo)) as {
    Name?: string;
    Destination: string;
  }[];
  const volume = mounts.find(({ Destination }) => Destination === "/data/db")?.Name;
  expect(volume).toBe(`food-delivery-${project().stack}-mongo`);
  const address = await runIn(project(), "api-1", "printenv", "MONGODB_URL");
  expect(new URL(address).host).toBe("mongo:27017");
  const found = await evaluate(project(), "print(db.restaurants.countDocuments())");
  expect(Number(found)).toBe(3);
  return `/data/db is ${volume}; ${found} restaurants at ${new URL(address).host}`;
});

prove("onlyWayIn", "the published ports of all containers of the stack", async () => {
  const listed = await dockerLines(
    ...["ps", "--format={{.Names}} {{.Ports}}", `--filter=label=flotilla.stack=${project().label}`],
  );
  const published = listed.filter((line) => line.includes("->"));
  expect(listed.length).toBeGreaterThan(8);
  expect(published).toHaveLength(1);
  expect(published[0]).toMatch(new RegExp(`^food-balancer-\\w+ 0\\.0\\.0\\.0:${project().port}->`));
  return `${listed.length} containers, 1 publishes: ${published[0] ?? ""}`;
});

prove("routes", "who answers which path", async () => {
  const paths = ["/", "/main.js", "/some/page", "/api/health", "/api/restaurants", "/api/unknown"];
  const answers = await Promise.all(paths.map((path) => fetch(`${project().url}${path}`)));
  const pools = answers.map(({ headers }) => headers.get("x-instance-id")?.replace(/-\d+$/, ""));
  expect(pools).toEqual(["frontend", "frontend", "frontend", "api", "api", "api"]);
  return paths.map((path, index) => `${path} ${pools[index] ?? ""}`).join(", ");
});

prove("settings", "Nginx's configuration, its own answers, and a replica's environment", async () => {
  expect(await readBalancer(project().label)).toMatch(/upstream api \{[^}]*least_conn;/);
  const { status, headers, body } = await ask("/healthz");
  expect([status, body]).toEqual([200, { status: "ok" }]);
  expect(headers["x-instance-id"]).toBeUndefined();
  const origin = "http://localhost:5173";
  const allowed = async (of: string) =>
    (await ask("/api/restaurants", { headers: { Origin: of } })).headers["access-control-allow-origin"];
  expect([await allowed(origin), await allowed("https://elsewhere.example")]).toEqual([origin, undefined]);
  const file = readFileSync(join(project().folder, "settings.dev.env"), "utf8");
  expect(file).toContain(`NODE_ENV=${await runIn(project(), "api-2", "printenv", "NODE_ENV")}\n`);
  return "least_conn; /healthz by the balancer; one origin; NODE_ENV as in the file";
});

prove(
  "images",
  "of the API without what .dockerignore names, of the frontend without its tools",
  async () => {
    expect(await runIn(project(), "api-1", "ls", "-A", "/app")).not.toMatch(/NOTES\.md|\.env/);
    const modules = await runIn(project(), "frontend-1", "ls", "/app/node_modules");
    expect(modules).toContain("sirv");
    expect(modules).not.toMatch(/esbuild|preact/);
    const bundle = await (await fetch(`${project().url}/main.js`)).text();
    expect(bundle).not.toContain("import htm");
    expect(bundle).toContain("is there in");
    return `no tools, NOTES.md or .env; a bundle of ${bundle.length} characters`;
  },
);

prove("restaurants", "asked at the API, compared with what Python says", async () => {
  const { body } = await ask("/api/restaurants");
  const menu = await ask("/api/restaurants/saigon/menu");
  const missing = await ask("/api/restaurants/nowhere/menu");
  const python = JSON.parse(
    await runIn(
      ...[project(), "delivery-1", "python3", "-c"],
      `import urllib.request; print(urllib.request.urlopen("http://127.0.0.1:5000/restaurants").read().decode())`,
    ),
  ) as { restaurants: object[] };
  expect(body.restaurants).toEqual(python.restaurants);
  expect(python.restaurants).toHaveLength(3);
  expect((menu.body.menu as { dish: string }[]).map(({ dish }) => dish)).toEqual(["pho", "rolls"]);
  expect((menu.body.from as { instance: string }).instance).toMatch(/^delivery-[12]$/);
  expect(missing.status).toBe(404);
  return `${python.restaurants.length} restaurants, 2 dishes, 404 for one that is not there`;
});

prove("allHealthy", "docker ps of all containers of the stack", async () => {
  await awaitFirstChecks(project().label);
  const filter = `--filter=label=flotilla.stack=${project().label}`;
  const listed = await dockerLines("ps", "--all", "--format={{.Names}} {{.Status}}", filter);
  expect(listed.length).toBeGreaterThan(8);
  expect(listed.filter((line) => !line.includes("(healthy)"))).toEqual([]);
  return `${listed.length} of ${listed.length} healthy`;
});
