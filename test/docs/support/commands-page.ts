import { format, resolveConfig } from "prettier";
import type { Command } from "../../../cli/command";
import { adaptToPackage, describeCall } from "../../../cli/call";
import { exitMeanings } from "../../../cli/failure";
import {
  argumentTerm,
  describeNames,
  describePassedOn,
  describeSummary,
  describeUsage,
  optionTerm,
} from "../../../cli/usage";

/** The page of all commands, as Prettier lays it out; `file` is where it stands. */
export async function drawCommandsPage(commands: Command[], file: string): Promise<string> {
  const text = [
    "# Commands",
    "What stands behind `--` is for the command. `--help` there says what is said here of one; `npm run flotilla` lists all. In a folder of your own, `npx flotilla up` is what `npm run up` is in a clone, without a `--`, and so for the others that are not of this repository's development.",
    "<!-- Drawn from cli/commands.ts and cli/clone-commands.ts. Do not edit. -->",
    ...commands.flatMap(drawCommand),
    "## Exit codes",
    drawTable(
      "code",
      exitMeanings.map(([code, meaning]): [string, string] => [String(code), meaning]),
    ),
  ].join("\n\n");
  return format(text, { ...(await resolveConfig(file)), filepath: file });
}

function drawCommand(command: Command): string[] {
  const { name, arguments: parts = {}, options = {}, examples } = command;
  const usage = describeUsage(command);
  const rows: [string, string][] = [
    ...Object.entries(parts).map(([key, part]): [string, string] => [argumentTerm(key, part), part.help]),
    ...Object.entries(options).map(([key, option]): [string, string] => [
      optionTerm(key, option),
      option.help,
    ]),
  ];
  const remarks = [...Object.entries(parts).flatMap(describeNames), ...describePassedOn(command)];
  return [
    `## ${name}`,
    describeSummary(command),
    ...(rows.length === 0
      ? []
      : [
          `\`\`\`text\n${examples[0]?.[0].startsWith("npx ") ? adaptToPackage(describeCall(name, usage)) : describeCall(name, usage)}\n\`\`\``,
          drawTable(
            "",
            rows.map(([term, help]) => [`\`${term}\``, help]),
          ),
        ]),
    ...(remarks.length === 0 ? [] : [remarks.join(" ")]),
    drawExamples(examples),
  ];
}

function drawTable(head: string, rows: [string, string][]): string {
  return [`| ${head} | |`, "| --- | --- |", ...rows.map((cells) => `| ${cells.join(" | ")} |`)].join("\n");
}

function drawExamples(examples: [string, string][]): string {
  const width = Math.max(...examples.map(([call]) => call.length));
  return ["```sh", ...examples.map(([call, does]) => `${call.padEnd(width)}  # ${does}`), "```"].join("\n");
}
