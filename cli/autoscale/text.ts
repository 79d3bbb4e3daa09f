import type { Because, Decision } from "./decide";
import type { Measure } from "./look";
import type { Happening } from "./loop";

/** How figures are called, and what stands behind their numbers. */
const names: Record<Measure, [name: string, unit: string]> = {
  cpu: ["CPU", " %"],
  requests: ["requests a minute of each", ""],
  memory: ["memory", " %"],
  response: ["P95", " s"],
  errors: ["errors", " %"],
};

/** The reason of a decision, in a few words. */
export function describeBecause(because: Because): string {
  switch (because.by) {
    case "nothing":
      return "nothing asks for another number";
    case "unknown":
      return because.missing.length === 0
        ? "none of them serves, so there is nothing to go by"
        : "there are no figures to go by";
    case "schedule":
    case "bounds":
      return `${because.by === "schedule" ? "the schedule has" : "its bounds are"} ${because.min} to ${because.max}`;
    default: {
      const [name, unit] = names[because.by];
      const sign = because.measured > because.target ? ">" : "≤";
      return `${name} ${showFigure(because.measured)}${unit} ${sign} ${because.target}${unit}`;
    }
  }
}

/** A decision in a line: what was measured, and what becomes of the number. */
export function describeDecision(
  { pool, from, to, wished, because, waits, look }: Decision,
  isDry: boolean,
): string {
  if (to !== from) return `${pool}: ${isDry ? "would go " : ""}${from} → ${to}, ${describeBecause(because)}`;
  if (waits !== null)
    return `${pool}: ${from} → ${wished} in ${waits} s if it stays so, ${describeBecause(because)}`;
  const figures = Object.entries(look.figures).flatMap(([by, figure]) => {
    const [name, unit] = names[by as Measure];
    return figure === null ? [] : [`${name} ${showFigure(figure)}${unit}`];
  });
  const why = because.by === "unknown" ? [describeBecause(because)] : figures;
  return `${pool} stays at ${from}: ${why.join(", ")}`;
}

/** Remarks on a pool, by what they are about. */
export function listRemarks({ pool, missing, inVain }: Decision): [key: string, text: string][] {
  return [
    ...missing.map((by): [string, string] => [
      `missing ${by}`,
      `${pool}: the figure of ${names[by][0]} cannot be had, so that it gets no fewer replicas`,
    ]),
    ...inVain.map((by): [string, string] => [
      `vain ${by}`,
      `${pool}: ${describeVain(by)}. It is not followed until it is good again, or the load has grown`,
    ]),
  ];
}

function describeVain(by: Measure): string {
  const still = `more replicas have not helped: ${names[by][0]} is still above its target`;
  return by === "memory" ? `${still}; give them more limits.memoryMiB, or look for what they keep` : still;
}

function showFigure(value: number): string {
  return String(value >= 10 ? Math.round(value) : Math.round(value * 100) / 100);
}

/** Happenings beside looks. */
export function describeOther(happening: Exclude<Happening, { event: "look" }>): string {
  switch (happening.event) {
    case "deployed": {
      const counts = Object.entries(happening.counts).map(([pool, count]) => `${pool} has ${count}`);
      return `${counts.join(", ")} after ${happening.seconds} s`;
    }
    case "waits":
      return `waits: ${happening.why}`;
    case "blind":
      return happening.why;
    case "failed": {
      const again =
        happening.again === null
          ? ""
          : `\nIt tries again at ${new Date(happening.again).toISOString().slice(11, 19)}Z.`;
      return `${happening.why}${again}`;
    }
  }
}

/** A line of JSON for programs, of each look too. */
export function renderHappening(happening: Happening, at: number): string {
  const time = new Date(at).toISOString();
  if (happening.event !== "look") {
    const again =
      "again" in happening && happening.again !== null
        ? { again: new Date(happening.again).toISOString() }
        : {};
    return JSON.stringify({ at: time, ...happening, ...again });
  }
  const { pool, from, to, wished, because, waits, missing, inVain, look } = happening.decision;
  const { well, figures } = look;
  return JSON.stringify({
    ...{ at: time, event: "look", pool, from, to, wished, waits, because, well, figures, missing, inVain },
  });
}

/** The words of the history of deployments on one. */
export function describeMessage(decisions: Decision[]): string {
  const steps = decisions.map(
    ({ pool, from, to, because }) => `${pool} ${from} → ${to}, ${describeBecause(because)}`,
  );
  return `autoscale: ${steps.join("; ")}`;
}
