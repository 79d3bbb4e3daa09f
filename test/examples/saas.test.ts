// What the example tells people and what it has belong together.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const folder = join(__dirname, "../../examples/saas");
const read = (...path: string[]): string => readFileSync(join(folder, ...path), "utf8");

test("one backend in dev, three with backups and a read replica in prod", () => {
  expect(read("Pulumi.dev.yaml")).not.toMatch(/replicas|backup:|servers/);
  for (const setting of ["replicas: 3", "cpus: 2, memoryMiB: 2048", "servers: 2", "beforeDeployment: true"])
    expect(read("Pulumi.prod.yaml")).toContain(setting);
});

test("pages load nothing of others, which their policy would refuse", () => {
  for (const file of readdirSync(join(folder, "web")))
    expect(read("web", file)).not.toMatch(/https?:\/\/|<script>|style="/);
});

test("the lock file names no registry", () => {
  expect(read("backend", "package-lock.json")).not.toContain('"resolved"');
});
