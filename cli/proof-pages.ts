import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { projectFolder } from "./bare/machine.cjs";
import { proofFile, type Proof, type ProofRun } from "./proof-file";
import {
  countResults,
  describeFigures,
  describeRemarks,
  figureHeads,
  marks,
  type ProofRow,
} from "./proof-report";

const begin = "<!-- The proof: drawn from docs/proof.json by `npm run prove -- --write`. Do not edit. -->";
const end = "<!-- End of the proof. -->";
/** The suite whose rows stand in README themselves, as far as `npm test` has them. */
const shown = "core";

/** A row with the number of its run. */
interface Told extends ProofRow {
  run: number;
}

const isShown = ({ suite, file, before }: Told): boolean =>
  suite === shown && !file.includes(".long.") && before !== undefined;

/** The pages that are drawn from a proof, by their paths from the project's folder, as Prettier lays them out. */
export async function drawPages(proof: Proof): Promise<Record<string, string>> {
  const texts = {
    "README.md": fillIn(readFileSync(join(projectFolder, "README.md"), "utf8"), drawSummary(proof)),
    "docs/proof.md": drawPage(proof),
  };
  return Object.fromEntries(
    await Promise.all(Object.entries(texts).map(async ([path, text]) => [path, await layOut(path, text)])),
  ) as Record<string, string>;
}

/** Writes a proof, and all that is drawn from it. */
export async function writeProof(proof: Proof): Promise<void> {
  writeFileSync(proofFile, await layOut("docs/proof.json", JSON.stringify(proof, undefined, 2)));
  for (const [path, text] of Object.entries(await drawPages(proof)))
    writeFileSync(join(projectFolder, path), text);
}

async function layOut(path: string, text: string): Promise<string> {
  const filepath = join(projectFolder, path);
  return format(text, { ...(await resolveConfig(filepath)), filepath });
}

function fillIn(page: string, text: string): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`README.md has no place for the proof: ${begin} … ${end}`);
  return `${page.slice(0, from)}${begin}\n\n${text}\n\n${page.slice(to)}`;
}

function listRows({ files }: Proof): Told[] {
  return Object.entries(files).flatMap(([file, { run, rows }]) => rows.map((row) => ({ ...row, file, run })));
}

function listBySuite(proof: Proof): [string, Told[]][] {
  const rows = listRows(proof);
  return [...new Set(rows.map(({ suite }) => suite))]
    .sort()
    .map((suite) => [suite, rows.filter((row) => row.suite === suite)]);
}

/** The part of README: sums of each suite, the rows of one, and the runs. */
function drawSummary(proof: Proof): string {
  const sums = listBySuite(proof).map(([suite, rows]) => [
    `\`${suite}\``,
    ...(["held", "failed", "not tried"] as const).map((each) =>
      String(rows.filter(({ result }) => result === each).length),
    ),
    String(rows.reduce((sum, { requests }) => sum + requests, 0)),
    String(rows.reduce((sum, row) => sum + row.failed, 0)),
    String(rows.reduce((sum, { duplicated = 0 }) => sum + duplicated, 0)),
    listRuns(rows),
  ]);
  const rows = listRows(proof).filter(isShown);
  return [
    drawTable(
      ["suite", "held", "failed", "not tried", "requests", "failed requests", "carried out twice", "run"],
      sums,
    ),
    ...(rows.length === 0
      ? ["[The proof](docs/proof.md) has every row."]
      : [
          `Operations of \`${shown}\` under load that \`npm test\` does too; [the proof](docs/proof.md) has all:`,
          drawRows(rows),
        ]),
    drawRuns(proof),
  ].join("\n\n");
}

/** The page with every row. */
function drawPage(proof: Proof): string {
  return [
    "# The proof",
    "What every suite measured when it was last run with `npm run prove -- --write`. [README](../README.md#the-proof) says how, and [a page](sealed.md#stand-ins-for-images) what stand-ins are.",
    "<!-- Drawn from docs/proof.json. Do not edit. -->",
    `${marks.held} held, ${marks.failed} failed, ${marks["not tried"]} not tried. "twice" are requests that the application carried out more than once; a dash is what was not measured.`,
    drawRuns(proof),
    ...listBySuite(proof).flatMap(([suite, rows]) => [
      `## ${suite}`,
      `${countResults(rows)}.`,
      drawRows(rows),
    ]),
  ].join("\n\n");
}

function drawRows(rows: Told[]): string {
  const cells = rows.map((row) => [
    marks[row.result],
    row.example === undefined ? row.operation : `${row.example}: ${row.operation}`,
    ...describeFigures(row),
    describeRemarks(row),
    String(row.run + 1),
  ]);
  return drawTable(["", "operation", ...figureHeads, "remarks", "run"], cells);
}

function drawTable(heads: string[], rows: string[][]): string {
  const line = (cells: string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll(/\s+/g, " ")).join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n");
}

function listRuns(rows: Told[]): string {
  return [...new Set(rows.map(({ run }) => run + 1))].sort((left, right) => left - right).join(", ");
}

function drawRuns({ runs }: Proof): string {
  const lines = runs.map((run, index) => `${index + 1}. ${describeRun(run)}`);
  return ["Runs:", ...lines].join("\n\n");
}

function describeRun({ commit, date, cores, memoryGiB, system, engine, standIns }: ProofRun): string {
  const machine = `${cores} cores, ${memoryGiB} GiB, ${system}, Docker ${engine}`;
  const images = standIns.length === 0 ? "official images" : `stand-ins for ${standIns.join(", ")}`;
  return `Commit \`${commit}\`, ${date}: ${machine}; ${images}.`;
}
