import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findBlocks, readPage } from "../../docs/support/pages";
import { ask } from "../support/requests";
import { row } from "../support/rows";
import { useWalk } from "./support/walk";

const guide = "docs/your-application.md";
const [stackFile] = findBlocks(readPage(guide), "yaml");
const walk = useWalk({ staging: (stackFile?.text ?? "").replace("8090", "8080") });

/** The application of somebody who follows the guide: it says its version, and whether it has its settings. */
const program = (version: string) => `const http = require("node:http");
const { INSTANCE_ID, SESSION_KEY, REDIS_URL, LOG_LEVEL } = process.env;
const body = () => JSON.stringify({
  version: "${version}", served_by: { instance: INSTANCE_ID }, settings: [SESSION_KEY.length > 8, REDIS_URL.startsWith("redis://"), LOG_LEVEL],
  own: SESSION_KEY === "a key of my own",
});
http.createServer((request, response) => {
  const ms = Number(new URL(request.url, "http://shop").searchParams.get("ms") ?? 0);
  request.resume().on("end", () => setTimeout(() => response.end(body()), ms));
}).listen(3000, "0.0.0.0");
`;

async function askShop(): Promise<Record<string, unknown>> {
  const answer = await ask(walk().url);
  if (typeof answer === "string") throw new Error(answer);
  return JSON.parse(answer.body) as Record<string, unknown>;
}

test("the folder of the guide becomes a stack", async () => {
  const page = readPage(guide);
  walk().write("shop/Dockerfile", findBlocks(page, "dockerfile")[0]?.text ?? "");
  walk().write("shop/.dockerignore", findBlocks(page, "text")[0]?.text ?? "");
  walk().write("shop/package.json", '{ "name": "shop", "version": "1.0.0" }\n');
  const lock = {
    name: "shop",
    version: "1.0.0",
    lockfileVersion: 3,
    packages: { "": { name: "shop", version: "1.0.0" } },
  };
  walk().write("shop/package-lock.json", JSON.stringify(lock));
  walk().write("shop/server.js", program("1"));

  expect(await walk().run(guide, "npm run preview -- --stack staging")).toContain("to create");
  expect(existsSync(join(walk().folder, "node_modules"))).toBe(true);
  expect(await walk().run(guide, "npm run up -- --stack staging")).toContain(`answers at ${walk().url}`);
  expect(await askShop()).toMatchObject({ version: "1", settings: [true, true, "info"], own: false });
});

test("a secret of one's own takes the place of the generated one", async () => {
  const set = 'eval "$(npm run -s env)"\npulumi config set --secret SESSION_KEY --stack staging';
  await walk().run(guide, set, { input: "a key of my own" });
  await walk().run(guide, "npm run up -- --stack staging");
  expect(await askShop()).toMatchObject({ own: true });
});

test("changed code is a new version without a lost request, and what does not build changes nothing", async () => {
  const update = () => walk().run(guide, "npm run up -- --stack staging");
  walk().write("shop/server.js", program("2"));
  const { report } = await row(
    { operation: "new version of the guide's application", target: walk().url },
    update,
  );
  expect(report.failed).toBe(0);
  expect(await askShop()).toMatchObject({ version: "2" });
  walk().write("shop/debug.log", "left out by .dockerignore");
  expect(await update()).toMatch(/\d+ unchanged/);

  walk().write("shop/package-lock.json", "no JSON");
  const text = await walk().run(guide, "npm run up -- --stack staging", { code: 1 });
  expect(text).toContain("The image of ./shop cannot be built. Traffic stays where it was.");
  expect(await askShop()).toMatchObject({ version: "2" });
});
