// Runs the suites that prove Flotilla's promises on a real engine, and prints what became of the requests.
// With --short without the files *.long.test.ts.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { examplesFolder, listExamples, readImages } from "../cli/bare/examples.cjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const all = readdirSync(join(root, "test/engine"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== "support")
  .map(({ name }) => name);
const isShort = process.argv.includes("--short");
const named = process.argv.slice(2).filter((argument) => argument !== "--short");
const suites = named.length > 0 ? named : all;
const unknown = suites.filter((suite) => !all.includes(suite));
if (unknown.length > 0) {
  console.error(`There is no suite ${unknown.join(", ")}. The suites are: ${all.join(", ")}.`);
  process.exit(1);
}

const examples = listExamples().map((name) => join(examplesFolder, name));
/** Images that suites need beside those of the stacks: for their short files, and for all of them. */
const images = {
  balancer: { short: [], long: ["python:3.14-slim"] },
  datastore: {
    short: ["redis:8.2", "postgres:18.1"],
    long: [
      ...["valkey/valkey", "haproxy", "edoburu/pgbouncer", "mongo", "apache/kafka"],
      ...["oliver006/redis_exporter", "prometheuscommunity/postgres-exporter"],
    ],
  },
  upgrade: {
    short: [
      ...["redis:8.2", "postgres:18.1", "mongo", "apache/kafka"],
      ...["oliver006/redis_exporter", "prometheuscommunity/postgres-exporter"],
      ...["prom/prometheus", "prom/alertmanager", "prom/node-exporter", "ghcr.io/google/cadvisor"],
    ],
    long: [],
  },
  package: { short: ["redis:8.2"], long: [] },
  examples: { short: [...new Set(examples.flatMap(readImages))], long: [] },
  monitoring: {
    short: [
      ...["prom/prometheus", "prom/alertmanager", "prom/node-exporter"],
      ...["redis:8.2", "oliver006/redis_exporter", "ghcr.io/google/cadvisor"],
    ],
    long: ["haproxy"],
  },
};
const needed = suites.flatMap((suite) => {
  const { short = [], long = [] } = images[suite] ?? {};
  return isShort ? short : [...short, ...long];
});
// Elsewhere the engine pulls what is missing.
if (needed.length > 0 && process.platform === "linux") {
  const setup = spawnSync("sh", [join(root, "tools/sealed/setup"), "image", ...needed], { stdio: "inherit" });
  if (setup.status !== 0) process.exit(1);
}

if (suites.includes("package") && process.platform === "linux") {
  const setup = spawnSync("sh", [join(root, "tools/sealed/setup"), "languages"], { stdio: "inherit" });
  if (setup.status !== 0) process.exit(1);
}

const folder = mkdtempSync(join(tmpdir(), "flotilla-proof-"));
const file = join(folder, "rows.jsonl");
const startedAt = Date.now();
const { status } = spawnSync(
  process.execPath,
  [
    join(root, "node_modules/vitest/vitest.mjs"),
    "run",
    ...suites.map((suite) => `test/engine/${suite}/`),
    // Last, because a word after an option would be taken for its value.
    ...["--project", "engine", "--disable-console-intercept"],
    ...(isShort ? ["--exclude=**/*.long.test.ts"] : []),
  ],
  { cwd: root, stdio: "inherit", env: { ...process.env, FLOTILLA_PROOF_FILE: file } },
);
const rows = existsSync(file)
  ? readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line))
  : [];
rmSync(folder, { recursive: true, force: true });

printTable(rows.filter(({ example }) => example === undefined));
printLines(rows.filter(({ example }) => example !== undefined));
const broken = rows.filter(({ held }) => !held).length;
const passed = status === 0 && broken === 0;
const verdict = passed ? "All hold" : broken > 0 ? `${broken} do not hold` : "A test failed, see above";
const minutes = ((Date.now() - startedAt) / 60_000).toFixed(1);
console.log(`${rows.length} operations in ${minutes} minutes. ${verdict}.`);
process.exit(passed ? 0 : 1);

function printTable(rows) {
  if (rows.length === 0) return;
  const notes = [];
  const addNote = (row) => {
    const text = [row.exception, row.note].filter((part) => part !== undefined).join("; ");
    if (text === "") return "";
    notes.push(text);
    return ` [${notes.length}]`;
  };
  const cells = rows.map((row) => [
    row.held ? "✓" : "✗",
    `${row.suite}: ${row.operation}${addNote(row)}`,
    String(row.requests),
    String(row.failed),
    row.seconds.toFixed(1),
  ]);
  const table = [["", "operation", "requests", "failed", "seconds"], ...cells];
  const widths = table[0].map((_, column) => Math.max(...table.map((line) => line[column].length)));
  console.log("");
  for (const line of table)
    console.log(
      line
        .map((cell, column) => (column < 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
        .join("  "),
    );
  console.log("");
  for (const [index, note] of notes.entries()) console.log(`[${index + 1}] ${note}`);
  if (notes.length > 0) console.log("");
}

/** What was asked of each example's system, how it was checked, the raw numbers, and the result. */
function printLines(lines) {
  for (const example of new Set(lines.map((line) => line.example))) {
    const own = lines.filter((line) => line.example === example);
    console.log(`${example}: ${own.filter(({ held }) => held).length} of ${own.length} lines hold`);
    for (const { operation, how, note = "failed", held } of own)
      console.log(`${held ? "✓" : "✗"} ${operation}\n    → ${how}\n    → ${note}`);
    console.log("");
  }
}
