import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { images } from "../cli/bare/machine.cjs";
import { parseArguments } from "../components/arguments/parse";
import { monitoringSchema } from "../components/monitoring/schema";
import { loadConfig } from "../config";
import { configure, readYaml, useStack } from "./support/stack-settings";

const folder = join(__dirname, "..");

interface ProjectFile {
  name: string;
  main: string;
  runtime: { name: string; options: { typescript: boolean; nodeargs: string } };
}

interface StackFile {
  config: Record<string, unknown>;
  encryptionsalt?: string;
}

function readFile(name: string): unknown {
  return readYaml(readFileSync(join(folder, name), "utf8"));
}

describe("the project", () => {
  const project = readFile("Pulumi.yaml") as ProjectFile;

  test("names its program, or the package's entry would be run and delete everything", () => {
    expect(project.main).toBe("index.ts");
    expect(existsSync(join(folder, project.main))).toBe(true);
  });

  test("with a broken file is not run, since what is left of it would deploy nothing", () => {
    const folder = mkdtempSync(join(tmpdir(), "flotilla-broken-"));
    const file = join(folder, "broken.ts");
    writeFileSync(file, 'const one = 1;\nimport { two from "./two";\n');
    const loader = join(__dirname, "../loader/register.cjs");
    const { status, stderr } = spawnSync(process.execPath, ["--require", loader, file], { encoding: "utf8" });
    rmSync(folder, { recursive: true });
    expect(status).toBe(1);
    expect(stderr).toContain(`SyntaxError: ${file}:2:14: `);
  });

  test("loads TypeScript by its own loader, which is faster than Pulumi's", () => {
    expect(project.runtime.options.typescript).toBe(false);
    const [, loader = ""] = /--require (\S+)/.exec(project.runtime.options.nodeargs) ?? [];
    expect(existsSync(join(folder, loader))).toBe(true);
  });
});

describe.each(["dev", "prod"])("the stack file of %s", (stack) => {
  const { config, encryptionsalt } = readFile(`Pulumi.${stack}.yaml`) as StackFile;

  async function load() {
    await useStack(stack);
    configure(config);
    return loadConfig(undefined);
  }

  test("describes a service", async () => {
    const { service, replicas } = await load();
    expect(Object.keys(service.pools)).toEqual(["api", "worker"]);
    expect(service.pools.worker?.reachableFrom).toEqual(["api"]);
    const initial = stack === "dev" ? 1 : 3;
    expect(Object.values(replicas).map(({ current }) => current)).toEqual([initial, initial]);
  });

  test("has a datastore that every replica of api reaches, and monitoring", async () => {
    const { datastores, storeUsers, monitoring } = await load();
    expect(Object.values(datastores).map(({ model }) => model.engine)).toEqual(["redis"]);
    expect(Object.keys(storeUsers.api ?? {})).toEqual(["REDIS_URL"]);
    expect(monitoring).toBeDefined();
  });

  test("limits what a replica may use", async () => {
    const { service } = await load();
    expect(Object.values(service.pools).filter(({ limits }) => limits?.memoryMiB === undefined)).toEqual([]);
  });

  test("holds no secret in the open, and no salt", () => {
    expect(encryptionsalt).toBeUndefined();
    expect(Object.keys(config).filter((key) => /password|secret|token/i.test(key))).toEqual([]);
  });
});

test("a bare machine is given the images of dev, by the set-up and by the commands", async () => {
  await useStack("dev");
  configure((readFile("Pulumi.dev.yaml") as StackFile).config);
  const { service, datastores, monitoring } = loadConfig(undefined);
  const servers = parseArguments("monitoring", monitoringSchema, { ...monitoring, sources: [] });
  const used = [
    "nginx:1.30.4",
    ...Object.values(service.pools).map(({ image }) => image),
    ...Object.values(datastores).map(({ model }) => model.image),
    ...[servers.prometheus, servers.alertmanager, servers.nodeExporter].map(({ image }) => image),
  ];
  // Where no registry can be asked, there is no Grafana.
  expect(monitoring).toMatchObject({ containers: false });
  expect([...images].sort()).toEqual([...new Set(used)].sort());

  const library = join(folder, "tools/sealed/lib");
  const [script = ""] =
    /^images\(\) \{[^]*?^\}$/m.exec(readFileSync(join(library, "images.sh"), "utf8")) ?? [];
  const words = [...script.matchAll(/^ +image (.*)$/gm)].flatMap(([, names = ""]) => names.split(" "));
  const made = words.map((name) => {
    const plan = execFileSync(process.execPath, [join(library, "plan-image.cjs"), name], {
      encoding: "utf8",
    });
    return /^image='(.*)'$/m.exec(plan)?.[1];
  });
  expect(made.sort()).toEqual([...images].sort());
});
