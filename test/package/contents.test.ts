import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { publint } from "publint";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testExamples } from "./support/examples";
import { install } from "./support/installed";

const root = join(__dirname, "../..");

interface Manifest {
  main: string;
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
  peerDependenciesMeta: Record<string, { optional: boolean }>;
}

describe("the package", () => {
  const home = mkdtempSync(join(tmpdir(), "flotilla-contents-"));
  const unpacked = join(home, "package");
  let files: string[] = [];

  beforeAll(() => {
    const options = { cwd: root, encoding: "utf8", shell: process.platform === "win32" } as const;
    const printed = execFileSync("npm", ["pack", "--silent", "--pack-destination", home], options);
    const tarball = join(home, printed.trim().split("\n").at(-1) ?? "");
    execFileSync("tar", ["-xzf", tarball, "-C", home]);
    files = readdirSync(unpacked, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(unpacked.length + 1));
  }, 600_000);
  afterAll(() => {
    rmSync(home, { recursive: true });
  }, 120_000);

  test("is what publint asks for", async () => {
    const { messages } = await publint({ pkgDir: unpacked, strict: true, pack: false });
    expect(messages).toEqual([]);
  });

  test("has what runs and the types of what is imported, and nothing of the repository besides", () => {
    const folders = new Set(files.map((file) => file.split("/")[0]));
    expect([...folders].sort()).toEqual([
      ...["CHANGELOG.md", "LICENSE", "README.md", "dist", "package.json", "policies", "stack.schema.json"],
    ]);
    const types = files.filter((file) => file.endsWith(".d.ts"));
    const entries = ["dist/index.d.ts", "dist/components/index.d.ts", "dist/policies/pack.d.ts"];
    expect(types).toEqual(expect.arrayContaining(entries));
    expect(files.filter((file) => file.startsWith("policies/")).sort()).toEqual([
      ...["policies/PulumiPolicy.yaml", "policies/index.js"],
    ]);
    const lost = types.filter((file) => !files.includes(file.replace(/\.d\.ts$/, ".js")));
    expect(lost).toEqual([]);
    for (const ofDevelopment of ["prove", "bench", "test", "schema", "example"])
      expect(files).not.toContain(`dist/cli/commands/${ofDevelopment}.js`);
  });

  test("has at most 2 MB", () => {
    const bytes = files.reduce((sum, file) => sum + statSync(join(unpacked, file)).size, 0);
    expect(bytes).toBeLessThan(2_000_000);
  });

  test("may be published, with a proof of where it was made", () => {
    const manifest = JSON.parse(readFileSync(join(unpacked, "package.json"), "utf8")) as object;
    expect(manifest).not.toHaveProperty("private");
    expect(manifest).toMatchObject({ publishConfig: { access: "public", provenance: true } });
  });

  describe.skipIf(process.platform === "win32")("installed in a folder of somebody else", () => {
    const folder = join(home, "shop");
    const bin = join(folder, "node_modules/.bin/flotilla");

    beforeAll(() => {
      mkdirSync(folder);
      install(unpacked, folder);
      writeFileSync(join(folder, "Dockerfile"), "FROM node:24-slim\nEXPOSE 3000\n");
    });

    const run = (file: string, ...args: string[]) =>
      execFileSync(file, args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

    test("its program has the commands of users alone", () => {
      const help = run(bin);
      expect(help).toContain("Usage: npx flotilla <command>");
      for (const name of ["init", "up", "preview", "down", "backup", "restore", "env", "doctor", "setup"])
        expect(help).toMatch(new RegExp(`^  ${name} `, "m"));
      expect(help).not.toMatch(/^ {2}(?:prove|bench|test|schema|example) /m);
      expect(run(bin, "up", "--help")).toContain("npx flotilla up --replicas api=3 --yes\n");
      expect(run(bin, "setup", "--help")).toContain("npx flotilla setup");
    });

    test.each(["up", "status", "env"])("says that there is no project yet: %s", (name) => {
      const { status, stderr } = spawnSync(bin, [name], { cwd: home, encoding: "utf8" });
      expect(stderr).toMatch(/^There is no Pulumi\.yaml in .*, nor above it\. Run npx flotilla init in /);
      expect(status).toBe(2);
    });

    test("its import reads a project of Compose", () => {
      writeFileSync(
        join(folder, "compose.yaml"),
        "services: { web: { image: 'example/web:1', ports: ['8080:80'] } }\n",
      );
      expect(run(bin, "import", "compose", "--stdout")).toContain("flotilla:pools:");
    });

    test("its init makes a project, and another folder can be named", () => {
      mkdirSync(join(folder, "deploy"));
      run(bin, "--cwd", "deploy", "init", "--yes", "--context", "..");
      expect(readFileSync(join(folder, "deploy/Pulumi.dev.yaml"), "utf8")).toContain("context: ..");
    });

    test("its parts are found by require and by import", () => {
      const required = `console.log(typeof require("flotilla/stack"), typeof require("flotilla").Datastore, require("flotilla/policies").policies.length > 5)`;
      expect(run(process.execPath, "--eval", required)).toBe("function function true\n");
      const imported = `import stack from "flotilla/stack"; import { Datastore, Monitoring } from "flotilla"; import { policies } from "flotilla/policies"; console.log(typeof stack, typeof Datastore, typeof Monitoring, policies.length > 5)`;
      expect(run(process.execPath, "--input-type=module", "--eval", imported)).toBe(
        "function function function true\n",
      );
    });

    test("its policies are a pack that Pulumi starts, whatever the folder's own package.json says", async () => {
      writeFileSync(join(folder, "package.json"), '{ "name": "shop" }');
      const runner = join(folder, "node_modules/@pulumi/pulumi/cmd/run-policy-pack/index.js");
      const pack = join(folder, "node_modules/flotilla/policies");
      const started = spawn(process.execPath, [runner, "127.0.0.1:9", pack], { cwd: folder });
      // Says first on which port it can be asked.
      const [port] = (await once(started.stdout, "data")) as [Buffer];
      started.kill();
      expect(port.toString()).toMatch(/^\d+\n$/);
    });

    test("its policies are typed for packs of one's own", () => {
      const text = `import { PolicyPack } from "@pulumi/policy"; import { policies } from "flotilla/policies"; new PolicyPack("shop", { policies: [...policies] });`;
      // Pulumi's own declarations of policies are not without faults.
      const options = ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--types", "node"];
      const compiler = join(root, "node_modules/typescript/bin/tsc");
      for (const name of ["pack.mts", "pack.cts"]) writeFileSync(join(folder, name), text);
      expect(run(process.execPath, compiler, ...options, "pack.mts", "pack.cts")).toBe("");
    });
  });

  // Of the same build: two of them at once would take the files from each other.
  describe.skipIf(process.platform === "win32")("is enough", () => {
    testExamples(home, unpacked);
  });

  test("needs no package but those that it names, and brings no Pulumi of its own", () => {
    const manifest = JSON.parse(readFileSync(join(unpacked, "package.json"), "utf8")) as Manifest;
    const named = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)];
    const needed = files
      .filter((file) => file.endsWith(".js") || file.endsWith(".d.ts"))
      .flatMap((file) => [
        ...readFileSync(join(unpacked, file), "utf8").matchAll(
          /(?:(?<![\w.$])require\(|^(?:import|export) .* from )"([^."][^"]*)"/gm,
        ),
      ])
      .map(([, name = ""]) => name)
      // The program that init writes names the package itself.
      .filter((name) => !isBuiltin(name) && name !== "flotilla/stack")
      .map((name) =>
        name
          .split("/")
          .slice(0, name.startsWith("@") ? 2 : 1)
          .join("/"),
      );
    expect([...new Set(needed)].sort()).toEqual(named.sort());
    expect(Object.keys(manifest.peerDependencies).sort()).toEqual([
      ...["@pulumi/docker", "@pulumi/policy", "@pulumi/pulumi"],
    ]);
    // Whoever has no policies needs no package for them.
    expect(manifest.peerDependenciesMeta).toEqual({ "@pulumi/policy": { optional: true } });
  });
});
