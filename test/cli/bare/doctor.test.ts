import { execFile } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { makeFolder } from "../../support/folders";

interface Report {
  ok: boolean;
  findings: { name: string; ok: boolean; found: string; remedy?: string }[];
}

const root = join(__dirname, "..", "..", "..");
let folder: string;

/** A checkout that has nothing but the commands, and a PATH of its own. */
beforeEach(() => {
  folder = makeFolder();
  cpSync(join(root, "cli"), join(folder, "cli"), { recursive: true });
  cpSync(join(root, "package.json"), join(folder, "package.json"));
  mkdirSync(join(folder, "bin"));
});

function install(name: string, script: string): void {
  const file = join(folder, "bin", name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

function installPackages(): void {
  for (const name of [
    "@pulumi/pulumi",
    "@pulumi/docker",
    "@pulumi/command",
    "commander",
    "zod",
    "typescript",
  ]) {
    mkdirSync(join(folder, "node_modules", name), { recursive: true });
    writeFileSync(join(folder, "node_modules", name, "package.json"), "{}");
  }
}

function examine(
  env: Record<string, string> = {},
  args = ["--json"],
): Promise<{ code: number; text: string }> {
  const environment = {
    PATH: join(folder, "bin"),
    HOME: folder,
    FLOTILLA_HOME: join(folder, "cache"),
    ...env,
  };
  return new Promise((resolve) => {
    const file = join(folder, "cli", "bare", "doctor.cjs");
    execFile(process.execPath, [file, ...args], { env: environment }, (error, stdout) => {
      resolve({ code: error === null ? 0 : Number(error.code), text: stdout });
    });
  });
}

async function report(env?: Record<string, string>): Promise<Report & { code: number }> {
  const { code, text } = await examine(env);
  return { ...(JSON.parse(text) as Report), code };
}

describe.skipIf(process.platform === "win32")("the doctor", () => {
  test("says on a bare machine what is missing and what mends it", async () => {
    const { code, ok, findings } = await report();
    expect({ code, ok }).toEqual({ code: 1, ok: false });
    const missing = findings.filter((finding) => !finding.ok);
    expect(missing.map(({ name }) => name)).toEqual([
      "packages",
      "Docker engine",
      "Pulumi",
      "Pulumi's plugins",
    ]);
    for (const { remedy } of missing) expect(remedy).toMatch(/^(?:npm |Install )/);
  });

  test("is content where everything is there, and names stand-ins", async () => {
    installPackages();
    install("docker", 'case "$1" in version) echo 28.1.0 ;; *) echo "nginx:1.30.4 true" ;; esac');
    for (const name of ["pulumi", "pulumi-resource-docker", "pulumi-resource-command"])
      install(name, "echo v3.265.0");
    const { code, findings } = await report();
    expect(code).toBe(0);
    expect(findings.find(({ name }) => name === "images")?.found).toContain("nginx:1.30.4 (stand-in)");
    expect((await examine({}, [])).text).toMatch(/Flotilla can run here\.\n$/);
  });

  test("knows an engine that is too old, and one that does not answer", async () => {
    install("docker", "echo 19.03.1");
    const old = (await report()).findings.find(({ name }) => name === "Docker engine");
    expect(old).toMatchObject({ ok: false, found: expect.stringMatching(/^19\.03\.1/) as string });
    install("docker", "echo 27.5.1");
    const open = (await report()).findings.find(({ name }) => name === "Docker engine");
    expect(open).toMatchObject({
      ok: true,
      found: "27.5.1; before 28, machines of the same network segment reach what is published on 127.0.0.1",
    });
    install("docker", "echo 28.0.0");
    expect((await report()).findings.find(({ name }) => name === "Docker engine")?.found).toBe("28.0.0");
    install("docker", "exit 1");
    const silent = (await report({ DOCKER_HOST: "tcp://gone:1" })).findings;
    expect(silent.find(({ name }) => name === "Docker engine")).toMatchObject({
      ok: false,
      found: "no engine answers at tcp://gone:1",
      remedy: "Start that engine, or unset DOCKER_HOST.",
    });
  });

  test("sees a passphrase that others can read", async () => {
    mkdirSync(join(folder, ".pulumi-state"));
    writeFileSync(join(folder, ".pulumi-state", "passphrase"), "x", { mode: 0o644 });
    const state = (await report()).findings.find(({ name }) => name === "state");
    expect(state).toMatchObject({ ok: false, found: "others can read the passphrase" });
  });
});
