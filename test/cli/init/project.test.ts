import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { projectFolder } from "../../../cli/bare/machine.cjs";
import { loadConfig } from "../../../config";
import { setUpProject, type Wishes } from "../../../cli/init/project";
import { Misuse } from "../../../cli/failure";
import { enterFolder } from "../../support/folders";
import { configure, readYaml, useStack } from "../../support/stack-settings";

let folder: string;
let said: string[];

beforeEach(() => {
  folder = enterFolder();
  said = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => said.push(String(text)) > 0);
});

const nothing: Wishes = {
  ...{ name: undefined, context: undefined, image: undefined, port: undefined, health: undefined },
  ...{ publish: "8080", stack: [], dockerfile: false, yes: true },
};

function put(files: Record<string, string>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
}

function read(file: string): string {
  return readFileSync(join(folder, file), "utf8");
}

async function init(wishes: Partial<Wishes> = {}): Promise<string> {
  expect(await setUpProject({ ...nothing, ...wishes })).toBe(0);
  return said.join("");
}

/** The pool that a stack's file describes, as the program reads it. */
async function loadPool(file: string) {
  await useStack("dev", "shop");
  const { config } = readYaml(read(file)) as { config: Record<string, unknown> };
  configure(config);
  return loadConfig(undefined).service.pools.web;
}

const python = {
  Dockerfile:
    "FROM python:3.14-slim\nEXPOSE 5000\nHEALTHCHECK CMD curl --fail http://localhost:5000/health/live || exit 1\nCMD python3 app.py\n",
  "app.py": "print()\n",
};

describe("a folder with a Dockerfile", () => {
  test("becomes a project that the program accepts, with what the Dockerfile says", async () => {
    put(python);
    const text = await init({ name: "shop" });
    expect(readYaml(read("Pulumi.yaml"))).toMatchObject({ name: "shop", main: "index.js" });
    // As this repository's own project names what it makes.
    const own = readYaml(readFileSync(join(projectFolder, "Pulumi.yaml"), "utf8")) as { config: object };
    expect(readYaml(read("Pulumi.yaml"))).toMatchObject({ config: own.config });
    expect(read("index.js")).toContain('module.exports = require("flotilla/stack");');
    for (const file of ["Pulumi.dev.yaml", "Pulumi.prod.yaml"]) {
      expect(read(file)).toMatch(
        /^# yaml-language-server: \$schema=\.\/node_modules\/flotilla\/stack\.schema\.json\n/,
      );
      expect(await loadPool(file)).toMatchObject({
        build: { context: "." },
        port: 5000,
        healthCheck: { path: "/health/live" },
      });
    }
    expect((await loadPool("Pulumi.prod.yaml"))?.replicas).toBe(2);
    expect(text).toContain("listens on port 5000 (EXPOSE of the Dockerfile)");
    expect(text).toContain("(HEALTHCHECK of the Dockerfile)");
    expect(text).toContain("npx flotilla up\n");
  });

  test("keeps the state, its passphrase and the settings out of Git and of the image", async () => {
    put(python);
    await init();
    expect(read(".gitignore")).toBe("node_modules/\n.pulumi-state/\n");
    expect(read(".dockerignore").split("\n")).toEqual(
      expect.arrayContaining([".pulumi-state", "node_modules", "Pulumi*.yaml", "package.json"]),
    );
  });

  test("is a project of another language, with a package.json of its own", async () => {
    put(python);
    await init({ name: "shop" });
    const manifest = JSON.parse(read("package.json")) as { dependencies: object };
    expect(Object.keys(manifest.dependencies)).toEqual(["flotilla", "@pulumi/docker", "@pulumi/pulumi"]);
  });

  test("is what the options say", async () => {
    put(python);
    await init({ port: "4000", health: "/ok", publish: "9000", stack: ["staging"] });
    expect(await loadPool("Pulumi.staging.yaml")).toMatchObject({ port: 4000, healthCheck: { path: "/ok" } });
    expect(read("Pulumi.staging.yaml")).toContain("    port: 9000\n");
    expect(existsSync(join(folder, "Pulumi.dev.yaml"))).toBe(false);
  });

  test.each([
    ["its command", { Dockerfile: 'FROM python:3\nCMD ["gunicorn", "--bind=0.0.0.0:8123", "app"]\n' }, 8123],
    ["ENV PORT", { Dockerfile: "FROM node:24\nENV PORT=4321\n" }, 4321],
    ["PORT in .env", { Dockerfile: "FROM node:24\n", ".env": "PORT=4567\n" }, 4567],
    ["usual for Python", { Dockerfile: "FROM a AS build\nFROM --platform=x python:3\n" }, 8000],
    ["usual for Go", { Dockerfile: "FROM scratch\n", "go.mod": "module x\n" }, 8080],
  ])("is asked for its port: %s", async (from, files, port) => {
    put(files);
    const text = await init();
    expect((await loadPool("Pulumi.prod.yaml"))?.port).toBe(port);
    expect(text).toContain(from);
  });

  test("is asked for the path of its health: a program that names one", async () => {
    put({ Dockerfile: "FROM node:24\n", "src/web.js": 'app.get("/api/healthz", answer);\n' });
    expect(await init()).toContain("/api/healthz answers 200 (src/web.js)");
  });
});

test("the variables of .env are given to development, and named for production", async () => {
  put({ ...python, ".env": "LOG=info\nSTRIPE_KEY=abc\n" });
  const text = await init();
  expect((await loadPool("Pulumi.dev.yaml"))?.env).toEqual({ LOG: "info", STRIPE_KEY: "abc" });
  expect(read("Pulumi.prod.yaml")).not.toContain(".env");
  expect(text).toContain("secrets: [STRIPE_KEY]");
});

test("an application in Node.js keeps its files, and has the packages for development alone", async () => {
  const manifest =
    '{\n\t"name": "@team/web-shop",\n\t"type": "module",\n\t"main": "index.js",\n\t"dependencies": {\n\t\t"x": "1"\n\t}\n}\n';
  put({ Dockerfile: "FROM node:24\nEXPOSE 3000\n", "package.json": manifest, "index.js": "start();\n" });
  await init();
  expect(read("index.js")).toBe("start();\n");
  expect(read("flotilla.js")).toContain('export { default } from "flotilla/stack";');
  expect(readYaml(read("Pulumi.yaml"))).toMatchObject({ name: "web-shop", main: "flotilla.js" });
  expect(read("package.json")).toMatch(/^\{\n\t"name": "@team\/web-shop",/);
  const { dependencies, devDependencies } = JSON.parse(read("package.json")) as Record<string, object>;
  expect(dependencies).toEqual({ x: "1" });
  expect(Object.keys(devDependencies ?? {})).toEqual(["@pulumi/docker", "@pulumi/pulumi", "flotilla"]);
});

test("a folder for the deployment builds from the repository that it is in", async () => {
  put({ ...python, ".git/HEAD": "", "deploy/x": "", ".dockerignore": "*.md" });
  process.chdir(join(folder, "deploy"));
  await init();
  expect(read("deploy/Pulumi.dev.yaml")).toContain("build: { context: .. }");
  expect(read(".dockerignore")).toMatch(/^\*\.md\ndeploy\/\.pulumi-state\ndeploy\/node_modules\n/);
  expect(existsSync(join(folder, "Pulumi.yaml"))).toBe(false);
});

test("a Dockerfile above a folder that Git does not know is somebody else's", async () => {
  put({ ...python, "deploy/x": "" });
  process.chdir(join(folder, "deploy"));
  await expect(init()).rejects.toThrow("There is no Dockerfile in");
});

test("an image needs no Dockerfile", async () => {
  await init({ image: "example.com/shop:1", port: "80" });
  expect(await loadPool("Pulumi.dev.yaml")).toMatchObject({ image: "example.com/shop:1", port: 80 });
});

describe("a folder without a Dockerfile", () => {
  test.each([
    ["Node.js", { "package.json": '{ "scripts": { "start": "node web.js" } }' }, 'CMD ["node", "web.js"]'],
    ["Python", { "requirements.txt": "", "app.py": "" }, 'CMD ["python3", "app.py"]'],
    ["Go", { "go.mod": "module x\n", "go.sum": "" }, "COPY go.mod go.sum ./"],
  ])("gets one for %s only if it is wanted", async (language, files, line) => {
    put(files);
    await expect(init()).rejects.toThrow(`npx flotilla init --dockerfile writes one for ${language}`);
    expect(readdirSync(folder).sort()).toEqual(Object.keys(files).sort());
    await init({ dockerfile: true });
    expect(read("Dockerfile")).toContain(line);
  });

  test("of no known language is told what there may be", async () => {
    await expect(init({ dockerfile: true })).rejects.toThrow(Misuse);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("nothing is overwritten", () => {
  function readAll(): Record<string, string> {
    return Object.fromEntries(readdirSync(folder).map((file) => [file, read(file)]));
  }

  test("by a second init, which changes nothing and says so", async () => {
    put(python);
    await init();
    const before = readAll();
    said = [];
    expect(await init()).toMatch(/^All is there already, and was left as it is: Pulumi\.yaml, /);
    expect(readAll()).toEqual(before);
  });

  test("of what a user has changed since", async () => {
    put(python);
    await init();
    const mine = {
      "Pulumi.dev.yaml": "config: {}\n",
      "index.js": '// Mine.\nmodule.exports = require("flotilla/stack");\n',
    };
    put(mine);
    await init({ stack: ["dev", "staging"] });
    expect(readAll()).toMatchObject(mine);
    expect(existsSync(join(folder, "Pulumi.staging.yaml"))).toBe(true);
  });

  test("in a folder that has a Pulumi project of another kind", async () => {
    put({ ...python, "Pulumi.yaml": "name: other\nruntime: python\n" });
    const before = readAll();
    await expect(init()).rejects.toThrow("There is another project in ");
    expect(readAll()).toEqual(before);
  });

  test("where both names of a program are taken", async () => {
    put({ ...python, "index.js": "", "flotilla.js": "" });
    await expect(init()).rejects.toThrow("There are an index.js and a flotilla.js in ");
  });
});

test("a file for Compose is taken over by a command of its own", async () => {
  put({ ...python, "docker-compose.yml": "services: {}\n" });
  expect(await init()).toContain("There is a docker-compose.yml: npx flotilla import compose makes a stack");
});
