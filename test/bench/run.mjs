// Runs a benchmark by its name: npm run bench -- balancer
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = dirname(fileURLToPath(import.meta.url));
const [name = "", ...options] = process.argv.slice(2);
const file = join(folder, `${name}.ts`);
if (!existsSync(file)) {
  const names = readdirSync(folder).flatMap((entry) => (entry.endsWith(".ts") ? [entry.slice(0, -3)] : []));
  console.error(`There is no benchmark "${name}". The benchmarks are: ${names.join(", ")}.`);
  process.exit(1);
}
const loader = join(dirname(dirname(folder)), "loader/register.cjs");
const { status } = spawnSync(process.execPath, ["--require", loader, file, ...options], { stdio: "inherit" });
process.exit(status ?? 1);
