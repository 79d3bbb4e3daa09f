import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findMistakes } from "../importing/check";
import { importCompose, type ImportRequest } from "../importing/import";
import { describePlace, type Fault, pathFrom } from "../importing/place";
import { describeReport, renderReport, type ReportData } from "../importing/report";
import { renderStack } from "../importing/write";
import { describeCall } from "./call";
import { Failure, Misuse } from "./failure";
import { say } from "./processes";
import type { Change } from "./init/files";
import { beginProject, installFromFile } from "./init/project";
import { giveResult } from "./result";

/** An import with all that it is told. */
interface ImportWork extends ImportRequest {
  output: string;
  stack: string;
  /** Whether the stack's file goes to standard output. */
  isPrinted: boolean;
  /** Whether a stack's file that is there is written over. */
  isForced: boolean;
  json: boolean;
}

/** The result of an import, for programs. */
interface ImportResult {
  command: "import";
  ok: boolean;
  /** The stack's file, where one was written. */
  written: string | undefined;
  report: ReportData | undefined;
  errors: string[];
}

/** Imports a project of Compose; gives the exit code. */
export function runImport(work: ImportWork): Promise<number> {
  return giveResult<ImportResult>(
    work.json,
    () => makeStack(work),
    (told) => ({ command: "import", ok: false, written: undefined, report: undefined, ...told }),
  );
}

async function makeStack(work: ImportWork): Promise<Partial<ImportResult>> {
  const { folder, output, stack, isPrinted, isForced, json } = work;
  const name = `Pulumi.${stack.split("/").at(-1) ?? stack}.yaml`;
  const file = join(output, name);
  const place = pathFrom(folder, file);
  if (!existsSync(output)) throw new Misuse(`--output must name a folder that is there, got ${output}.`);
  if (!isPrinted && !isForced && existsSync(file))
    throw new Failure(
      `${place} is there already. Import into another --stack, print with --stdout, or write over it with --force.`,
    );
  const imported = importCompose(work);
  if (!imported.ok) throw new Failure(describeFaults(imported.faults, folder));
  const { settings, report } = imported;
  const described = describeReport(report, folder);
  const mistakes = await findMistakes(settings, report.secrets.keys(), { folder: output, stack });
  const text = renderStack(settings);
  if (isPrinted) process.stdout.write(text);
  const told = `${renderReport(described, stack)}\n`;
  if (isPrinted || json) say(told);
  else process.stdout.write(`${told}\n`);
  if (mistakes !== undefined)
    throw new Failure(
      `What was read makes settings that \`up\` refuses, so nothing is written. Change what was read, or print the settings with --stdout and put them right.\n${mistakes}`,
      { report: described },
    );
  if (isPrinted) return { ok: true, report: described };
  const begun = beginProject(output);
  writeFileSync(file, text);
  if (begun.length > 0) await installFromFile(output);
  if (begun.length > 0) say(`Beside it, what makes a project of the folder: ${listFiles(begun)}.`);
  say(
    `${place} is written. Read the report above, set the secrets, then: ${describeCall("preview", "--stack", stack)}`,
  );
  return { ok: true, report: described, written: file };
}

function listFiles(changes: Change[]): string {
  return changes
    .filter(({ done }) => done !== "there already")
    .map(({ file }) => file)
    .join(", ");
}

function describeFaults(faults: Fault[], folder: string): string {
  const lines = faults.map(({ place, text }) => `${describePlace(folder, place)}: ${text}`);
  return lines.length === 1
    ? lines.join("")
    : [`${lines.length} things cannot be read:`, ...lines.map((line) => `  ${line}`)].join("\n");
}
