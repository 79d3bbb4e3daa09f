import { countColumns } from "./operator/style";
import { renderTable } from "./operator/table";
import { countChanges } from "./plan";
import type { Plan } from "./printed-plan";
import { listEffects, listPools } from "./plan-effects";
import type { Violation } from "./progress/engine-log";

/** Says at a terminal what an update would do: to pools, to memory, to who is connected, to data, and to policies. */
export function describePlanInText(
  stack: string,
  plan: Plan,
  violations: Violation[] = [],
  columns = countColumns(),
): string {
  const counts = Object.entries(countChanges(plan));
  if (counts.length === 0) return `Nothing changes in ${stack}.`;
  const rows = listPools(plan).map((cells) => cells.map(withoutMarkdown));
  const titles = ["pool", "what changes", "replicas", "least", "most"].map((title, index) => ({
    title,
    text: (cells: string[]) => cells[index] ?? "",
    least: 8,
  }));
  return [
    `What this changes in ${stack}: ${counts.map(([change, count]) => `${count} ${change}`).join(", ")}`,
    ...(rows.length === 0 ? [] : ["", ...renderTable(rows, titles, columns), ""]),
    ...listEffects(plan).map(([title, text]) => withoutMarkdown(`${title} ${text}`)),
    ...violations.map(({ policy, resource, message }) => `Policy ${policy}, ${resource}: ${message}`),
    "",
  ].join("\n");
}

function withoutMarkdown(text: string): string {
  return text.replaceAll(/[`]|\*\*/g, "");
}
