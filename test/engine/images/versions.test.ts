import { mkdirSync, copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { docker } from "../support/engine";
import { askForAnswer } from "../support/requests";
import { row } from "../support/rows";
import { demoPool } from "../support/settings";
import { useWorkspace } from "../support/use-workspace";

const tag = `flotilla-proof:${process.pid}`;
const builtHere: string[] = [];

// Said before the workspace is, so that it is done after no container needs the images any more.
afterAll(async () => {
  if (builtHere.length > 0) await docker("image", "rm", "--force", ...builtHere);
});

const workspace = useWorkspace({
  name: "images",
  pools: {
    built: {
      ...demoPool({ replicas: 2 }),
      image: undefined,
      command: undefined,
      files: undefined,
      build: { context: "app" },
    },
    tagged: { ...demoPool(), image: tag, command: undefined, files: undefined },
  },
  settings: {
    routes: [
      { path: "/", pool: "built" },
      { path: "/tagged", pool: "tagged" },
    ],
  },
});

beforeAll(async () => {
  await moveTag("1");
  writeContext("app", "1");
  writeContextFile("app", ".dockerignore", "*.md\n");
  await workspace().deploy();
});

test("a change to a file that the build ignores changes nothing", async () => {
  writeContextFile("app", "notes.md", "Not a part of the image.");
  const { changes, text } = await workspace().deploy();
  expect(changes, text).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
});

test("a change to a file of the build context is a new version", async () => {
  writeContext("app", "2");
  const { report } = await row(
    { operation: "changed file of a build context", target: workspace().url },
    () => workspace().deploy(),
  );
  expect(Object.keys(report.versions).sort()).toEqual(["1", "2"]);
});

test("a local tag that moved is a new version", async () => {
  const target = `${workspace().url}/tagged`;
  expect(await askForAnswer(target)).toMatchObject({ version: "1" });
  await moveTag("2");
  const load = { clients: { slow: 0 } };
  const { report } = await row({ operation: "moved tag of a local image", target, load }, () =>
    workspace().deploy(),
  );
  expect(Object.keys(report.versions).sort()).toEqual(["1", "2"]);
});

function writeContextFile(context: string, name: string, text: string): void {
  writeFileSync(join(workspace().folder, context, name), text);
}

/** An image of the demo application that has its version in a file. */
function writeContext(context: string, version: string): void {
  const { folder } = workspace();
  mkdirSync(join(folder, context), { recursive: true });
  copyFileSync(join(folder, "apps/demo/server.js"), join(folder, context, "server.js"));
  writeContextFile(context, "version", version);
  const start = "VERSION=$(cat /app/version) exec node /app/server.js";
  writeContextFile(
    context,
    "Dockerfile",
    `FROM node:24-slim\nCOPY . /app/\nCMD ${JSON.stringify(["sh", "-c", start])}\n`,
  );
}

/** Gives the tag to another image. */
async function moveTag(version: string): Promise<void> {
  writeContext("tagged", version);
  const id = await docker("build", "--quiet", "--tag", tag, join(workspace().folder, "tagged"));
  builtHere.push(id);
}
