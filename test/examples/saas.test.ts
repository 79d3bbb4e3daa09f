// What the example tells people and what it has belong together.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const folder = join(__dirname, "../../examples/saas");
const read = (...path: string[]): string => readFileSync(join(folder, ...path), "utf8");

const keysOf = (stack: string): string[] =>
  [...read(`Pulumi.${stack}.yaml`).matchAll(/^ {2}(?:# )?saas:(\w+):/gm)].map(([, key = ""]) => key);

test("each setting of the stacks is read, and each that must be there is there", () => {
  const program = read("index.ts");
  const named = [...program.matchAll(/config\.(get|require)\w*(?:<[^>]*>)?\("(\w+)"\)/g)];
  const required = named.flatMap(([, how, key = ""]) => (how === "require" ? [key] : []));
  const known = named.map(([, , key = ""]) => key);
  for (const stack of ["dev", "prod"]) {
    expect(keysOf(stack).filter((key) => !known.includes(key))).toEqual([]);
    expect(required.filter((key) => key !== "keyFile" && !keysOf(stack).includes(key))).toEqual([]);
  }
});

test("one backend in dev, three with backups and a read replica in prod", () => {
  expect(read("Pulumi.dev.yaml")).toContain('saas:backendReplicas: "1"');
  for (const setting of ['backendReplicas: "3"', 'cpus: "2"', 'memoryMiB: "2048"', 'backups: "true"'])
    expect(read("Pulumi.prod.yaml")).toContain(`saas:${setting}`);
});

test("pages load nothing of others, which their policy would refuse", () => {
  for (const file of readdirSync(join(folder, "web")))
    expect(read("web", file)).not.toMatch(/https?:\/\/|<script>|style="/);
});

test("the lock file names no registry", () => {
  expect(read("backend", "package-lock.json")).not.toContain('"resolved"');
});
