import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { projectFolder, withTools } from "../bare/machine.cjs";
import { defineCommand, flag, rest, text } from "../command";
import { exitCodes, Failure } from "../failure";
import { run } from "../processes";
import { addRun, dropFiles, findWhole, readProof, readRows, type ProofRun } from "../proof-file";
import { writeProof } from "../proof-pages";
import { describeProof, isProven, type ProofRow } from "../proof-report";
import { listImages, listSuites } from "../suites";

/** Runs the suites that prove the promises on a real engine. */
export const prove = defineCommand({
  name: "prove",
  summary: "proves the promises on a real engine under load, and prints what became of the requests",
  arguments: { suite: rest("the suites; all when left out", listSuites) },
  options: {
    short: flag("without the files that take long, as npm test does"),
    only: text("part", "the files alone whose names begin with this", ""),
    write: flag(
      "takes the figures of each file in which nothing fails over into docs/proof.json, docs/proof.md and README.md",
    ),
  },
  examples: [
    ["npm run prove", "all suites; takes hours"],
    ["npm run prove -- core --short", "one of them, in minutes"],
    ["npm run prove -- balancer --write", "one of them, whole, and its figures into the documentation"],
    ["npm run prove -- core --only restarts", "one file"],
  ],
  run: async ({ suite: suites, short, only, write }) => {
    const chosen = { suites: suites.length > 0 ? suites : listSuites(), short, only };
    await provideForSuites(chosen);
    const folder = mkdtempSync(join(tmpdir(), "flotilla-proof-"));
    const startedAt = Date.now();
    try {
      const file = join(folder, "rows.jsonl");
      const variables = {
        FLOTILLA_PROOF_FILE: file,
        // Figures that are taken over say which rows there are.
        ...(write ? { FLOTILLA_PROOF_ROWS: "new" } : {}),
      };
      const report = join(folder, "tests.json");
      const hasFailed = (await runSuites(chosen, report, variables)) !== exitCodes.done;
      const rows = readRows(file);
      process.stdout.write(`${describeProof(rows, hasFailed, Date.now() - startedAt)}\n`);
      if (write) await writeRun(findWhole(rows, readPassed(report)));
      return hasFailed || !isProven(rows) ? exitCodes.failed : exitCodes.done;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
});

/** Takes over what a run measured, and forgets files that are gone. */
async function writeRun(rows: ProofRow[]): Promise<void> {
  if (rows.length === 0) return;
  const proof = addRun(readProof(), await describeRun(), rows);
  await writeProof(dropFiles(proof, (file) => existsSync(join(projectFolder, file))));
  const files = new Set(rows.map(({ file }) => file)).size;
  process.stdout.write(
    `The figures of ${files} files stand in docs/proof.json, docs/proof.md and README.md; of the others stands there what did.\n`,
  );
}

/** The test files in which everything passed, by what vitest reports. */
function readPassed(report: string): Set<string> {
  if (!existsSync(report)) return new Set();
  const { testResults } = JSON.parse(readFileSync(report, "utf8")) as {
    testResults: { name: string; status: string }[];
  };
  return new Set(
    testResults
      .filter(({ status }) => status === "passed")
      .map(({ name }) => relative(projectFolder, name).split(sep).join("/")),
  );
}

/** One more than the processors that the suites are made for: most of what the short files do is to wait. */
const moreWorkers = { VITEST_MAX_WORKERS: "3" };

/** The files that are run. */
interface Chosen {
  suites: string[];
  short: boolean;
  /** How their names begin. */
  only: string;
}

interface EngineInfo {
  NCPU: number;
  MemTotal: number;
  OperatingSystem: string;
  ServerVersion: string;
}

async function describeRun(): Promise<ProofRun> {
  const [commit, changes] = [
    await ask("git", "rev-parse", "--short=7", "HEAD"),
    await ask("git", "status", "--short"),
  ];
  const engine = JSON.parse(await ask("docker", "info", "--format={{json .}}")) as EngineInfo;
  const format = "--format={{.Repository}}:{{.Tag}}";
  const standIns = await ask("docker", "image", "ls", "--filter=label=flotilla.stand-in=true", format);
  return {
    commit: changes === "" ? commit : `${commit} with changes`,
    date: new Date().toISOString().slice(0, 10),
    cores: engine.NCPU,
    memoryGiB: Math.round(engine.MemTotal / 1024 ** 3),
    system: engine.OperatingSystem,
    engine: engine.ServerVersion,
    // What stacks built of stand-ins is none.
    standIns: standIns
      .split("\n")
      .filter((name) => name !== "" && !/^flotilla\/|<none>/.test(name))
      .sort(),
  };
}

async function ask(program: string, ...args: string[]): Promise<string> {
  const { code, text } = await run(program, args, withTools(process.env), "kept");
  if (code !== exitCodes.done) throw new Failure(`${program} ${args.join(" ")} ended with ${code}.`);
  return text.trim();
}

/** Sees to it that images and runtimes are there; elsewhere the engine pulls what is missing. */
async function provideForSuites({ suites, short }: Chosen): Promise<void> {
  if (process.platform !== "linux") return;
  const images = listImages(suites, short);
  if (images.length > 0) await setUp("image", ...images);
  if (suites.includes("package")) await setUp("languages");
}

async function setUp(...words: string[]): Promise<void> {
  const { code } = await run("sh", [join(projectFolder, "tools/sealed/setup"), ...words], process.env);
  if (code !== exitCodes.done)
    throw new Failure(`The set-up of ${words.join(" ")} did not end well: what it said stands above.`);
}

async function runSuites(
  { suites, short, only }: Chosen,
  report: string,
  variables: NodeJS.ProcessEnv,
): Promise<number> {
  const args = [
    join(projectFolder, "node_modules/vitest/vitest.mjs"),
    "run",
    ...suites.map((suite) => `test/engine/${suite}/${only}`),
    ...["--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
    // Last, because a word after an option would be taken for its value.
    ...["--project", "engine", "--disable-console-intercept"],
    ...(short ? ["--exclude=**/*.long.test.ts"] : []),
  ];
  const environment = { ...withTools(process.env), ...variables, ...(short ? moreWorkers : {}) };
  return (await run(process.execPath, args, environment)).code;
}
