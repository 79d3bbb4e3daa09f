import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { publint } from "publint";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = join(__dirname, "../..");

interface Manifest {
  main: string;
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
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
  }, 120_000);
  afterAll(() => {
    rmSync(home, { recursive: true });
  }, 120_000);

  test("is what publint asks for", async () => {
    const { messages } = await publint({ pkgDir: unpacked, strict: true, pack: false });
    expect(messages).toEqual([]);
  });

  test("has what runs and its types, and nothing of the repository besides", () => {
    const folders = new Set(files.map((file) => file.split("/")[0]));
    expect([...folders].sort()).toEqual(["CHANGELOG.md", "LICENSE", "README.md", "dist", "package.json"]);
    const programs = files.filter((file) => file.endsWith(".js"));
    const types = new Set(files.filter((file) => file.endsWith(".d.ts")));
    expect(programs.length).toBeGreaterThan(100);
    expect(programs.filter((file) => !types.has(file.replace(/\.js$/, ".d.ts")))).toEqual([]);
  });

  test("needs no package but those that it names, and brings no Pulumi of its own", () => {
    const manifest = JSON.parse(readFileSync(join(unpacked, "package.json"), "utf8")) as Manifest;
    const named = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)];
    const needed = files
      .filter((file) => file.endsWith(".js") || file.endsWith(".d.ts"))
      .flatMap((file) => [
        ...readFileSync(join(unpacked, file), "utf8").matchAll(
          /^(?:.*= require\(|(?:import|export) .* from )"([^."][^"]*)"/gm,
        ),
      ])
      .map(([, name = ""]) => name)
      .filter((name) => !isBuiltin(name))
      .map((name) =>
        name
          .split("/")
          .slice(0, name.startsWith("@") ? 2 : 1)
          .join("/"),
      );
    expect([...new Set(needed)].sort()).toEqual(named.sort());
    expect(Object.keys(manifest.peerDependencies).sort()).toEqual(["@pulumi/docker", "@pulumi/pulumi"]);
  });
});
