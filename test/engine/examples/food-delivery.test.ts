// What the system consists of, and what it answers.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import {
  awaitFirstChecks,
  docker,
  dockerLines,
  type EngineEvent,
  findRunning,
  watchEvents,
} from "../support/engine";
import { lines } from "./lines/food-delivery";
import { useExample } from "./support/example";
import { askApi, evaluate, findMongo, instanceOf, runIn } from "./support/food-delivery";
import { useLines } from "./support/lines";
import { count, inWords } from "../support/counts";

const unlimited = { "food-delivery:requestsPerSecond": "1000" };
let stopWatching: () => Promise<EngineEvent[]> = () => Promise.resolve([]);
const project = useExample("food-delivery", "dev", unlimited, async ({ folder, label }) => {
  // What .dockerignore leaves out, in every folder that an image is built from.
  for (const part of ["api", "delivery", "frontend"]) {
    writeFileSync(join(folder, part, "NOTES.md"), "left out");
    writeFileSync(join(folder, part, ".env"), "PASSWORD=left-out");
  }
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

prove("apiReplicas", "the containers, and who listens in them", async () => {
  const names = await running("api");
  expect(names).toHaveLength(3);
  const program = `fetch("http://127.0.0.1:3000/api/health").then((answer) => console.log(process.version, answer.status))`;
  const answers = await Promise.all(names.map((name) => docker("exec", name, "node", "-e", program)));
  for (const answer of answers) expect(answer).toMatch(/^v\d+\.\d+\.\d+ 200$/);
  return `${names.length} replicas, ${answers.join(", ")}`;
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

prove("deliveryBalanced", "60 requests through the API, and who answered it", async () => {
  const answers = await Promise.all(Array.from({ length: 60 }, () => ask("/api/restaurants")));
  const counts = count(answers.map(({ body }) => (body.from as { instance: string }).instance));
  expect(Object.keys(counts)).toEqual(["delivery-1", "delivery-2"]);
  expect(Math.min(...Object.values(counts))).toBeGreaterThan(60 / 5);
  return inWords(counts);
});

prove("frontend", "its port in its container, and its page at the balancer", async () => {
  const inside = await runIn(
    ...[project(), "frontend-1", "node", "-e"],
    `fetch("http://127.0.0.1:5173/").then(async (answer) => console.log(await answer.text()))`,
  );
  const outside = await fetch(`${project().url}/`);
  expect(inside).toContain('<main id="app">');
  expect((await outside.text()).trim()).toBe(inside.trim());
  expect(outside.headers.get("x-instance-id")).toBe("frontend-1");
  return `${inside.length} characters on 5173, the same at ${project().url}/`;
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

prove("mongoAuthentication", "a query with the password, with a wrong one and with none", async () => {
  const address = await runIn(project(), "api-1", "printenv", "MONGODB_URL");
  const wrong = new URL(address);
  wrong.password = "wrong";
  const mongo = await findMongo(project());
  const tries = [address, wrong.href, "mongodb://mongo:27017/food"].map((uri) =>
    docker(
      "exec",
      mongo,
      "mongosh",
      "--quiet",
      "--norc",
      uri,
      "--eval",
      "print(db.orders.countDocuments())",
    ).then(
      (text) => (/^\d+$/.test(text) ? "answered" : "refused"),
      () => "refused",
    ),
  );
  expect(await Promise.all(tries)).toEqual(["answered", "refused", "refused"]);
  return "answered, refused, refused";
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

prove("leastConnections", "two replicas are kept busy, 20 requests one after the other", async () => {
  const busy = Promise.all([ask("/api/news?wait=6000"), ask("/api/news?wait=6000")]);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const quick: string[] = [];
  for (let i = 0; i < 20; i += 1) quick.push(instanceOf(await ask("/api/news")));
  const kept = (await busy).map(instanceOf);
  expect(Object.keys(count(kept))).toHaveLength(2);
  expect(Object.keys(count(quick))).toHaveLength(1);
  expect(kept).not.toContain(quick[0]);
  return `busy: ${inWords(count(kept))}; the others: ${inWords(count(quick))}`;
});

prove("routes", "who answers which path", async () => {
  const paths = ["/", "/main.js", "/some/page", "/api/health", "/api/restaurants", "/api/unknown"];
  const answers = await Promise.all(paths.map((path) => fetch(`${project().url}${path}`)));
  const pools = answers.map(({ headers }) => headers.get("x-instance-id")?.replace(/-\d+$/, ""));
  expect(pools).toEqual(["frontend", "frontend", "frontend", "api", "api", "api"]);
  return paths.map((path, index) => `${path} ${pools[index] ?? ""}`).join(", ");
});

prove("thirds", "300 requests, ten at a time, by who answered", async () => {
  const instances: string[] = [];
  const client = async () => {
    for (let i = 0; i < 30; i += 1) instances.push(instanceOf(await ask("/api/news")));
  };
  await Promise.all(Array.from({ length: 10 }, client));
  const counts = count(instances);
  expect(Object.keys(counts)).toEqual(["api-1", "api-2", "api-3"]);
  for (const number of Object.values(counts)) expect(Math.abs(number / 300 - 1 / 3)).toBeLessThan(0.1);
  return inWords(counts);
});

prove("healthz", "asked over HTTP", async () => {
  const { status, headers, body } = await ask("/healthz");
  expect([status, body]).toEqual([200, { status: "ok" }]);
  expect(headers["content-type"]).toContain("application/json");
  expect(headers["x-instance-id"]).toBeUndefined();
  return `${status} ${JSON.stringify(body)}`;
});

prove("cors", "asked as pages of two origins do", async () => {
  const origin = "http://localhost:5173";
  const allowed = async (of: string) =>
    (await ask("/api/restaurants", { headers: { Origin: of } })).headers["access-control-allow-origin"];
  const answers = [await allowed(origin), await allowed("https://elsewhere.example")];
  expect(answers).toEqual([origin, undefined]);
  return `${origin} allowed, another not`;
});

prove("nodeEnv", "the file of the stack's settings, and the replicas' environment", async () => {
  const file = readFileSync(join(project().folder, "settings.dev.env"), "utf8");
  const inside = await runIn(project(), "api-2", "printenv", "NODE_ENV");
  expect(file).toContain(`NODE_ENV=${inside}\n`);
  return inside;
});

prove("built", "labels and contents of the images of three pools", async () => {
  const tags = await Promise.all(
    ["api-1", "delivery-1", "frontend-1"].map(async (title) => {
      const folder = title.replace("-1", "");
      const own = folder === "delivery" ? "service.py" : "server.js";
      const inside = await runIn(project(), title, "cat", `/app/${own}`);
      expect(inside).toBe(readFileSync(join(project().folder, folder, own), "utf8").trim());
      const [name = ""] = await running(folder);
      const id = await docker("inspect", "--format={{.Image}}", name);
      return docker("image", "inspect", '--format={{join .RepoTags " "}}', id);
    }),
  );
  for (const tag of tags) expect(tag).toMatch(/^flotilla\/food-delivery-/);
  return `${tags.length} images, each with the files of its folder`;
});

prove("multiStage", "what the frontend's image has of its two stages", async () => {
  const list = (folder: string) => runIn(project(), "frontend-1", "ls", folder);
  expect((await list("/app")).split("\n")).toEqual([
    ...["dist", "node_modules", "package-lock.json", "package.json", "server.js"],
  ]);
  const modules = await list("/app/node_modules");
  expect(modules).toContain("sirv");
  expect(modules).not.toMatch(/esbuild|preact/);
  expect(existsSync(join(project().folder, "frontend/dist"))).toBe(false);
  const bundle = await (await fetch(`${project().url}/main.js`)).text();
  const source = readFileSync(join(project().folder, "frontend/src/main.js"), "utf8");
  expect(bundle).not.toContain("import htm");
  expect(bundle).toContain("is there in");
  return `${source.length} characters of source, a bundle of ${bundle.length}; no tools in the image`;
});

prove(
  "dockerignore",
  "NOTES.md and .env lie in each folder; the images' contents, and an update after a change",
  async () => {
    for (const [title, folder] of [
      ["api-1", "api"],
      ["delivery-1", "delivery"],
      ["frontend-1", "frontend"],
    ] as const) {
      const names = await runIn(project(), title, "ls", "-A", "/app");
      expect(names).not.toMatch(/NOTES\.md|\.env/);
      writeFileSync(join(project().folder, folder, "NOTES.md"), "changed");
    }
    const { changes, text } = await project().deploy();
    expect(changes, text).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
    return `in 3 folders, in 0 images; ${changes.same} resources unchanged`;
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
  const filter = `--filter=label=flotilla.stack=${project().label}`;
  await awaitFirstChecks(project().label);
  const listed = await dockerLines("ps", "--all", "--format={{.Names}} {{.Status}}", filter);
  expect(listed.length).toBeGreaterThan(8);
  expect(listed.filter((line) => !line.includes("(healthy)"))).toEqual([]);
  return `${listed.length} of ${listed.length} healthy`;
});
