import { countChanges, listChanges } from "./plan";
import type { Plan } from "./printed-plan";
import { listEffects, listPools, poolHead } from "./plan-effects";
import type { Violation } from "./progress/engine-log";

/** Marks the comment of a stack, so that the next one takes its place. */
export function markOf(stack: string): string {
  return `<!-- flotilla preview of ${stack} -->`;
}

/** Says in Markdown what an update would do: to pools, to memory, to who is connected, to data, and to policies. */
export function describePlan(stack: string, plan: Plan, violations: Violation[] = []): string {
  const head = [markOf(stack), "", `### Preview of \`${stack}\``, ""];
  const errors = (plan.diagnostics ?? [])
    .filter(({ severity }) => severity === "error")
    .map(({ message }) => message.trim())
    // Says no more than that policies are broken, which are listed.
    .filter((message) => violations.length === 0 || !message.endsWith("preview failed"));
  if (errors.length > 0)
    return lines([
      ...head,
      "**It would fail**, and nothing would be changed:",
      "",
      ...["```text", ...errors, "```"],
    ]);
  return lines([...head, ...describeViolations(violations), ...describeChanges(plan)]);
}

function describeViolations(violations: Violation[]): string[] {
  if (violations.length === 0) return [];
  const isRefused = violations.some(({ mandatory }) => mandatory);
  return [
    isRefused ? "**It would be refused**, because of policies:" : "Policies advise:",
    "",
    ...violations.map(
      ({ policy, resource, message, mandatory }) =>
        `- ${mandatory ? "" : "(advice) "}**${policy}**, \`${resource}\`: ${message}`,
    ),
    "",
  ];
}

function describeChanges(plan: Plan): string[] {
  const counts = Object.entries(countChanges(plan));
  if (counts.length === 0) return ["Nothing changes."];
  return [
    ...renderTable(listPools(plan)),
    ...listEffects(plan).map(([title, text]) => `- **${title}** ${text}`),
    "",
    "<details>",
    `<summary>${counts.map(([change, count]) => `${count} ${change}`).join(", ")}</summary>`,
    "",
    ...listChanges(plan).map(({ change, name, type }) => `- ${change}: \`${name}\` (${type})`),
    "",
    "</details>",
  ];
}

function lines(all: string[]): string {
  return `${all.join("\n")}\n`;
}

function renderTable(rows: string[][]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: string[]): string => `| ${cells.join(" | ")} |`;
  return [line(poolHead), line(poolHead.map(() => "---")), ...rows.map(line), ""];
}
